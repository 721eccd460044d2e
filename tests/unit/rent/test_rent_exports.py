"""What the rent system exports: bad rows are refused by their check, good items find what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.checks.base import Context
from hub.door.feed import Options
from hub.model import (
    Account,
    Disposition,
    Facts,
    Finding,
    History,
    Item,
    ItemState,
    Moment,
    Record,
    Severity,
    Taken,
    Verdict,
)
from hub.rent.calendar import MONTHLY, RentCalendar, RentGroup
from hub.rent.exports import EXPORTS, LIFECYCLES
from hub.rent.exports.contracts import INSURANCE, write_totals
from hub.rent.exports.homes import tenant_moves
from hub.rent.exports.milestones import MilestoneOptions, milestone_moves
from hub.rent.exports.placements import PlacementOptions
from hub.rent.exports.refunds import RefundOptions, benefit_has_no_claim
from hub.rent.register import AccountRegister
from hub.transfer.examine import examine
from hub.transfer.records import Snapshot
from tests.golden.rent.test_exports_golden import FILES, OPTIONS
from tests.unit.rent.rent_files import Outcome, read

BY_NAME = {export.record.name: export for export in EXPORTS}
A, B, C = "1900000011", "1900000029", "1900000037"
TODAY = date(2026, 11, 2)
CREDIT = AccountRegister(
    [Account(A, balance=-75_00), Account(B, balance=-20_50), Account(C, status="ENDED", balance=-10_00)]
)
CALENDAR = RentCalendar(groups={"HRA": RentGroup("HRA"), "LSC": RentGroup("LSC", periods=MONTHLY)})


def text_of(name: str) -> str:
    return FILES[name].read_text("utf-8")


def reading(name: str, content: str, **options: Any) -> Outcome:
    feed = BY_NAME[name].feed
    settings = feed.options.model_validate({**OPTIONS[feed.name].model_dump(), **options})
    return read(feed, content, facts=Facts(today=TODAY, rent_calendar=CALENDAR), options=settings)


BAD = {
    "who asks approves": ("REFUND", "manager two,2026-10-30,NOT", "Clerk One ,2026-10-30,NOT", ("E20", 2)),
    "a refund of nothing": ("REFUND", "75.00", "0.00", ("E19", 2)),
    "a refund that takes": ("REFUND", "Bea Testerman,20.50", "Bea Testerman,-20.50", ("E19", 3)),
    "a refund by Bacs to no account": ("REFUND", "00-02-99,40154823", ",40154823", ("E20", 2)),
    "a sort code of five": ("REFUND", "00-02-99", "00299", ("E20", 2)),
    "a method nobody knows": ("REFUND", "CHEQUE", "CASH", ("E16", 3)),
    "a refund twice": ("REFUND", "RF0002", "rf0001", ("E18", 3)),
    "31 June": ("REFUND", "2026-10-30,YES", "2026-06-31,YES", ("E11", 3)),
    "a transfer without its pair": ("TRANSFER", "TR0001,1900000029", "TR0002,1900000029", ("E20", 2)),
    "a transfer that keeps a penny": ("TRANSFER", "02/01,40.00", "02/01,39.99", ("E20", 2)),
    "a transfer by one person": ("TRANSFER", "clerk one", "manager two", ("E20", 2)),
    "a write-off that adds": ("WRITEOFF", "-312.08", "312.08", ("E19", 2)),
    "a write-on that takes": ("WRITEOFF", "WRITE_ON,12.00", "WRITE_ON,-12.00", ("E19", 3)),
    "a journal that is a penny out": ("RENTGL", "54680.50", "54680.49", ("E20", 2)),
    "week 53 of a year of 52": ("RENTGL", "RJ2731,31", "RJ2731,53", ("E17", 2)),
    "week 54": ("RENTGL", "RJ2731,31", "RJ2731,54", ("E17", 2)),
    "VAT that is not in the gross": ("RECHARGE", "96.00", "96.01", ("E20", 2)),
    "who joins unnamed": ("INSURE", "Testerman", "", ("E20", 2)),
    "a premium of no amount": ("INSURE", "5.20", "", ("E20", 4)),
    "a balance told twice": ("BALANCE", B, A, ("E18", 3)),
    "an arrangement over nothing": ("ARRANGE", "10.00", "0.00", ("E19", 2)),
    "a milestone of no meaning": ("MILESTONE", "DEBIT_RAISED", "DEBIT_RISEN", ("E16", 2)),
    "a milestone of week 53": ("MILESTONE", "2027,31", "2027,53", ("E17", 2)),
    "a milestone of half a period": ("MILESTONE", "HRA,2027,31", "HRA,,31", ("E20", 2)),
    "a tenancy that ends before it starts": ("TENANT", "2026-10-05", "2017-10-05", ("E20", 4)),
    "a home told twice": ("PROPERTY", "H0002", "H0001", ("E18", 3)),
    "a charge that ends before it starts": ("CHARGE", "2026-04-05", "2025-04-05", ("E20", 4)),
    "a rent that is not its parts": ("HBRENT", "9.80", "9.81", ("E20", 2)),
    "a placement of nothing": ("FTAPLACE", "612.08", "0.00", ("E19", 2)),
    "a debt that ends before it starts": ("FTAPLACE", "2026-09-28", "2024-09-28", ("E20", 2)),
    "a correction of nobody": ("FTAUPDATE", "Testerman-Mock", "", ("E20", 5)),
    "a charge of no amount": ("FTALINE", ",642.37", ",", ("E20", 3)),
    "a note without words": ("FTALINE", "An arrangement was not kept", "", ("E20", 4)),
    "a recall for no known reason": ("FTARECALL", "PAID", "SOLD", ("E16", 3)),
}


@pytest.mark.parametrize(("name", "old", "new", "told"), BAD.values(), ids=BAD.keys())
def test_a_bad_row_refuses_the_file(name: str, old: str, new: str, told: tuple[str, int]) -> None:
    good = text_of(name)
    assert old in good
    outcome = reading(name, good.replace(old, new))
    assert told in outcome.told
    assert outcome.verdict is Verdict.REJECTED


def test_what_a_finding_says_names_nobody() -> None:
    bad = text_of("REFUND").replace("manager two", "clerk one").replace("75.00", "0.00")
    messages = reading("REFUND", bad).messages
    assert "requested_by and approved_by are the same person; a second one must approve it" in messages
    assert "amount is 0.00: expected more than 0.00" in messages
    assert not any(name in messages for name in ("clerk", "Testerman", "40154823"))


@pytest.mark.parametrize(
    ("group", "year", "period", "verdict"),
    [
        ("HRA", "2025", "53", Verdict.ACCEPTED),
        ("HRA", "2027", "52", Verdict.ACCEPTED),
        ("LSC", "2027", "12", Verdict.ACCEPTED),
        ("LSC", "2027", "13", Verdict.REJECTED),
        ("XXX", "2027", "1", Verdict.REJECTED),
    ],
)
def test_a_period_is_held_against_the_calendar_of_its_rent_group(
    group: str, year: str, period: str, verdict: Verdict
) -> None:
    journal = text_of("RENTGL").replace("RJ2731,31,2027", f"RJ2731,{period},{year}")
    assert reading("RENTGL", journal, rent_group=group).verdict is verdict


def test_without_a_rent_group_periods_are_not_checked_and_that_is_said() -> None:
    outcome = reading("RENTGL", text_of("RENTGL"), rent_group=None)
    assert outcome.reading.not_checked["E17"] == "needs the option rent_group, which is not set"


def test_a_number_that_is_no_national_insurance_number_is_told_and_not_kept() -> None:
    outcome = reading("TENANT", text_of("TENANT"))
    (finding,) = outcome.reading.findings.kept
    assert (finding.check, finding.severity, finding.line) == ("NINO", Severity.WARNING, 3)
    assert ["nino" in item.personal for item in outcome.items] == [True, False, False]


def judged(
    name: str, facts: Facts, options: Options | None = None
) -> tuple[Sequence[Taken], Sequence[Finding]]:
    """What becomes of the items of a golden file."""
    feed = BY_NAME[name].feed
    ctx: Context[Any] = Context(options or OPTIONS[feed.name], facts, "generic-csv")
    with FILES[name].open("rb") as stream:
        examined = examine(feed, stream, ctx)
    taken = [
        Taken(str(at), item, feed.match(item, ctx, None)) for at, item in enumerate(examined.items, start=1)
    ]
    examined.reading.cross(taken, ctx)
    return taken, examined.reading.findings.kept


def states(taken: Sequence[Taken]) -> list[tuple[ItemState, str | None]]:
    return [(one.disposition.state, one.disposition.waits_as) for one in taken]


def test_refunds_wait_for_whoever_pays_them() -> None:
    taken, _ = judged("REFUND", Facts(today=TODAY, register=CREDIT))
    assert states(taken) == [
        (ItemState.WAITING, "REFUND"),
        (ItemState.WAITING, "REFUND_REQUEST"),
        (ItemState.WAITING, "REFUND"),
    ]
    assert [one.disposition.account for one in taken] == [A, B, C]


def test_finance_may_pay_them_all() -> None:
    options = RefundOptions(by_finance=frozenset({"BACS", "CHEQUE"}))
    taken, _ = judged("REFUND", Facts(register=CREDIT), options)
    assert {waits for _, waits in states(taken)} == {"REFUND_REQUEST"}


def test_a_refund_to_which_benefit_has_a_claim_is_held() -> None:
    _, found = judged("REFUND", Facts(register=CREDIT))
    assert [(one.check, one.severity, one.line) for one in found] == [("HB", Severity.HOLD_ITEM, 4)]


def without_clearance() -> str:
    """The file of a rent system that knows the interface's eleven columns only."""
    head, *details, trailer = text_of("REFUND").splitlines()
    return "\n".join([head, *(line.rpartition(",")[0] for line in details), trailer, ""])


