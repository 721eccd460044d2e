"""`feedhub overdue` and `feedhub milestone`: what is late, what routes wait for."""

from __future__ import annotations

import pytest

from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub, Ran

EXPECT = 'expect: {bacs.input_report: {by: "08:00"}}'


@pytest.fixture
def at(feedhub: Feedhub, council: Council) -> Feedhub:
    """The command at a council that closes its months by hand and awaits answers."""

    def run(*arguments: object) -> Ran:
        return feedhub("--config", council.config, *arguments)

    with (council.config / "hub.yaml").open("a", encoding="utf-8") as file:
        file.write("\nmilestones: [month_closed]\n")
    return run


def expect(council: Council, within: str) -> None:
    """What the council sends is answered within a while."""
    path = council.config / "routes" / "bacs.yaml"
    text = path.read_text("utf-8")
    assert EXPECT in text
    new = f"expect: {{bacs.input_report: {{within: {within}}}}}"
    path.write_text(text.replace(EXPECT, new, 1), "utf-8")


def send(at: Feedhub, council: Council) -> str:
    """The id of a transfer that has left."""
    council.folder("bureau", "/inbound/dd_collections")
    council.accounts()
    council.mandates()
    council.collection(council.coming_day())
    for route in ("rent.accounts", "rent.mandates"):
        at("run", route)
    [transfer] = at("run", "bacs.submission", "--json").json["transfers"]
    assert transfer["state"] == "SENT"
    return str(transfer["id"])


def test_nothing_is_late_in_a_new_hub(at: Feedhub) -> None:
    ran = at("overdue")
    assert (ran.code, ran.out.strip()) == (0, "Nothing is late, and nothing is due today.")


def test_what_is_late_is_told_with_its_owner_and_what_to_do(at: Feedhub, council: Council) -> None:
    expect(council, "0s")
    id = send(at, council)
    ran = at("overdue", "--json")
    [late] = ran.json
    assert ran.code == 1
    assert (late["late"], late["owner"], late["subject"], late["id"]) == (True, "rents-team", "transfer", id)
    assert late["next"] == "feedhub run bacs.reports_in, or ask Bacs bureau for it"
    assert "late" in at("overdue").out


def test_what_is_not_due_yet_is_not_late(at: Feedhub, council: Council) -> None:
    expect(council, "100h")
    send(at, council)
    assert (at("overdue").code, at("overdue", "--json").json) == (0, [])


def test_a_milestone_is_set_once_and_listed(at: Feedhub) -> None:
    for told in ("is reached", "was reached already"):
        ran = at("milestone", "set", "month_closed", "--date", "2026-10-31", "--reason", "ledger agreed")
        assert (ran.code, ran.out.strip()) == (0, f"month_closed {told} for 2026-10-31.")
    [listed] = at("milestone", "list", "--json").json
    assert (listed["milestone"], listed["date"]) == ("month_closed", "2026-10-31")
    assert listed["reason"] == "ledger agreed"


@pytest.mark.parametrize(
    ("range", "dates"),
    [
        ((), ["2026-09-30", "2026-10-31", "2026-11-30"]),
        (("--from", "2026-10-31"), ["2026-10-31", "2026-11-30"]),
        (("--to", "2026-10-31"), ["2026-09-30", "2026-10-31"]),
        (("--from", "2026-10-01", "--to", "2026-10-30"), []),
    ],
)
def test_milestones_are_listed_by_their_business_date(
    at: Feedhub, range: tuple[str], dates: list[str]
) -> None:
    for day in ("2026-11-30", "2026-09-30", "2026-10-31"):
        at("milestone", "set", "month_closed", "--date", day, "--reason", "ledger agreed")
    assert [one["date"] for one in at("milestone", "list", *range, "--json").json] == dates


def test_a_milestone_without_a_name_that_anybody_knows_is_refused(at: Feedhub) -> None:
    ran = at("milestone", "set", "month_closd", "--reason", "ledger agreed")
    assert ran.code == 2
    assert "There is no milestone “month_closd”; did you mean “month_closed”?" in ran.err
    assert at("milestone", "list").out.strip() == "No milestone is reached."
