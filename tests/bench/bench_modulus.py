"""Account numbers against modulus tables as long as the published ones, beside a plain loop."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from time import process_time

from hub.fields.modulus import Tables, parse_weights
from tests.bench import naive
from tests.bench.made import modulus_table
from tests.bench.measure import Measure

COUNT, NAIVE_COUNT = 200_000, 2_000
Accounts = Sequence[tuple[str, str]]


def accounts(count: int) -> Accounts:
    """Made up, at sort codes all over the table: in a real file many payers share a branch."""
    draw = random.Random(8)  # noqa: S311 - repeatable on purpose
    branches = [f"{draw.randrange(600_000):06}" for _ in range(2_000)]
    return [(draw.choice(branches), f"{draw.randrange(10**8):08}") for _ in range(count)]


def measures() -> Iterator[Measure]:
    tables, some = Tables(parse_weights(modulus_table()), {}), accounts(COUNT)
    few = some[:NAIVE_COUNT]
    start = process_time()
    for sort_code, account in few:
        naive.can_exist(tables.rows, sort_code, account)
    loop = len(few) / (process_time() - start)
    yield Measure(
        "modulus checks with tables loaded", "accounts/s", max(_speeds(tables, some)), loop, 200_000
    )


def _speeds(tables: Tables, some: Accounts) -> Iterator[float]:
    """Three times: other work on the machine only ever slows. The first also looks up each branch's rows."""
    for _ in range(3):
        start = process_time()
        for sort_code, account in some:
            tables.check(sort_code, account)
        yield len(some) / (process_time() - start)
