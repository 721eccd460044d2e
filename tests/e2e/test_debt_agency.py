"""A debt goes to an agency and comes back: acknowledged, held, updated, recalled, returned, reconciled.

The council's partners are folders, its clock is the test's; what the agency is sent is read with a few lines.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import hub.engine.local as engine
from hub.rent.accounts import RENTACC
from hub.rent.exports.homes import TENANT
from hub.rent.exports.placements import FTALINE, FTAPLACE, FTARECALL, FTAUPDATE
from tests.e2e.test_records import Town
from tests.unit.cli.council import Council
from tests.world import TestClock

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIRST, SECOND, THIRD = "7001234501", "7001239902", "7001244410"
DEBTS = {
    FIRST: {
        "placement_ref": "100201", "balance_placed": 2197_37, "debt_type": "FTA", "stage": 1, "costs": 355_00,
        "tenancy_start": date(2019, 4, 8), "tenancy_end": date(2025, 11, 16), "debt_from": date(2025, 6, 2),
        "debt_to": date(2025, 11, 10), "last_payment_date": date(2025, 7, 14), "last_payment_amount": 60_00,
        "debtor_title": "Mr", "debtor_forenames": "Aldo", "debtor_surname": "Testerman",
        "debtor_date_of_birth": date(1988, 2, 29), "last_known_address1": "9 Nowhere Lane",
        "last_known_address2": "Fakeley", "last_known_postcode": "ZZ1 4AD",
        "property_address1": "14 Sample Court", "property_address2": "Fakeley",
        "property_postcode": "ZZ1 1AB", "uprn": "100099990001",
    },
    SECOND: {
        "placement_ref": "100202", "balance_placed": 612_08, "debt_type": "RCG", "stage": 1,
        "tenancy_start": date(2018, 1, 15), "tenancy_end": date(2025, 10, 5), "debt_from": date(2025, 10, 20),
        "debt_to": date(2025, 10, 20), "debtor_forenames": "Cy", "debtor_surname": "Placeholder",
        "last_known_address1": "3 Example Row", "last_known_address2": "Fakeley",
        "last_known_postcode": "ZZ1 2AF", "flags": "GONE",
    },
    THIRD: {
        "placement_ref": "100203", "balance_placed": 3626_75, "debt_type": "FTA", "stage": 2, "costs": 404_00,
        "interest": 18_20, "tenancy_start": date(2010, 9, 6), "tenancy_end": date(2024, 12, 29),
        "debt_from": date(2023, 2, 6), "debt_to": date(2024, 12, 23), "last_payment_date": date(2024, 5, 20),
        "last_payment_amount": 25_00, "debtor_title": "Mrs", "debtor_forenames": "Dee",
        "debtor_surname": "Specimen", "debtor_date_of_birth": date(1975, 12, 11),
        "last_known_address1": "18 Fictional Street", "last_known_address2": "Otherton",
        "last_known_postcode": "ZZ9 9ZY", "flags": "CONFIRMED", "property_address1": "Flat 2 Mock House",
        "property_address2": "Fakeley", "property_postcode": "ZZ1 3AJ", "judgment_ref": "A0BC1234",
        "judgment_date": date(2024, 10, 1),
    },
}  # fmt: skip
REFS = {FIRST: "0001002013", SECOND: "0001002021", THIRD: "0001002039"}


class Agency(Town):
    """The council with an agency that is two folders."""

    def __init__(self, *given):
        super().__init__(*given)
        self.came = Counter()

    def place(self, **changes):
        """The debts as the rent system exports them; `changes`: columns by account, None leaves it out."""
        rows = [
            {"payment_ref": account, "agency": "ACME", **debt, **changes.get(f"_{account}", {})}
            for account, debt in DEBTS.items()
            if changes.get(f"_{account}", {}) is not None
        ]
        self.export(FTAPLACE.csv, "/export/placements", rows)
        return self.run("rent.placements")

    def placed(self, **changes):
        self.place(**changes)
        return self.run("debt_agency_acme.placements")

    def sent(self, kind):
        """The files of a kind that the agency was sent, each as lists of cells."""
        files = sorted(self.council.folder("acme_dca", "/in").glob(f"MIDBC_{kind}_*"))
        return [list(csv.reader(path.read_text("utf-8").splitlines())) for path in files]

    def says(self, kind, *lines, main=None, total="0.00", total_2="0.00", seq=None, route, at=None):
        """A file of the agency's, worked."""
        self.came[kind] += 1
        seq, at = seq or self.came[kind], at or self.clock.at
        main = len(lines) if main is None else main
        hashed = sum(int(line.split(",")[1]) for line in lines[:main])
        rows = [
            f"H,FHDA1.0,{kind},ACMEDCA,MIDBC,{seq:06},{at.isoformat(timespec='seconds')},{at.date()},GBP,N,HSGFTA",
            *lines,
            f"T,{len(lines)},{main},{total},{total_2},{hashed}",
        ]
        name = f"ACMEDCA_{kind}_MIDBC_{at:%Y%m%d}_{seq:06}.csv"
        path = self.council.folder("acme_dca", "/out") / name
        path.write_bytes("".join(f"{row}\r\n" for row in rows).encode())

        earlier = self.clock.at.timestamp() - 3600
        os.utime(path, (earlier, earlier))
        return self.run(f"debt_agency_acme.{route}")

    def acknowledge(self, *accounts, seq=1):
        """The agency accepts placements as it has read them."""
        (file,) = self.sent("PLC")
        lines = {row[2]: (number, row) for number, row in enumerate(file, 1) if row[0] == "A"}
        rows = [
            f"K,{REFS[a]},PLC,{seq},{lines[a][0]},A,,AC-{a},{lines[a][1][13]},{self.clock.at.date()}"
            for a in accounts or DEBTS
        ]
        return self.says("ACK", *rows, route="acknowledgements")

    def state(self, account):
        return self.record("placement", REFS[account])["state"]

    def work(self):
        """What is asked of persons: id by title."""
        listed = self.command("worklist", "list", "--json").json
        return {one["title"]: one["id"] for one in listed}

    def hold(self, account, kind="BREATHING_SPACE", *more):
        return self.command("holds", "add", account, kind, "--reason", "notified", *more)


