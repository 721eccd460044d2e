"""What suppliers bill: beside what was ordered and received, once, and not again by another way."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from hub.rent.exports.documents import SUPPLIERINV
from tests.e2e import test_agresso_documents, test_records
from tests.e2e.test_agresso_documents import OPEN_ITEMS, arrive, feedback, row
from tests.e2e.test_agresso_journal import at_finance, finance, lines
from tests.e2e.test_agresso_orders import order, receipt, route_says

town = test_records.town  # the fixtures
back = test_agresso_documents.back
__all__ = ["back", "finance", "town"]

DAY, DUE = date(2026, 11, 2), date(2026, 12, 2)
LEDGER = Path(__file__).parents[1] / "golden/agresso/ledger"


@pytest.fixture(autouse=True)
def folders(town):
    town.council.folder("finance", "/import_orders")


def bill(town, number, net, order_no="45000017", supplier="700123", **changes):
    """An invoice for works, and what the route to finance makes of it."""
    row = {
        "supplier_invoice_no": number, "supplier_ref": supplier, "invoice_date": DAY, "due_date": DUE,
        "order_no": order_no, "text": "Roof repair", "account": "R4100", "cost_centre": "HRA",
        "tax": "STANDARD", "net": net, "vat": net // 5, "gross": net + net // 5, **changes,
    }  # fmt: skip
    town.export(SUPPLIERINV.csv, "/export/supplier_invoices", [row])
    town.run("rent.supplier_invoices")
    return town.run("agresso.supplier_invoices")


def said(town, transfer, check="MATCH-01"):
    shown = town.command("transfers", "show", transfer["id"], "--json").json
    return [one["message"] for one in shown["findings"] if one["check"] == check]


def billed(town):
    return [line["document"] for path in at_finance(town) for line in lines(path) if line["type"] == "AP"]


def test_an_invoice_is_paid_for_what_was_received_and_once(town):
    order(town)
    receipt(town, "GR1", 46000)
    told = "A1: 460.05 is billed of order 45000017, 460.00 was received"
    assert said(town, bill(town, "A1", 46005)) == [told]
    bill(town, "A2", 46000)
    assert billed(town) == ["A2"]
    (path,) = at_finance(town)
    refused = (row(line, path.stem, "REJECTED", error="APAR07") for line in lines(path))
    feedback(town, *refused)  # so that it is not billed any more
    bill(town, "A3", 46000)
    assert billed(town) == ["A2", "A3"]


def test_a_ready_made_file_does_not_send_an_invoice_again(town):
    """The same invoices in another batch: the file is refused whole. What the first credits is reserved of
    its original, which it names by the ledger's number."""
    dates = "2026-01-15,2026-02-12"
    original = f"ZZ,R,900017,LI,25001234,1,LSC2500000911,,,{dates},GBP,300.00,300.00,OPEN,,,,2026-11-02"
    arrive(town, "open.csv", f"{OPEN_ITEMS}\n{original}\nTRL,1,300.00\n")
    route_says(town, ('"06:30", days: working}\n    mode: off', '"06:30", days: working}\n    mode: live'))
    folder = town.council.folder("rent", "/export/ledger")
    for batch in ("FHLEAS260608001", "FHLEAS260608002"):
        text = (LEDGER / "FHLEAS260608001.dat").read_text("latin-1").replace("FHLEAS260608001", batch)
        path = folder / f"{batch}.dat"
        path.write_text(text, "latin-1", newline="")
        earlier = town.clock.at.timestamp() - 3600
        os.utime(path, (earlier, earlier))
        last = town.run("agresso.ledger_files")
    credits = town.record("finance_document", "LSC2500000911")["data"]["credits"]
    assert {key: one["gross"] for key, one in credits.items()} == {"LSC2600000018": 30000}
    assert town.record("finance_document", "LSC2600000018")["data"]["original"] == "LSC2500000911"
    assert last["state"] == "REJECTED"
    assert said(town, last, "AGR13") == [
        f"invoice {number} was sent before" for number in ("LSC2600000017", "LSC2600000018", "RCH2600000005")
    ]