def test_a_refund_file_may_lack_the_column_that_the_hub_added() -> None:
    outcome = reading("REFUND", without_clearance())
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    assert [item.data["hb_clearance"] for item in outcome.items] == [None, None, None]
    assert [item.amount for item in outcome.items] == [75_00, 20_50, 10_00]
    short = without_clearance().replace(",2026-10-30\n", "\n", 1)
    assert ("E10", 2) in reading("REFUND", short).told


@pytest.mark.parametrize(("told", "held"), [(False, ["NO"]), (True, [None, "NO"])])
def test_a_council_may_hold_refunds_whose_clearance_nobody_told(told: bool, held: list[str | None]) -> None:
    data = [{"hb_clearance": word} for word in ("YES", "NOT_NEEDED", None, "NO")]
    taken = [
        Taken(str(line), Item("REFUND", line, "R", 1, TODAY, one), Disposition(ItemState.WAITING))
        for line, one in enumerate(data)
    ]
    found = benefit_has_no_claim.run(taken, Context(RefundOptions(clearance_is_told=told), Facts(), ""))
    assert [data[one.line or 0]["hb_clearance"] for one in found] == held


@pytest.mark.parametrize(("balance", "lines"), [(-75_00, []), (-74_99, [2]), (10_00, [2]), (None, [])])
def test_a_refund_beyond_the_credit_is_held(balance: int | None, lines: list[int]) -> None:
    register = AccountRegister([Account(A, balance=balance), Account(B, balance=-20_50), Account(C)])
    _, found = judged("REFUND", Facts(register=register))
    assert [one.line for one in found if one.check == "CREDIT"] == lines
    _, found = judged("REFUND", Facts(register=register), RefundOptions(credit_must_cover=False))
    assert "CREDIT" not in {one.check for one in found}