@pytest.fixture
def town(tmp_path, monkeypatch, capsys):
    clock = TestClock(START)
    monkeypatch.setattr(engine, "SystemClock", lambda: clock)
    council = Council.in_folder(tmp_path)
    for folder in ("/in", "/out/done"):
        council.folder("acme_dca", folder)
    made = Agency(council, clock, capsys)
    rows = [
        {
            "payment_ref": account, "account_type": "MAIN", "rent_group": "HRA", "status": "ENDED",
            "start_date": debt["tenancy_start"], "end_date": debt["tenancy_end"],
        }
        for account, debt in DEBTS.items()
    ]  # fmt: skip
    made.export(RENTACC, "/export/accounts", rows)
    made.run("rent.accounts")
    return made


GOLDEN = Path(__file__).parents[1] / "golden/debt_agency/acme"
TENANTS = (
    {
        "tenancy_ref": "T1", "payment_ref": FIRST, "person_ref": "P1", "role": "MAIN", "title": "Mr",
        "surname": "Testerman", "phone1": "+441632960001", "start_date": date(2019, 4, 8),
    },
    {
        "tenancy_ref": "T1", "payment_ref": FIRST, "person_ref": "P2", "role": "JOINT", "title": "Ms",
        "forenames": "Bea", "surname": "Testerman", "date_of_birth": date(1990, 7, 1),
        "start_date": date(2019, 4, 8),
    },
    {
        "tenancy_ref": "T2", "payment_ref": SECOND, "person_ref": "P2", "role": "MAIN",
        "surname": "Placeholder", "start_date": date(2018, 1, 15),
    },
    {
        "tenancy_ref": "T3", "payment_ref": THIRD, "person_ref": "P3", "role": "MAIN", "surname": "Specimen",
        "phone1": "+441632960002", "email": "dee@example.org", "start_date": date(2010, 9, 6),
    },
)  # fmt: skip


