"""What banks say of Direct Debits and refunds, from the report to the next collection and the rent system."""

from __future__ import annotations

import os
from datetime import date

import pytest

from hub.rent.renttran import RENTTRAN
from tests.e2e import test_records
from tests.e2e.test_records import Town, holds_of, items

town = test_records.town  # the fixture

REPORTS = ("bureau", "/outbound/reports")
DOCUMENT = (
    "<BACSDocument><Data><MessagingAdvices>"
    '<MessagingHeader advice-type="ADDACS" report-type="7001" user-number="{sun}"'
    ' report-generation-date="{day}" envelope-sequence-number="{number}"/>{advices}'
    "</MessagingAdvices></Data></BACSDocument>"
)
ADVICE = (
    '<MessagingAdvice user-number="{sun}" record-type="A" effective-date="{day}" reference="{reference}"'
    ' payer-sort-code="000299" payer-account-number="40154823" reason-code="{code}"{details}/>'
)
NEW = ' payer-new-sort-code="000350" payer-new-account-number="63291013"'
CLAIM = (
    "<DDICAdvice><PayingBankReference>{claim}</PayingBankReference><SUReference>{reference}</SUReference>"
    "<ReasonCode>2</ReasonCode><TotalAmount>{total}</TotalAmount>{debits}</DDICAdvice>"
)
CLAIMS = (
    "<VocaDocument><Data><Document><ServiceUserNumber>654321</ServiceUserNumber>"
    "<NewAdvices>{new}<TotalValueOfDebits>{value}</TotalValueOfDebits>"
    "<DateOfDebit>2026-12-23</DateOfDebit></NewAdvices><Cancellations>{back}</Cancellations>"
    "</Document></Data></VocaDocument>"
)


def arrive(town: Town, name: str, text: str) -> dict:
    """A report, worked."""
    path = town.council.folder(*REPORTS) / name
    path.write_text(text, "utf-8")
    earlier = town.clock.at.timestamp() - 3600
    os.utime(path, (earlier, earlier))
    return town.run("bacs.reports_in")


def addacs(town: Town, *advices: tuple[str, str, str], sun: str = "654321", number: int = 1) -> dict:
    """An ADDACS report; each advice a tenant's account, a reason code and what else it tells."""
    day = town.clock.at.date()
    told = "".join(
        ADVICE.format(sun=sun, day=day, reference=f"RENT{account}", code=code, details=details)
        for account, code, details in advices
    )
    return arrive(town, f"addacs{number}.xml", DOCUMENT.format(sun=sun, day=day, number=number, advices=told))


def told_of_mandates(town: Town) -> list[list[str]]:
    """The details of the last file that the rent system was sent."""
    path = sorted(town.council.folder("rent", "/import/dd").iterdir())[-1]
    return [line.split(",") for line in path.read_text("utf-8").splitlines() if line.startswith("D")]


def tasks(town: Town) -> list[str]:
    return [entry["title"] for entry in town.command("worklist", "list", "--json").json]


@pytest.fixture(autouse=True)
def folders(town):
    for folder in ("/import/dd", "/import/receipts", "/import/transactions"):
        town.council.folder("rent", folder)


def test_a_cancellation_stops_the_next_collection_of_that_mandate(town):
    transfer = addacs(town, ("91000010", "1", ""))
    assert transfer["state"] == "SENT"
    town.collections()
    call = town.run("bacs.submission")
    assert (call["state"], town.delivered()) == ("REJECTED", [])
    (finding,) = town.command("transfers", "show", call["id"], "--json").json["findings"]
    assert (finding["check"], finding["line"]) == ("S18-023", 2)
    assert "mandate RENT91000010 is CANCELLED" in finding["message"]
    assert [row[2:8] for row in told_of_mandates(town)] == [
        ["RENT91000010", "91000010", "A TENANT", "000299", "40154823", "CANCELLED"]
    ]
    move = town.record("mandate", "RENT91000010")["history"][-1]
    assert (move["to"], move["reason"]) == ("CANCELLED", "ADDACS 1: Instruction cancelled by payer")


def test_an_extract_that_does_not_know_it_yet_does_not_undo_it(town):
    addacs(town, ("91000010", "1", ""), ("91000028", "D", ""), ("91000036", "E", NEW))
    town.clock.turn(days=1)
    shown = town.command("transfers", "show", town.mandates()["id"], "--json").json
    assert [(found["check"], found["line"]) for found in shown["findings"]] == [
        ("BANK", 2), ("BANK", 3), ("BANK", 4),
    ]  # fmt: skip
    states = [town.record("mandate", f"RENT{ref}")["state"] for ref in ("91000010", "91000028", "91000036")]
    assert states == ["CANCELLED", "SUSPENDED", "ACTIVE"]
    town.clock.turn(days=4)
    town.mandates()
    states = [town.record("mandate", f"RENT{ref}")["state"] for ref in ("91000010", "91000028")]
    assert states == ["CANCELLED", "ACTIVE"]


