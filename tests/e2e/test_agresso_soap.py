"""The journal by SOAP: a lost answer is looked for, nothing is sent twice, and no password is kept."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.e2e import test_records
from tests.e2e.test_agresso_journal import exported
from tests.e2e.test_agresso_rest import FILES, outcomes, run
from tests.unit4_soap import ACCOUNT, Unit4Soap

town = test_records.town  # the fixture
SOAP = "look_template: 7, ledger_template: 8, status_element: Status, pause: 1"


@pytest.fixture
def erp(town, monkeypatch):
    monkeypatch.setenv("S", ACCOUNT[1])
    with Unit4Soap() as system:
        endpoints = town.council.config / "endpoints.yaml"
        account = f"username: {ACCOUNT[0]}, password: 'env:S', proof_in: body"
        told = f"  erp: {{type: https, url: '{system.url}/web', timeout: 5s, {account}}}\n"
        endpoints.write_text(endpoints.read_text("utf-8") + told, "utf-8")
        path = town.council.config / "routes/agresso.yaml"
        text = path.read_text("utf-8")
        text = text.replace(FILES, "      - {output: soap, endpoint: erp}\n    # &ledger", 1)
        text = text.replace("feed: agresso.journal\n", "feeds: [agresso.journal, agresso.feedback]\n", 1)
        text = text.replace("batch_code: RENT\n", f"batch_code: RENT\n      soap: {{{SOAP}}}\n", 1)
        path.write_text(text, "utf-8")
        yield system


def test_what_was_imported_comes_back_from_the_ledger(town, erp):
    """Edited by finance, beside a row of sums; and the password lies nowhere."""
    erp.edits, erp.sums, erp.patience = {"I2100": Decimal("0.05")}, True, 1
    exported(town)
    run(town)
    town.clock.turn(minutes=5)
    run(town)
    assert sum(Decimal(str(row["amount"])) for row in erp.ledger) == Decimal("0.05")
    assert outcomes(town) == {"AMENDED": ("1", "0.05"), "POSTED": ("5", "0.00")}
    kept = [path for path in town.council.config.rglob("*") if path.is_file()]
    assert [path for path in kept if ACCOUNT[1].encode() in path.read_bytes()] == []


def test_an_import_whose_answer_was_lost_is_found_and_posted_once(town, erp):
    erp.lose = 1
    exported(town)
    run(town)
    town.clock.turn(hours=1)
    run(town)
    assert erp.imports == 1
    assert outcomes(town) == {"POSTED": ("6", "0.00")}
