"""An agency with an API: debts are handed over once, what it collected is fetched, posted and matched.

The partner file is the one that is shipped, with its endpoint on loopback."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.agency_api import AgencyApi
from tests.banking import Entry, Statement, mt940
from tests.e2e import test_debt_agency
from tests.e2e.test_debt_agency import DEBTS, FIRST, REFS, SECOND, THIRD

town = test_debt_agency.town  # the fixture
__all__ = ["town"]

GOLDEN = Path(__file__).parents[1] / "golden/debt_agency/brook"
PLACE = {f"_{account}": {"agency": "BROOK"} for account in DEBTS}


@pytest.fixture
def api(town):
    with AgencyApi() as started:
        for name, old, new in (
            ("endpoints.yaml", "https://brook.invalid", started.url),
            ("endpoints.yaml", "documents: {}", "documents: {inside: data.items, size: bytes}, timeout: 5s"),
            ("routes/debt_agency_brook.yaml", "mode: off", "mode: live"),
        ):
            path = town.council.config / name
            text = path.read_text("utf-8")
            assert old in text
            path.write_text(text.replace(old, new), "utf-8")
        yield started


def placed(town):
    town.place(**PLACE)
    return town.run("debt_agency_brook.placements")


def test_debts_are_handed_over_once_though_the_answer_is_lost(town, api):
    api.lose = 1
    placed(town)
    town.clock.turn(hours=2)
    assert town.run("debt_agency_brook.placements")["state"] == "SENT"
    (document,) = api.taken["placements"]
    assert [method for method, path in api.calls if path == "/placements"] == ["POST", "POST"]
    assert document["control"] == {"debts": "3", "pence": "643620"}
    first = document["debts"][0]
    assert (first["ourRef"], first["what"], first["referral"], first["money"]["total"]) == (
        *("000100201", "RENT", "FIRST", "219737"),
    )
    assert first["owedFrom"] == "02/06/2025"
    assert {town.state(account) for account in DEBTS} == {"SENT"}


def test_what_it_does_not_take_is_told_and_asked_about(town, api):
    api.refuses = 422
    assert "did not take it (status 422)" in str(placed(town))
    assert any("did not take it" in title for title in town.work())


def test_what_it_collected_is_fetched_posted_and_matched_to_the_bank(town, api):
    placed(town)
    town.clock.at = datetime(2026, 4, 6, 9, tzinfo=UTC)
    told = json.loads((GOLDEN / "remittance-BR-26-04.json").read_text("utf-8"))
    told["receipts"].pop()  # it takes back what came before this story
    told["remittance"]["banked"], told["control"] = 53333, {"receipts": 3, "pence": 58333}
    api.has["remittances"]["BR-26-04"] = json.dumps(told).encode()
    town.council.folder("rent", "import/transactions")
    waits = town.run("debt_agency_brook.payments")
    assert (waits["state"], "0.00 of 533.33 is there (brook" in waits["reason"]) == ("STAGED", True)
    bank = town.council.config.parent / "bank/statements"
    (bank / "done").mkdir(parents=True)
    entry = Entry(533_33, "BROOK RECOVERIES BR/26/04", "BR2604")
    (bank / "107.mt940").write_bytes(mt940(Statement(107, 100_000, (entry,), date(2026, 4, 3))))
    assert town.run("bank.receipts")["state"] == "APPLIED"
    assert town.run("debt_agency_brook.payments")["state"] == "SENT"
    assert api.has["remittances"] == {}
    (path,) = town.council.folder("rent", "import/transactions").iterdir()
    rows = [line.split(",") for line in path.read_text("utf-8").splitlines() if line.startswith("D")]
    assert [(row[2], row[4], row[9]) for row in rows] == [
        (FIRST, "RECEIPT", "-100.00"),
        (THIRD, "RECEIPT", "-433.33"),
    ]
    assert town.record("placement", REFS[SECOND])["data"]["balance"] == 612_08
    remittance = town.record("debt_remittance", "BROOK/BR/26/04")["data"]
    assert [remittance[name] for name in ("bank", "deducted", "owed")] == [533_33, 0, (96_75 + 19_35)]
