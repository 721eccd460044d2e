"""The brake: an officer who asks too often is stopped until somebody else lets them go on.

Source: formats page dwp_cis.md, section 3 ("volume brake"): by officer and purpose, an hour and a day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from hub.api import Compartment, Effect, Facts, Item, Lifecycle, Lookup, Move, Record, Taken, Task
from plugins.dwp_cis.settings import Enquiring, settings_of

KIND, ASKING, STOPPED = "dwp_officer", "ASKING", "STOPPED"
LATELY = "lately"
"""The fact that counts, by purpose: `hour` and `day` are the newest, `in_hour` and `in_day` how often."""

Asker = tuple[str, str]
"""An officer, and what for."""


def asker_of(item: Item) -> Asker:
    return str(item.data.get("officer")), str(item.data.get("purpose"))


LOOKS_UP = Lookup(KIND, keys=lambda item: (asker_of(item)[0],))


def stopped(item: Item, ctx: Enquiring, before: Counter[Asker]) -> str | None:
    """Why an officer may not ask once more. `before`: how often they do in the same transfer."""
    login, purpose = asker = asker_of(item)
    record = ctx.facts.records.get(KIND, login) if ctx.facts.records else None
    if record is not None and record.state == STOPPED:
        return f"USER_STOPPED: {login} asked too often; it waits until somebody else lets them go on"
    settings, now = settings_of(ctx.facts), ctx.moment.now if ctx.moment else None
    in_hour, in_day = _so_far(record, purpose, now)
    if in_hour + before[asker] >= settings.an_hour or in_day + before[asker] >= settings.a_day:
        return f"USER_STOPPED: {login} asks too often for {purpose}"
    return None


def counted(carried: Sequence[Taken], ctx: Enquiring) -> Iterator[Move]:
    """With the intent to ask: so often has each officer asked now. Who has reached a limit is stopped."""
    by_login: dict[str, Counter[str]] = {}
    for login, purpose in (asker_of(one.item) for one in carried):
        by_login.setdefault(login, Counter())[purpose] += 1
    for login, asks in by_login.items():
        record = ctx.facts.records.get(KIND, login) if ctx.facts.records else None
        now, limits = ctx.moment.now if ctx.moment else None, settings_of(ctx.facts)
        asked = {purpose: _with(record, purpose, now, more) for purpose, more in asks.items()}
        over = any(
            one["in_hour"] >= limits.an_hour or one["in_day"] >= limits.a_day for one in asked.values()
        )
        lately = {**(record.data[LATELY] if record else {}), **asked}
        yield Move(kind=KIND, key=login, to=STOPPED if over else ASKING, data={LATELY: lately})


def _hour(now: datetime | None) -> str:
    return f"{now:%Y-%m-%dT%H}" if now else ""


def _so_far(record: Record | None, purpose: str, now: datetime | None) -> tuple[int, int]:
    """How often in this hour and on this day, by the hub's clock (UTC)."""
    told: Mapping[str, Any] = record.data[LATELY].get(purpose, {}) if record else {}
    hour = _hour(now)
    return (
        told.get("in_hour", 0) if told.get("hour") == hour else 0,
        told.get("in_day", 0) if told.get("day") == hour[:10] else 0,
    )


def _with(record: Record | None, purpose: str, now: datetime | None, more: int) -> Mapping[str, Any]:
    in_hour, in_day = _so_far(record, purpose, now)
    hour = _hour(now)
    return {"hour": hour, "in_hour": in_hour + more, "day": hour[:10], "in_day": in_day + more}


def tells(old: Record | None, new: Record, facts: Facts) -> Iterable[Effect]:
    """Somebody else is asked about an officer who was stopped."""
    if new.state != STOPPED or (old is not None and old.state == STOPPED):
        return
    go_on = Move(kind=KIND, key=new.key, to=ASKING, data={LATELY: {}}, reason="the volume was for the work")
    most = max(new.data[LATELY].items(), key=lambda one: one[1]["in_day"])
    title = f"{new.key} has asked DWP {most[1]['in_day']} times today for {most[0]} and is stopped"
    yield Task("volume", f"{title}: was it for the work?", answers={"go on": go_on}, not_by=new.key)


OFFICER_LIFE = Lifecycle(
    kind=KIND,
    title="How often officers ask DWP, and who was stopped",
    begins=(ASKING, STOPPED),
    moves={ASKING: (STOPPED,), STOPPED: (ASKING,)},
    when=tells,
    owner="benefits-team",
    compartment=Compartment.DWP,
)
