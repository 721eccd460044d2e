"""The example routes of the rent system's exports: they rehearse, they run, and what they bring is there."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

import pytest

from hub.cli.main import outcome
from hub.model import Chunk
from hub.rent.accounts import RENTACC
from hub.rent.balances import RENT_BALANCE
from hub.rent.exports import EXPORTS
from tests.golden.rent.test_exports_golden import FILES
from tests.unit.cli.council import Council
from tests.unit.cli.running import Ran

FOLDERS = {
    "REFUND": "refunds", "TRANSFER": "transfers", "WRITEOFF": "write_offs", "RENTGL": "journals",
    "RECHARGE": "recharges", "INSURE": "insurance", "SERVICE": "services", "BALANCE": "arrears",
    "ARRANGE": "arrears", "ACTION": "arrears", "MILESTONE": "milestones", "TENANT": "homes",
    "PROPERTY": "homes", "CHARGE": "homes", "TENCHANGE": "homes", "HBRENT": "benefit_rents",
    "FTAPLACE": "placements", "FTALINE": "placement_lines",
    "FTAUPDATE": "placement_updates", "FTARECALL": "recalls",
    "INVOICE": "invoices", "CREDITNOTE": "credit_notes", "SUPPLIERINV": "supplier_invoices",
    "PORDER": "purchase_orders", "RECEIPT": "receipts", "CUSTOMER": "customers",
    "POSITION": "positions", "TRANSACTION": "transactions",
}  # fmt: skip
ROUTES = (
    "refunds", "transfers", "write_offs", "debit", "recharges", "insurance", "services", "arrears",
    "milestones", "homes", "benefit_rents", "placements", "placement_lines", "placement_updates", "recalls",
    "invoices", "credit_notes", "supplier_invoices", "purchase_orders", "receipts", "customers",
    "positions", "transactions",
)  # fmt: skip
LEFT = {
    "rent.insurance": "SENT",
    "rent.services": "ACCEPTED",
    "rent.positions": "SENT",
    "rent.transactions": "SENT",
}
BALANCES = {"1900000011": -75_00, "1900000029": -20_50, "1900000037": -10_00}
WAITING = {
    "REFUND": 1, "REFUND_REQUEST": 1, "TRANSFER": 2, "WRITE_OFF": 2, "JOURNAL": 3, "RECHARGE": 1,
    "BENEFIT_RENT": 2, "PLACEMENT": 2, "PLACEMENT_UPDATE": 4, "RECALL": 2,
    "INVOICE": 2, "CREDIT_NOTE": 1, "SUPPLIER_INVOICE": 1, "PURCHASE_ORDER": 1, "RECEIPT": 1, "CUSTOMER": 1,
}  # fmt: skip
RECORDS = {
    "arrears": 2, "arrangement": 2, "arrears_action": 2, "milestone": 3, "tenant": 3, "property": 2,
    "charge": 3, "debt_line": 4, "debt_recall": 2, "tenancy_change": 3, "finance_document": 1,
}  # fmt: skip


@pytest.fixture
def council(tmp_path):
    """A council whose rent system has exported one file of each record type, dated today."""
    made = Council.in_folder(tmp_path)
    path = made.config / "routes/rent.yaml"
    text, start, extracts = path.read_text("utf-8").partition("  positions:\n")
    path.write_text(text + start + extracts.replace("mode: off", "mode: live", 2), "utf-8")
    for endpoint, folder in (("insurer", "in"), ("rent", "import/totals"), ("rent", "extracts")):
        made.folder(endpoint, folder)
    for folder in set(FOLDERS.values()):
        made.folder("rent", f"export/{folder}/done")
    rows = [
        {
            "payment_ref": reference, "account_type": "MAIN", "rent_group": "HRA", "status": "ACTIVE",
            "start_date": made.coming_day(), "balance": balance,
        }
        for reference, balance in BALANCES.items()
    ]  # fmt: skip
    made.export(RENTACC, "/export/accounts", rows)
    for export in EXPORTS:
        made.export(export.record.csv, f"/export/{FOLDERS[export.record.name]}", rows_of(export))
    return made


def rows_of(export):
    """The rows of the golden file, as values."""
    csv = export.record.csv
    for chunk in csv.decode(BytesIO(FILES[export.record.name].read_bytes()), None):
        assert isinstance(chunk, Chunk)
        for row in chunk.rows() if chunk.layout is csv.detail else ():
            yield {name: csv.detail.field(name).kind.read(row[name]) for name in csv.columns}


@pytest.fixture
def at(council, capsys):
    def run(*words):
        code = outcome(["--config", str(council.config), *words])
        captured = capsys.readouterr()
        return Ran(int(code), captured.out, captured.err)

    assert run("run", "rent.accounts").code == 0
    return run


def ran(at, route):
    """State and feed of each transfer that a run of the route brought."""
    told = at("run", f"rent.{route}", "--json").json["transfers"]
    return {(one["state"], one["feed"]) for one in told}


def waiting(at):
    listed = at("items", "list", "--state", "WAITING", "--limit", "100", "--json").json
    return Counter(item["waits_as"] for item in listed)


def kept(at):
    """Records by kind, but for the sum of balances that the extract of accounts told before."""
    listed = at("records", "list", "--limit", "100", "--json").json
    return Counter(record["kind"] for record in listed if record["kind"] != RENT_BALANCE)


def shown(at):
    """All that is listed of records and items."""
    return at("records", "list", "--limit", "100").out + at("items", "list", "--limit", "100").out


def test_every_route_rehearses_without_leaving_anything(council, at):
    path = council.config / "routes" / "rent.yaml"
    path.write_text(path.read_text("utf-8").replace("mode: live", "mode: rehearse"), "utf-8")
    for route in ROUTES:
        assert {state for state, _ in ran(at, route)} <= {"APPLIED", "SENT"}
    assert (waiting(at), kept(at)) == ({}, {})
    assert len(list((council.config / "partners/rent/export").rglob("*.csv"))) == len(EXPORTS) + 1
    assert list(council.folder("insurer", "in").iterdir()) == []


def test_every_route_brings_what_its_table_says(council, at):
    found = {feed: state for route in ROUTES for state, feed in ran(at, route)}
    assert found == {export.feed.name: LEFT.get(export.feed.name, "APPLIED") for export in EXPORTS}
    assert waiting(at) == WAITING
    assert kept(at) == RECORDS
    again = set().union(*(ran(at, route) for route in ROUTES))
    assert again == {("ACCEPTED", "rent.services")}  # it waits for whoever hands it over
    assert (waiting(at), kept(at)) == (WAITING, RECORDS)
    assert not any(name in shown(at) for name in ("Testerman", "AB123456C", "40154823"))


def test_a_refund_that_benefit_claims_is_held_until_it_comes_again(at):
    ran(at, "refunds")
    [held] = at("items", "list", "--state", "HELD", "--json").json
    assert (held["reference"], held["reason"]) == ("RF0003", "HB")


def test_the_journal_of_the_week_reaches_its_milestone(at):
    ran(at, "debit")
    [reached] = at("milestone", "list", "--json").json
    assert reached["milestone"] == "debit_raised"


def test_the_insurer_is_sent_the_file_as_it_came_and_finance_its_sum(council, at):
    [came] = council.folder("rent", "export/insurance").glob("*.csv")
    content = came.read_bytes()
    ran(at, "insurance")
    [sent] = council.folder("insurer", "in").iterdir()
    assert (sent.name, sent.read_bytes()) == (came.name, content)
    [totals] = council.folder("rent", "import/totals").iterdir()
    assert totals.read_text("utf-8").splitlines()[1:] == ["CONTENTS,2026-10,2,3.90"]


def test_a_second_file_of_one_day_has_totals_of_its_own(council, at):
    folder = council.folder("rent", "export/insurance")
    [first] = folder.glob("*.csv")
    second = first.read_bytes().replace(b",000001,GBP", b",000002,GBP").replace(b"5.20", b"5.30")
    (folder / first.name.replace("_000001", "_000002")).write_bytes(second.replace(b"3.90", b"4.00"))
    ran(at, "insurance")
    made = sorted(council.folder("rent", "import/totals").iterdir())
    assert [path.stem.count("_") for path in made] == [2, 3]  # the second one's name has a number behind it
    assert [path.read_text("utf-8").splitlines()[1].rpartition(",")[2] for path in made] == ["3.90", "4.00"]
