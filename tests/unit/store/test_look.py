"""What each role is shown: of a closed compartment nothing, and not that anything is there."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from hub.bank.matching import DUE
from hub.config.people import HUB, Viewer
from hub.config.settings import Role
from hub.door.milestone import KIND, milestone_key
from hub.errors import UsageError
from hub.model import (
    Answered,
    Compartment,
    DeliveryState,
    Finding,
    ItemState,
    MessageState,
    PromiseState,
    Severity,
    Urgency,
    WorkKind,
    WorkState,
)
from hub.store import Store, queries, schema
from hub.store.look import Look
from hub.store.look.search import Wanted
from hub.store.rows import RunRow
from tests.looking import looking
from tests.unit.store.making import DAY, NOON, TickingClock, a_delivery, a_transfer, an_item

NOWHERE = "nowhere"
"""The mark of what does not exist."""
HOLDER = {"account_name": "MS A EXAMPLE"}

SOUGHT = ("-t", "-t.txt", "-REF", "-VOUCHER", "-NAME")
"""What a text may be looked for in: id, file name, reference, and what partners call it."""

Case = Callable[[Look, str], Any]


def of(mark: str, rows: list[Any]) -> list[Any]:
    return [row for row in rows if f"{mark}-" in repr(row)]


def due_of(mark: str) -> datetime:
    """A day of its own for each compartment."""
    return NOON + timedelta(days=[*Compartment, NOWHERE].index(mark))


CASES: dict[str, Case] = {
    "transfers": lambda look, mark: of(mark, look.transfers()),
    "search": lambda look, mark: [
        of(mark, look.search(wanted).rows)
        for wanted in (Wanted(), *(Wanted(text=f"{mark}{name}") for name in SOUGHT))
    ],
    "count": lambda look, mark: [look.count(Wanted(text=f"{mark}{name}")) for name in SOUGHT],
    "told_states": lambda look, mark: look.told_states([f"{mark}-t"]),
    "transfer": lambda look, mark: look.transfer(f"{mark}-t"),
    "children": lambda look, mark: look.children(f"{mark}-t"),
    "transfer_row": lambda look, mark: look.transfer_row(f"{mark}-t"),
    "files": lambda look, mark: look.files([f"{mark}-t"]),
    "last_sent": lambda look, mark: look.last_sent(f"{mark}-place"),
    "newest_events": lambda look, mark: of(mark, [event for _, event in look.newest_events(limit=1000)]),
    "deliveries": lambda look, mark: look.deliveries(f"{mark}-t"),
    "calls": lambda look, mark: look.calls(f"{mark}-t"),
    "findings": lambda look, mark: look.findings(f"{mark}-t"),
    "numbers": lambda look, mark: look.numbers(f"{mark}-t"),
    "item_numbers": lambda look, mark: look.item_numbers(f"{mark}-t"),
    "called": lambda look, mark: look.called(f"{mark}-t"),
    "transfer_work": lambda look, mark: look.transfer_work(f"{mark}-t"),
    "transfer_events": lambda look, mark: look.transfer_events(f"{mark}-t"),
    "items": lambda look, mark: look.items(f"{mark}-t"),
    "some_items": lambda look, mark: look.some_items(f"{mark}-t"),
    "items_first": lambda look, mark: look.items_first(f"{mark}-t", start=0, limit=9),
    "money": lambda look, mark: look.money(f"{mark}-t"),
    "answered": lambda look, mark: look.answered(f"{mark}-t"),
    "said_of": lambda look, mark: look.said_of([f"{mark}-i2"]),
    "objections": lambda look, mark: look.objections(f"{mark}-t"),
    "answers": lambda look, mark: look.answers(f"{mark}-child"),
    "dues": lambda look, mark: look.dues(f"{mark}-t"),
    "reversed": lambda look, mark: look.reversed(f"{mark}-t"),
    "reverses": lambda look, mark: look.reverses(f"{mark}-child"),
    "item": lambda look, mark: look.item(f"{mark}-i"),
    "suspense": lambda look, mark: of(mark, look.suspense()),
    "suspense_sums": lambda look, mark: look.suspense_sums(
        {mark: (due_of(mark), due_of(mark) + timedelta(hours=1))}
    ),
    "reported": lambda look, mark: of(mark, list(look.reported(["tests.feed"]))),
    "groups_that_are": lambda look, mark: of(mark, look.groups_that_are([ItemState.SUSPENDED])),
    "items_that_are": lambda look, mark: of(mark, look.items_that_are([ItemState.SUSPENDED])),
    "find": lambda look, mark: [look.find(f"{mark}-{text}") for text in ("REF", "VOUCHER", "NAME")],
    "carrying": lambda look, mark: of(mark, look.carrying(HOLDER)),
    "moved": lambda look, mark: of(mark, look.moved(DAY, DAY)),
    "promised": lambda look, mark: look.promised(due_of(mark), due_of(mark) + timedelta(hours=1)),
    "milestones": lambda look, mark: look.milestones([mark], DAY, DAY),
    "suspended": lambda look, mark: [row for row in look.suspended() if row.day == due_of(mark).date()],
    "records": lambda look, mark: of(mark, look.records()),
    "count_records": lambda look, mark: look.count_records("case", [mark]),
    "record": lambda look, mark: look.record("case", f"{mark}-c"),
    "found_by": lambda look, mark: look.found_by("case", "about", mark),
    "moves": lambda look, mark: look.moves("case", f"{mark}-c"),
    "history": lambda look, mark: of(mark, look.history("case")),
    "worklist": lambda look, mark: of(mark, look.worklist()),
    "moved_by": lambda look, mark: look.moved_by(f"{mark}-t"),
    "broken_move": lambda look, mark: look.broken_move("case", f"{mark}-c"),
    "work": lambda look, mark: look.work(f"{mark}-w"),
    "promises": lambda look, mark: of(mark, look.promises()),
    "events": lambda look, mark: of(mark, look.events("route", "shared")),
    "runs": lambda look, mark: of(mark, look.runs("shared")),
    "alerts": lambda look, mark: of(mark, look.alerts()),
    "alert": lambda look, mark: look.alert(f"{mark}-a"),
    "messages": lambda look, mark: of(mark, look.messages()),
    "unsent_messages": lambda look, mark: of(mark, look.unsent_messages()),
    "pauses": lambda look, mark: of(mark, look.pauses(NOON)),
    "circuits": lambda look, mark: of(mark, look.circuits()),
    "counters": lambda look, mark: of(mark, look.counters()),
}
OF_NO_ROUTE = {"records", "count_records", "record", "moves", "moved_by", "broken_move", "dues", "milestones"}
OF_NO_ROUTE |= {"found_by", "history", "counters", "circuits", "messages", "unsent_messages"}
"""What is shown only to who may know of every route."""
VIEWERS = [Viewer(role.value, role.value, frozenset({role})) for role in Role] + [
    Viewer("both", "both", frozenset({Role.CLERK, Role.FRAUD})),
    HUB,
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with a row of everything in every compartment, and some that hang on rows of another one."""
    store = Store.open(tmp_path_factory.mktemp("state"), clock=TickingClock())
    for compartment in Compartment:
        store.write(lambda conn, inside=compartment: fill(conn, store, inside))
    cross = a_transfer("fraud-under-open", parent_id="open-t", compartment=Compartment.FRAUD)
    store.write(lambda conn: queries.insert_transfer(conn, cross))
    moved = {**a_move("open"), "number": 2, "transfer_id": "fraud-t", "item_id": "fraud-i"}
    store.write(lambda conn: conn.execute(insert(schema.record_move), moved))
    own = [
        {**a_move(mark), "number": 3, "transfer_id": f"{mark}-t", "item_id": f"{mark}-i"}
        for mark in Compartment
    ]
    store.write(lambda conn: conn.execute(insert(schema.record_move), own))
    store.write(lambda conn: answer_across(conn, store))
    yield store
    store.close()