def same(path):
    """Byte for byte but for the ends of lines, which git may not keep."""
    return path.read_bytes().replace(b"\r\n", b"\n") == (GOLDEN / path.name).read_bytes().replace(
        b"\r\n", b"\n"
    )


def test_debts_leave_as_the_published_example_and_are_acknowledged(town):
    town.clock.at = datetime(2026, 3, 2, 6, 15, tzinfo=UTC)
    town.export(TENANT.csv, "/export/homes", TENANTS)
    town.run("rent.homes")
    town.command("counters", "set", "debt_agency.out:MIDBC/PLC/ACMEDCA", 41, "--reason", "agreed")
    town.placed()
    (path,) = town.council.folder("acme_dca", "/in").iterdir()
    assert same(path)
    assert town.state(FIRST) == "SENT"
    at = town.clock.at.date()
    worked = town.says(
        "ACK",
        f"K,{REFS[FIRST]},PLC,41,2,A,,AC-1,2197.37,{at}",
        f"K,{REFS[SECOND]},PLC,41,5,W,R10,AC-2,600.08,{at}",
        f"K,{REFS[THIRD]},PLC,41,7,R,R05,,,{at}",
        route="acknowledgements",
    )
    assert worked["state"] == "APPLIED"
    records = {account: town.record("placement", ref) for account, ref in REFS.items()}
    assert {account: one["state"] for account, one in records.items()} == {
        FIRST: "ACTIVE", SECOND: "ACTIVE", THIRD: "DRAFT",
    }  # fmt: skip
    assert records[THIRD]["data"]["refused"] == "R05"
    assert records[FIRST]["data"]["agency_ref"] == "AC-1"
    asked = " ".join(town.work())
    assert "R05: below the agency's minimum" in asked
    assert "ACME has loaded 600.08 of 0001002021, and 612.08 was placed." in asked
    again = town.says(
        "ACK",
        f"K,{REFS[FIRST]},PLC,41,2,A,,AC-1,2197.37,{at}",
        f"K,{REFS[SECOND]},PLC,41,5,R,R05,,,{at}",
        route="acknowledgements",
    )
    shown = town.command("transfers", "show", again["id"], "--json").json
    assert [item["state"] for item in shown["items"]] == ["DUPLICATE", "HELD"]
    assert town.state(SECOND) == "ACTIVE"
    a_breathing_space_reaches_the_further_debts_of_a_joint_tenant(town)
    with_the_last_placement_ends_what_is_known_of_its_debtor(town)
    a_notice_of_a_breathing_space_holds_every_account_of_the_person_it_names(town)


def with_the_last_placement_ends_what_is_known_of_its_debtor(town):
    work = town.work()
    (refused,) = (title for title in work if "refused the placement 100203" in title)
    town.command("worklist", "answer", work[refused], "--answer", "drop")
    assert [town.record("debtor", person)["state"] for person in ("P3", "P2")] == ["ENDED", "KNOWN"]


