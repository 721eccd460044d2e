"""How one transfer is told: to programs as JSON, to people as tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hub.cli import show
from hub.cli.answer_view import answers_json, print_answers
from hub.cli.batch_view import item_way, print_batches
from hub.cli.inspect import print_items
from hub.cli.records import moved_json, print_moved
from hub.cli.taken_back_view import dues_json, print_awaited, print_reversals, reversals_json
from hub.cli.work_view import print_work, work_json
from hub.model import ItemState, format_pounds

if TYPE_CHECKING:
    from hub.store.rows import DeliveryRow, EventRow, TransferRow, TransferView

WAITING = (ItemState.HELD, ItemState.SUSPENDED, ItemState.WAITING, ItemState.UNANSWERED)
"""States of the items that are shown one by one: somebody has to look at each."""

FACTS = (
    "id",
    "route",
    "mode",
    "bundle",
    "feed",
    "format",
    "name",
    "state",
    "business_date",
    "identity",
    "records",
    "value",
    "reason",
    "released_by",
    "purged_at",
)
TOLD_ELSEWHERE = ("from", "to", "transfer", "route", "name", "seen")
"""What an event says that the tables around it say already."""


def transfer_json(row: TransferRow, state: str) -> dict[str, Any]:
    """`state` is what a person is told: after ACCEPTED it follows from the deliveries."""
    return {
        "id": row.id,
        "route": row.route,
        "partner": row.partner,
        "feed": row.feed,
        "format": row.format,
        "name": row.name,
        "state": state,
        "stored_state": row.state.value,
        "mode": row.mode,
        "found_at": row.found_at.isoformat(),
        "business_date": row.business_date and row.business_date.isoformat(),
        "identity": row.identity,
        "sha256": row.blob,
        "size": row.size,
        "records": row.records,
        "value": format_pounds(row.value),
        "reason": row.reason,
        "released_by": row.approved_by,
        "purged_at": row.purged_at and row.purged_at.isoformat(),
    }


def view_json(view: TransferView) -> dict[str, Any]:
    from hub.engine.report import money_json
    from hub.transfer.inspect import finding_json, item_json
    from hub.transfer.states import derived_state

    state = derived_state(view.transfer.state, [delivery.state for delivery in view.deliveries])
    not_checked: Mapping[str, str] = view.transfer.summary.get("not_checked", {})
    return {
        **transfer_json(view.transfer, state),
        "parent": view.parent and {"id": view.parent.id, "name": view.parent.name},
        "children": [
            transfer_json(child, derived_state(child.state, states)) for child, states in view.children
        ],
        "money": money_json(view.money),
        "numbers": dict(view.numbers),
        "deliveries": [delivery_json(delivery) for delivery in view.deliveries],
        "findings": [finding_json(finding) for finding in view.findings],
        "not_checked": sorted(not_checked),
        "not_checked_reasons": dict(sorted(not_checked.items())),
        "items": [
            {
                "id": item.id,
                **item_json(item.taken()),
                "answers": item.answers,
                "numbers": dict(view.item_numbers.get(item.id, {})),
                "called": {kind: list(names) for kind, names in view.called.get(item.id, {}).items()},
                **item_way(item),
            }
            for item in view.items
        ],
        **answers_json(view),
        **dues_json(view),
        **reversals_json(view),
        "work": [work_json(entry) for entry in view.work],
        **moved_json(*view.moved),
        "events": [event_json(event) for event in view.events],
    }


def delivery_json(row: DeliveryRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "output": row.output,
        "endpoint": row.endpoint,
        "folder": row.folder,
        "name": row.name,
        "sha256": row.blob,
        "size": row.size,
        "identity": row.identity,
        "state": row.state.value,
        "attempts": row.attempts,
        "reason": row.reason,
        "seen_there": dict(row.remote),
    }


def event_json(row: EventRow) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "subject": row.subject,
        "id": row.subject_id,
        "event": row.kind,
        "who": row.who,
        "data": dict(row.data),
    }


def print_view(view: TransferView) -> None:
    told = view_json(view)
    facts = {**told, **_apart(view)}
    show.print_facts({name: facts[name] for name in FACTS if facts.get(name) is not None})
    money = [(state, sums["count"], sums["value"]) for state, sums in told["money"].items()]
    show.print_table(["items", ">count", ">pounds"], money, "No items.")
    waiting = [item for item in told["items"] if item["state"] in WAITING]
    if waiting:
        print_items(waiting)
    print_batches(view)
    print_numbers(view)
    print_awaited(view)
    print_reversals(view)
    print_answers(view)
    show.print_findings(view.findings, {})
    show.print_not_checked(told["not_checked_reasons"])
    show.print_table(
        ["delivery", "to", "file", "state", ">attempts", "reason"],
        [_delivery(delivery) for delivery in view.deliveries],
        "No deliveries.",
    )
    if view.work:
        print_work(view.work)
    print_moved(*view.moved)
    if view.children:
        _print_children(told["children"])
    names = view.names
    show.print_table(
        ["when", "what", "event", "who", "more"], [_event(event, names) for event in view.events]
    )


def print_numbers(view: TransferView) -> None:
    """What was drawn, with a line for each name: whole transfers draw one, items one each."""
    drawn = [(name, value, value, None) for name, value in view.numbers.items()]
    of_items: dict[str, list[int]] = defaultdict(list)
    for numbers in view.item_numbers.values():
        for name, value in numbers.items():
            of_items[name].append(value)
    each = [(name, min(values), max(values), len(values)) for name, values in sorted(of_items.items())]
    if drawn or each:
        show.print_table(["number", ">from", ">to", ">items"], [*drawn, *each])


def told_state(state: str, *, rehearsed: bool) -> str:
    """A state that nobody takes for one that is meant."""
    return f"{state} (rehearsal)" if rehearsed else state


def _apart(view: TransferView) -> Mapping[str, Any]:
    """What is worth a line only of a transfer that is not like most: a rehearsal, a member of a bundle."""
    row, parent = view.transfer, view.parent
    mode = "rehearsal: nothing of it is meant" if row.rehearsed else None
    purged = row.purged_at and show.clock_face(row.purged_at)
    return {"mode": mode, "bundle": parent and f"{parent.name} ({parent.id})", "purged_at": purged}


def _print_children(children: Sequence[Mapping[str, Any]]) -> None:
    """What came in a bundle, or as replies."""
    rows = [(one["id"], one["name"], one["feed"], one["state"], one["records"]) for one in children]
    show.print_table(["came in it", "file", "feed", "state", ">records"], rows)


def _delivery(row: DeliveryRow) -> Sequence[object]:
    from hub.transfer.rehearsal import laid_down, says

    reason = says(row) if laid_down(row) else row.reason
    state = told_state(row.state, rehearsed=laid_down(row))
    return row.output, f"{row.endpoint}:{row.folder}", row.name, state, row.attempts, reason


def _event(row: EventRow, names: Mapping[str, str]) -> Sequence[object]:
    """`names`: of files and items, by id."""
    what = names.get(row.subject_id, row.subject)
    return show.clock_face(row.at, seconds=True), what, row.kind, row.who, told_more(row)


def told_more(row: EventRow) -> str:
    """What an event says beside what the columns say."""
    return ", ".join(f"{key} {value}" for key, value in row.data.items() if key not in TOLD_ELSEWHERE)
