"""Mandates and holds, from the rent system's extracts and a person's command to what a partner is sent.

The council's partners are folders; its clock is the test's."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest

import hub.engine.local as engine
from hub.cli.main import outcome
from hub.config.load import load
from hub.config.people import People
from hub.door.manager import Door
from hub.engine.local import open_hub
from hub.rent.accounts import RENTACC
from hub.rent.mandates import MANDATE
from hub.store import queries
from plugins.bacs.layouts import DDCALL
from tests.unit.cli.council import ACCOUNT, MANDATE_ROW, Council
from tests.unit.cli.running import Ran
from tests.world import TestClock

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
COLLECTED = date(2026, 11, 30)
LAST_INPUT = date(2026, 11, 26)
TENANTS = ("91000010", "91000028", "91000036")
BUREAU = ("bureau", "/inbound/dd_collections")


class Town:
    """The council, with a command line of its own."""

    def __init__(self, council, clock, capsys):
        self.council, self.clock, self._capsys, self._numbers = council, clock, capsys, Counter()

    def command(self, *words):
        code = outcome(["--config", str(self.council.config), *(str(word) for word in words)])
        captured = self._capsys.readouterr()
        return Ran(int(code), captured.out, captured.err)

    def run(self, route):
        """The one transfer of a run, as it is told."""
        said = self.command("run", route, "--json")
        assert said.out, said.err
        (transfer,) = said.json["transfers"]
        return transfer

    def export(self, csv, folder, rows):
        self._numbers[folder] += 1
        return self.council.export(csv, folder, rows, self._numbers[folder], self.clock.at)

    def accounts(self, **changes):
        """The extract of accounts, worked; `changes`: columns by payment reference."""
        rows = [{**ACCOUNT, "payment_ref": ref, **changes.get(f"_{ref}", {})} for ref in TENANTS]
        self.export(RENTACC, "/export/accounts", rows)
        return self.run("rent.accounts")

    def mandates(self, **changes):
        """The extract of mandates, worked; `changes`: columns by payment reference."""
        rows = [
            {**MANDATE_ROW, "mandate_ref": f"RENT{ref}", "payment_ref": ref, **changes.get(f"_{ref}", {})}
            for ref in TENANTS
        ]
        self.export(MANDATE, "/export/mandates", rows)
        return self.run("rent.mandates")

    def collections(self):
        """The rent system's call, not yet worked: a pound more from each tenant."""
        rows = [
            {
                "mandate_ref": f"RENT{ref}",
                "payment_ref": ref,
                "collection_date": COLLECTED,
                "amount": 100 * number,
                "transaction_code": "17",
            }
            for number, ref in enumerate(TENANTS, start=1)
        ]
        return self.export(DDCALL, "/export/dd", rows)

    def delivered(self):
        """What the bureau was sent: the amounts of each file's debits, read by position."""
        files = sorted(path for path in self.council.folder(*BUREAU).iterdir())
        lines = [path.read_text("ascii").splitlines() for path in files]
        return [[int(line[35:46]) for line in file if line[15:17] == "17"] for file in lines]

    def record(self, kind, key):
        return self.command("records", "show", kind, key, "--json").json


@pytest.fixture
def town(tmp_path, monkeypatch, capsys):
    """The hub knows three accounts, each with a mandate; nothing else has happened."""
    clock = TestClock(START)
    monkeypatch.setattr(engine, "SystemClock", lambda: clock)
    council = Council.in_folder(tmp_path)
    council.folder(*BUREAU)
    made = Town(council, clock, capsys)
    made.accounts()
    made.mandates()
    return made


def hold_first_file(town):
    route = town.council.config / "routes/bacs.yaml"
    route.write_text(route.read_text("utf-8").replace("first_file: false", "first_file: true"), "utf-8")


def items(town, transfer):
    shown = town.command("transfers", "show", transfer["id"], "--json").json
    return [(item["reference"], item["state"], item["reason"]) for item in shown["items"]]


# Mandates.


def test_a_mandate_lives_on_with_its_history(town):
    town.clock.turn(days=1)
    changed = town.mandates(_91000010={"status": "SUSPENDED", "account_number": "99999999"})
    told = town.record("mandate", "RENT91000010")
    assert (told["state"], told["account"], told["intact"]) == ("SUSPENDED", "91000010", True)
    made, moved = told["history"]
    assert (made["from"], made["to"], moved["from"], moved["to"]) == (None, "ACTIVE", "ACTIVE", "SUSPENDED")
    assert moved["transfer"] == changed["id"]
    assert moved["item"] == f"{changed['id']}.1"
    assert moved["changed"] == {"personal": ["account_number"]}


