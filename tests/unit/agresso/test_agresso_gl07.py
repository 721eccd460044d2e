"""GL07 files: the worked examples byte for byte, every style and encoding read alike, every fault refused."""

from __future__ import annotations

import hashlib
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from hub.api import CannotRender, Context, Facts, Severity
from hub.rent.codes import CodeMaps, parse_codes
from hub.transfer.examine import examine
from plugins.agresso.feeds import LEDGER_FILE
from plugins.agresso.gl07 import written
from plugins.agresso.settings import LedgerFileOptions
from tests.unit.agresso.worked import SHA256, invoices, journal

TODAY = date(2026, 6, 8)
RATES = CodeMaps({"rates": parse_codes("code,percent\nS1,20\nSO,0\n", "rates")})


def read(data: bytes, *, judged: bool = False, **options: Any) -> Any:
    ctx = Context(LedgerFileOptions(**options), Facts(today=TODAY, codes=RATES), "gl07")
    found = examine(LEDGER_FILE, BytesIO(data), ctx)
    if judged:
        found.reading.history(ctx)
    return found


def file(records: Any = None, **how: Any) -> bytes:
    return b"".join(written(journal() if records is None else records, **how))


def errors(found: Any) -> set[str]:
    return {one.check for one in found.reading.findings.kept if one.severity is Severity.ERROR}


@pytest.mark.parametrize(("layout", "style"), SHA256)
def test_the_worked_journal_is_written_byte_for_byte(layout: str, style: Any) -> None:
    data = file(layout=layout, style=style, encoding="latin-1")
    assert hashlib.sha256(data).hexdigest() == SHA256[layout, style]


@pytest.mark.parametrize(("layout", "style"), SHA256)
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_width_style_and_encoding_is_read_alike(
    layout: str, style: Any, encoding: Any, end: str
) -> None:
    data = file(layout=layout, style=style, encoding=encoding, end=end)
    assert LEDGER_FILE.recognise(data) == "gl07"
    found = read(data, judged=True, encoding=encoding, tax_rates="rates")
    assert errors(found) == set()
    totals = found.tally.totals()
    assert (totals["count"], totals["vouchers"]) == (8, 2)
    assert (totals["debit"], totals["credit"], totals["net"]) == ("1015299.34", "1015299.34", "0.00")
    assert [item.amount for item in found.items][:2] == [61319857, -59610445]


def test_invoices_and_credit_note_are_accepted() -> None:
    found = read(file(invoices()), judged=True, tax_rates="rates", pay_methods=["IP"])
    assert errors(found) == set()
    assert found.tally.identity() == "ZZ/BI/FHLEAS260608001"
    assert found.tally.totals()["tax"] == "-29.10"


def test_a_file_that_mixes_both_widths_is_refused() -> None:
    assert errors(read(file() + file(layout="gl07-55-wcg"))) >= {"AGR01"}


def test_negative_zero_is_zero() -> None:
    record = {**journal()[0], "amount": 0, "cur_amount": 0}
    data = bytearray(file([record], style="zero"))
    data[379] = data[399] = ord("-")
    assert errors(read(bytes(data), allow_zero=True)) == set()
    assert errors(read(bytes(data))) == {"AGR04"}


@pytest.mark.parametrize(
    ("place", "change", "check"),
    [
        (0, {"amount": 61319858, "cur_amount": 61319858}, "AGR05"),
        (0, {"cur_amount": 61319856}, "AGR06"),
        (0, {"account": None}, "AGR03"),
        (0, {"client": None}, "AGR03"),
        (0, {"client": "YY"}, "AGR20"),
        (0, {"currency": "EUR"}, "AGR20"),
        (0, {"voucher_date": date(2024, 6, 8)}, "AGR07"),
        (0, {"apar_id": "900017"}, "AGR11"),
        (5, {"account2": None}, "AGR16"),
        (5, {"base_amount": -130000}, "AGR16"),
        (5, {"tax_code": "SO"}, "AGR16"),
        (0, {"pay_method": "XX"}, "AGR22"),
        (0, {"apar_name": "A Tenant"}, "SUNDRY"),
    ],
)
def test_a_wrong_line_is_refused_for_its_reason(place: int, change: dict[str, Any], check: str) -> None:
    records = journal()
    records[place] = {**records[place], **change}
    found = read(file(records), judged=True, tax_rates="rates", pay_methods=["IP"])
    assert check in errors(found)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"apar_type": None}, "AGR11"),
        ({"ext_inv_ref": None}, "AGR11"),
        ({"due_date": None}, "AGR11"),
        ({"apar_type": "P"}, "AGR12"),
    ],
)
def test_a_wrong_line_of_a_customer_is_refused(change: dict[str, Any], check: str) -> None:
    records = invoices()
    records[0] = {**records[0], **change}
    assert errors(read(file(records))) == {check}


def test_the_due_date_of_receipts_may_be_waived() -> None:
    records = invoices()
    records[0] = {**records[0], "due_date": None}
    assert errors(read(file(records), no_due_date=["LI"])) == set()


def test_an_invoice_twice_in_a_file_is_refused() -> None:
    twice = [*invoices(), *({**record, "voucher_no": 4} for record in invoices()[:4])]
    assert errors(read(file(twice))) == {"AGR13"}


@pytest.mark.parametrize(
    ("at", "text", "check"),
    [
        (400, b"613198.57", "AGR04"),
        (400, b"61319857-", "AGR04"),
        (754, b"20260631", "AGR07"),
        (76, b"XX", "AGR03"),
        (1245, b"S", "AGR12"),
        (777, b"2026-3", "AGR08"),
        (491, b"\tRent", "AGR01"),
    ],
)
def test_a_field_that_is_not_what_it_must_be_is_refused(at: int, text: bytes, check: str) -> None:
    data = file()
    spoilt = data[: at - 1] + text + data[at - 1 + len(text) :]
    assert check in errors(read(spoilt))


def test_a_cut_record_is_refused() -> None:
    assert errors(read(file()[:-200])) == {"AGR01"}


def test_an_empty_file_is_refused_unless_it_may_be() -> None:
    assert errors(read(b"")) == {"AGR18"}
    assert errors(read(b"", allow_empty=True)) == set()


@pytest.mark.parametrize("change", [{"account": "A" * 26}, {"description": "x" * 256}, {"amount": 10**20}])
def test_nothing_is_cut_to_fit(change: dict[str, Any]) -> None:
    with pytest.raises(CannotRender):
        file([{**journal()[0], **change}])


def test_a_character_that_the_encoding_lacks_is_no_question_mark() -> None:
    named = [{**record, "description": "Żółw"} for record in journal()]
    with pytest.raises(CannotRender, match="line 1 holds a character that cp1252 cannot hold"):
        file(named)
    assert errors(read(file(named, encoding="utf-16"))) == set()


def test_a_wrong_file_tells_nothing_of_a_sundry_customer() -> None:
    records = [{**journal()[0], "apar_name": "Jane Doe", "account": None}, *journal()[1:]]
    told = " ".join(one.message for one in read(file(records)).reading.findings.kept)
    assert "Jane" not in told
