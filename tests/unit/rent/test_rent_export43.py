"""The 43-byte export carries receipts of whole account numbers, and refuses what it would change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.checks.base import Context
from hub.errors import CannotRender
from hub.model import Facts, RentTransaction
from hub.rent.codes import CodeMaps, parse_codes
from hub.rent.export43 import EXPORT43_RECEIPTS, ExportOptions
from tests.unit.rent.cash_files import MOMENT
from tests.unit.rent.test_rent_profiles import CREDIT, UNPAID

PAID = replace(CREDIT, payment_ref="91000010")
CODES = CodeMaps({"methods": parse_codes("method,code\nPPT,PP\n", "methods.csv")})
NUMBERED = replace(MOMENT, numbers={"export_file": 7})


def export(*postings: RentTransaction, **options: Any) -> str:
    ctx = Context(ExportOptions(**options), Facts(codes=CODES), "", NUMBERED)
    return EXPORT43_RECEIPTS.write(postings, ctx).data.decode()


def test_the_line_of_the_page_with_a_receipt_number_of_its_own() -> None:
    assert export(PAID, methods="methods") == "91000010004.06.2030PP  0000070001     11235\r\n"


def test_no_two_receipts_have_one_number() -> None:
    lines = export(PAID, PAID).splitlines()
    assert [line[25:33] for line in lines] == ["00070001", "00070002"]


def test_the_check_letter_is_left_out_when_it_is_right() -> None:
    letter = {"engine": "letter"}
    assert export(replace(PAID, payment_ref="91000010G"), check=letter).startswith("910000100")
    with pytest.raises(CannotRender, match="check character is wrong"):
        export(replace(PAID, payment_ref="91000010H"), check=letter)


REFUSED = {
    "a reversal: it has no sign": (replace(UNPAID, payment_ref="91000010"), "carries RECEIPT only"),
    "a short account: it would be another": (replace(PAID, payment_ref="9100001"), "not filled up"),
    "an account with its letter": (replace(PAID, payment_ref="91000010G"), "not eight digits"),
    "no account": (replace(PAID, payment_ref="00000000"), "account"),
    "ten million": (replace(PAID, amount=-10_000_000_000), "beyond"),
    "no method": (replace(PAID, method_code=None), "method"),
}


@pytest.mark.parametrize(("posting", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_line_would_change_is_not_written(posting: RentTransaction, told: str) -> None:
    with pytest.raises(CannotRender, match=told):
        export(PAID, posting)


def test_a_method_that_the_map_does_not_hold_is_not_passed_through() -> None:
    with pytest.raises(CannotRender, match=r"no method for CRD \(E16\)"):
        export(replace(PAID, method_code="CRD"), methods="methods")


def test_a_file_has_as_many_lines_as_it_can_number() -> None:
    with pytest.raises(CannotRender, match="10000 receipts do not fit"):
        export(*[PAID] * 10_000)
