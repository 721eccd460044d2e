"""From a planned collection to the mailing house, and from there to the collection itself.

The council's partners are folders; its clock is the test's."""

from __future__ import annotations

from datetime import date

import pytest

from plugins.bacs.layouts import DDCALL
from tests.e2e import test_records
from tests.e2e.test_records import COLLECTED, TENANTS, Town

town = test_records.town  # the fixture
HOUSE = ("mailing_house", "/in")


@pytest.fixture(autouse=True)
def folders(town):
    town.council.folder(*HOUSE)
    town.council.folder("rent", "/export/dd_planned/done")
    route = town.council.config / "routes/bacs.yaml"
    text = route.read_text("utf-8")
    assert "# advance_notice: hold" in text
    route.write_text(text.replace("# advance_notice: hold", "advance_notice: hold"), "utf-8")


def plan(town: Town, day: date, *pounds: int) -> dict:
    rows = [
        {
            "mandate_ref": f"RENT{ref}",
            "payment_ref": ref,
            "collection_date": day,
            "amount": 100 * amount,
            "transaction_code": "17",
        }
        for ref, amount in zip(TENANTS, pounds, strict=False)
    ]
    town.export(DDCALL, "/export/dd_planned", rows)
    return town.run("bacs.advance_notice")


def notices(town: Town) -> list[list[str]]:
    """Reference, amount and reason of each row of each file."""
    files = sorted(town.council.folder(*HOUSE).iterdir())
    rows = [path.read_text("utf-8").splitlines()[1:] for path in files]
    return [[",".join(row.split(",")[i] for i in (0, 5, 6)) for row in file] for file in rows]


def test_tenants_are_told_once_then_of_changes_and_collections_follow(town):
    assert plan(town, COLLECTED, 1, 2, 3)["state"] == "SENT"
    assert notices(town) == [[f"RENT{ref},{n}.00,first" for n, ref in enumerate(TENANTS, start=1)]]
    town.clock.turn(days=1)
    assert plan(town, date(2026, 12, 30), 1, 2, 4)["state"] == "SENT"
    assert notices(town)[1:] == [["RENT91000036,4.00,amount"]]
    told = town.record("advance_notice", "RENT91000036")
    assert told["data"]["collections"] == [
        ["2026-11-30", 300, "2026-11-02"],
        ["2026-12-30", 400, "2026-11-03"],
    ]
    town.collections()
    town.run("bacs.submission")
    assert town.delivered() == [[100, 200, 300]]


def test_a_collection_that_nobody_was_told_of_stays_behind(town):
    plan(town, COLLECTED, 1, 5)
    town.collections()
    transfer = town.run("bacs.submission")
    assert town.delivered() == [[100]]
    shown = town.command("transfers", "show", transfer["id"], "--json").json
    assert [(item["state"], item["reason"]) for item in shown["items"]] == [
        ("SENT", None), ("HELD", "NOTICE-01"), ("HELD", "NOTICE-01"),
    ]  # fmt: skip


def test_what_did_not_reach_the_mailing_house_was_not_told(town):
    (town.council.folder(*HOUSE)).rmdir()
    transfer = plan(town, COLLECTED, 1, 2, 3)
    assert transfer["state"] == "ACCEPTED"
    assert town.command("records", "show", "advance_notice", "RENT91000010").code != 0
    town.council.folder(*HOUSE)
    town.command("transfers", "retry", transfer["id"], "--reason", "the folder is there now")
    assert len(notices(town)) == 1
    assert town.record("advance_notice", "RENT91000010")["state"] == "NOTIFIED"
