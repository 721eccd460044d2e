"""A debtor's other debts: a breathing space on one rent account holds those of the same people that are with
agencies, or about to be. The search is kept, and somebody is asked to tell the adviser of what it found.

A record of the kind `debtor`, known by the rent system's number of the person; it names nobody. Its facts:

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
from plugins.debt_agency.placements import PLACEMENT

DEBTOR, KNOWN = "debtor", "KNOWN"
TENANT = "tenant"
"""Records of `rent.tenants`."""

BREATHING_SPACE, OURS, ON = "BREATHING_SPACE", "debt_agency", "on "
LIABLE = ("MAIN", "JOINT")


def placed(tenants: Iterable[Record], account: str, placement: str) -> Iterator[Move]:
    """Whose debt is placed: each tenant of the account."""
    for person in sorted({str(one.data["person_ref"]) for one in tenants if one.data["role"] in LIABLE}):
        yield Move(kind=DEBTOR, key=person, to=KNOWN, data={f"{ON}{account}": placement})


def a_moratorium_changed(old: Record | None, new: Record, facts: Facts) -> Iterator[Move]:
    """Of a breathing space each tenant of its account is told; of one that was begun here, nobody again."""
    if (
        new.data["kind"] != BREATHING_SPACE
        or new.data.get("joined_to")
        or not new.account
        or not facts.records
    ):
        return
    told = {
        "hold": new.key,
        "account": new.account,
        **{name: new.data.get(name) for name in ("from", "until", "code")},
        "at": new.since.isoformat() if new.since else None,
        "stands": new.state == EFFECTIVE,
    }
    for tenant in facts.records.about(TENANT, new.account):
        if tenant.data["role"] in LIABLE:
            yield Move(kind=DEBTOR, key=str(tenant.data["person_ref"]), to=KNOWN, data={"moratorium": told})


def further_debts(old: Record | None, new: Record, facts: Facts) -> Iterator[Effect]:
    """What a breathing space of this person reaches beyond its own account."""
    space = new.data.get("moratorium")
    if not space or facts.records is None or facts.today is None:
        return
    others = {name.removeprefix(ON): str(ref) for name, ref in new.data.items() if name.startswith(ON)}
    others.pop(space["account"], None)
    if not space["stands"]:
        yield from _ended(new, space, facts) if old and old.data.get("moratorium") != space else ()
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


def placements_of(debtor: Record) -> Iterator[str]:
    return (str(ref) for name, ref in debtor.data.items() if name.startswith(ON))


DEBTOR_LIFE = Lifecycle(
    kind=DEBTOR,
    title="People whose debts were placed, by their number",
    begins=(KNOWN,),
    moves={KNOWN: (KNOWN,)},
    when=further_debts,
    looks_up=(Lookup(HOLD), Lookup(PLACEMENT, keys=placements_of)),
    follows=(Follow(HOLD, a_moratorium_changed, looks_up=(Lookup(TENANT, accounts=True),)),),
    owner="rents",
    keep=years(7),
)