def a_notice_of_a_breathing_space_holds_every_account_of_the_person_it_names(town):
    """P2 once more, who is called otherwise on the second account."""
    town.clock.turn(days=1)
    names = "notice_id,event,kind,registered_on,start_date,creditor_ref,surname,forenames,date_of_birth\n"
    told = "BS-1,{0},S,2026-03-03,2026-03-04,7001234501,TESTERMAN,Bea Fake,1990-07-01\n"
    folder = town.council.folder("rent", "/export/breathing_space")
    for number, event in enumerate(("START", "END")):
        path = folder / f"notice{number}.csv"
        path.write_text(names + told.format(event), "utf-8")
        os.utime(path, (0, 0))
        assert town.run("breathing_space.notices")["state"] == "APPLIED"
        town.run("debt_agency_acme.holds") if event == "START" else None
    file = town.sent("HLD")[-1]
    assert [[line[1], *line[2:4], line[6]] for line in file[1:-1]] == [
        [REFS[account], "HOLD", "BSP", "2026-05-02"] for account in (FIRST, SECOND)
    ]  # the sixtieth day
    held = [
        town.record("hold", f"{account}/BREATHING_SPACE/2026-03-04/notice") for account in (FIRST, SECOND)
    ]
    assert [one["state"] for one in held] == ["ENDED", "ENDED"]
    assert [town.state(account) for account in (FIRST, SECOND)] == ["HELD", "HELD"]
    space = town.record("breathing_space", "BS-1")
    assert space["state"] == "ENDED" and "TESTERMAN" not in str(space["data"])


def a_breathing_space_reaches_the_further_debts_of_a_joint_tenant(town):
    """P2 is joint tenant of the first account and the debtor of the second."""
    told = ("--from", "2026-03-01", "--until", "2026-04-20", "--code", "MHC")
    town.hold(FIRST, "BREATHING_SPACE", *told)
    town.run("debt_agency_acme.holds")
    (file,) = town.sent("HLD")
    assert [[line[1], *line[2:4], line[6]] for line in file[1:-1]] == [
        [REFS[account], "HOLD", "MHC", "2026-04-20"] for account in (FIRST, SECOND)
    ]
    dates = town.record("placement", REFS[SECOND])["data"]["hold"]
    assert (dates["review_by"], dates["last_protected_day"]) == ("2026-03-20", "2026-04-20")
    assert [town.state(account) for account in DEBTS] == ["HELD", "HELD", "DRAFT"]
    searched = town.record("debtor", "P2")["data"]["searched"]
    assert (searched["on"], searched["found"]) == ("2026-03-02", [REFS[SECOND]])
    assert town.record("debtor", "P1")["data"]["searched"]["found"] == []
    (asked,) = (title for title in town.work() if "Tell the debt adviser" in title)
    assert f"owes further debts ({REFS[SECOND]})" in asked
    town.command("holds", "end", FIRST, "BREATHING_SPACE", "--reason", "notified")
    assert town.state(SECOND) == "HELD"  # nothing is lifted by itself
    (asked,) = (title for title in town.work() if f"for the debtor's debt on {SECOND}" in title)
    town.command("worklist", "answer", town.work()[asked], "--answer", "end")
    assert any(f"account of {REFS[SECOND]} has ended. May ACME go on" in title for title in town.work())


def test_a_hold_goes_to_the_agency_and_only_a_person_releases_it(town):
    town.placed()
    town.acknowledge(FIRST, SECOND)
    town.clock.turn(minutes=5)
    for account in (FIRST, THIRD):  # one is with the agency, of one it has not said so yet
        town.hold(account)
    town.run("debt_agency_acme.holds")
    (file,) = town.sent("HLD")
    assert all(same(path) for path in town.council.folder("acme_dca", "/in").glob("*_HLD_*"))
    assert [line[1:4] for line in file[1:-1]] == [[REFS[a], "HOLD", "BSP"] for a in (FIRST, THIRD)]
    assert file[1][4:7] == ["2026-03-02T09:05:00+00:00", "2026-04-30", "2026-04-30"]  # the sixtieth day
    told = town.record("placement", REFS[FIRST])
    assert (told["state"], told["data"]["hold"]["review_by"]) == ("HELD", "2026-03-21")
    assert town.state(THIRD) == "SENT"
    town.says("ACK", f"K,{REFS[THIRD]},PLC,1,6,A,,AC-3,3626.75,2026-03-02", route="acknowledgements")
    assert town.state(THIRD) == "HELD"  # the hold crossed the answer, and wins
    town.clock.turn(days=70)
    assert town.command("run", "debt_agency_acme.holds", "--json").json["transfers"] == []
    assert town.state(FIRST) == "HELD"
    town.command("holds", "end", FIRST, "BREATHING_SPACE", "--reason", "notified")
    assert town.command("run", "debt_agency_acme.holds", "--json").json["transfers"] == []
    (title,) = (title for title in town.work() if "May ACME go on" in title)
    town.command("worklist", "answer", town.work()[title], "--answer", "release")
    assert town.state(FIRST) == "ACTIVE"
    town.hold(FIRST, "DECEASED")  # before the release has left
    town.run("debt_agency_acme.holds")
    _, last = town.sent("HLD")
    assert [line[1:4] for line in last[1:-1]] == [[REFS[FIRST], "HOLD", "DEC"]]
    assert town.state(FIRST) == "HELD"


