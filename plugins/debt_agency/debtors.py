"""A debtor's other debts: a breathing space on one rent account holds those of the same people that are with
agencies, or about to be. The search is kept, and somebody is asked to tell the adviser of what it found.

A record of the kind `debtor`, known by the rent system's number of the person; it names nobody. It ends with
the last of their placements, unless a breathing space still stands, and begins again with the next. Facts:

    on ACCOUNT      the placement of a debt of theirs on that rent account
    moratorium      a breathing space of theirs: {hold, account, from, until, code, at, stands}
    searched        for further debts, when and what was found: {on, hold, found}

Source: debt_agency.md, section 5.3 (SI 2020/1311, regulations 14 and 15).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from hub.api import HOLD, Effect, Facts, Follow, Lifecycle, Lookup, Move, Record, Task, told_hold, years
from plugins.debt_agency.fan_out import EFFECTIVE, tell_agency
from plugins.debt_agency.placements import CANCELLED, CLOSED, PLACEMENT

DEBTOR, KNOWN, ENDED = "debtor", "KNOWN", "ENDED"
TENANT = "tenant"
"""Records of `rent.tenants`."""

BREATHING_SPACE, OURS, ON = "BREATHING_SPACE", "debt_agency", "on "
LIABLE = ("MAIN", "JOINT")
OVER = (CLOSED, CANCELLED)
"""States of a placement with which the debt is with no agency, nor about to be."""


def placed(tenants: Iterable[Record], account: str, placement: str) -> Iterator[Move]:
    """Whose debt is placed: each tenant of the account."""
    for person in _people(tenants):
        yield Move(kind=DEBTOR, key=person, to=KNOWN, data={f"{ON}{account}": placement})


def a_moratorium_changed(old: Record | None, new: Record, facts: Facts) -> Iterator[Move]:
    """Of a breathing space each tenant of its account is told; of one that was begun here, nobody again."""
    if new.data["kind"] != BREATHING_SPACE or not new.account or not facts.records:
        return
    if new.data.get("joined_to"):
        if new.state != EFFECTIVE:
            yield from _ending(new, facts)
        return
    told = {
        "hold": new.key,
        "account": new.account,
        **{name: new.data.get(name) for name in ("from", "until", "code")},
        "at": new.since.isoformat() if new.since else None,
        "stands": new.state == EFFECTIVE,
    }
    for person in _people(facts.records.about(TENANT, new.account)):
        yield Move(kind=DEBTOR, key=person, to=KNOWN, data={"moratorium": told})


def further_debts(old: Record | None, new: Record, facts: Facts) -> Iterator[Effect]:
    """What a breathing space of this person reaches beyond its own account."""
    space = new.data.get("moratorium")
    if not space or facts.records is None or facts.today is None:
        return
    others = {name.removeprefix(ON): str(ref) for name, ref in new.data.items() if name.startswith(ON)}
    others.pop(space["account"], None)
    if not space["stands"]:
        asked = list(_ended(new, space, facts)) if old and old.data.get("moratorium") != space else []
        yield from asked
        if not asked and has_ended(new, facts):
            yield Move(kind=DEBTOR, key=new.key, to=ENDED, reason="no debt of theirs is placed any more")
        return
    found = []
    for account, reference in sorted(others.items()):
        for move in _joined(space, account, facts):
            found.append(reference)
            yield move
            yield from _told(reference, move, space, facts)
    yield from _searched(old, new, space, found, facts.today)


def _joined(space: dict[str, Any], account: str, facts: Facts) -> Iterator[Move]:
    """The hold on another account, unless there is such a one; its last day kept up."""
    standing = facts.records.about(HOLD, account) if facts.records else ()
    own = [one for one in standing if one.data.get("joined_to") == space["hold"]]
    terms = {"until": space["until"], **({"code": space["code"]} if space["code"] else {})}
    for hold in own:
        if hold.state == EFFECTIVE and hold.data.get("until") != space["until"]:
            yield Move(
                kind=HOLD, key=hold.key, account=account, data={**hold.data, **terms}, reason="it goes on"
            )
    if own:
        return
    start, why = date.fromisoformat(str(space["from"])), f"the debtor's breathing space on {space['account']}"
    for move in told_hold(OURS, account, BREATHING_SPACE, start, facts.records, why):
        yield replace(move, data={**move.data, **terms, "joined_to": space["hold"]})


def _told(reference: str, move: Move, space: dict[str, Any], facts: Facts) -> Iterator[Effect]:
    placement = facts.records.get(PLACEMENT, reference) if facts.records else None
    if placement is not None and facts.today is not None:
        since = datetime.fromisoformat(space["at"]) if space["at"] else None
        hold = Record(
            kind=HOLD, key=move.key, state=EFFECTIVE, account=move.account, data=move.data, since=since
        )
        yield from tell_agency(placement, hold, facts)


def _searched(
    old: Record | None, new: Record, space: dict[str, Any], found: list[str], today: date
) -> Iterator[Effect]:
    before = (old.data.get("moratorium") or {}) if old else {}
    if not found and before.get("hold") == space["hold"]:
        return
    told = {"on": today.isoformat(), "hold": space["hold"], "found": found}
    yield Move(kind=DEBTOR, key=new.key, data={"searched": told}, reason="searched for further debts")
    if found:
        yield Task(
            f"further debts {space['hold']}",
            f"The debtor in the breathing space on {space['account']} owes further debts "
            f"({', '.join(found)}). They are on hold, too. "
            "Tell the debt adviser of them: only the adviser can add them to it.",
        )


def _ended(new: Record, space: dict[str, Any], facts: Facts) -> Iterator[Task]:
    """Nothing is lifted by itself."""
    for hold in facts.records.all(HOLD) if facts.records else ():
        if hold.state == EFFECTIVE and hold.data.get("joined_to") == space["hold"] and hold.account:
            yield Task(
                f"end {hold.key}",
                f"The breathing space on {space['account']} has ended. Does it end for the debtor's debt on "
                f"{hold.account}, too?",
                answers={
                    "end": Move(kind=HOLD, key=hold.key, to="ENDED", reason="the breathing space has ended"),
                    "keep": Move(kind=DEBTOR, key=new.key, reason=f"{hold.key} stays"),
                },
            )


def a_placement_ended(old: Record | None, new: Record, facts: Facts) -> Iterator[Move]:
    """With the last of their debts that was placed, what is known of its debtors ends, too."""
    if new.state in OVER and not (old and old.state in OVER):
        yield from _ending(new, facts)


def _ending(about: Record, facts: Facts) -> Iterator[Move]:
    """Of the tenants of an account, those of whom nothing need be known any more."""
    if about.account is None or facts.records is None:
        return
    for person in _people(facts.records.about(TENANT, about.account)):
        debtor = facts.records.get(DEBTOR, person)
        if debtor is not None and debtor.state == KNOWN and has_ended(debtor, facts):
            yield Move(kind=DEBTOR, key=person, to=ENDED, reason=f"nothing follows {about.key} for them")


def has_ended(debtor: Record, facts: Facts) -> bool:
    """Whether none of their debts is placed, or about to be, and no breathing space of theirs stands."""
    placements = [facts.records.get(PLACEMENT, ref) for ref in placements_of(debtor)] if facts.records else []
    space = debtor.data.get("moratorium") or {}
    return not space.get("stands") and all(one is None or one.state in OVER for one in placements)


def _people(tenants: Iterable[Record]) -> list[str]:
    """The numbers of those who are liable."""
    return sorted({str(one.data["person_ref"]) for one in tenants if one.data["role"] in LIABLE})


def placements_of(debtor: Record) -> Iterator[str]:
    return (str(ref) for name, ref in debtor.data.items() if name.startswith(ON))


OF_THE_TENANTS = (
    Lookup(TENANT, accounts=True),
    Lookup(DEBTOR, keys=lambda tenant: (str(tenant.data["person_ref"]),), of=TENANT),
    Lookup(PLACEMENT, keys=placements_of, of=DEBTOR),
)
DEBTOR_LIFE = Lifecycle(
    kind=DEBTOR,
    title="People whose debts were placed, by their number",
    begins=(KNOWN,),
    moves={KNOWN: (ENDED,), ENDED: (KNOWN,)},
    ends=(ENDED,),
    when=further_debts,
    looks_up=(Lookup(HOLD), Lookup(PLACEMENT, keys=placements_of)),
    follows=(
        Follow(HOLD, a_moratorium_changed, OF_THE_TENANTS),
        Follow(PLACEMENT, a_placement_ended, OF_THE_TENANTS),
    ),
    owner="rents",
    keep=years(7),
)
