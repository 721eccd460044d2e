"""What is looked at before benefits is told of a rent, rule by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.checks.base import Context
from hub.model import Account, Disposition, Facts, Item, ItemState, Moment, Record, Taken
from hub.rent.register import AccountRegister
from hub.transfer.records import Snapshot
from plugins.housing_benefit.claims import CLAIM, DROPPED, KNOWN
from plugins.housing_benefit.rent_changes import RENT_CHANGES
from plugins.housing_benefit.rents_told import ACCEPTED, REJECTED, RENT, SENT

ACCOUNT, MONDAY = "1900000011", date(2026, 11, 2)
TOLD = {"from": "2026-04-06", "gross": 110_00, "eligible": 100_00, "water": 10_00}


def rent(**said: Any) -> Taken:
    """A rent of 110.00, 10.00 of which is for water; `said` replaces what its export says."""
    data = {"claim_ref": "90000011X", "gross": 110_00, "eligible": 100_00, "water": 10_00}
    personal = {"surname": "Testerman", "forenames": "Aldo", "address1": "14 Sample Court"}
    item = Item("BENEFIT_RENT", said.pop("line", 2), ACCOUNT, 0, said.pop("on", MONDAY), data, personal)
    item = replace(item, reference=said.pop("reference", ACCOUNT))
    item = replace(item, personal={**personal, **said.pop("personal", {})}, data={**data, **said})
    return Taken(f"i{item.line}", item, Disposition(ItemState.TAKEN, ACCOUNT))


def told(state: str = SENT, **data: Any) -> Record:
    return Record(kind=RENT, key=ACCOUNT, state=state, account=ACCOUNT, data={"told": TOLD, **data})


def claim(until: str, state: str = KNOWN) -> Record:
    return Record(
        kind=CLAIM, key="90000011X", state=state, account=ACCOUNT, data={"accounts": {ACCOUNT: until}}
    )


def context(*records: Record, **options: Any) -> Context[Any]:
    known = Facts(
        today=MONDAY,
        register=AccountRegister([Account(ACCOUNT, "0190001/01")]),
        records=Snapshot(records),
    )
    moment = Moment(datetime(2026, 11, 2, 18, tzinfo=UTC), MONDAY, "t", {"file": 1})
    return Context(RENT_CHANGES.options.model_validate({"ha_code": "01", **options}), known, "batch", moment)


def found(*taken: Taken, ctx: Context[Any] | None = None) -> list[str]:
    """The ids of the checks that find something, once a finding."""
    known = ctx or context()
    return [check.id for check in RENT_CHANGES.checks for _ in check.run(taken, known)]


def test_a_sound_rent_is_told() -> None:
    assert found(rent()) == []


@pytest.mark.parametrize(
    ("said", "checks"),
    [
        ({"on": date(2026, 11, 3)}, ["HB-RENT-MONDAY"]),
        ({"water": 9_99}, ["HB-RENT-SUM"]),
        ({"eligible": 111_00, "water": -1_00}, ["HB-RENT-SUM"]),
        ({"reference": "1" * 25}, ["HB-RENT-WIDTH"]),
        ({"reference": "1" * 24}, []),
        ({"gross": 100_000_00, "eligible": 99_990_00}, ["HB-RENT-WIDTH"]),
        ({"personal": {"surname": "A" * 33}}, ["HB-RENT-CUT"]),
        ({"personal": {"surname": "A" * 32}}, []),
    ],
)
def test_each_rule_finds_what_it_is_for(said: dict[str, Any], checks: list[str]) -> None:
    assert found(rent(**said)) == checks


def test_two_rents_of_an_account_and_day_wait_both() -> None:
    assert found(rent(), rent(line=3)) == ["HB-RENT-TWICE"] * 2
    assert found(rent(), rent(line=3, on=date(2026, 11, 9))) == []


@pytest.mark.parametrize(
    ("record", "said", "known"),
    [
        (told(), {}, True),
        (told(ACCEPTED), {}, True),
        (told(REJECTED), {}, False),
        (told(REJECTED, accepted=TOLD), {}, True),
        (told(), {"eligible": 100_01, "gross": 110_01}, False),
        (told(), {"bedrooms": 2}, False),
        (told(), {"on": date(2026, 3, 30)}, False),  # it counts from an earlier day than what was told
    ],
)
def test_only_what_benefits_does_not_know_is_told(record: Record, said: dict[str, Any], known: bool) -> None:
    assert ("HB-RENT-KNOWN" in found(rent(**said), ctx=context(record))) is known


@pytest.mark.parametrize(
    ("gross", "finds"), [(109_99, True), (110_00, False), (115_28, False), (115_29, True)]
)
def test_a_rent_rises_by_nothing_to_the_ceiling(gross: int, finds: bool) -> None:
    ctx = context(told(), increase_ceiling_percent="4.8")
    assert ("HB-RENT-INCREASE" in found(rent(gross=gross, eligible=gross - 10_00), ctx=ctx)) is finds


@pytest.mark.parametrize(
    ("records", "claim_ref", "live"),
    [
        ([], "90000011X", True),
        ([], None, False),
        ([claim("2026-09-07")], None, True),
        ([claim("2026-09-06")], "90000011X", False),
        ([claim("2026-10-25", DROPPED)], None, False),
    ],
)
def test_only_a_live_or_recent_claim_is_told_of(
    records: list[Record], claim_ref: str | None, live: bool
) -> None:
    assert ("HB-LIVE-CLAIM" in found(rent(claim_ref=claim_ref), ctx=context(*records))) is not live


def test_what_the_export_cannot_write_or_hold_does_not_stop_it() -> None:
    write = RENT_CHANGES.output("rents").write
    assert write is not None
    name = {"surname": "Łukasiewicz" + "x" * 40, "forenames": "A\tB"}
    line = write([rent(personal=name)], context()).data.decode("latin-1")
    assert len(line) == 364
    assert (line[62:94], line[30:34]) == ("?ukasiewicz" + "x" * 21, "A B ")