def answer_across(conn: Connection, store: Store) -> None:
    """A closed report about an open transfer, and an open one about a closed transfer."""
    for mark, report in (("open", "fraud-report"), ("fraud", "open-report")):
        where = {"compartment": Compartment(report.partition("-")[0])}
        queries.insert_transfer(conn, a_transfer(report, **where))
        row = an_item(
            f"{mark}-i3",
            transfer_id=f"{mark}-t",
            line=3,
            reference=f"{mark}-THIRD",
            state=ItemState.SENT,
            compartment=Compartment(mark),
        )
        queries.insert_items(conn, store.keys, [row])
        queries.insert_answers(
            conn, [row.id], kind="report", said=Answered.REFUSED, by_transfer=report, reason="why"
        )
        delivery = a_delivery(
            f"{mark}-d3",
            f"{mark}-t",
            name=f"{mark}-third.txt",
            answered_by=report,
        )
        queries.insert_delivery(conn, delivery)


def fill(conn: Connection, store: Store, inside: Compartment) -> None:
    mark, where = inside.value, {"compartment": inside}
    came = {"partner": f"{mark}-partner", "found_at": due_of(mark)}
    queries.insert_transfer(conn, a_transfer(f"{mark}-t", **came, **where))
    queries.insert_transfer(conn, a_transfer(f"{mark}-child", parent_id=f"{mark}-t", **where))
    item = an_item(
        f"{mark}-i",
        transfer_id=f"{mark}-t",
        line=1,
        reference=f"{mark}-REF",
        state=ItemState.SUSPENDED,
        reason=f"{mark}-reason",
        personal=HOLDER,
        on=due_of(mark).date(),
        **where,
    )
    sent = replace(item, id=f"{mark}-i2", reference=f"{mark}-SENT", state=ItemState.SENT, personal={})
    contra = replace(
        sent,
        id=f"{mark}-contra",
        transfer_id=None,
        feed=schema.REVERSALS,
        item_key=f"{mark}-i2",
        answers=f"{mark}-i2",
        batch_id=f"{mark}-child",
    )
    queries.insert_items(conn, store.keys, [item, sent, contra])
    queries.insert_answers(
        conn, [sent.id], kind="report", said=Answered.REFUSED, by_transfer=f"{mark}-child", reason="why"
    )
    named = {item.id: {"voucher": f"{mark}-VOUCHER", "person": f"{mark}-NAME"}}
    queries.insert_called(conn, store.keys, named, given_by=f"{mark}-t", personal=("person",))
    sent = {"endpoint": f"{mark}-place", "state": DeliveryState.SENT}
    queries.insert_delivery(conn, a_delivery(f"{mark}-d", f"{mark}-t", name=f"{mark}-out.txt", **sent))
    found = Finding("CHECK", Severity.WARNING, f"{mark}-finding")
    queries.replace_findings(conn, f"{mark}-t", [found])
    draw(conn, mark)
    queries.insert_runs(conn, [RunRow(id=f"{mark}-run", route="shared", started_at=NOON, **where)])
    queries.append_event(conn, subject="route", subject_id="shared", kind=f"{mark}-event", **where)
    for table, row in rows_of(mark).items():
        conn.execute(insert(schema.metadata.tables[table]), {**row, **where})
    kept = {**rows_of(mark)["promise"], **where, "id": f"{mark}-kept", "name": "kept"}
    conn.execute(insert(schema.promise), {**kept, "due_at": due_of(mark), "state": PromiseState.KEPT})
    reached = {**rows_of(mark)["record"], **where, "kind": KIND, "key": milestone_key(mark, DAY)}
    conn.execute(insert(schema.record), {**reached, "data": {"on": DAY.isoformat()}})
    due = {**rows_of(mark)["record"], **where, "kind": DUE, "key": f"{mark}-t/file"}
    conn.execute(insert(schema.record), due)
    conn.execute(insert(schema.record_move), a_move(mark))
    conn.execute(insert(schema.call), a_call(mark))