def test_a_transfer_tells_what_it_moved(town):
    town.clock.turn(days=1)
    transfer = town.mandates(_91000010={"status": "SUSPENDED"}, _91000036={"status": "CANCELLED"})
    shown = town.command("transfers", "show", transfer["id"], "--json").json
    assert shown["moves"] == 2
    assert [(move["key"], move["to"], move["item"]) for move in shown["moves_listed"]] == [
        ("RENT91000010", "SUSPENDED", f"{transfer['id']}.1"),
        ("RENT91000036", "CANCELLED", f"{transfer['id']}.3"),
    ]
    assert "RENT91000036" in town.command("transfers", "show", transfer["id"]).out


def test_what_is_shown_of_a_mandate_is_masked(town):
    for said in (
        town.command("records", "show", "mandate", "RENT91000010", *how) for how in ([], ["--json"])
    ):
        assert "****4823" in said.out
        assert [value for value in ("A TENANT", "000299", "40154823") if value in said.out] == []


def test_an_extract_that_says_nothing_new_moves_nothing(town):
    town.clock.turn(days=1)
    assert town.mandates()["state"] == "APPLIED"
    assert len(town.record("mandate", "RENT91000010")["history"]) == 1


def test_an_extract_keeps_no_items(town):
    town.clock.turn(days=1)
    assert items(town, town.mandates()) == []


def test_a_cancelled_mandate_does_not_come_back_and_the_others_of_the_file_move(town):
    town.clock.turn(days=1)
    town.mandates(_91000010={"status": "CANCELLED"})
    town.clock.turn(days=1)
    transfer = town.mandates(_91000028={"status": "DORMANT"})
    shown = town.command("transfers", "show", transfer["id"], "--json").json
    (finding,) = shown["findings"]
    assert (finding["severity"], finding["line"]) == ("hold_item", 2)
    assert finding["message"] == (
        "mandate RENT91000010 is CANCELLED, which is the end of it, and cannot become ACTIVE"
    )
    assert town.record("mandate", "RENT91000010")["state"] == "CANCELLED"
    assert town.record("mandate", "RENT91000028")["state"] == "DORMANT"


def test_a_mandate_that_changes_is_known_to_the_next_collection(town):
    town.clock.turn(days=1)
    town.mandates(_91000010={"status": "SUSPENDED"})
    town.collections()
    transfer = town.run("bacs.submission")
    assert items(town, transfer)[0] == (
        "RENT91000010", "HELD", "the mandate is SUSPENDED, not ACTIVE (MANDATE_NOT_ACTIVE)",
    )  # fmt: skip
    assert town.delivered() == [[200, 300]]


# Holds.


def test_an_account_on_hold_keeps_only_its_own_collection_back(town):
    said = town.command("holds", "add", "91000028", "DECEASED", "--reason", "told by the family")
    assert (said.code, said.err) == (0, "")
    town.collections()
    transfer = town.run("bacs.submission")
    assert items(town, transfer)[1] == (
        "RENT91000028", "HELD", "the account is on hold for DECEASED (ON_HOLD)",
    )  # fmt: skip
    assert town.delivered() == [[100, 300]]


@pytest.mark.parametrize("kind", ["BREATHING_SPACE", "VULNERABLE", "LEGAL", "OTHER"])
def test_other_holds_stop_no_direct_debit_unless_the_council_says_so(town, kind):
    town.command("holds", "add", "91000028", kind, "--reason", "a reason")
    town.collections()
    town.run("bacs.submission")
    assert town.delivered() == [[100, 200, 300]]


def test_the_council_may_say_so(town):
    route = town.council.config / "routes/bacs.yaml"
    options = "    options: &sponsor\n"
    stops = options + "      stopping_holds: [BREATHING_SPACE]\n"
    route.write_text(route.read_text("utf-8").replace(options, stops), "utf-8")
    town.command("holds", "add", "91000028", "BREATHING_SPACE", "--reason", "a notice came")
    town.collections()
    town.run("bacs.submission")
    assert town.delivered() == [[100, 300]]


def test_a_hold_past_its_last_day_stops_nothing(town):
    town.command("holds", "add", "91000028", "DISPUTE", "--until", "2026-11-02", "--reason", "a letter")
    town.clock.turn(days=1)
    town.collections()
    town.run("bacs.submission")
    assert town.delivered() == [[100, 200, 300]]


