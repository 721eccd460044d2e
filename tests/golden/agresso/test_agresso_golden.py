"""Known ledger files: written byte for byte, and read as beside them."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from hub.api import Chunk, Context, Facts, Severity
from hub.transfer.examine import examine
from plugins.agresso import abw, gl07_csv
from plugins.agresso.feeds import FEEDBACK, LEDGER_FILE
from plugins.agresso.gl07 import written
from plugins.agresso.settings import LedgerFileOptions
from tests.unit.agresso.worked import SHA256, invoices, journal

HERE = Path(__file__).parent / "ledger"
RECEIPTS = HERE / "abwtransaction_receipts.xml"


def read(data: bytes) -> Any:
    format = LEDGER_FILE.recognise(data)
    return examine(LEDGER_FILE, BytesIO(data), Context(LedgerFileOptions(), Facts(), str(format)))


def errors(found: Any) -> set[str]:
    return {one.check for one in found.reading.findings.kept if one.severity is Severity.ERROR}


@pytest.mark.parametrize(("name", "records"), [("FHRENT260608001", journal), ("FHLEAS260608001", invoices)])
def test_ledger_files_are_written_as_they_are(name: str, records: Any) -> None:
    assert b"".join(written(records())) == (HERE / f"{name}.dat").read_bytes()


def test_the_journal_is_the_published_one() -> None:
    data = (HERE / "FHRENT260608001.dat").read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHA256["gl07-55", "left"]


def test_the_journal_is_written_as_csv_as_it_is() -> None:
    data = gl07_csv.written(journal(), "pence", "refuse")
    assert data == (HERE / "FHRENT260608001.csv").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert read(data).tally.totals() == read((HERE / "FHRENT260608001.dat").read_bytes()).tally.totals()


def test_the_invoices_are_written_as_xml_byte_for_byte() -> None:
    assert abw.written(invoices()) == (HERE / "FHLEAS260608001.xml").read_bytes()


@pytest.mark.parametrize("path", sorted(HERE.glob("*.[xdc]*[ltv]")), ids=lambda p: p.name)
def test_every_good_file_is_accepted(path: Path) -> None:
    assert errors(read(path.read_bytes())) == set()


def test_receipts_are_read_as_told() -> None:
    found, told = read(RECEIPTS.read_bytes()), json.loads(RECEIPTS.with_suffix(".expected.json").read_text())
    tally = found.tally
    assert (tally.records, tally.debit, len(tally.vouchers)) == (told["lines"], told["debit_pence"], 4)
    assert [sums.lines for sums in tally.vouchers.values()] == [one["lines"] for one in told["vouchers"]]
    assert [sums.amount for sums in tally.vouchers.values()] == [0] * 4
    assert tally.identity() == "ZZ/RI/2027-04-13-EX-000117"
    assert found.items[0].amount == 61200
    assert {item.amount for item in found.items} >= {-40}


def test_receipts_that_are_written_again_hold_the_same_values_in_the_same_order() -> None:
    """As XML, and as GL07 in twelve records of which the first has 61200 pence. Each element is a voucher."""
    found = read(RECEIPTS.read_bytes())
    numbered = rows_of(RECEIPTS)
    again = {"xml": abw.written(numbered), "flat": b"".join(written(numbered))}
    assert len(again["flat"].splitlines()) == 12
    assert int(again["flat"][399:419]) == 61200
    for data in again.values():
        told = read(data)
        assert errors(told) == set()
        assert [(one.amount, one.data["account"], one.data["ext_ref"]) for one in told.items] == [
            (one.amount, one.data["account"], one.data["ext_ref"]) for one in found.items
        ]
        assert [sums.lines for sums in told.tally.vouchers.values()] == [3, 4, 3, 2]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Each line with its values, by the names of GL07's fields; its voucher's place is its number."""
    rows, vouchers = [], 0
    for chunk in abw.FORMAT.decode(BytesIO(path.read_bytes()), LedgerFileOptions()):
        assert isinstance(chunk, Chunk)
        if chunk.layout is abw.OF_VOUCHERS:
            vouchers += len(chunk)
            continue
        kinds = {field.name: field.kind for field in chunk.layout.fields if field.name != "element"}
        for row in chunk.rows():
            rows.append(
                {name: kind.read(row[name]) for name, kind in kinds.items()} | {"voucher_no": vouchers + 1}
            )
    return rows


