"""Bank statements: what a bank writes reads back equal, no bytes make a reading raise, and whatever byte is
spoiled, no money changes unseen.

A few lines of the tests' own (`tests.banking.net_of`) judge what a spoiled statement says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.bank.receipts import RECEIPTS
from hub.model import Verdict
from tests.banking import STORY, WRITERS, Entry, Statement, net_of
from tests.mutator import KINDS, SEED, faults
from tests.unit.bank.bank_files import Seen, context, known_account, read

FAULTS = 40
formats = pytest.mark.parametrize("format", WRITERS)
# What a bank may write in each of the formats; MT940 folds long texts, which must not look like tags.
words = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,/()'+-", max_size=150).map(
    lambda t: " ".join(t.split())
)
references = st.from_regex(r"[A-Z0-9]{0,16}", fullmatch=True).filter(lambda text: text != "NONREF")
amounts = st.integers(-99_999_999, 99_999_999).filter(bool)
entries = st.lists(
    st.builds(
        Entry,
        amounts,
        words.filter(lambda t: t[:1] not in ("-", ":")),
        references,
        references,
        reversal=st.just(value=False),
    ),
    max_size=8,
)
statements = st.builds(
    Statement,
    st.integers(1, 99_999),
    st.integers(-99_999_999, 99_999_999),
    entries,
    st.dates(date(2000, 1, 1), date(2079, 12, 30)),
)


@formats
@given(wanted=statements)
def test_what_a_bank_writes_reads_back_equal(format: str, wanted: Statement) -> None:
    data = WRITERS[format](wanted)
    assert not wanted.entries or RECEIPTS.recognise(data) == format
    seen = read(data, format, today=wanted.day + timedelta(days=1))
    empty = format == "bank-lines-csv1" and not wanted.entries
    assert seen.told <= {"BANK-005" if empty else "BANK-012"}, seen.messages
    assert seen.verdict is Verdict.ACCEPTED or not wanted.entries
    assert [-item.amount for item in seen.lines] == [entry.pence for entry in wanted.entries]
    for item, entry in zip(seen.lines, wanted.entries, strict=True):
        assert (item.on, item.data["account"]) == (wanted.day, "rent_income")
        assert item.personal.get("reference", "") == entry.reference
        assert (item.data["bank_reference"] or "") == entry.bank_reference
        assert item.personal.get("text", "").replace(" ", "") == entry.text.replace(" ", "")


@formats
@given(
    data=st.binary(max_size=300),
    cuts=st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 80), st.binary(max_size=12)), max_size=4),
)
def test_no_bytes_make_a_reading_raise(format: str, data: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    spoiled = WRITERS[format](Statement(123, 100_000, STORY))
    for start, length, instead in cuts:
        spoiled = spoiled[:start] + instead + spoiled[start + length :]
    for some in (data, spoiled):
        RECEIPTS.recognise(some)
        read(some, format)


SOUND = Statement(123, 100_000, STORY)
NET = sum(entry.pence for entry in STORY)


@formats
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fresh", [False, True], ids=["fixed", "fresh"])
def test_no_fault_changes_money_unseen(format: str, kind: str, fresh: bool, run_seed: int) -> None:
    """Of lines without a trailer the last could be cut off: the next statement says so."""
    sound = WRITERS[format](SOUND)
    assert net_of(sound, format) == NET
    for spoiled, fault in faults(sound, FAULTS, run_seed if fresh else SEED, [kind]):
        after = read(spoiled, format, known_account())
        if after.verdict is not Verdict.ACCEPTED or not_followed(after, format):
            continue
        assert after.examined.tally.value == net_of(spoiled, format) == NET, fault
        assert after.examined.tally.records == len(STORY), fault


@pytest.mark.parametrize("format", ["mt940", "camt053"])
@pytest.mark.parametrize("kind", ["change an amount by a penny", "drop a line", "truncate"])
def test_what_is_wrong_with_a_whole_statement_is_told_at_once(format: str, kind: str, run_seed: int) -> None:
    sound = WRITERS[format](SOUND)
    for spoiled, fault in faults(sound, FAULTS, run_seed, [kind]):
        after = read(spoiled, format, known_account())
        same = (after.examined.tally.value, after.examined.tally.records) == (NET, len(STORY))
        assert after.told or same, fault


def not_followed(after: Seen, format: str) -> bool:
    """Whether the statement of the next day, which is sound, would be held because of what this one left."""
    left = [move for move in after.moves(context(format)) if move.kind == "bank_account"]
    closing = left[-1].data["closing"] if left else None
    tomorrow = Statement(124, SOUND.closing, (Entry(100),), SOUND.day + timedelta(days=1))
    account = known_account(statement="123", closing=closing)
    told = read(WRITERS[format](tomorrow), format, account, today=tomorrow.day)
    return closing is not None and told.verdict is not Verdict.ACCEPTED
