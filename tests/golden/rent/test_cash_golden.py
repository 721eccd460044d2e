"""Files of payments in every layout: what is read of each, and what the profiles write, byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.checks.base import Context
from hub.door.feed import Options, Profile
from hub.model import Account, Facts, Moment, RentTransaction, Verdict, format_pounds
from hub.rent.allpay import ALLPAY_PAYMENTS, AllpayOptions
from hub.rent.cash.feed import RENT_CASH
from hub.rent.codes import CodeMaps, parse_codes
from hub.rent.export43 import EXPORT43_RECEIPTS, ExportOptions
from hub.rent.nec_transactions import NEC_TRANSACTIONS, NecOptions
from hub.rent.rentack import GENERIC_RENTACK, RentackOptions, acknowledge
from tests.golden.rent.test_rent_golden import MOMENT, POSTINGS
from tests.unit.rent.cash_files import facts, read

CASH = Path(__file__).parent / "cash"
EXPECTED = json.loads((CASH / "expected.json").read_text("utf-8"))
NUMBERED = replace(MOMENT, numbers={"export_file": 7, "nec_batch": 1, "ack_seq": 12, "file_seq": 123})
CODES = CodeMaps(
    {
        name: parse_codes(f"code,becomes\n{rows}", f"{name}.csv")
        for name, rows in {
            "allpay_out": "PPT,T\nCRD,P\nDDN,Q\n",
            "methods43": "PPT,PP\nCRD,CA\n",
            "nec_types": "RPY,PAY/PPT/PP\nRCP,PAY/CRD/CC\nRDN,PAY/UNP/DD\n",
        }.items()
    }
)


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_read(name: str) -> None:
    data = (CASH / name).read_bytes()
    format = RENT_CASH.recognise(data)
    assert format is not None
    outcome = read(data, facts(Account("R1")), format=format)
    assert outcome.verdict is Verdict.ACCEPTED
    found = [
        [one.item.reference, format_pounds(-one.item.amount), one.item.on.isoformat(), one.item.data["code"]]
        for one in outcome.taken
    ]
    assert found == EXPECTED[name]


def written(
    profile: Profile, options: Options, made: list[Any], moment: Moment = NUMBERED
) -> tuple[str, bytes]:
    rendered = profile.write(made, Context(options, Facts(codes=CODES), "", moment))
    return rendered.name, rendered.data


def paid(reference: str, method: str, amount: int) -> RentTransaction:
    return replace(POSTINGS[0], payment_ref=reference, method_code=method, amount=amount, narrative="")


def test_what_is_written_for_allpay() -> None:
    back = replace(paid("60000123457", "DDN", 9820), kind="REVERSAL")
    made = [paid("60000123457", "PPT", -11235), paid("60000123469", "CRD", -8000), back]
    _, data = written(ALLPAY_PAYMENTS, AllpayOptions(), made)
    theirs = (CASH / "allpay.txt").read_bytes().replace(b"00000", b"     ").replace(b"\n", b"\r\n")
    assert data.replace(b"00000", b"     ") == theirs  # how a line is numbered is the writer's own


def test_what_is_written_in_43_bytes() -> None:
    made = [paid("91000010G", "PPT", -11235), paid("91000028J", "CRD", -8000)]
    options = ExportOptions(methods="methods43", check={"engine": "letter"})
    name, data = written(EXPORT43_RECEIPTS, options, made)
    assert name == "rents_20300604_0007.txt"
    assert data == (CASH / "export43.txt").read_bytes().replace(b"\n", b"\r\n")


def test_what_is_written_for_nec() -> None:
    name, data = written(NEC_TRANSACTIONS, NecOptions(), POSTINGS)
    assert data == (CASH / name).read_bytes().replace(b"\n", b"\r\n")


def test_what_a_sender_is_answered() -> None:
    outcome = read((CASH / "../CashFile20300605.dat").read_bytes())
    made = [each for one in outcome.taken for each in acknowledge(one, outcome.ctx)]
    name, data = written(GENERIC_RENTACK, RentackOptions(landlord="FAKESHIRE"), made)
    assert data == (CASH / name).read_bytes()