def test_a_hold_cancels_what_has_not_left(town):
    town.place()
    town.hold(SECOND, "DISPUTE")
    route = town.council.config / "routes/debt_agency_acme.yaml"
    held = route.read_text("utf-8").replace(
        "    expect: {debt", "    hold: {above_count: 0}\n    expect: {debt", 1
    )
    route.write_text(held, "utf-8")
    transfer = town.run("debt_agency_acme.placements")
    assert transfer["state"] == "HELD"
    town.hold(THIRD, "VULNERABLE")
    town.command(
        "transfers", "release", transfer["id"], "--reason", "seen", "--count", 3, "--value", "6436.20"
    )
    assert town.sent("PLC") == []  # stopped at the door
    shown = town.command("transfers", "show", transfer["id"], "--json").json
    told = {item["reference"]: (item["state"], item["reason"]) for item in shown["items"]}
    assert told["100202"] == ("REJECTED", "E03: the account is on hold (DIS)")
    assert told["100203"] == ("REJECTED", "E03: the account is on hold (VUL)")
    assert told["100201"][0] in ("TAKEN", "SENT")


def test_recalls_may_be_objected_to_and_end_by_themselves(town):
    town.placed()
    town.acknowledge()
    rows = [
        {"placement_ref": debt["placement_ref"], "reason": reason, "effective_date": START.date()}
        for debt, reason in zip(DEBTS.values(), ("RE_TENANCY", "DISPUTE", "DECEASED"), strict=True)
    ]
    town.export(FTARECALL.csv, "/export/recalls", rows)
    town.run("rent.recalls")
    town.run("debt_agency_acme.recalls")
    (file,) = town.sent("HLD")
    assert [line[1:3] for line in file[1:-1]] == [
        [REFS[FIRST], "RECALLP"], [REFS[SECOND], "RECALLP"], [REFS[THIRD], "RECALLF"],
    ]  # fmt: skip
    town.clock.turn(days=3)
    at = town.clock.at.isoformat(timespec="seconds")
    town.says(
        "AUP",
        f"G,{REFS[FIRST]},AC-1,E1,{at},OBJ,,PAY,,,,,,,",
        f"G,{REFS[THIRD]},AC-3,E2,2026-03-01T10:00:00+00:00,OBJ,,PRM,,,,,,,",
        route="agency_updates",
    )
    work = town.work()
    (asked,) = (title for title in work if "objects to the recall of 0001002013 (PAY" in title)
    assert any("objects to the recall of 0001002039, which is RECALLED" in title for title in work)
    town.command("worklist", "answer", work[asked], "--answer", "agree")
    assert town.state(FIRST) == "ACTIVE"
    assert town.command("run", "debt_agency_acme.holds", "--json").json["transfers"] == []
    town.clock.turn(days=14)
    town.run("debt_agency_acme.holds")
    _, last = town.sent("HLD")
    assert [line[1:3] for line in last[1:-1]] == [[REFS[SECOND], "RECALLF"]]
    assert town.state(SECOND) == "RECALLED"
    town.says(
        "RTN",
        f"X,{REFS[SECOND]},AC-2,RCL,{town.clock.at.date()},612.08,,",
        f"X,{REFS[THIRD]},AC-3,GNA,2026-03-01,3626.75,,",
        f"X,{REFS[FIRST]},AC-1,DEC,{town.clock.at.date()},2197.36,,",
        route="returns",
    )
    assert [town.state(account) for account in DEBTS] == ["RETURNED", "CLOSED", "CLOSED"]
    asked = " ".join(town.work())
    assert "while it was being recalled (DECEASED): the two crossed" in asked
    assert "with 2197.36, and expected is 2197.37" in asked
    assert FIRST in town.command("holds", "list", FIRST).out
    town.run("debt_agency_acme.updates")
    (last,) = town.sent("UPD")  # of what has closed the agency deletes what it knows
    assert [line[1:3] + line[-1:] for line in last[1:-1]] == [
        [REFS[account], "NTE", "Closed. Delete the personal data of this debt by 2026-06-17."]
        for account in (SECOND, THIRD)
    ]