def draw(conn: Connection, mark: str) -> None:
    for name, items in ((f"{mark}-serial", [""]), (f"{mark}-voucher", [f"{mark}-i"])):
        how: dict[str, Any] = {"policy": "no_gap", "first": 1, "last": 9, "items": items}
        queries.draw_numbers(conn, scope=name, name="serial", transfer_id=f"{mark}-t", **how)


def rows_of(mark: str) -> dict[str, dict[str, Any]]:
    return {
        "record": {
            "kind": "case",
            "key": f"{mark}-c",
            "state": mark,
            "version": 1,
            "data": {"about": mark},
            "since": NOON,
            "made_at": NOON,
            "updated_at": NOON,
        },
        "worklist": {
            "id": f"{mark}-w",
            "kind": WorkKind.TASK,
            "name": "look",
            "subject": "transfer",
            "subject_id": f"{mark}-t",
            "title": "Look at it",
            "owner": "tests",
            "state": WorkState.OPEN,
            "version": 1,
            "proposed_by": "hub",
            "proposal": {},
            "made_at": NOON,
            "answer": {},
        },
        "promise": {
            "id": f"{mark}-p",
            "name": "answer",
            "subject": "transfer",
            "subject_id": f"{mark}-t",
            "says": "An answer comes",
            "owner": "tests",
            "due_at": NOON,
            "state": PromiseState.OPEN,
            "made_at": NOON,
        },
        "alert": {
            "id": f"{mark}-a",
            "about": f"work:{mark}-w",
            "urgency": Urgency.RED,
            "subject": "transfer",
            "subject_id": f"{mark}-t",
            "says": "Look at it",
            "owner": "tests",
            "made_at": NOON,
        },
        "pause": {
            "kind": "route",
            "name": f"{mark}-route",
            "reason": "moved",
            "by": "tests",
            "since": NOON,
            "until": NOON + timedelta(days=1),
        },
        "circuit": {"name": f"endpoint:{mark}-end", "failures": 3, "since": NOON, "reason": "no answer"},
        "alert_message": {
            "id": f"{mark}-m",
            "channel": "mail",
            "recipient": "tests@example.invalid",
            "escalates": False,
            "alerts": [f"{mark}-a"],
            "made_at": NOON,
            "due_at": NOON,
            "attempts": 1,
            "state": MessageState.WAITING,
        },
    }