def test_a_hold_between_release_and_sending_stops_the_delivery_then_the_rest_goes(town):
    """The file was agreed with three collections; the death of one tenant becomes known before it leaves."""
    hold_first_file(town)
    town.collections()
    transfer = town.run("bacs.submission")
    assert transfer["state"] == "HELD"
    with engine_at(town) as hub:
        hub.acts.release(transfer["id"], "totals agreed")
        assert hub.acts.transfer(transfer["id"]).approved_by is not None
    town.command("holds", "add", "91000010", "DECEASED", "--reason", "told by the family")

    stopped = town.run("bacs.submission")
    assert town.delivered() == []
    assert stopped["state"] == "HELD", "its approval fell: another file would leave than was agreed"
    shown = town.command("transfers", "show", transfer["id"], "--json").json
    (event,) = [event for event in shown["events"] if event["event"] == "stopped_at_the_door"]
    assert (
        event["data"]["reason"] == "account 91000010 is on hold (DECEASED): nothing may be collected from it"
    )
    assert event["data"]["checks"] == ["S18-025"]
    assert items(town, transfer)[0][1:] == ("HELD", "the account is on hold for DECEASED (ON_HOLD)")

    said = town.command("transfers", "release", transfer["id"], "--reason", "agreed again", "--json")
    assert said.json["state"] == "SENT"
    assert town.delivered() == [[200, 300]]


def engine_at(town):
    """The hub between two commands, as after a crash: nothing is carried on."""
    door = Door.load()
    return open_hub(load(town.council.config, door.catalogue()), door, viewer=People().viewer("anna"))


def test_a_last_input_day_that_passes_between_release_and_sending_stops_the_delivery(town):
    hold_first_file(town)
    town.collections()
    transfer = town.run("bacs.submission")
    with engine_at(town) as hub:
        hub.acts.release(transfer["id"], "totals agreed")
    town.clock.at = datetime.combine(LAST_INPUT + timedelta(days=1), time(9), UTC)
    stopped = town.run("bacs.submission")
    assert stopped["state"] == "REJECTED", "no day is left on which the file could go"
    assert town.delivered() == []
    with engine_at(town) as hub, hub.store.read() as conn:
        events = queries.events_of(conn, "transfer", transfer["id"])
    assert {event.kind for event in events} >= {"released", "stopped_at_the_door", "rejected"}
    assert any(event.data.get("checks") == ["S18-008"] for event in events)


# Holds that the extract of accounts names.

NAMED = {"_91000028": {"hold_kind": "DISPUTE"}}


def holds_of(town, *words):
    return [
        (hold["account"], hold["kind"], hold["until"], hold["source"])
        for hold in town.command("holds", "list", *words, "--json").json
    ]


def test_a_hold_of_the_extract_begins_changes_and_ends_with_it(town):
    town.clock.turn(days=1)
    town.accounts(**NAMED)
    assert holds_of(town) == [("91000028", "DISPUTE", None, "rent.accounts")]
    town.clock.turn(days=1)
    town.accounts(_91000028={"hold_kind": "DISPUTE", "hold_until": date(2026, 12, 1)})
    assert holds_of(town) == [("91000028", "DISPUTE", "2026-12-01", "rent.accounts")]
    town.clock.turn(days=1)
    town.accounts(_91000028={"hold_kind": "DECEASED"})
    assert holds_of(town) == [("91000028", "DECEASED", None, "rent.accounts")]
    town.clock.turn(days=1)
    town.accounts()
    assert holds_of(town) == []
    assert len(holds_of(town, "--all")) == 2


def test_the_extract_ends_no_hold_that_a_person_set(town):
    town.command("holds", "add", "91000028", "DISPUTE", "--reason", "a letter")
    town.clock.turn(days=1)
    assert town.accounts(**NAMED)["state"] == "APPLIED"
    town.clock.turn(days=1)
    assert town.accounts()["state"] == "APPLIED"
    assert holds_of(town) == [("91000028", "DISPUTE", None, "person")]


def test_an_extract_that_is_held_sets_no_hold_and_changes_no_account_before_its_release(town):
    """A held transfer has moved nothing."""
    route = town.council.config / "routes/rent.yaml"
    text = route.read_text("utf-8").replace("  accounts:\n", "  accounts:\n    hold: {above_count: 1}\n", 1)
    route.write_text(text, "utf-8")
    town.clock.turn(days=1)
    transfer = town.accounts(_91000028={"hold_kind": "DISPUTE", "rent_group": "NEW"})
    assert transfer["state"] == "HELD"
    assert holds_of(town) == []
    assert rent_group(town) == "HRA"
    said = town.command("transfers", "release", transfer["id"], "--reason", "agreed", "--json")
    assert (said.code, said.json["state"]) == (0, "APPLIED")
    assert holds_of(town) == [("91000028", "DISPUTE", None, "rent.accounts")]
    assert rent_group(town) == "NEW"


def rent_group(town):
    with engine_at(town) as hub, hub.store.read() as conn:
        return hub.services.facts(conn).register.account("91000028").rent_group
