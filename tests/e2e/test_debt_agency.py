"""A debt goes to an agency and comes back: placed, acknowledged, held, updated, recalled, returned, reconciled.

The council's partners are folders; its clock is the test's; what the agency is sent is read with a few lines here.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime

import pytest

import hub.engine.local as engine
from hub.rent.accounts import RENTACC
from hub.rent.exports.placements import FTAPLACE, FTARECALL, FTAUPDATE
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
        "property_address1": "14 Sample Court", "property_address2": "Fakeley", "property_postcode": "ZZ1 1AB",
        "uprn": "100099990001",
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
        "last_known_postcode": "ZZ9 9ZY", "property_address1": "Flat 2 Mock House",
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
        import os

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


def test_debts_leave_as_the_published_example(town):
    town.placed()
    (file,) = town.sent("PLC")
    assert file == []
