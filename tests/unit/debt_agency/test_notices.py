"""A notice of a breathing space: who is surely meant is held; in doubt all who may be. Somebody decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from hub.api import Context, Disposition, Facts, ItemState, Move, Record, Taken, Task
from hub.transfer.examine import examine
from hub.transfer.records import Snapshot
from plugins.debt_agency.notices import NOTICE_FEED, SPACE_LIFE, what_follows

OWN, OTHER, JOINT = "7001234501", "7001239902", "7001244410"
BEA = {"surname": "Testerman", "forenames": "Bea", "date_of_birth": "1990-07-01", "corr_postcode": "ZZ1 4AD"}
CY = {"surname": "Placeholder", "forenames": "Cy"}
SAM = {"surname": "Testerman", "forenames": "Sam", "date_of_birth": "1991-01-01"}


def tenant(account: str, person: str, told: dict[str, str], role: str = "MAIN") -> Record:
    data = {"person_ref": person, "role": role}
    return Record(
        kind="tenant", key=f"{account}/{person}", state="CURRENT", account=account or None, data=data,
        personal=told,
    )  # fmt: skip


TENANTS = [
    tenant(OWN, "P2", BEA), tenant(OTHER, "P2", CY),
    tenant(OWN, "P1", SAM, "JOINT"), tenant(JOINT, "P1", SAM),
    tenant("7009999999", "P9", {**SAM, "forenames": "Una"}),
    tenant("", "P2", BEA), tenant("", "P9", SAM),
]  # fmt: skip


def told(*records: Record, **changes: str) -> list[Move]:
    """What a notice about Bea moves; `changes`: of its columns."""
    row = {
        "notice_id": "BS-1", "event": "START", "kind": "S", "registered_on": "2026-03-03",
        "start_date": "2026-03-04", "end_date": "", "creditor_ref": OWN,
        "surname": "TESTERMAN", "forenames": "Bea Fake",
        "date_of_birth": "1990-07-01", "postcode": "", **changes,
    }  # fmt: skip
    data = "\n".join([",".join(row), ",".join(row.values())]).encode()
    ctx: Any = Context(
        NOTICE_FEED.options(), Facts(date(2026, 3, 3), records=Snapshot([*TENANTS, *records])), "table"
    )
    found = examine(NOTICE_FEED, BytesIO(data), ctx)
    assert [one.message for one in found.reading.findings.kept] == []
    taken = [Taken("t.1", found.items[0], Disposition(ItemState.NOTED))]
    found.reading.cross(taken, ctx)
    if found.reading.findings.held:
        return []
    return list(NOTICE_FEED.moves(taken[0], ctx))


def holds(moves: list[Move]) -> list[str]:
    return [str(move.account) for move in moves if move.kind == "hold"]


@pytest.mark.parametrize(
    ("changes", "state", "held"),
    [
        ({}, "MATCHED", [OWN, OTHER, JOINT]),
        ({"creditor_ref": "", "postcode": "zz14ad"}, "MATCHED", [OWN, OTHER, JOINT]),
        ({"creditor_ref": ""}, "DOUBTFUL", [OWN, OTHER, JOINT]),
        ({"creditor_ref": "", "date_of_birth": "", "postcode": "ZZ1 4AD"}, "DOUBTFUL", [OWN, OTHER, JOINT]),
        ({"creditor_ref": OTHER, "surname": "Changed"}, "DOUBTFUL", [OWN, OTHER, JOINT]),
        ({"creditor_ref": "", "date_of_birth": "1990-07-02"}, "UNKNOWN", []),
        ({"creditor_ref": "", "date_of_birth": ""}, "UNKNOWN", []),
    ],
)
def test_who_is_meant_is_held_with_every_account_and_joint_debtor(
    changes: dict[str, str], state: str, held: list[str]
) -> None:
    space, *others = told(**changes)
    assert (space.kind, space.key, space.to, holds(others)) == ("breathing_space", "BS-1", state, held)
    assert "TESTERMAN" not in str(space.data) and space.personal["surname"] in ("TESTERMAN", "Changed")


def test_a_hold_says_what_was_notified_and_one_that_stands_becomes_the_notices() -> None:
    data = {"kind": "BREATHING_SPACE", "from": "2026-03-01", "until": None, "source": "person"}
    standing = Record(kind="hold", key="H", state="ACTIVE", account=OTHER, data=data)
    _, own, other, _ = told(standing, kind="M", end_date="2026-04-20")
    assert own.key == f"{OWN}/BREATHING_SPACE/2026-03-04/notice"
    for move in (own, other):
        assert (move.data["until"], move.data["code"], move.data["notice"]) == ("2026-04-20", "MHC", "BS-1")
    assert (other.key, other.data["source"], other.to) == ("H", "person", None)


def test_what_ends_or_amends_is_about_the_holds_of_its_notice_alone() -> None:
    space = Record(kind="breathing_space", key="BS-1", state="MATCHED", data={"kind": "S"})
    mine, foreign = (
        Record(kind="hold", key=key, state="ACTIVE", account=account,
               data={"kind": "BREATHING_SPACE", "from": "2026-03-04", "until": None, "notice": notice})
        for key, account, notice in (("H1", OWN, "BS-1"), ("H2", OTHER, "BS-2"))
    )  # fmt: skip
    known = (space, mine, foreign)
    assert [(move.key, move.to) for move in told(*known, event="END")] == [("H1", "ENDED"), ("BS-1", "ENDED")]
    assert [move.key for move in told(*known, event="CANCEL_DEBT", creditor_ref=OTHER)] == ["BS-1"]
    amended = {move.key: move.data["until"] for move in told(*known, event="AMEND", end_date="2026-03-31")}
    assert amended == {"BS-1": "2026-03-31", "H1": "2026-03-31"}
    assert told(event="END") == []  # no notice began it: it waits


def test_in_doubt_a_person_says_of_each_account_whether_it_is_meant() -> None:
    (made, *_) = told(creditor_ref="")
    new = Record(kind="breathing_space", key="BS-1", state="DOUBTFUL", data=made.data)
    hold = Record(kind="hold", key="H1", state="ACTIVE", account=OWN, data={"notice": "BS-1"})
    facts = Facts(records=Snapshot([hold]))
    tasks = [one for one in what_follows(None, new, facts) if isinstance(one, Task)]
    assert [one.name for one in tasks] == [f"is it {account}" for account in (OWN, OTHER, JOINT)]
    assert not any("testerman" in one.title.casefold() for one in tasks)
    said = {**new.data, **tasks[0].answers["no"].data, **tasks[1].answers["yes"].data}
    (ended,) = what_follows(new, replace(new, data=said), facts)
    assert isinstance(ended, Move) and (ended.key, ended.to) == ("H1", "ENDED")
    known = {**said, **tasks[2].answers["yes"].data}
    (matched,) = what_follows(replace(new, data=said), replace(new, data=known), facts)
    assert isinstance(matched, Move) and matched.to == "MATCHED"
    (asked,) = what_follows(None, replace(new, state="UNKNOWN", data={"kind": "S"}), facts)
    assert isinstance(asked, Task)


def test_the_last_protected_day_is_awaited_and_ends_nothing() -> None:
    deadline = SPACE_LIFE.deadlines[0]
    space = Record(
        kind="breathing_space", key="BS-1", state="MATCHED", data={"kind": "S", "from": "2026-03-04"}
    )
    assert deadline.due(space, Facts()) == date(2026, 5, 2)
    assert deadline.due(replace(space, data={**space.data, "until": "2026-03-31"}), Facts()) == date(
        2026, 3, 31
    )
    assert deadline.due(replace(space, data={**space.data, "kind": "M"}), Facts()) is None
