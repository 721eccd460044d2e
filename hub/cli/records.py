"""`feedhub records`: what lives on after the file that made it, and the whole history of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verbs, pass_place
from hub.cli.values import Words

if TYPE_CHECKING:
    from hub.door.lifecycle import Lifecycle
    from hub.engine.subject import Told
    from hub.model import Record
    from hub.store.rows import RecordMoveRow


@click.group(cls=Verbs)
def records() -> None:
    """Look at mandates, holds, milestones and whatever else lives on."""


@records.command("list")
@click.option("--kind", help="Only of this kind, such as mandate or hold.")
@click.option("--state", help="Only in this state.")
@click.option("--account", help="Only about this rent account, named by its payment reference.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@show.JSON
@pass_place
def list_(
    place: Place, kind: str | None, state: str | None, account: str | None, limit: int, as_json: bool
) -> Exit:
    """List records, by kind and key."""
    with place.open_hub() as hub, hub.look() as look:
        found = look.records(kind, state=state, account=account, limit=limit)
        lives = hub.services.catalogue.lifecycles
    if as_json:
        show.print_json([_json(record) for record in found])
    else:
        rows = [
            (one.kind, one.key, one.state, _since(one), one.account, _told(_facts(lives, one)))
            for one in found
        ]
        show.print_table(["kind", "key", "state", "since", "account", "facts"], rows, "No records.")
    return Exit.OK


@records.command("show")
@click.argument("kind")
@click.argument("key")
@show.JSON
@pass_place
def show_(place: Place, kind: str, key: str, as_json: bool) -> Exit:
    """Show the record KEY of a KIND: how it stands, and each of its moves with who, when and why.

    Says, with exit code 1, where the history is not as it was written."""
    with place.open_hub() as hub, hub.look() as look:
        record = look.record(kind, key)
        moves, broken = look.moves(kind, key), look.broken_move(kind, key)
        facts = _facts(hub.services.catalogue.lifecycles, record)
    if as_json:
        intact = broken is None
        show.print_json({**_json(record), "history": [_move_json(m) for m in moves], "intact": intact})
    else:
        _print(record, facts, moves)
    if broken is None:
        return Exit.OK
    click.echo(f"feedhub: the history was altered: move {broken.number} is not as it was written.", err=True)
    return Exit.NOT_SO


@records.command()
@click.argument("kind")
@click.argument("key")
@click.option("--reason", type=Words(), required=True, help="Why; it is kept in the record's history.")
@show.JSON
@pass_place
def reveal(place: Place, kind: str, key: str, reason: str, as_json: bool) -> Exit:
    """Show what is sealed of the record KEY of a closed compartment. That you looked, and why, is a move of
    it."""
    from hub.engine.reveal import reveal

    with place.open_hub() as hub:
        told = reveal(hub.services, kind, key, reason)
    if as_json:
        show.print_json(dict(told))
    else:
        show.print_facts(told)
    return Exit.OK


@records.command()
@click.argument("name")
@click.option("--reason", type=Words(), required=True, help="What for; it is kept in each record's history.")
@show.JSON
@pass_place
def about(place: Place, name: str, reason: str, as_json: bool) -> Exit:
    """Tell who asked or looked at a person, when and why, in all records, also once the values are let go.

    NAME is what they are found by, such as nino. The value itself is asked for, or read from the input: on a
    command line others might read it. It must be yours to verify the history."""
    from hub.engine.subject import about

    value = click.prompt(name, err=True)
    with place.open_hub() as hub:
        found = about(hub.services, name, value, reason)
    if as_json:
        show.print_json([_about_json(one) for one in found])
    else:
        columns = ["record", "when", "who", "to", "why", "facts"]
        rows = [row for one in found for row in _about_rows(one)]
        show.print_table(columns, rows, "Nobody has asked or looked.")
    return Exit.OK


def _about_json(told: Told) -> dict[str, Any]:
    looked = [
        {"at": event.at.isoformat(), "who": event.who, "transfer": event.subject_id, **event.data}
        for event in told.looked
    ]
    return {**_json(told.record), "history": [_move_json(move) for move in told.moves], "looked": looked}


def _about_rows(told: Told) -> Iterable[Sequence[object]]:
    name = f"{told.record.kind} {told.record.key}"
    for move in told.moves:
        yield name, show.clock_face(move.at), move.who, move.to_state, move.reason, _told(move.data)
    for event in told.looked:
        why = event.data.get("purpose")
        yield name, show.clock_face(event.at), event.who, "", why, f"values of {event.subject_id} were shown"


def _facts(lives: Mapping[str, Lifecycle], record: Record) -> Mapping[str, Any]:
    """As people are told them: money in pounds. JSON has them as they are."""
    life = lives.get(record.kind)
    return life.told(record.data) if life else record.data


def _print(record: Record, facts: Mapping[str, Any], moves: Sequence[RecordMoveRow]) -> None:
    told = {**_json(record), "data": facts, "since": _since(record)}
    data, personal = told.pop("data"), told.pop("personal")
    facts = {**told, **{name: _in_full(value) for name, value in data.items()}, **personal}
    show.print_facts({name: value for name, value in facts.items() if value is not None})
    columns = [">no", "when", "from", "to", "who", "why", "transfer", "item", "changed"]
    show.print_table(columns, [_row(move) for move in moves])


def _json(record: Record) -> dict[str, Any]:
    """Personal values masked, as in a transfer's items."""
    from hub.transfer.inspect import masked

    return {
        "kind": record.kind,
        "key": record.key,
        "state": record.state,
        "since": record.since and record.since.isoformat(),
        "account": record.account,
        "data": dict(record.data),
        "personal": {name: masked(name, value) for name, value in record.personal.items()},
    }


