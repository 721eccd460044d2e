"""Files of payments under generated input: what is written reads back, no bytes stop a reading, no money is
lost, and a planted fault is refused or held, or changes no money."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.checks.base import Context
from hub.formats.delimited import Delimited
from hub.formats.fixed import Fixed
from hub.formats.layout import Field, Layout
from hub.formats.types import Blank, Matching
from hub.model import Chunk, Facts, History, Verdict
from hub.rent import allpay, card_network, export43, nec, rentack, universal_housing
from hub.rent.cash.feed import RENT_CASH
from hub.rent.cash.options import CashOptions
from hub.rent.cash.tally import READ
from hub.rent.nec_transactions import NEC_LOAD, NecLoadOptions
from hub.rent.receipts import Quoted
from hub.transfer.examine import Examined, examine
from tests.mutator import KINDS, SEED, faults
from tests.properties.carried import values
from tests.unit.rent.cash_files import LINE, PAGE, cash, facts, read
from tests.unit.rent.cash_files import allpay as allpay_file
from tests.unit.rent.test_cash_checks import card, card_row
from tests.unit.rent.test_rent_nec import PAGE as NEC_PAGE
from tests.unit.rent.test_rent_nec import row

WRITTEN: list[tuple[Layout, Fixed | Delimited]] = [
    (universal_housing.CASH_LINE, universal_housing.CASH),
    (allpay.PAYMENT, allpay.ALLPAY),
    (export43.LINE, export43.EXPORT43),
    (nec.TRANSACTION, nec.TRANSACTIONS),
    (nec.REVENUE_ACCOUNT, nec.REVENUE_ACCOUNTS),
]


WORDS = st.text("ABCxyz0189 é£,\"'/-", max_size=8).map(str.strip)
"""What a text holds: all that a comma, a quote or another alphabet could spoil."""


CODES = ("PPT", "A1", "X", "01", "99", "9", "91000010", "0190001/01")
"""Codes and references, which a pattern says."""


def drawn(field: Field) -> st.SearchStrategy[Any]:
    """Values that a field may hold; long texts would take for ever to think of."""
    optional = isinstance(field.kind, Blank)
    kind = field.kind.kind if isinstance(field.kind, Blank) else field.kind
    if isinstance(kind, Quoted) or not kind.expected.startswith("text"):
        fitting = [code for code in CODES if kind.fits(code)]
        found = st.sampled_from(fitting) if type(kind) is Matching else values(kind, field.width or 12)
        return st.none() | found if optional else found
    told = re.search("up to ([0-9]+) characters", kind.expected)
    room = field.width or int(told[1] if told else 8)
    texts = WORDS.map(lambda text: text[:room].strip())
    return (
        texts.map(lambda text: text or None) if optional else texts.filter(lambda text: text or field.width)
    )


@pytest.mark.parametrize(("layout", "format"), WRITTEN, ids=lambda one: getattr(one, "name", ""))
@settings(max_examples=30)
@given(data=st.data())
def test_a_written_record_reads_back_equal(layout: Layout, format: Any, data: st.DataObject) -> None:
    wanted = data.draw(st.fixed_dictionaries({field.name: drawn(field) for field in layout.fields}))
    line = layout.write(wanted) if isinstance(format, Fixed) else format.write_row(layout, wanted)
    (chunk,) = format.decode(io.BytesIO(format.encode([line])), None)
    assert isinstance(chunk, Chunk)
    assert layout.field_findings(chunk) == []
    (found,) = chunk.rows()
    assert {field.name: field.kind.read(found[field.name]) for field in layout.fields} == wanted


SNIPPETS = [
    *(line.encode() + b"\n" for line in (LINE, NEC_PAGE, card_row())),
    b"91000010004.06.2030PP  0000010001     11235\n",
    allpay_file(total="0.00", count=0), b"\r\n", b"\r", b"\0", b"\xff\xfe", b'"', b",", b"\xef\xbb\xbf",
    b"H,RENTTRAN,1.0,", b"T,1,0.00,-112.35,-112.35,1900000011\n",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(SNIPPETS) | st.binary(max_size=20), max_size=20).map(b"".join)


@pytest.mark.parametrize("format", READ)
@settings(max_examples=40)
@given(data=HOSTILE)
def test_no_bytes_stop_the_reading_of_payments(format: str, data: bytes) -> None:
    RENT_CASH.recognise(data)
    outcome = read(data, format=format)
    if outcome.verdict is Verdict.ACCEPTED:
        assert -sum(outcome.money.values()) == outcome.examined.tally.received  # type: ignore[attr-defined]


@settings(max_examples=40)
@given(data=HOSTILE)
def test_no_bytes_stop_the_reading_of_a_load_file_or_an_answer(data: bytes) -> None:
    load(data)
    for format in (nec.REVENUE_ACCOUNTS, rentack.RENTACK, card_network.CARD_NETWORK):
        format.recognises(data)
        for part in format.decode(io.BytesIO(data), None):
            assert not isinstance(part, Chunk) or part.layout.field_findings(part) is not None


def look(data: bytes, format: str = "universal_housing.cash", **options: Any) -> Examined:
    """A reading without its items' accounts: to look for those of wrong references takes long."""
    ctx = Context(CashOptions.model_validate(options), facts(), format)
    return examine(RENT_CASH, io.BytesIO(data), ctx)


