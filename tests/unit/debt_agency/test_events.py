"""What an agency tells (AUP, RTN): which words stop collection, what is asked of a person, what crossed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from hub.api import Context, Disposition, Facts, Feed, ItemState, Moment, Move, Record, Taken
from hub.transfer.examine import examine
from hub.transfer.records import Snapshot
from plugins.debt_agency.feeds import AGENCY_UPDATE, RETURN
from plugins.debt_agency.holds import code_of, diary, last_day
from plugins.debt_agency.traces import address_may_still_go

REF, ACCOUNT, TODAY = "0001002013", "7001234501", date(2026, 3, 10)
RECALLED_AT = {"what": "RECALLP", "at": "2026-03-09T12:00:00+00:00", "by": "council"}


def placement(state: str = "ACTIVE", **facts: Any) -> Record:
    told = {"agency": "ACME", "balance": 2197_37, "request": "100201", **facts}
    return Record(kind="placement", key=REF, state=state, account=ACCOUNT, data=told)


def hold(kind: str, start: str, until: str | None = None) -> Record:
    told = {"kind": kind, "from": start, "until": until, "source": "person"}
    return Record(kind="hold", key=f"{ACCOUNT}/{kind}", state="ACTIVE", account=ACCOUNT, data=told)


class Told:
    """What comes of a file of one line: its findings, its moves, what matching said."""

    def __init__(self, feed: Feed, line: str, *records: Record, **options: Any) -> None:
        kind = "AUP" if line[0] == "G" else "RTN"
        rows = [
            f"H,FHDA1.0,{kind},ACMEDCA,MIDBC,000001,2026-03-10T06:00:00+00:00,2026-03-10,GBP,N,",
            line,
            f"T,1,1,0.00,0.00,{int(REF)}",
        ]
        data = "".join(f"{row}\r\n" for row in rows).encode()
        facts = Facts(today=TODAY, records=Snapshot(records))
        told = {"council_id": "MIDBC", "agency_id": "ACMEDCA", "agency": "ACME", **options}
        ctx = Context(feed.options.model_validate(told), facts, "canonical")
        found = examine(feed, BytesIO(data), ctx)
        assert [one.message for one in found.reading.findings.kept] == []
        (item,) = found.items
        self.matched = feed.match(item, ctx, None)
        state = self.matched.state if self.matched.state is ItemState.TAKEN else ItemState.NOTED
        taken = [Taken("t.1", item, Disposition(state, ACCOUNT, self.matched.reason))]
        self.taken, self.ctx = taken, ctx
        found.reading.cross(taken, ctx)
        self.checks = {one.check for one in found.reading.findings.kept}
        self.moves: Sequence[Move] = list(feed.moves(taken[0], ctx))

    def made(self, kind: str) -> list[Any]:
        """By kind: what holds are of, the codes of exceptions, where placements go."""
        found = [move for move in self.moves if move.kind == kind]
        if kind == "placement":
            return [move.to for move in found]
        return [move.data["kind" if kind == "hold" else "code"] for move in found]


def event(kind: str, code: str = "", at: str = "2026-03-09T10:00:00+00:00", rest: str = ",,,,,,") -> str:
    return f"G,{REF},AC-1,E1,{at},{kind},,{code},{rest}"


@pytest.mark.parametrize(
    ("code", "kind"),
    [("VULNERABLE", "VULNERABLE"), ("DECEASED", "DECEASED"), ("INSOLVENT", "OTHER"),
     ("BREATHING_SPACE", "BREATHING_SPACE"), ("DEAD9", "DECEASED")],
)  # fmt: skip
def test_what_the_law_stops_collection_for_holds_the_account_at_once(code: str, kind: str) -> None:
    told = Told(AGENCY_UPDATE, event("STS", code), placement(), statuses={"DEAD9": "DECEASED"})
    assert told.made("hold") == [kind]
    again = Told(AGENCY_UPDATE, event("STS", code), placement(), hold(kind, "2026-03-01"), statuses={
        "DEAD9": "DECEASED"
    })  # fmt: skip
    assert again.made("hold") == []


@pytest.mark.parametrize(("code", "hold"), [("BK1", "BKR"), ("DR1", "DRO"), ("IV1", "IVA")])
def test_which_insolvency_it_is_decides_whose_money_is(code: str, hold: str) -> None:
    own = {"statuses": dict.fromkeys(("BK1", "DR1", "IV1"), "INSOLVENT")}
    insolvencies = {"DR1": "DRO", "IV1": "IVA"}
    told = Told(AGENCY_UPDATE, event("STS", code), placement(), **own, insolvencies=insolvencies)
    assert [move.data["code"] for move in told.moves if move.kind == "hold"] == [hold]


def test_a_status_that_nobody_mapped_waits() -> None:
    assert Told(AGENCY_UPDATE, event("STS", "XQ7"), placement()).checks == {"DA-AUP-2"}


@pytest.mark.parametrize(
    ("day", "until", "breach"),
    [("2026-03-09", None, True), ("2026-02-28", None, False), ("2026-04-30", None, True),
     ("2026-05-01", None, False), ("2026-03-21", "2026-03-20", False)],
)  # fmt: skip
def test_a_contact_in_a_breathing_space_is_a_breach(day: str, until: str | None, breach: bool) -> None:
    """From 2026-03-02 on, sixty days unless its end was notified."""
    line = event("STS", "LETTER_SENT", f"{day}T10:00:00+00:00")
    told = Told(AGENCY_UPDATE, line, placement(), hold("BREATHING_SPACE", "2026-03-02", until))
    assert ("DA-15" in told.checks) is breach
    assert told.made("placement_exception") == (["BREACH"] if breach else [])


@pytest.mark.parametrize(
    ("line", "code"),
    [(event("TRC", "N", rest="7 Invented Road,,,,ZZ9 8AB,85,"), "TRACED"), (event("CMP"), "CMP"),
     (event("DSR"), "DSR"), (event("STS", "DISPUTE"), "DISPUTED")],
)  # fmt: skip
def test_what_a_person_must_see_to_is_asked_without_naming_anybody(line: str, code: str) -> None:
    told = Told(AGENCY_UPDATE, line, placement())
    assert told.made("placement_exception") == [code]
    assert "Invented" not in str([move.data for move in told.moves])


ACME = Path(__file__).parents[2] / "golden/debt_agency/acme"
SURE = "7 Invented Road,,Fakeley,,ZZ9 8AB,92,"


def traced(*records: Record, rest: str = SURE, least: int | None = 90, **facts: Any) -> Told:
    line = event("TRC", "N", rest=rest)
    return Told(AGENCY_UPDATE, line, placement(**facts), *records, auto_accept_trace_min=least)


def test_an_address_of_which_the_agency_is_sure_goes_to_the_rent_system_where_that_is_set() -> None:
    told = traced()
    assert (told.matched.state, told.moves, told.checks) == (ItemState.TAKEN, [], set())
    (output,) = AGENCY_UPDATE.outputs
    assert output.write is not None
    made = output.write(
        told.taken,
        replace(told.ctx, moment=Moment(datetime(2026, 3, 10, 9, tzinfo=UTC), TODAY, "t", {"number": 7})),
    )
    golden = ACME / made.name
    assert made.name == "TRACED_MIDBC_ACMEDCA_20260310_000007.csv"
    assert made.data.replace(b"\r\n", b"\n") == golden.read_bytes().replace(b"\r\n", b"\n")


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (lambda: traced(least=None), None),
        (lambda: traced(least=93), "confidence is “92”, and 93 to 100 is asked"),
        (lambda: traced(rest=SURE.replace("92", "")), "confidence is “”"),
        (lambda: traced(rest=SURE.replace("92", "101")), "confidence is “101”"),
        (lambda: traced(rest=SURE.replace("ZZ9 8AB", "ZZ9")), "its postcode is none"),
        (lambda: traced(rest=SURE.replace("Fakeley", "F" * 61)), "more than 60 characters"),
        (lambda: traced(withheld=True), "the debtor's address is withheld"),
        (lambda: traced(hold("VULNERABLE", "2026-03-01")), "the account is on hold (VUL)"),
    ],
)
def test_any_other_address_is_proposed_to_a_person_with_the_reason(told: Any, why: str | None) -> None:
    found = told()
    assert (found.matched.state, found.made("placement_exception")) == (ItemState.NOTED, ["TRACED"])
    (asked,) = found.moves
    assert "Invented" not in str(asked.data)
    assert why is None or why in asked.data["says"]


def test_an_address_that_waits_to_go_is_looked_at_by_a_person_once_a_hold_has_come() -> None:
    told = traced()
    facts = replace(told.ctx.facts, records=Snapshot([placement(), hold("DECEASED", "2026-03-10")]))
    (found,) = address_may_still_go.run(told.taken, replace(told.ctx, facts=facts))
    assert "the account is on hold (DEC)" in found.message


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ("2026-04-01,100.00,M,22,97.37,N", None),
        ("2026-04-01,100.00,M,22,97.36,N", "the instalments come to 2197.36, and 2197.37 is owed"),
        ("2026-04-01,100.00,M,22,,", "the instalments come to 2200.00"),
        ("2026-04-01,a little,M,22,97.37,N", "cannot be reckoned"),
        ("2026-04-01,100.00,M,22,97.36,K", None),
        ("2026-04-01,100.00,M,,,N", None),
    ],
)
def test_instalments_that_are_not_the_debt_are_asked_about(values: str, says: str | None) -> None:
    told = Told(AGENCY_UPDATE, event("ARR", rest=f"{values},"), placement())
    assert told.made("placement_exception") == (["PLAN_DIFF"] if says else [])
    assert told.checks == ({"DA-AUP-3"} if says else set())
    assert says is None or says in str([move.data for move in told.moves])


def test_an_objection_is_asked_about_while_the_recall_is_pending_and_shown_when_it_crossed() -> None:
    pending = Told(AGENCY_UPDATE, event("OBJ", "PAY"), placement("RECALL_PENDING", action=RECALLED_AT))
    assert [move.data.get("objection", {}).get("code") for move in pending.moves] == ["PAY"]
    assert "crossed RECALLP" in str(pending.matched.reason)
    late = Told(AGENCY_UPDATE, event("OBJ", "PAY"), placement("RECALLED", action=RECALLED_AT))
    (shown,) = late.moves
    assert (shown.data["code"], shown.data["agency"], shown.data["council"]) == (
        "CROSSED", "2026-03-09T10:00:00+00:00", RECALLED_AT,
    )  # fmt: skip


def test_what_was_never_placed_with_this_agency_waits() -> None:
    assert Told(AGENCY_UPDATE, event("NTE")).checks == {"DA-09"}
    assert Told(AGENCY_UPDATE, event("NTE"), placement(agency="OTHER")).checks == {"DA-09"}


def back(code: str, balance: str = "2197.37", evidence: str = "") -> str:
    return f"X,{REF},AC-1,{code},2026-03-09,{balance},{evidence},"


@pytest.mark.parametrize(
    ("code", "goes", "holds"),
    [("GNA", ["RETURNED"], []), ("DEC", ["RETURNED"], ["DECEASED"]), ("INS", ["RETURNED"], ["OTHER"]),
     ("VUL", ["RETURNED"], ["VULNERABLE"]), ("BSP", ["HELD"], ["BREATHING_SPACE"]),
     ("RCL", ["RECALLED", "CLOSED"], []), ("DUP", ["RETURNED", "CLOSED"], []),
     *((code, ["RETURNED"], []) for code in ("UNC", "UNE", "DIS", "PRI", "ABR", "SBL", "EXP", "ERR"))],
)  # fmt: skip
def test_each_way_in_which_a_debt_comes_back(code: str, goes: list[str], holds: list[str]) -> None:
    told = Told(RETURN, back(code), placement())
    assert (told.made("placement"), told.made("hold"), told.made("placement_exception")) == (goes, holds, [])


def test_a_closure_stands_though_its_balance_is_another_and_somebody_is_asked() -> None:
    told = Told(RETURN, back("PIF", "0.01"), placement(balance=1))
    assert told.checks == {"DA-16"}
    assert (told.made("placement"), told.made("placement_exception")) == (
        ["PAID", "CLOSED"], ["FINAL_BALANCE_DIFF"],
    )  # fmt: skip


def test_a_settlement_needs_an_authority() -> None:
    assert Told(RETURN, back("SIF"), placement()).made("placement_exception") == ["SETTLED_UNASKED"]
    assert Told(RETURN, back("SIF", evidence="AUTH-7"), placement()).made("placement_exception") == []


def test_a_return_of_what_was_being_recalled_shows_both() -> None:
    told = Told(RETURN, back("GNA"), placement("RECALLED", action=RECALLED_AT, recalled_for="DISPUTE"))
    assert (told.made("placement"), told.made("placement_exception")) == (["CLOSED"], ["CROSSED"])


def test_the_same_return_told_again_is_a_duplicate() -> None:
    closed = placement("RETURNED", closed={"code": "GNA", "on": "2026-03-09", "balance": 2197_37})
    assert Told(RETURN, back("GNA"), closed).matched.state is ItemState.DUPLICATE


def test_the_dates_of_a_breathing_space_are_those_of_the_page() -> None:
    """The worked example of debt_agency.md, section 5.3: the day on which it starts is day 1."""
    assert diary(hold("BREATHING_SPACE", "2026-03-04")) == {
        "review_by": "2026-03-23",
        "decision_by": "2026-04-07",
        "court_by": "2026-04-22",
        "last_protected_day": "2026-05-02",
    }


@pytest.mark.parametrize(("code", "told"), [("MHC", "MHC"), ("BKR", "BKR"), ("NONE", "BSP"), (None, "BSP")])
def test_a_hold_is_told_as_the_code_that_it_names(code: str | None, told: str) -> None:
    one = hold("BREATHING_SPACE", "2026-03-04")
    named = Record(kind=one.kind, key=one.key, state=one.state, data={**one.data, "code": code})
    assert code_of(named, Facts()) == told


def test_a_mental_health_crisis_has_no_end_that_anybody_reckons() -> None:
    told = {"kind": "BREATHING_SPACE", "from": "2026-03-04", "until": None, "code": "MHC"}
    assert last_day(Record(kind="hold", key="h", state="ACTIVE", account=ACCOUNT, data=told)) is None