def test_an_account_that_moved_is_collected_from_when_it_stayed_at_the_bank(town):
    addacs(town, ("91000010", "E", NEW), ("91000028", "3", NEW))
    town.collections()
    town.run("bacs.submission")
    assert town.delivered() == [[100, 300]]
    (sent,) = town.council.folder("bureau", "/inbound/dd_collections").iterdir()
    debits = [line for line in sent.read_text("ascii").splitlines() if line[15:17] == "17"]
    assert debits[0][:14] == "00035063291013"
    assert [row[2:8][-3:] for row in told_of_mandates(town)] == [
        ["000350", "63291013", "ACTIVE"],
        ["000350", "63291013", "NEW"],
    ]
    (task,) = tasks(town)
    assert "RENT91000028" in task
    assert "send a 0N for the new account" in task


def test_a_death_ends_the_mandate_holds_the_account_and_asks_a_person(town):
    addacs(town, ("91000010", "2", ""))
    assert holds_of(town) == [("91000010", "DECEASED", None, "bacs")]
    (task,) = tasks(town)
    assert "Payer deceased" in task
    assert "A TENANT" not in task


def test_a_mandate_that_its_bank_reinstates_is_collected_from_again(town):
    addacs(town, ("91000010", "1", ""))
    addacs(town, ("91000010", "R", ""), number=2)
    town.collections()
    town.run("bacs.submission")
    assert town.delivered() == [[100, 200, 300]]


def test_somebody_elses_report_is_refused_and_its_content_told_nowhere(town):
    transfer = addacs(town, ("91000010", "1", ""), sun="111111")
    assert transfer["state"] == "REJECTED"
    shown = town.command("transfers", "show", transfer["id"], "--json")
    assert "data breach" in shown.out
    assert not any(told in shown.out for told in ("RENT91000010", "40154823", "111111"))
    assert town.record("mandate", "RENT91000010")["state"] == "ACTIVE"


def claimed(town: Town) -> dict:
    """Two weeks of collections, and a claim for one of them."""
    town.collections()
    town.run("bacs.submission")
    debits = (
        "<DDCollections><Debit><DateOfDirectDebit>2026-11-30</DateOfDirectDebit>"
        "<Amount>2.00</Amount></Debit></DDCollections>"
    )
    new = CLAIM.format(claim="DDIC01", reference="RENT91000028", total="2.00", debits=debits)
    return arrive(town, "ddic1.xml", CLAIMS.format(new=new, value="2.00", back=""))


def posted(town: Town) -> list[list[str]]:
    """The postings of the last file of transactions: account, kind, date, amount."""
    path = sorted(town.council.folder("rent", "/import/transactions").iterdir())[-1]
    at = [2 + RENTTRAN.columns.index(name) for name in ("payment_ref", "kind", "transaction_date", "amount")]
    rows = [line.split(",") for line in path.read_text("utf-8").splitlines() if line.startswith("D")]
    return [[row[place] for place in at] for row in rows]


def test_an_indemnity_claim_reverses_its_collection_and_asks_whether_to_challenge(town):
    transfer = claimed(town)
    assert transfer["state"] == "SENT"
    assert posted(town) == [["91000028", "REVERSAL", "2026-12-23", "2.00"]]
    (task,) = tasks(town)
    assert "Indemnity claim DDIC01 of 2.00 on rent account 91000028" in task
    assert f"by {date(2026, 11, 11)}" in task
    assert town.record("indemnity_claim", "DDIC01")["state"] == "CLAIMED"


def test_a_claim_that_is_taken_back_is_posted_back_once(town):
    claimed(town)
    back = CLAIM.format(claim="DDIC01", reference="RENT91000028", total="2.00", debits="").replace(
        "DDICAdvice", "DDICCancellation"
    )
    taken_back = CLAIMS.format(new="", value="0.00", back=back)
    town.clock.turn(days=1)
    assert arrive(town, "ddic2.xml", taken_back)["state"] == "SENT"
    assert posted(town) == [["91000028", "RECEIPT", "2026-11-03", "-2.00"]]
    assert town.record("indemnity_claim", "DDIC01")["state"] == "CANCELLED"
    again = arrive(town, "ddic3.xml", taken_back.replace("<Data>", "<Data> "))
    assert "CLAIM_CANCELLED" in str(items(town, again))