LINES = (
    ("C", date(2025, 6, 2), date(2025, 8, 31), "Rent to 31 August", 1200_00),
    ("C", date(2025, 9, 1), date(2025, 11, 16), "Rent to the end of the tenancy", 642_37),
    ("N", date(2025, 12, 1), None, "An arrangement was not kept", None),
)


def test_balances_are_told_and_compared(town):
    """With a debt go the charges that it is made of and a note; later a party is corrected."""
    names = ("line_type", "from_date", "to_date", "text", "amount")
    rows = [
        {
            "placement_ref": "100201",
            "payment_ref": FIRST,
            "number": number,
            **dict(zip(names, line, strict=True)),
        }
        for number, line in enumerate(LINES, start=1)
    ]
    town.export(FTALINE.csv, "/export/placement_lines", rows)
    assert town.run("rent.placement_lines")["state"] == "APPLIED"
    town.placed()
    (placed,) = town.council.folder("acme_dca", "/in").iterdir()
    assert same(placed)
    town.acknowledge()
    assert town.record("debt_line", "100201/1")["state"] == "SENT"
    told = (
        ("100201", "DPY", -50_00, "CA"),
        ("100201", "CST", 66_00, None),
        ("100203", "ADJ+", 10_00, None),
        ("100202", "DPY", 5_00, None),
    )
    names = ("placement_ref", "update_type", "amount", "method")
    rows = [{**dict(zip(names, row, strict=True)), "effective_date": date(2026, 3, 2)} for row in told]
    rows += [
        {
            "placement_ref": "100201", "update_type": "COR", "amount": 0, "effective_date": date(2026, 3, 2),
            "party_no": number, "party_role": "D", "party_surname": "Testerman-Mock", **more,
        }
        for number, more in ((1, {"party_address1": "12 Nowhere Lane", "party_postcode": "ZZ1 4AD"}), (2, {}))
    ]  # fmt: skip
    town.export(FTAUPDATE.csv, "/export/placement_updates", rows)
    town.run("rent.placement_updates")
    town.hold(THIRD)
    transfer = town.run("debt_agency_acme.updates")
    assert town.sent("UPD") == []  # a hold passes all other files
    town.run("debt_agency_acme.holds")
    town.command("run", "debt_agency_acme.updates")
    (file,) = town.sent("UPD")
    (path,) = town.council.folder("acme_dca", "/in").glob("*_UPD_*")
    assert same(path)
    assert [line[2:6] for line in file[1:-1]] == [
        ["DPY", "2026-03-02", "-50.00", "2147.37"], ["CST", "2026-03-02", "66.00", "2213.37"],
        ["COR", "2026-03-02", "0.00", "2213.37"], ["1", "D", "", ""],
    ]  # fmt: skip
    shown = town.command("transfers", "show", transfer["id"], "--json").json
    assert Counter(item["state"] for item in shown["items"]) == {"SENT": 3, "REJECTED": 2}
    (refused,) = {item["reason"] for item in shown["items"] if "DA-UPD-4" in str(item["reason"])}
    assert "addr_line1" in refused  # a correction without an address leaves the others alone
    town.clock.turn(days=30)
    town.says(
        "INV",
        f"V,{REFS[FIRST]},AC-1,{FIRST},2026-03-02,2197.37,0.00,16.00,2213.37,ACTIVE,2026-03-20,,",
        f"V,{REFS[THIRD]},AC-3,{THIRD},2026-03-02,3626.75,0.00,0.00,3600.00,ACTIVE,2026-03-20,,",
        "V,0000000018,AC-9,,2026-03-02,1.00,0.00,0.00,1.00,ACTIVE,2026-03-20,,",
        total="5814.37", total_2="5825.12", route="inventory",
    )  # fmt: skip
    asked = " ".join(town.work())
    for told in (
        "says that 3600.00 of 0001002039 is owed, and the hub reckons 3626.75",
        "STOP IT TODAY: it is on hold here, and ACME says ACTIVE of 0001002039",
        "ACME has 0000000018, which was not placed with it",
        "0001002021 was placed with ACME on 2026-03-02, which does not list it",
    ):
        assert told in asked
    assert "0001002013" not in asked


