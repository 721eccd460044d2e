"""Known posting files: the formats page's worked example, and the sample of nine columns."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

from hub.checks.base import Context
from hub.model import Facts, ItemState, Moment, Verdict, format_pounds
from hub.rent.renttran import GENERIC_RENTTRAN, RenttranOptions
from plugins.housing_benefit.feeds import POSTINGS
from plugins.housing_benefit.settings import ACADEMY
from tests.unit.housing_benefit.posting_files import Outcome, account, facts, read

HERE = Path(__file__).parent / "postings"
TEST_FILE = (HERE / "rentpost_000042.dat").read_bytes()
LIVE_FILE = TEST_FILE.replace(b"02000042T", b"02000042L", 1)
KNOWN = facts(account(1), account(2), account(3, tenancy_ref="FAKE0003/2"))
MOMENT = Moment(datetime(2026, 4, 13, 6, tzinfo=UTC), date(2026, 4, 12), "t", {"file_seq": 7})
TAKEN, SUSPENDED = ItemState.TAKEN, ItemState.SUSPENDED


def table(outcome: Outcome) -> list[dict[str, str]]:
    """Items as a person sees them, in the columns of `items.csv`."""
    return [
        {
            "line": str(one.item.line),
            "kind": one.item.kind,
            "entry_type": str(one.item.data["entry_type"]),
            "claim_ref": str(one.item.data["claim_ref"]),
            "rent_ref": one.item.reference,
            "from_date": str(one.item.data["from_date"]),
            "to_date": str(one.item.data["to_date"]),
            "posted_on": one.item.on.isoformat(),
            "recovered": str(one.item.data["recovered"]),
            "ledger_amount": format_pounds(one.item.amount),
            "state": one.disposition.state.value,
            "account": one.disposition.account or "",
            "reason": one.disposition.reason or "",
        }
        for one in outcome.taken
    ]


def test_the_worked_example_is_a_test_and_never_posts() -> None:
    outcome = read(TEST_FILE, KNOWN)
    assert (outcome.verdict, outcome.told) == (Verdict.REJECTED, [("HB-HEADER", 1)])
    assert read(TEST_FILE, KNOWN, live_or_test="T").money == {ItemState.NOTED: -53433}


def test_the_worked_example_has_the_totals_of_the_page() -> None:
    assert read(LIVE_FILE, KNOWN).examined.tally.totals() == {
        "count": 5,
        "value": "534.33",
        "posted": "534.33",
        "gross": "557.43",
        "recovered": "23.10",
        "dhp": "30.00",
        "hash": 450000126,
        "ledger": "-534.33",
    }


def test_the_worked_example_marked_live_becomes_the_items_of_the_table() -> None:
    outcome = read(LIVE_FILE, KNOWN)
    assert (outcome.verdict, outcome.told, outcome.warned) == (Verdict.ACCEPTED, [], [])
    assert outcome.money == {TAKEN: -37433, SUSPENDED: -16000}
    with (HERE / "items.csv").open(encoding="utf-8", newline="") as file:
        assert table(outcome) == list(csv.DictReader(file))


def test_the_worked_example_marked_live_becomes_the_postings_of_the_rent_file() -> None:
    outcome = read(LIVE_FILE, KNOWN)
    makes = POSTINGS.output("postings").makes
    assert makes is not None
    postings = [
        posting
        for one in outcome.taken
        if one.disposition.state is TAKEN
        for posting in makes(one, outcome.ctx)
    ]
    profile = Context(RenttranOptions(landlord="FAKESHIRE"), Facts(), "", MOMENT)
    rendered = GENERIC_RENTTRAN.write(postings, profile)
    assert rendered.data == (HERE / rendered.name).read_bytes()
    assert rendered.summary["net"] == "-374.33"


def test_the_sample_of_nine_columns_reads_as_expected() -> None:
    expected = json.loads((HERE / "academy_nine_own.expected.json").read_text("utf-8"))
    tenancies = ("FAKE0116/1", "FAKE0124/1", "FAKE0132/3", "FAKE0140/1")
    known = facts(*(account(n, tenancy_ref=ref) for n, ref in enumerate(tenancies, start=1)))
    options = {name: expected[name] for name in ("delimiter", "date_format", "posted_value_column")}
    sample = (HERE / "academy_nine_own.csv").read_bytes()
    outcome = read(sample, known, format=ACADEMY, control="none", **options)
    assert outcome.verdict is Verdict.ACCEPTED
    assert outcome.examined.tally.records == expected["count"]
    assert outcome.examined.tally.value == expected["posted_pence"]
    assert outcome.examined.tally.totals()["recovered"] == format_pounds(expected["recovered_pence"])
    assert outcome.money == {TAKEN: -expected["to_accounts_pence"], SUSPENDED: -expected["suspense_pence"]}
    unknown = [one.item.reference for one in outcome.taken if one.disposition.state is SUSPENDED]
    assert unknown == expected["unknown_accounts"]
    assert [item.kind for item in outcome.items] == ["BENEFIT"] * 3 + ["BENEFIT_ADJ"] + ["BENEFIT"] * 2