def a_move(mark: str) -> dict[str, Any]:
    sealed = {"data": "{}", "previous": "", "hash": "a" * 64}
    return {
        "kind": "case",
        "key": f"{mark}-c",
        "number": 1,
        "at": NOON,
        "to_state": "open",
        "who": "hub",
        "transfer_id": f"{mark}-t",
        "item_id": f"{mark}-i",
        **sealed,
    }


def a_call(mark: str) -> dict[str, Any]:
    return {
        "delivery_id": f"{mark}-d",
        "number": 1,
        "name": "post",
        "fingerprint": "a" * 64,
        "changes": True,
        "attempts": 1,
        "intended_at": NOON,
        "headers": {},
    }


def shown(case: Case, look: Look, mark: str) -> str:
    """What is shown, or the sentence, with the mark taken out of it."""
    try:
        return repr(case(look, mark)).replace(mark, NOWHERE)
    except UsageError as error:
        return str(error).replace(mark, NOWHERE)


def test_every_method_has_a_case() -> None:
    methods = {name for name, _ in inspect.getmembers(Look, inspect.isfunction) if not name.startswith("_")}
    assert methods == set(CASES)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: viewer.login)
def test_who_looks_sees_their_compartments_and_of_others_not_that_they_exist(
    filled: Store, viewer: Viewer, name: str
) -> None:
    with looking(filled, viewer) as look:
        nothing = shown(CASES[name], look, NOWHERE)
        for compartment in Compartment:
            seen = shown(CASES[name], look, compartment.value)
            assert (seen != nothing) == (compartment in viewer.compartments)


