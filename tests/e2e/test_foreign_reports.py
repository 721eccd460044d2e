"""A report with another's service user number may be a data breach: nothing of its content is told.

The council's partners are folders; its clock is the test's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from hub.config.login import system_login
from tests.e2e import test_records
from tests.e2e.test_bank_reports import arrive
from tests.e2e.test_records import Town, engine_at

town = test_records.town  # the fixture

GOLDEN = Path(__file__).parents[1] / "golden/bacs"
REPORTS = {
    "arudd/arudd.xml": "ARUDD-02",
    "input_report/one-refused.xml": "INPUT-02",
    "reports/addacs.xml": "ADDACS-02",
    "reports/auddis-returned.xml": "AUDDIS-02",
    "reports/auddis-accepted.xml": "AUDFILE-02",
    "reports/awacs.xml": "AWACS-02",
    "reports/arucs.xml": "ARUCS-02",
    "reports/ddica.xml": "DDIC-02",
    "reports/input-instructions.xml": "INPUT-02",
    "reports/withdrawal.xml": "WITHDR-02",
    "reports/arrival-rejected.xml": "ARRIVE-02",
}
OURS, THEIRS = "654321", "111111"


@pytest.fixture(autouse=True)
def folders(town):
    for folder in ("/import/dd", "/import/receipts", "/import/transactions"):
        town.council.folder("rent", folder)
    town.council.folder("bureau", "/outbound/reports/archive")


def of_somebody_else(report: str) -> str:
    return (GOLDEN / report).read_text("utf-8").replace(OURS, THEIRS)


def content(text: str) -> set[str]:
    """What nobody may read of it: references, names, sort codes, account numbers, sums, serials, days."""
    values = set(re.findall(r'"([^"]{4,})"|>([^<>\s][^<>]{3,})<', text))
    plain = {one or other for one, other in values}
    words = {
        "0.00",
        "2026-11-02",
        "Vanilla",
        "ADDACS",
        "AUDDIS",
        "AUDACC",
        "AWACS",
        "LIVE",
        "REJECTED",
        "http",
        "A TENANT",
    }
    return {value for value in plain if not any(word in value for word in words)} | {THEIRS, "A TENANT"}


def the_task(town: Town) -> dict[str, Any]:
    """What an administrator is asked, and nobody else anything."""
    (task,) = town.command("worklist", "list", "--json").json
    return task


@pytest.mark.parametrize("report", REPORTS)
def test_nothing_of_it_is_shown_and_an_administrator_is_asked(town: Town, report: str) -> None:
    text = of_somebody_else(report)
    transfer = arrive(town, "report.xml", text)
    shown = town.command("transfers", "show", transfer["id"], "--json")
    assert (transfer["state"], [found["check"] for found in shown.json["findings"]]) == (
        "REJECTED",
        [REPORTS[report]],
    )
    assert (shown.json["items"], shown.json["records"], shown.json["value"]) == ([], 0, "0.00")
    task = the_task(town)
    assert (task["subject_id"], "data breach" in task["title"]) == (transfer["id"], True)
    told = [
        shown.out,
        town.command("transfers", "show", transfer["id"]).out,
        town.command("transfers", "list").out,
        town.command("worklist", "list").out,
        town.command("items", "list", "--json").out,
        (town.council.config / "state/feedhub.log").read_text("utf-8"),
    ]
    assert {value for value in content(text) if any(value in one for one in told)} == set()


def test_it_moves_nothing_and_the_store_holds_nothing_of_it_but_its_bytes(town: Town) -> None:
    before = town.record("mandate", "RENT91000010")
    transfer = arrive(town, "report.xml", of_somebody_else("reports/addacs.xml"))
    assert town.record("mandate", "RENT91000010") == before
    with engine_at(town) as hub:
        row = hub.acts.transfer(transfer["id"])
    assert (row.identity, row.business_date, row.summary) == (None, None, {})


def test_only_an_administrator_deals_with_it(town: Town) -> None:
    arrive(town, "report.xml", of_somebody_else("arudd/arudd.xml"))
    task = the_task(town)
    settings = town.council.config / "hub.yaml"
    for role, code in (("clerk", 2), ("administrator", 0)):
        people = f"people: [{{login: '{system_login()}', name: You, roles: [{role}]}}]\n"
        text = re.sub("(?m)^people: .*\n", "", settings.read_text("utf-8"))
        settings.write_text(text + people, "utf-8")
        said = town.command("worklist", "answer", task["id"], "--answer", "told the bureau and our officer")
        assert said.code == code, said.err
    assert town.command("worklist", "list", "--json").json == []


@pytest.mark.parametrize("report", REPORTS)
def test_looking_at_such_a_file_shows_nothing_of_it_either(town: Town, tmp_path: Path, report: str) -> None:
    text = of_somebody_else(report)
    path = tmp_path / "report.xml"
    path.write_text(text, "utf-8")
    said = town.command("inspect", path, "--set", f"service_user_number={OURS}", "--items", "all", "--json")
    assert (said.json["verdict"], said.json["items"], said.json["totals"]) == ("rejected", [], {})
    assert {value for value in content(text) if value in said.out} == set()
    assert town.command("inspect", path, "--set", f"service_user_number={OURS}").code == 1