def test_a_refund_of_an_unknown_account_goes_nowhere() -> None:
    taken, _ = judged("REFUND", Facts(register=AccountRegister([Account(A), Account("1900000028")])))
    assert states(taken)[1] == (ItemState.REJECTED, None)
    assert taken[1].disposition.candidates == ("1900000028",)


def test_nothing_waits_before_the_rent_accounts_are_known() -> None:
    taken, _ = judged("REFUND", Facts())
    assert {state for state, _ in states(taken)} == {ItemState.HELD}


def test_what_an_earlier_file_carried_is_not_carried_again() -> None:
    history = History(posted=frozenset({"RF0001", "TR0001/1900000029"}))
    taken, _ = judged("REFUND", Facts(register=CREDIT, history=history))
    assert states(taken)[0] == (ItemState.DUPLICATE, None)
    taken, _ = judged("TRANSFER", Facts(register=CREDIT, history=history))
    assert [state for state, _ in states(taken)] == [ItemState.WAITING, ItemState.DUPLICATE]


def test_a_recharge_on_the_account_is_the_rent_systems_own() -> None:
    taken, _ = judged("RECHARGE", Facts(register=CREDIT))
    assert states(taken) == [(ItemState.WAITING, "RECHARGE"), (ItemState.NOTED, None)]
    assert [one.item.amount for one in taken] == [96_00, 45_00]


