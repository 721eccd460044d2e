"""Whatever is collected, the written file balances: by an oracle of its own, and by the full checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hub.errors import CannotRender
from hub.model import Account, Mandate, Taken, Verdict
from hub.rent.register import AccountRegister
from plugins.bacs.standard18 import Submission, write_submission
from tests.unit.bacs.bacs_files import FACTS, MOMENT, call, ddcall, joined, lines, submission

REGISTER = AccountRegister(
    [Account(f"19{n:08}") for n in range(100)],
    [Mandate(f"RENT{n:010}", f"19{n:08}", f"T{n} TENANT", "000299", f"{n + 1:08}") for n in range(100)],
)
FACTS_OF_MANY = replace(FACTS, register=REGISTER)
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


def oracle(records: list[str]) -> tuple[bool, dict[str, int], int]:
    """Whether contras and UTL1 agree with the payments, the pence of each day, and the number of payments."""
    days: dict[str, int] = {}
    contras: dict[str, int] = {}
    payments = 0
    for record in records[4:-3]:
        where = contras if record[64:70] == "CONTRA" else days
        where[record[100:]] = where.get(record[100:], 0) + int(record[35:46])
        payments += where is days
    total = sum(days.values())
    utl1 = f"UTL1{total:013d}{total:013d}{payments:07d}{len(days):07d}"
    return days == contras and records[-1] == utl1.ljust(80), days, payments


@given(COLLECTIONS)
def test_a_written_file_balances_and_passes_every_check(
    collections: list[tuple[int, int, str, date]],
) -> None:
    data = ddcall(*(row(*one) for one in collections))
    _, written = call(data, FACTS_OF_MANY, days="multi", same_payment_twice="warn").rendered()
    balanced, days, payments = oracle(lines(written))
    assert balanced
    assert (sum(days.values()), payments) == (sum(pence for _, pence, _, _ in collections), len(collections))
    assert {len(record) for record in lines(written)} == {80, 106}
    again = submission(written, FACTS_OF_MANY, same_payment_twice="warn")
    assert again.verdict is Verdict.ACCEPTED
    assert again.checks <= {"S18-018"}


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
    """Three collections that passed every check, the second of another code after all."""
    first, second, third = call(THREE, FACTS_OF_MANY).carried
    item = replace(second.item, data={**second.item.data, "transaction_code": code})
    return [first, replace(second, item=item), third]


@pytest.mark.parametrize(("code", "check"), [("99", "S18-014"), ("0N", "S18-013"), ("97", "S18-011")])
def test_a_file_that_would_be_refused_is_never_let_go(code: str, check: str) -> None:
    ctx = replace(call(THREE, FACTS_OF_MANY).ctx, moment=MOMENT)
    with pytest.raises(CannotRender, match=check):
        write_submission(with_code(code), ctx)


def test_a_payment_out_is_never_summed_as_a_debit() -> None:
    ctx = replace(call(THREE, FACTS_OF_MANY).ctx, moment=MOMENT)
    *_, contra, _, _, utl1 = Submission.of(with_code("99"), ctx).records()
    assert (contra[35:46], utl1[4:17], utl1[30:37]) == (f"{202:011}", f"{202:013}", f"{2:07}")
    assert (utl1[17:30], utl1[37:44]) == (f"{202 + 101:013}", f"{2:07}")


def test_the_file_must_stay_within_the_routes_own_limits() -> None:
    outcome = call(THREE, FACTS_OF_MANY)
    lower = replace(
        outcome.ctx, options=outcome.ctx.options.model_copy(update={"file_limit": Decimal("1.00")})
    )
    with pytest.raises(CannotRender, match="S18-020"):
        write_submission(outcome.carried, replace(lower, moment=MOMENT))
