"""Not a penny is lost: what the file posts is what is taken, suspended, held and noted, whatever it holds."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hub.model import History, ItemState, Verdict
from plugins.housing_benefit.mapping import item_key
from plugins.housing_benefit.settings import CSV1
from tests.unit.housing_benefit.posting_files import Row, account, csv_file, facts, posting_file, read

CREDITS = ("HBE", "OPR", "DHP")
REFERENCES = ("FAKE0001/1", "FAKE0002/1", "FAKE0003/1", "FAKE0009/1", "", "1900000001")
PERIODS = (("20260330", "20260412"), ("20260330", "20260405"), ("20260316", "20260329"))
KNOWN = facts(
    account(1, balance=-5000, claim_ref="90000001A"),
    account(2, status="ENDED"),
    account(3, balance=None),
)
WAYS = {ItemState.TAKEN, ItemState.SUSPENDED, ItemState.HELD, ItemState.NOTED}


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Any row that its type allows."""
    entry = draw(st.sampled_from(["HBE", "HBA", "OPD", "OPR", "DHP", "DHR"]))
    amount = draw(st.integers(0, 150_000))
    credit = entry in CREDITS or (entry == "HBA" and draw(st.booleans()))
    first, last = draw(st.sampled_from(PERIODS))
    return Row(
        claim=f"{draw(st.integers(90_000_000, 90_000_004))}A",
        rent_ref=draw(st.sampled_from(REFERENCES)),
        entry=entry,
        weekly=draw(st.integers(0, 99_999)),
        gross=amount if credit else -amount,
        recovered=draw(st.integers(0, amount)) if credit else 0,
        first=first,
        last=last,
        adjustment=draw(st.sampled_from("01")),
        change=draw(st.sampled_from("01")),
        original=draw(st.sampled_from(["", "000041-0000117"])),
    )


files = st.lists(rows(), max_size=25)


@given(files)
def test_came_in_is_taken_suspended_held_and_noted(them: list[Row]) -> None:
    outcome = read(posting_file(*them), KNOWN, hold_opd_over="100.00", allow_claim_match=True)
    assert outcome.verdict is Verdict.ACCEPTED
    assert -sum(row.post for row in them) == sum(outcome.money.values())
    assert len(outcome.taken) == len(them)
    assert outcome.money.keys() <= WAYS


@given(files)
def test_the_sign_of_the_file_changes_nothing_but_the_sign(them: list[Row]) -> None:
    flipped = [
        replace(row, weekly=-row.weekly, gross=-row.gross, recovered=-row.recovered, posted=-row.post)
        for row in them
    ]
    one, other = read(posting_file(*them), KNOWN), read(posting_file(*flipped), KNOWN, credit_sign="negative")
    assert (one.verdict, one.told, one.money) == (other.verdict, other.told, other.money)


@given(files)
def test_both_formats_of_a_file_read_alike(them: list[Row]) -> None:
    fixed, csv = read(posting_file(*them), KNOWN), read(csv_file(*them), KNOWN, format=CSV1)
    assert [(item.kind, item.reference, item.amount, item.on) for item in fixed.items] == [
        (item.kind, item.reference, item.amount, item.on) for item in csv.items
    ]


@given(files)
def test_what_was_posted_once_is_not_posted_again(them: list[Row]) -> None:
    """A second file with the same rows: nothing of what the first took is taken."""
    first = read(posting_file(*them), KNOWN)
    posted = frozenset(key for item in first.items if (key := item_key(item)))
    again = read(posting_file(*them, sequence=43), replace(KNOWN, history=History(posted=posted)))
    assert ItemState.TAKEN not in again.states
