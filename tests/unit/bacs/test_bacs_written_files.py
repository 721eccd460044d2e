"""Whatever is collected, the written file balances: by an oracle of its own, and by the full checks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hub.errors import CannotRender
from hub.model import Account, Mandate, Taken, Verdict
from hub.rent.register import AccountRegister
from plugins.bacs.submission import write_submission
from tests.unit.bacs.bacs_files import FACTS, MOMENT, call, ddcall, joined, lines, submission

REGISTER = AccountRegister(
    [Account(f"19{n:08}") for n in range(100)],
    [Mandate(f"RENT{n:010}", f"19{n:08}", f"T{n} TENANT", "000299", f"{n + 1:08}") for n in range(100)],
)
FACTS_OF_MANY = replace(FACTS, register=REGISTER)
LENIENT = {"same_payment_twice": "warn", "unseen_unpaid": "warn"}
COLLECTIONS = st.lists(
    st.tuples(
        st.integers(0, 99),
        st.integers(1, 10_000_000),
        st.sampled_from(["01", "17", "18"]),
        st.integers(0, 14).map(lambda days: date(2026, 12, 1) + timedelta(days=days)),
    ),
    min_size=1,
    max_size=30,
    unique=True,
)


def row(who: int, pence: int, code: str, on: date) -> str:
    return f"RENT{who:010},19{who:08},{on},{pence // 100}.{pence % 100:02d},{code},RUN"


Balance = tuple[str, str, str]
"""The day, the originating account and the side of what must balance."""

SIDE = {"01": "debit", "17": "debit", "18": "debit", "99": "credit"}


def oracle(records: list[str]) -> tuple[bool, dict[Balance, int], int]:
    """Whether contras and UTL1 agree with the payments, the pence that must balance, and the count."""
    payments: dict[Balance, int] = {}
    contras: dict[Balance, int] = {}
    count, sides = 0, Counter[str]()
    for record in records[4:-3]:
        side, origin, day = (
            SIDE[record[15:17]] if record[64:70] != "CONTRA" else "",
            record[17:31],
            record[100:],
        )
        if not side:
            side = {"99": "debit", "17": "credit"}[record[15:17]]
            where = contras
            sides["credit" if side == "debit" else "debit"] += 1
        else:
            where = payments
            sides[side] += 1
            count += 1
        where[day, origin, side] = where.get((day, origin, side), 0) + int(record[35:46])
    total = sum(payments.values())
    utl1 = f"UTL1{total:013d}{total:013d}{sides['debit']:07d}{sides['credit']:07d}"
    return payments == contras and records[-1] == utl1.ljust(80), payments, count


@given(COLLECTIONS)
def test_a_written_file_balances_and_passes_every_check(
    collections: list[tuple[int, int, str, date]],
) -> None:
    data = ddcall(*(row(*one) for one in collections))
    _, written = call(data, FACTS_OF_MANY, **LENIENT, days="multi").rendered()
    balanced, days, payments = oracle(lines(written))
    assert balanced
    assert (sum(days.values()), payments) == (sum(pence for _, pence, _, _ in collections), len(collections))
    assert {len(record) for record in lines(written)} == {80, 106}
    again = submission(written, FACTS_OF_MANY, **LENIENT)
    assert again.verdict is Verdict.ACCEPTED
    assert again.checks <= {"S18-018", "S18-027"}


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 10_000_000)), min_size=1, max_size=30))
def test_a_written_one_day_file_reads_back_as_what_was_collected(payments: list[tuple[int, int]]) -> None:
    data = ddcall(*(row(who, pence, "17", date(2026, 12, 1)) for who, pence in payments))
    outcome = call(data, FACTS_OF_MANY, same_payment_twice="warn")
    _, written = outcome.rendered()
    again = submission(written, FACTS_OF_MANY, same_payment_twice="warn")
    assert oracle(lines(written))[0]
    assert [replace(one.item, data={}, line=0) for one in again.taken] == [
        replace(one.item, data={}, line=0) for one in outcome.taken
    ]


THREE = ddcall(*(row(n, 100 + n, "17", date(2026, 12, 1)) for n in range(3)))
MONEY = [(record, at) for record in range(4, 8) for at in [*range(15, 31), *range(35, 46)]]
TOTALS = [(10, at) for at in range(4, 44)]


@given(st.sampled_from(MONEY + TOTALS), st.sampled_from("0129AZ "))
def test_a_changed_character_where_money_is_told_refuses_the_file(
    place: tuple[int, int], character: str
) -> None:
    records = lines(call(THREE, FACTS_OF_MANY).rendered()[1])
    record, at = place
    assume(records[record][at] != character)
    records[record] = records[record][:at] + character + records[record][at + 1 :]
    assert submission(joined(records), FACTS_OF_MANY).verdict is Verdict.REJECTED


def with_code(code: str) -> list[Taken]:
    """Three collections that passed every check, the second of a code that is no collection's after all."""
    first, second, third = call(THREE, FACTS_OF_MANY).carried
    item = replace(second.item, data={**second.item.data, "transaction_code": code})
    return [first, replace(second, item=item), third]


@pytest.mark.parametrize("code", ["99", "0N", "97"])
def test_a_file_that_would_be_refused_is_never_let_go(code: str) -> None:
    ctx = replace(call(THREE, FACTS_OF_MANY).ctx, moment=MOMENT)
    with pytest.raises(CannotRender, match="line 3 is a COLLECTION"):
        write_submission(with_code(code), ctx)


def test_what_is_written_is_read_back_before_it_leaves() -> None:
    outcome = call(THREE, FACTS_OF_MANY)
    no_regular = outcome.ctx.options.model_copy(update={"allowed_codes": frozenset({"01"})})
    with pytest.raises(CannotRender, match="S18-011 line 5"):
        write_submission(outcome.carried, replace(outcome.ctx, options=no_regular, moment=MOMENT))


def test_the_file_must_stay_within_the_routes_own_limits() -> None:
    outcome = call(THREE, FACTS_OF_MANY)
    lower = replace(
        outcome.ctx, options=outcome.ctx.options.model_copy(update={"file_limit": Decimal("1.00")})
    )
    with pytest.raises(CannotRender, match="S18-020"):
        write_submission(outcome.carried, replace(lower, moment=MOMENT))
