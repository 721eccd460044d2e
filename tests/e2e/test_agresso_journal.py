"""The rent system's weekly journal, from its export to the ledger's import folder."""

from __future__ import annotations

import json
from datetime import date

import pytest

from hub.rent.exports.ledger import RENTGL
from tests.e2e import test_records

town = test_records.town  # the fixture

ROWS = (  # account, pence, description
    ("B1000", 61319857, "Rent debit week commencing 2026-10-26"),
    ("I2100", -59610445, "Dwelling rents"),
    ("I2200", -1240812, "Tenant service charges"),
    ("I2150", -318600, "Garages let with dwelling"),
    ("I2160", -125000, "Garages private net"),
    ("B8900", -25000, "Output VAT garages"),
)


def exported(town, rows=ROWS, number="RENTWK31", sent=True):
    """The journal, taken in; it waits in the hub."""
    columns = [
        {
            "journal_no": number,
            "period": 31,
            "year": 2027,
            "account": account,
            "cost_centre": "HRA",
            "amount": pence,
            "description": description,
            "reference": f"D{line}",
        }
        for line, (account, pence, description) in enumerate(rows, start=1)
    ]
    town.export(RENTGL.csv, "/export/journals", columns)
    return town.run("rent.debit")


@pytest.fixture(autouse=True)
def finance(town):
    for folder in ("/import", "/control"):
        town.council.folder("finance", folder)


def at_finance(town, folder="/import"):
    return sorted(town.council.folder("finance", folder).iterdir())


PLACES = {
    "type": (76, 77),
    "account": (103, 127),
    "dim_1": (128, 152),
    "tax": (303, 327),
    "pence": (400, 419),
    "voucher": (762, 776),
    "period": (777, 782),
    "document": (784, 883),
    "key": (884, 1138),
    "side": (1245, 1245),
    "party": (1246, 1270),
    "original": (1272, 1286),
    "account2": (1946, 1970),
    "base": (1971, 1990),
}


def lines(path):
    """A GL07 file as finance reads it: by the positions of the specification, with a few lines of our own."""
    return [
        {name: line[first - 1 : last].strip() for name, (first, last) in PLACES.items()}
        for line in path.read_text("cp1252").splitlines()
    ]


def test_a_journal_arrives_with_its_control_file(town):
    exported(town)
    assert town.run("agresso.journal")["state"] == "SENT"
    (ledger,), (control,) = at_finance(town), at_finance(town, "/control")
    assert ledger.name == "FHRENT261102001.dat"
    found = lines(ledger)
    assert [(line["type"], line["account"], line["tax"], line["pence"]) for line in found] == [
        ("GL", "B1000", "0", "61319857"),
        ("GL", "I2100", "SO", "-59610445"),
        ("GL", "I2200", "SO", "-1240812"),
        ("GL", "I2150", "SO", "-318600"),
        ("GL", "I2160", "S1", "-125000"),
        ("TX", "B8900", "S1", "-25000"),
    ]
    assert (found[5]["account2"], found[5]["base"]) == ("I2160", "-125000")
    assert {(line["dim_1"], line["voucher"], line["period"]) for line in found} == {("HRA", "1", "202608")}
    told = json.loads(control.read_text("utf-8"))
    assert (told["debit"], told["credit"], told["net"], told["tax"]) == (
        "613198.57",
        "613198.57",
        "0.00",
        "-250.00",
    )


def test_two_journals_of_a_night_are_two_vouchers_that_each_balance(town):
    exported(town)
    exported(town, (("B1900", 40210077, "Cash"), ("B1000", -40210077, "Cash")), "RENTCASH")
    town.run("agresso.journal")
    (ledger,) = at_finance(town)
    sums = {}
    for line in lines(ledger):
        sums[line["voucher"]] = sums.get(line["voucher"], 0) + int(line["pence"])
    assert sums == {"1": 0, "2": 0}


def test_a_batch_id_is_never_used_again(town):
    for number in ("J1", "J2"):
        exported(town, number=number)
        town.run("agresso.journal")
    assert [path.name for path in at_finance(town)] == ["FHRENT261102001.dat", "FHRENT261102002.dat"]


def test_a_journal_whose_tax_is_wrong_waits_whole_for_a_person(town):
    wrong = [*ROWS[:4], ("I2160", -124900, "Garages"), ("B8900", -25100, "VAT")]
    exported(town, wrong)
    transfer = town.run("agresso.journal")
    assert transfer["state"] == "HELD"
    assert "the tax is -251.00: expected -249.80" in transfer["reason"]
    assert at_finance(town) == []


def test_an_unmapped_tax_code_is_nobodys_guess(town):
    path = town.council.config / "codes/agresso_tax_codes.csv"
    path.write_text(path.read_text("utf-8").replace("OUTSIDE,SO", "ZEROED,SO"), "utf-8")
    exported(town)
    transfer = town.run("agresso.journal")
    assert transfer["state"] in ("HELD", "REJECTED")
    assert "OUTSIDE" in transfer["reason"]
    assert at_finance(town) == []


@pytest.mark.parametrize(
    ("label", "month", "day", "period"),
    [
        ("start", 4, date(2026, 6, 8), "202603"),
        ("start", 4, date(2027, 1, 15), "202610"),
        ("start", 4, date(2027, 3, 31), "202612"),
        ("end", 4, date(2026, 6, 8), "202703"),
        ("end", 8, date(2017, 3, 14), "201708"),
        ("end", 1, date(2026, 6, 8), "202606"),
    ],
)
def test_periods_are_counted_from_the_start_of_the_year(label, month, day, period):
    from plugins.agresso.periods import counted
    from plugins.agresso.settings import LedgerOptions

    assert counted(day, LedgerOptions(year_label=label, year_start_month=month)) == period