BRAVO = Path(__file__).parents[1] / "golden/debt_agency/bravo"


def bravo_says(town, name, route):
    """A known file of the second agency, worked."""
    path = town.council.folder("bravo_dca", "/out") / name
    path.write_bytes((BRAVO / name).read_bytes())
    an_hour_ago = town.clock.at.timestamp() - 3600
    os.utime(path, (an_hour_ago, an_hour_ago))
    return town.run(f"debt_agency_bravo.{route}")


def test_a_second_agency_takes_and_sends_its_own_layouts(town):
    for folder in ("/in", "/out/done"):
        town.council.folder("bravo_dca", folder)
    town.place(**{f"_{account}": {"agency": "BRAVO"} for account in DEBTS})
    town.run("debt_agency_bravo.placements")
    assert bravo_says(town, "BRAVO_LOADED_20260303.txt", "acknowledgements")["state"] == "APPLIED"
    assert [town.state(account) for account in DEBTS] == ["ACTIVE", "ACTIVE", "SENT"]
    assert "BRAVO has loaded 600.08 of 0001002021" in " ".join(town.work())
    town.clock.turn(minutes=5)
    town.hold(FIRST)
    row = {"placement_ref": "100202", "update_type": "DPY", "effective_date": START.date(), "amount": -50_00}
    town.export(FTAUPDATE.csv, "/export/placement_updates", [{**row, "txn_id": "RT-2201"}])
    town.run("rent.placement_updates")
    for route in ("holds", "updates"):
        town.run(f"debt_agency_bravo.{route}")
    sent = {path.name: path.read_bytes() for path in town.council.folder("bravo_dca", "/in").iterdir()}
    known = {path.name: path.read_bytes() for path in BRAVO.glob("MIDBC_*")}
    assert {name: data.splitlines() for name, data in sent.items()} == {
        name: data.splitlines() for name, data in known.items()
    }
    assert bravo_says(town, "BRAVO_NEWS_20260303.txt", "agency_updates")["state"] == "APPLIED"
    assert town.state(SECOND) == "HELD"  # the agency's own word for vulnerable
    town.clock.turn(days=30)
    assert bravo_says(town, "BRAVO_STOCK_20260401.txt", "inventory")["state"] == "APPLIED"
    assert "BRAVO says that 600.00 of 0001002021 is owed, and the hub reckons 562.08" in " ".join(town.work())
    assert bravo_says(town, "BRAVO_BACK_20260401.txt", "returns")["state"] == "APPLIED"
    assert [town.state(account) for account in (FIRST, SECOND)] == ["CLOSED", "RETURNED"]
