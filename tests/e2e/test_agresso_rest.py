"""The journal by calls: a lost answer is looked for, nothing is sent twice, what finance edits is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.testing.ledger_api import LedgerApi as Unit4
from tests.e2e import test_records
from tests.e2e.test_agresso_journal import exported

town = test_records.town  # the fixture
LOOK = "/v1/financial-transaction-batch/{batch_id}/{interface}"
FILES = """      - {output: ledger, endpoint: finance, folder: /import}
      - {output: control, endpoint: finance, folder: /control, after: ledger}
    # &ledger"""
CASH = (("B1900", 40210077, "Cash"), ("B1000", -40210077, "Cash"))


@pytest.fixture
def erp(town):
    with Unit4() as system:
        endpoints = town.council.config / "endpoints.yaml"
        oauth2 = f"{{token_url: '{system.url}/identity/connect/token', client_id: a, client_secret: 'env:S'}}"
        told = f"  erp: {{type: https, url: '{system.url}', timeout: 5s, oauth2: {oauth2}}}\n"
        endpoints.write_text(endpoints.read_text("utf-8") + told, "utf-8")
        talks(town)
        yield system


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("S", "not-a-real-secret")


def talks(town, look=LOOK):
    """The route of journals goes by calls, and its replies are read by it."""
    path = town.council.config / "routes/agresso.yaml"
    text = path.read_text("utf-8")
    text = text.replace(FILES, "      - {output: rest, endpoint: erp}\n    # &ledger", 1)
    text = text.replace("    feed: agresso.journal\n", "    feeds: [agresso.journal, agresso.feedback]\n", 1)
    rest = (
        f'      rest: {{pause: 1, lines_per_call: 6, look_path: "{look}"}}\n'
        if look
        else "      rest: {pause: 1}\n"
    )
    text = text.replace("      batch_code: RENT\n", f"      batch_code: RENT\n{rest}", 1)
    path.write_text(text, "utf-8")


def run(town):
    said = town.command("run", "agresso.journal", "--json")
    assert said.out, said.err
    return said.json["transfers"]


def outcomes(town):
    """By what became of them, lines and difference, once the reply was read."""
    run(town)
    told = town.command("reports", "show", "agresso.totals", "--json", "--from", "2026-01-01").json
    return {one["outcome"]: (one["lines"], one["difference"]) for one in told}


def posts(system):
    return [call for call in system.calls if call == ("POST", "/v1/financial-transaction-batch")]


def test_a_batch_is_posted_and_what_the_ledger_shows_comes_back(town, erp):
    exported(town)
    run(town)
    assert sum(Decimal(str(row["amount"])) for row in erp.ledger) == 0
    assert len(erp.ledger) == 6
    assert outcomes(town) == {"POSTED": ("6", "0.00")}


def test_an_answer_that_was_lost_is_looked_for_and_nothing_is_sent_twice(town, erp):
    erp.lose = 1
    exported(town)
    run(town)
    town.clock.turn(hours=1)
    run(town)
    assert len(posts(erp)) == 1
    assert outcomes(town) == {"POSTED": ("6", "0.00")}


def test_a_batch_that_never_arrived_is_sent_once_it_was_looked_for(town, erp):
    erp.drop = 1
    exported(town)
    run(town)
    town.clock.turn(hours=1)
    run(town)
    assert len(posts(erp)) == 2
    assert len(erp.ledger) == 6


def test_where_nobody_can_look_a_person_is_asked(town, erp):
    path = town.council.config / "routes/agresso.yaml"
    path.write_text(path.read_text("utf-8").replace(f', look_path: "{LOOK}"', ""), "utf-8")
    erp.lose = 1
    exported(town)
    (transfer,) = run(town)
    assert transfer["state"] == "IN_DOUBT"
    town.clock.turn(hours=1)
    run(town)
    assert len(posts(erp)) == 1


def test_a_voucher_that_stays_in_batch_input_is_unknown(town, erp):
    erp.unknown.add("B1900")
    exported(town)
    exported(town, CASH, "CASH31")
    run(town)
    assert [call for call, _ in erp.calls].count("PUT") == 1
    assert {outcome: lines for outcome, (lines, _) in outcomes(town).items()} == {
        "POSTED": "6",
        "UNKNOWN": "2",
    }


def test_a_line_that_finance_edited_is_shown_beside_what_was_sent(town, erp):
    erp.edits = {"I2100": Decimal("0.05")}
    exported(town)
    run(town)
    assert outcomes(town) == {"AMENDED": ("1", "0.05"), "POSTED": ("5", "0.00")}


def test_a_closed_period_posts_nothing_and_nothing_is_taken_for_refused(town, erp):
    erp.closed.add("202608")
    exported(town)
    (transfer,) = run(town)
    assert transfer["state"] == "SENT"
    assert list(outcomes(town)) == ["UNKNOWN"]


def test_gl07_that_runs_for_a_while_is_waited_for(town, erp):
    erp.patience = 2
    exported(town)
    run(town)
    for _ in range(3):
        town.clock.turn(minutes=5)
        run(town)
    assert outcomes(town) == {"POSTED": ("6", "0.00")}


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, {"code": "GL-77", "message": "MRS A EXAMPLE"}, "GL-77"),
        (422, {"errors": [{"code": "P01"}], "transactionResults": [{"code": "P02"}]}, "P01, P02"),
        (413, b"too large", "status 413"),
        (409, {"warnings": [{"code": "DUP"}]}, "DUP"),
    ],
)
def test_a_refusal_is_told_by_its_codes_and_nothing_else(town, erp, status, body, reason):
    erp.instead.append((status, {}, body))
    exported(town)
    (transfer,) = run(town)
    shown = town.command("transfers", "show", transfer["id"], "--json").out
    assert reason in shown
    assert "MRS A EXAMPLE" not in shown
    assert erp.ledger == []


@pytest.mark.parametrize(("status", "headers"), [(429, {"Retry-After": "120"}), (503, {}), (502, {})])
def test_a_busy_system_is_asked_again_later(town, erp, status, headers):
    erp.instead.append((status, headers, None))
    exported(town)
    run(town)
    assert erp.ledger == []
    town.clock.turn(hours=1)
    run(town)
    assert len(erp.ledger) == 6


def test_success_may_be_something_that_is_no_json(town, erp):
    erp.says = b"OK, received"
    exported(town)
    run(town)
    assert outcomes(town) == {"POSTED": ("6", "0.00")}


def test_a_part_that_is_refused_leaves_the_rest_to_a_person(town, erp):
    """Six lines are in staging, two are not: neither is posted, and nothing is sent again by itself."""
    erp.instead = [None, (400, {}, {"code": "GL-77"})]
    exported(town)
    exported(town, CASH, "CASH31")
    (transfer,) = run(town)
    assert "Only a part of the lines" in transfer["reason"]
    town.clock.turn(hours=1)
    run(town)
    assert (len(posts(erp)), erp.ledger) == (1, [])