@pytest.mark.parametrize("version", ["2011", "2005"])
def test_both_namespaces_are_read_alike(version: str) -> None:
    data = abw.written(invoices(), version)
    assert errors(read(data)) == set()
    assert read(data).tally.totals() == read((HERE / "FHLEAS260608001.xml").read_bytes()).tally.totals()


@pytest.mark.parametrize(
    ("old", "new", "check", "said"),
    [
        ("<agr:Interface>", "<agr:Interface><b/>", "AGR19", "does not belong"),
        ("agrlib:Amount>", "agr:Amount>", "AGR19", "the element Amount is of the namespace"),
        ("<agrlib:BatchId>FHLEAS260608001</agrlib:BatchId>", "", "AGR19", "does not belong where it stands"),
        ("<agrlib:CompanyCode>ZZ</agrlib:CompanyCode>", "", "AGR19", "does not belong where it stands"),
        ('encoding="UTF-8"?>', 'encoding="UTF-8"?><!DOCTYPE a [<!ENTITY b "c">]>', "AGR19", "DTD"),
        ("</agr:Voucher>", "", "AGR19", "not well-formed"),
        ("<agrlib:Amount>1284.36<", "<agrlib:Amount>1,284.36<", "AGR04", "expected pounds"),
        ("<agrlib:Amount>1284.36<", "<agrlib:Amount>1284.37<", "AGR05", "sums to 0.01"),
        ("<agrlib:Amount>1284.36<", "<agrlib:Amount>1284.365<", "AGR04", "expected pounds"),
        ("<agrlib:ApArType>R<", "<agrlib:ApArType>C<", "AGR12", "apar_type"),
        ("<agrlib:Period>202603<", "<agrlib:Period>2026-03<", "AGR08", "period"),
        ("<agr:Account2>I3300</agr:Account2>", "", "AGR16", "account2 missing"),
    ],
)
def test_a_wrong_document_is_refused_for_its_reason(old: str, new: str, check: str, said: str) -> None:
    text = (HERE / "FHLEAS260608001.xml").read_text("utf-8")
    assert old in text
    found = read(text.replace(old, new, text.count(old) if old == "agrlib:Amount>" else 1).encode())
    told = [one for one in found.reading.findings.kept if one.severity is Severity.ERROR]
    assert (check, True) in {(one.check, said in one.message) for one in told}


def test_an_element_in_the_wrong_place_is_refused() -> None:
    text = (HERE / "FHLEAS260608001.xml").read_text("utf-8")
    account, currency = "<agrlib:Account>I3100</agrlib:Account>", "<agrlib:Currency>GBP</agrlib:Currency>"
    swapped = text.replace(account, "@", 1).replace(currency, "#", 2).replace("@", currency, 1)
    found = read(swapped.replace("#", account).encode())
    assert errors(found) == {"AGR19"}


FEEDBACK_EXAMPLE = b"""\
batch_id,client,interface,voucher_type,source_voucher_no,source_line,trans_type,ext_ref,ext_inv_ref,apar_id,status,agresso_voucher_no,agresso_sequence_no,period,voucher_date,amount,error_code,error_text,run_at
FHLEAS260608001,ZZ,BI,LI,1,1,AR,,LSC2600000017,900017,POSTED,26004411,1,202603,2026-06-08,1284.36,,,2026-06-08T19:02:11Z
FHLEAS260608001,ZZ,BI,LC,2,1,AR,,LSC2600000018,900017,REJECTED,,,202603,2026-06-08,-300.00,APAR07,Referenced voucher is closed,2026-06-08T19:02:11Z
FHLEAS260608001,ZZ,BI,RR,3,1,AR,,RCH2600000005,800451,POSTED,26004412,1,202603,2026-06-08,174.60,,,2026-06-08T19:02:11Z
TRL,3,1158.96
"""  # noqa: E501 - as the page has it


def test_the_worked_feedback_is_read() -> None:
    """Section 11.6, with the line ends of section 10.5."""
    data = FEEDBACK_EXAMPLE.replace(b"\n", b"\r\n")
    found = examine(FEEDBACK, BytesIO(data), Context(FEEDBACK.options(), Facts(), "agr-post"))
    assert errors(found) == set()
    assert [(one.reference, one.amount, one.data["status"]) for one in found.items] == [
        ("LSC2600000017", 128436, "POSTED"), ("LSC2600000018", -30000, "REJECTED"),
        ("RCH2600000005", 17460, "POSTED"),
    ]  # fmt: skip
