"""The sender is told what became of each line, and the four sums are those of the file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.checks.base import Context
from hub.model import Disposition, Facts, Item, ItemState, Taken
from hub.rent.rentack import ACKNOWLEDGEMENTS, GENERIC_RENTACK, RENTACK, RentackOptions
from tests.unit.rent.cash_files import LINE, MOMENT, PAGE, TODAY, cash, posted_before, read, renttran

NUMBERED = replace(MOMENT, numbers={"ack_seq": 12})


def answer(*taken: Taken) -> list[str]:
    made = [each for one in taken for each in ACKNOWLEDGEMENTS.makes(one, None)]  # type: ignore[misc, arg-type]
    ctx = Context(RentackOptions(landlord="FAKESHIRE"), Facts(), "", NUMBERED)
    rendered = GENERIC_RENTACK.write(made, ctx)
    assert rendered.name == "RENTACK_FAKESHIRE_20300604_000012.csv"
    assert RENTACK.recognises(rendered.data)
    return rendered.data.decode().splitlines()


def test_each_line_that_was_not_accepted_is_named_with_its_code() -> None:
    lines = [*PAGE, LINE.replace("PPT", "XXX")]
    assert answer(*read(cash(*lines)).taken)[1:] == [
        "D,4,19000000X7,E14,payment_ref,unknown account",
        "D,5,1900000011,E16,method_code,unknown code",
        "T,3,-264.15,0,0.00,2,-187.45,0,0.00",
    ]


def test_rejected_and_duplicate_lines_have_counts_of_their_own() -> None:
    row = "1900000011,0190001/01,RECEIPT,PPT,RPY,2030-06-04,2030-06-05,-112.35,0.00,X:1,PAYPOINT,,"
    wrong = row.replace("RECEIPT", "REVERSAL").replace("X:1", "X:2")
    data = renttran(row, wrong, trailer="2,0.00,-224.70,-224.70,3800000022")
    again = read(
        data,
        posted_before(read(data, format="generic.renttran", partial=True)),
        format="generic.renttran",
        partial=True,
    )
    assert answer(*again.taken)[1:] == [
        "D,2,1900000011,E18,external_ref,line given twice",
        "D,3,1900000011,E18,external_ref,line given twice",
        "T,0,0.00,0,0.00,0,0.00,2,-224.70",
    ]
    first = read(data, format="generic.renttran", partial=True)
    assert answer(*first.taken)[1:] == [
        "D,3,1900000011,E19,amount,wrong sign",
        "T,1,-112.35,1,-112.35,0,0.00,0,0.00",
    ]


@pytest.mark.parametrize("state", ItemState)
def test_the_four_sums_are_those_of_the_file_whatever_becomes_of_it(state: ItemState) -> None:
    one = Taken(
        "t.1", Item("RECEIPT", 1, "R1", -500, TODAY), Disposition(state, reason="Mr A Tenant said so")
    )
    told = answer(one)
    counts = told[-1].split(",")
    assert sum(map(int, counts[1::2])) == 1
    assert sum(round(float(text) * 100) for text in counts[2::2]) == -500
    assert "Tenant" not in "".join(told)