def _move_json(move: RecordMoveRow) -> dict[str, Any]:
    return {
        "number": move.number,
        "at": move.at.isoformat(),
        "from": move.from_state,
        "to": move.to_state,
        "who": move.who,
        "reason": move.reason,
        "transfer": move.transfer_id,
        "item": move.item_id,
        "changed": dict(move.data),
        "undoes": move.undoes,
    }


def _row(move: RecordMoveRow) -> Sequence[object]:
    by = (move.who, move.reason, move.transfer_id, move.item_id)
    return move.number, show.clock_face(move.at), move.from_state, move.to_state, *by, _told(move.data)


def _since(record: Record) -> str | None:
    return show.clock_face(record.since) if record.since else None


def _told(data: Any) -> str:
    """Facts as `name value`; of several values each, of several things how many."""
    return "; ".join(f"{name} {_in_short(value)}" for name, value in data.items() if value is not None)


def _in_short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_short(one)}" for name, one in value.items() if one is not None)
    if isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        return f"({len(value)} of them)"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _in_full(value: Any) -> Any:
    """Each thing, or sentence, of several on a line of its own."""
    if isinstance(value, list):
        said = [_in_short(one) for one in value]
        return ("\n" if any(" " in one for one in said) else ", ").join(said)
    return _in_short(value) if isinstance(value, dict) else value


def moved_json(count: int, first: Sequence[RecordMoveRow]) -> dict[str, Any]:
    """What a transfer has moved: how often, and the first of the moves."""
    moves = [{"kind": move.kind, "key": move.key, **_move_json(move)} for move in first]
    return {"moves": count, "moves_listed": moves}


def print_moved(count: int, first: Sequence[RecordMoveRow]) -> None:
    if not count:
        return
    rows = [(move.key, move.kind, move.from_state, move.to_state, move.item_id) for move in first]
    show.print_table(["record", "kind", "from", "to", "by item"], rows)
    if count > len(first):
        show.console().print(
            f"… and {count - len(first)} more moves; `feedhub records list` shows the records."
        )