def load(data: bytes, **options: Any) -> Examined:
    ctx: Context[Any] = Context(
        NecLoadOptions(**options), Facts(today=date(2030, 6, 5), history=History()), "nec"
    )
    ctx = replace(ctx, format="nec-transactions")
    return examine(NEC_LOAD, io.BytesIO(data), ctx)


def paid(number: int) -> str:
    return f"{number:>7}{1900000000 + number:<16}{number * 7 + 100:>6}.{number:02}T04/06/2030"


FILES: dict[str, tuple[bytes, Callable[[bytes], Examined]]] = {
    "cash, held": (
        cash(*PAGE, *(LINE.replace("0011", f"{n:04}") for n in range(20, 30))),
        lambda data: look(data, control="hold"),
    ),
    "cash, told": (
        cash(*PAGE),
        lambda data: look(data, expected_count=4, expected_total="339.25"),
    ),
    "allpay": (
        allpay_file(
            *map(paid, range(1, 13)),
            total=f"{sum(n * 7 + 100 + n / 100 for n in range(1, 13)):.2f}",
            count=12,
        ),
        lambda data: look(data, "allpay"),
    ),
    "card network": (
        card(*(card_row(number=n) for n in range(1, 6))),
        lambda data: look(data, "card_network"),
    ),
    "nec": (cash(*(row(pay_ref=f"19{n:08}") for n in range(1, 8))), load),
}
FAULTS = 20
MEANS = ("change an amount by a penny", "drop a line", "duplicate a line", "truncate")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("fresh", [False, True], ids=["fixed", "fresh"])
def test_no_fault_changes_money_unseen(name: str, kind: str, fresh: bool, run_seed: int) -> None:
    sound, look = FILES[name]
    before = look(sound)
    assert before.verdict in (Verdict.ACCEPTED, Verdict.HELD)
    for spoiled, fault in faults(sound, FAULTS, run_seed if fresh else SEED, [kind]):
        after = look(spoiled)
        same = (after.tally.records, after.tally.value) == (before.tally.records, before.tally.value)
        assert after.verdict is not Verdict.ACCEPTED or same, fault


@pytest.mark.parametrize("kind", MEANS)
@pytest.mark.parametrize("name", ["cash, told", "allpay"])
def test_what_has_control_totals_is_refused_when_its_money_changes(
    name: str, kind: str, run_seed: int
) -> None:
    sound, look = FILES[name]
    for spoiled, fault in faults(sound, 60, run_seed, [kind]):
        after = look(spoiled)
        assert after.verdict in (Verdict.REJECTED, Verdict.UNREADABLE), fault
        assert after.reading.findings.kept