@pytest.mark.parametrize("name", CASES)
def test_who_is_limited_to_some_routes_sees_what_belongs_to_these_alone(filled: Store, name: str) -> None:
    theirs = frozenset({"tests.route", "shared", *(f"{inside}-route" for inside in Compartment)})
    for routes, seen in ((theirs, name not in OF_NO_ROUTE), (frozenset({"elsewhere"}), False)):
        with looking(filled, replace(HUB, routes=routes)) as look:
            nothing = shown(CASES[name], look, NOWHERE)
            found = {shown(CASES[name], look, inside.value) != nothing for inside in Compartment}
        assert found == {seen}, routes


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: viewer.login)
def test_what_is_shown_names_nothing_of_a_closed_compartment(
    filled: Store, viewer: Viewer, name: str
) -> None:
    with looking(filled, viewer) as look:
        told = repr([CASES[name](look, inside.value) for inside in viewer.compartments])
    assert [inside for inside in set(Compartment) - viewer.compartments if f"{inside}-" in told] == []


def test_a_page_is_full_though_closed_rows_lie_between(filled: Store) -> None:
    """The rows that are not seen do not take up places: their number would show."""
    with looking(filled, VIEWERS[0]) as look:
        assert len(look.transfers(limit=2)) == 2
        assert len(look.suspense(limit=1)) == 1
        assert len(look.worklist(limit=1)) == 1
        assert len(look.records(limit=1)) == 1


def test_of_the_items_of_a_transfer_those_that_wait_come_first_and_no_page_loads_the_rest(
    filled: Store,
) -> None:
    with looking(filled, HUB) as look:
        first, rest = (look.items_first("dwp-t", start=start, limit=1) for start in (0, 1))
        assert [one.id for one in (*first, *rest)] == ["dwp-i", "dwp-i2"]
        assert (look.transfer("dwp-t", items=False).items, len(look.transfer("dwp-t").items)) == ((), 2)


def test_who_has_no_role_for_a_compartment_sees_the_open_one_alone() -> None:
    assert {viewer.login: viewer.compartments - {Compartment.OPEN} for viewer in VIEWERS} == {
        "viewer": set(),
        "clerk": set(),
        "approver": set(),
        "operator": set(),
        "administrator": set(),
        "auditor": set(),
        "dwp": {Compartment.DWP},
        "fraud": {Compartment.FRAUD},
        "sar": {Compartment.SAR},
        "both": {Compartment.FRAUD},
        "hub": {Compartment.DWP, Compartment.FRAUD, Compartment.SAR},
    }


@pytest.mark.parametrize(
    ("role", "cause"), [(Role.VIEWER, (None, None)), (Role.FRAUD, ("fraud-t", "fraud-i"))]
)
def test_what_a_closed_transfer_moved_is_seen_but_not_that_it_did(
    filled: Store, role: Role, cause: tuple[str | None, str | None]
) -> None:
    with looking(filled, Viewer("anna", "anna", frozenset({role}))) as look:
        moves = look.moves("case", "open-c")[:2]
    assert [(move.transfer_id, move.item_id) for move in moves] == [("open-t", "open-i"), cause]


def test_a_closed_report_answers_nothing_that_others_see(filled: Store) -> None:
    with looking(filled, VIEWERS[0]) as look:
        assert (look.answered("open-t").left, look.answered("open-t").answered) == (2, 1)
        assert [objection.by_transfer for objection in look.objections("open-t")] == ["open-child"]
        assert (look.answers("fraud-report"), look.answers("open-report")) == ([], [])
    with looking(filled, HUB) as look:
        assert look.answered("open-t").answered == 2
        assert [told.id for told in look.answers("fraud-report")] == ["open-t"]


@pytest.mark.parametrize("text", ["REF", "VOUCHER", "NAME"])
def test_an_item_is_found_by_its_reference_and_by_what_partners_call_it(filled: Store, text: str) -> None:
    with looking(filled, HUB) as look:
        assert [item.id for item in look.find(f"dwp-{text}")] == ["dwp-i"]
