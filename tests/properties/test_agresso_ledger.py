"""Any journal that is written balances, and reads back equal: as GL07 in each style and width, and as XML."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.api import Context, Facts, Severity
from hub.transfer.examine import examine
from plugins.agresso import abw, gl07_csv
from plugins.agresso.feeds import LEDGER_FILE
from plugins.agresso.gl07 import written
from plugins.agresso.settings import LedgerFileOptions
from tests.unit.agresso.worked import journal

AMOUNTS = st.lists(st.integers(-(10**11), 10**11).filter(bool), min_size=1, max_size=6)
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters=" "), max_size=30)
WAYS = st.sampled_from(
    [
        *(("gl07-55", style) for style in ("left", "right", "zero")),
        ("gl07-55-wcg", "wcg"),
        *(("gl07-csv", unit) for unit in ("pence", "pounds")),
        ("xml", "2011"),
    ]
)


@st.composite
def journals(draw: Any) -> list[dict[str, object]]:
    """Some vouchers, each balanced by a last line."""
    made = []
    for number, amounts in enumerate(draw(st.lists(AMOUNTS, min_size=1, max_size=4)), start=1):
        balance = -sum(amounts)
        for pence in [*amounts, *([balance] if balance else [])]:
            changes = {"voucher_no": number, "amount": pence, "cur_amount": pence, "description": draw(TEXTS)}
            made.append({**journal()[0], **changes})
    return made


def read(records: list[dict[str, object]], way: tuple[str, Any]) -> Any:
    layout, style = way
    options, format = LedgerFileOptions(), "gl07"
    if layout == "xml":
        data, format = abw.written(records), abw.ABW
    elif layout == gl07_csv.GL07_CSV:
        data, format = gl07_csv.written(records, style, "prefix"), layout
        options = LedgerFileOptions(amount_unit=style)
    else:
        data = b"".join(written(records, layout=layout, style=style))
    return examine(LEDGER_FILE, BytesIO(data), Context(options, Facts(), format))


def wrong(found: Any) -> list[Any]:
    return [one for one in found.reading.findings.kept if one.severity is Severity.ERROR]


@given(journals(), WAYS)
def test_what_is_written_balances_and_reads_back_equal(records: Any, way: Any) -> None:
    found = read(records, way)
    assert wrong(found) == []
    assert [item.amount for item in found.items] == [record["amount"] for record in records]
    assert all(sums.amount == sums.cur_amount == 0 for sums in found.tally.vouchers.values())
    assert found.tally.debit == sum(max(int(record["amount"]), 0) for record in records)


@given(journals(), WAYS, st.data())
def test_a_penny_anywhere_is_noticed(records: Any, way: Any, data: Any) -> None:
    place = data.draw(st.integers(0, len(records) - 1))
    pence = records[place]["amount"] + 1
    records[place] = {**records[place], "amount": pence, "cur_amount": pence}
    assert "AGR05" in {one.check for one in wrong(read(records, way))} or pence == 0