WAITS = {
    "TRANSFER": {"TRANSFER"},
    "WRITEOFF": {"WRITE_OFF"},
    "RENTGL": {"JOURNAL"},
    "HBRENT": {"BENEFIT_RENT"},
    "FTAPLACE": {"PLACEMENT"},
    "FTARECALL": {"RECALL"},
}


@pytest.mark.parametrize(("name", "waits"), WAITS.items())
def test_what_one_partner_takes_waits_under_its_name(name: str, waits: set[str]) -> None:
    taken, _ = judged(name, Facts(today=TODAY, register=CREDIT, records=Snapshot(())))
    assert {one.disposition.waits_as for one in taken} == waits == set(BY_NAME[name].waits)


def hold(kind: str, **data: Any) -> Record:
    return Record(kind="hold", key=kind, state="ACTIVE", account=B, data={"kind": kind, **data})


@pytest.mark.parametrize(
    ("record", "lines"),
    [
        (hold("BREATHING_SPACE"), [2]),
        (hold("BREATHING_SPACE", until="2026-11-01"), []),
        (hold("OTHER"), []),
        (replace(hold("DISPUTE"), state="ENDED"), []),
    ],
)
def test_no_debt_of_an_account_on_hold_is_placed(record: Record, lines: list[int]) -> None:
    facts = Facts(today=TODAY, register=CREDIT, records=Snapshot([record]))
    _, found = judged("FTAPLACE", facts)
    assert [(one.check, one.severity, one.line) for one in found] == [
        ("E20", Severity.REFUSE_ITEM, line) for line in lines
    ]


def test_which_holds_stop_a_placement_is_the_councils_to_say() -> None:
    facts = Facts(today=TODAY, register=CREDIT, records=Snapshot([hold("VULNERABLE")]))
    assert judged("FTAPLACE", facts)[1]
    assert not judged("FTAPLACE", facts, PlacementOptions(stopping_holds=frozenset({"DISPUTE"})))[1]


def moved(name: str) -> list[Any]:
    feed = BY_NAME[name].feed
    ctx: Context[Any] = Context(OPTIONS[feed.name], Facts(today=TODAY), "generic-csv")
    taken, _ = judged(name, ctx.facts)
    return [move for one in taken for move in feed.moves(one, ctx)]


MOVES = {
    "BALANCE": [("arrears", A, "KNOWN", A), ("arrears", B, "KNOWN", B)],
    "ARRANGE": [("arrangement", "AR0001", "ACTIVE", A), ("arrangement", "AR0002", "BREACHED", B)],
    "ACTION": [
        ("arrears_action", f"{A}/DPR/2026-10-29", "TOLD", A),
        ("arrears_action", f"{B}/AGG/2026-10-30", "TOLD", B),
    ],
    "MILESTONE": [
        ("milestone", "debit_raised/2026-11-02", "REACHED", None),
        ("milestone", "debit_raised/2026-11-01", "REACHED", None),
    ],
    "TENANT": [
        ("tenant", "0190001/01/P0001", "CURRENT", A),
        ("tenant", "0190001/01/P0002", "CURRENT", A),
        ("tenant", "0190002/01/P0003", "ENDED", B),
    ],
    "PROPERTY": [("property", "H0001", "OCCUPIED", None), ("property", "H0002", "VOID", None)],
    "CHARGE": [
        ("charge", f"{A}/H0001/DBR", "CURRENT", A),
        ("charge", f"{A}/H0001/DHE", "CURRENT", A),
        ("charge", f"{B}/H0002/DGA", "ENDED", B),
    ],
    "FTALINE": [("debt_line", f"PL0001/{number}", "TOLD", A) for number in (1, 2, 3, 4)],
    "FTARECALL": [("debt_recall", f"PL000{number}", "TOLD", None) for number in (3, 4)],
    "TENCHANGE": [
        ("tenancy_change", "0190001/01/JOINT/2026-10-26", "TOLD", A),
        ("tenancy_change", "0190002/01/END/2026-10-05", "TOLD", B),
        ("tenancy_change", "0190003/02/RENT/2026-11-02", "TOLD", C),
    ],
}


