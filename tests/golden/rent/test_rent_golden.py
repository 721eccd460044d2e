"""The worked examples of the rent system interface page, byte for byte."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from hub.checks.base import Context
from hub.model import Facts, Moment, RentTransaction
from hub.rent.renttran import GENERIC_RENTTRAN, RenttranOptions
from hub.rent.universal_housing import CASH, UNIVERSAL_HOUSING_CASH, CashOptions, cash_line

HERE = Path(__file__).parent
MOMENT = Moment(datetime(2030, 6, 5, 1, 0, 11, tzinfo=UTC), date(2030, 6, 4), "t1", {"file_seq": 123})


def posting(
    line: int, ref: str, tenancy: str | None, kind: str, codes: tuple[str, str], amount: int, text: str
) -> RentTransaction:
    method, type_code = codes
    return RentTransaction(
        transaction_id=f"T{line}",
        payment_ref=ref,
        tenancy_ref=tenancy,
        kind=kind,
        method_code=method,
        type_code=type_code,
        transaction_date=date(2030, 6, 4),
        post_date=date(2030, 6, 5),
        amount=amount,
        external_ref=f"CashFile20300605.dat:{line}",
        narrative=text,
    )


POSTINGS = [
    posting(1, "1900000011", "0190001/01", "RECEIPT", ("PPT", "RPY"), -11235, "PAYPOINT 0001"),
    posting(2, "1900000029", "0190002/01", "RECEIPT", ("CRD", "RCP"), -25000, "WEB CARD"),
    posting(3, "1900000037", "0190003/02", "REVERSAL", ("DDN", "RDN"), 9820, "DD RETURN"),
]
SUSPENDED = posting(4, "19000000X7", None, "RECEIPT", ("STO", "RSO"), -7510, "STANDING ORDER")


def test_the_generic_file_of_the_page() -> None:
    ctx = Context(RenttranOptions(landlord="FAKESHIRE", source="INCOME"), Facts(), "", MOMENT)
    rendered = GENERIC_RENTTRAN.write(POSTINGS, ctx)
    assert rendered.data == (HERE / rendered.name).read_bytes()


def test_the_cash_lines_of_the_page() -> None:
    lines = [cash_line(each, f"{line:02}") for line, each in enumerate([*POSTINGS, SUSPENDED], start=1)]
    assert CASH.encode(lines, "\n") == (HERE / "CashFile20300605.dat").read_bytes()


def test_a_whole_cash_file_with_one_source_code() -> None:
    ctx = Context(CashOptions(source_code="03"), Facts(), "", MOMENT)
    third = (HERE / "CashFile20300605.dat").read_bytes().splitlines(keepends=True)[2]
    assert UNIVERSAL_HOUSING_CASH.write([POSTINGS[2]], ctx).data == third
    assert UNIVERSAL_HOUSING_CASH.write([replace(POSTINGS[2], amount=9821)], ctx).data != third
