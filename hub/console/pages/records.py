"""Records: mandates, holds, cases, matches: how each stands, its clocks, and how it came to that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response

from hub.config.people import Right
from hub.console.here import Here, Looks, May, words
from hub.console.listed import facts
from hub.console.marks import link, nowrap, state, transfer_link
from hub.console.sought import hidden, shown
from hub.console.wording import day, moment, name_words, on_screen, told
from hub.console.work_parts import works
from hub.door.lifecycle import Lifecycle
from hub.engine.reveal import reveal
from hub.model import Compartment, PromiseState, Record, WorkState
from hub.store.rows import PromiseRow, RecordMoveRow
from hub.transfer.inspect import masked

NAV = ("Records", "/records")
router = APIRouter()
PAGE = 50
RECORD = "record"
Text = Annotated[str, Form()]
Tasks = Annotated[Here, Depends(May(Right.TASK))]


def record_address(kind: str, key: str) -> str:
    return f"/records/{quote(kind)}/{quote(key, safe='')}"


@router.post("/records")
def search(here: Looks, kind: Text = "", in_state: Text = "", account: Text = "") -> Response:
    """No address names a rent account."""
    return RedirectResponse(_list_address(here, kind, in_state, account.strip()), 303)


def _list_address(here: Here, kind: str, in_state: str, account: str, **more: str) -> str:
    plain = {"kind": kind, "in_state": in_state.strip(), **more}
    told = {name: value for name, value in plain.items() if value}
    return f"/records?{urlencode(told | hidden(here.services.store.keys, {'account': account}))}"


@router.get("/records")
def records(here: Looks, kind: str = "", in_state: str = "", sought: str = "", after: str = "") -> Response:
    account = shown(here.services.store.keys, sought).get("account", "")
    kinds = _kinds(here)
    chosen = kind if kind in kinds else next(iter(kinds), "")
    with here.look() as look:
        found = look.records(
            chosen or None,
            state=in_state.strip() or None,
            account=account or None,
            after=after or None,
            limit=PAGE + 1,
        )
    page = found[:PAGE]
    more = {"after": page[-1].key} if len(found) > PAGE else {}
    return here.page(
        "records.html",
        kinds=[(one, name_words(one)) for one in kinds],
        chosen=chosen,
        in_state=in_state,
        account=account,
        rows=[_row(one) for one in page],
        older=_list_address(here, chosen, in_state, account, **more) if more else None,
    )


def _kinds(here: Here) -> list[str]:
    """Kinds of record that who looks may know of."""
    lives = here.services.catalogue.lifecycles
    return sorted(kind for kind, life in lives.items() if here.viewer.knows(None, life.compartment))


def _row(one: Record) -> Sequence[object]:
    key = link(record_address(one.kind, one.key), one.key)
    return key, state(one.state), one.account or "", nowrap(moment(one.since))


@router.get("/records/{kind}/{key:path}")
def record(here: Looks, kind: str, key: str) -> Response:
    return _page(here, kind, key, {})


def _page(here: Here, kind: str, key: str, revealed: Mapping[str, str]) -> Response:
    about = (RECORD, f"{kind}:{key}")
    with here.look() as look:
        found = look.record(kind, key)
        moves = look.moves(kind, key)
        clocks = look.promises(states=tuple(PromiseState), subject=about, limit=None)
        work = look.worklist(states=(WorkState.OPEN, WorkState.TAKEN), subject=about, limit=None)
    life = here.services.catalogue.lifecycles.get(kind)
    closed = life is not None and life.compartment is not Compartment.OPEN
    return here.page(
        "record.html",
        record=found,
        state=state(found.state),
        facts=_facts(life, found, revealed),
        revealed=bool(revealed),
        may_reveal=closed and bool(found.personal) and here.may(Right.TASK),
        clocks=[_clock(one) for one in clocks],
        work=works(here, work),
        moves=[_move(one) for one in moves],
        address=record_address(kind, key),
    )


def _facts(life: Lifecycle | None, found: Record, revealed: Mapping[str, str]) -> list[tuple[str, object]]:
    """What one decides by comes first."""
    rows: list[tuple[str, object]] = [
        ("Kind", name_words(found.kind)),
        ("Since", moment(found.since)),
        ("Rent account", found.account),
        ("Personal values kept until", day(found.expires)),
    ]
    data = life.told(found.data) if life else found.data
    first = facts(life, found) if life else []
    above = {one.fact.partition(".")[0] for one in life.listed} if life else set()
    rows += [
        *first,
        *((name_words(name), told(value)) for name, value in data.items() if name not in above),
    ]
    for name, value in found.personal.items():
        rows.append((name_words(name), revealed.get(name, masked(name, value))))
    return rows


def _clock(one: PromiseRow) -> Sequence[object]:
    return one.says, nowrap(moment(one.due_at)), state(one.state.value), one.owner


def _move(one: RecordMoveRow) -> Sequence[object]:
    went = f"{_word(one.from_state)} to {_word(one.to_state)}" if one.from_state else _word(one.to_state)
    by = "the hub" if one.who == "hub" else one.who
    cause = transfer_link(one.transfer_id, "its file") if one.transfer_id else ""
    return nowrap(moment(one.at)), went, nowrap(by), on_screen(one.reason or ""), cause


def _word(told: str | None) -> str:
    return name_words(told or "")


@router.post("/records/{kind}/{key:path}")
def reveal_it(here: Tasks, kind: str, key: str, reason: Text = "") -> Response:
    """What is sealed is shown this once; that it was looked at, and why, is a move of the record."""
    shown = reveal(here.services, kind, key, words(reason, "Say what you need them for"))
    return _page(here, kind, key, shown)