@pytest.mark.parametrize(("name", "records"), MOVES.items())
def test_what_several_look_at_lives_on_as_a_record(name: str, records: list[Any]) -> None:
    moves = moved(name)
    assert [(move.kind, move.key, move.to, move.account) for move in moves] == records
    kinds = {life.kind: life for life in LIFECYCLES}
    life = kinds.get(moves[0].kind)
    assert life is None or all(life.may(None, move.to) for move in moves)


@pytest.mark.parametrize("name", MOVES)
def test_no_open_fact_of_a_record_holds_what_a_column_says_is_personal(name: str) -> None:
    personal = {field.name for field in BY_NAME[name].record.columns if field.personal}
    for move in moved(name):
        assert personal.isdisjoint(move.data)
        assert set(move.personal) <= personal


def test_no_record_keeps_the_comment_of_an_action() -> None:
    assert all(not move.personal and "comment" not in move.data for move in moved("ACTION"))


def test_a_tenant_with_a_last_day_to_come_is_current_until_then() -> None:
    data = {"person_ref": "P1", "payment_ref": A, "start_date": "2019-04-01", "end_date": "2026-11-02"}
    one = Taken("1", Item("TENANT", 2, "T1", 0, TODAY, data), Disposition(ItemState.NOTED))

    def state(today: date) -> str | None:
        (move,) = tenant_moves(one, Context(Options(), Facts(today=today), "generic-csv"))
        return move.to

    assert (state(TODAY), state(date(2026, 11, 3))) == ("CURRENT", "ENDED")


def test_a_word_that_means_no_milestone_reaches_none() -> None:
    one = Taken("1", Item("MILESTONE", 2, "X", 0, TODAY), Disposition(ItemState.NOTED))
    ctx = Context(MilestoneOptions(milestones={"Y": "y"}), Facts(), "generic-csv")
    assert list(milestone_moves(one, ctx)) == []


def test_the_premiums_of_a_month_are_summed_for_whoever_pays_the_insurer() -> None:
    taken, _ = judged("INSURE", Facts())
    assert {state for state, _ in states(taken)} == {ItemState.TAKEN}
    premiums = [one for one in taken if one.item.kind == "PREMIUM"]
    moment = Moment(datetime(2026, 11, 2, 7, tzinfo=UTC), TODAY, "t1")
    rendered = write_totals(premiums, Context(Options(), Facts(), "generic-csv", moment), of="INSURE")
    assert rendered.name == "INSURE_totals_20261102.csv"
    assert rendered.data.decode().splitlines() == [
        "service_code,month,contracts,amount",
        "CONTENTS,2026-10,2,3.90",
    ]
    assert rendered.summary == {"count": 2, "value": "3.90"}


INSURER = {
    "columns": ["event", "contract_ref", "surname", "-", "cover", "amount", "effective_date"],
    "titles": ["Type", "Policy", "Name", "Excess", "Sum insured", "Premium", "From"],
    "words": {"event": {"JOIN": "NEW", "LEAVE": "CANCEL"}},
    "dates": "DD/MM/YYYY",
    "delimiter": ";",
}


def test_an_insurer_may_have_columns_words_and_days_of_its_own() -> None:
    taken, _ = judged("INSURE", Facts())
    options = INSURANCE.feed.options.model_validate(INSURER)
    moment = Moment(datetime(2026, 11, 2, 7, tzinfo=UTC), TODAY, "t1")
    ctx = Context(options, Facts(), "generic-csv", moment)
    members = INSURANCE.feed.output("members")
    assert members.write is not None
    assert members.forward is not None
    assert not members.forward(ctx)
    rendered = members.write(taken, ctx)
    assert rendered.name == "INSURE_20261102.csv"
    assert rendered.data.decode().splitlines() == [
        "Type;Policy;Name;Excess;Sum insured;Premium;From",
        "NEW;IC0001;Testerman;;15000.00;;02/11/2026",
        "CANCEL;IC0002;;;;;02/11/2026",
        "PREMIUM;IC0003;;;;5.20;01/10/2026",
        "PREMIUM;IC0004;;;;-1.30;01/10/2026",
    ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"columns": ["events"]}, "events is no column of INSURE"),
        ({"words": {"events": {}}}, "events is no column of INSURE"),
        ({"columns": ["event"], "titles": ["A", "B"]}, "another number of them than of columns"),
        ({"file_name": "{name}.csv"}, "file_name cannot be filled"),
    ],
)
def test_columns_that_there_are_not_are_told_with_the_configuration(wrong: object, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        INSURANCE.feed.options.model_validate(wrong)
