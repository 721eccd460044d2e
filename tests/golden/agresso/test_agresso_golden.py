"""Known ledger files: written byte for byte, and read as beside them."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from hub.api import Context, Facts, Severity
from hub.transfer.examine import examine
from plugins.agresso import abw, gl07_csv
from plugins.agresso.feeds import LEDGER_FILE
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
