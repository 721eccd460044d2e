"""What is late and what is due today: promises, what has waited for a person for more than a day, and alerts
that could not be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.clock.now import end_of_day
from hub.config.expiry import expiries
from hub.config.load import Config
from hub.config.people import HUB_LOGIN
from hub.engine.left_alone import Alone, left_alone
from hub.model import PromiseState, WorkKind
from hub.store.alert_rows import MessageRow
from hub.store.look import Look
from hub.store.rows import PromiseRow, WorkRow
from hub.transfer.promises import TRANSFER
from hub.transfer.services import Services

PATIENCE = timedelta(days=1)
"""How long something may wait for a person before it is late."""
_DECIDE = {
    WorkKind.RELEASE: "feedhub approvals list",
    WorkKind.SUSPENSE: "feedhub suspense list",
    WorkKind.HAND_OVER: "feedhub worklist take {id}",
    WorkKind.AGREE: "feedhub approvals list",
    WorkKind.SETTLE: "feedhub transfers show {transfer}",
    WorkKind.TASK: "feedhub worklist answer {id}",
}


@dataclass(frozen=True, slots=True)
class Due:
    """Something late (red), or due before today is over (amber). `next` is what to do about it."""

    late: bool
    due_at: datetime
    what: str
    owner: str
    subject: str
    subject_id: str
    next: str

    def as_json(self) -> dict[str, Any]:
        return {
            "late": self.late,
            "due": self.due_at.isoformat(),
            "what": self.what,
            "owner": self.owner,
            "subject": self.subject,
            "id": self.subject_id,
            "next": self.next,
        }


def overdue(services: Services, look: Look) -> list[Due]:
    """What who looks may know of, the longest due first."""
    now = services.clock.now()
    tonight = end_of_day(services.local(now))
    promises = look.promises(states=(PromiseState.OPEN, PromiseState.BROKEN), due_before=tonight, limit=None)
    return sorted(
        [
            *_promised(services, look, promises, now),
            *_waiting(look.worklist(limit=None), now, tonight),
            *_untold(look),
            *(_alone(one) for one in left_alone(services, look)),
            *_ending(services, now),
        ],
        key=lambda due: due.due_at,
    )


def _promised(services: Services, look: Look, promises: Iterable[PromiseRow], now: datetime) -> Iterator[Due]:
    for row in promises:
        late = row.state is PromiseState.BROKEN or row.due_at < now
        what, then = f"not yet: {_what(services, look, row)}", _next(services.config, row)
        yield Due(late, row.due_at, what, row.owner, row.subject, row.subject_id, then)


def _what(services: Services, look: Look, row: PromiseRow) -> str:
    """What was promised; of answers that have come in part, how many."""
    feed = services.catalogue.feeds.get(row.name)
    if row.subject != TRANSFER or feed is None or feed.answers is None:
        return row.says
    counts = look.answered(row.subject_id, kind=feed.answers.kind, of=feed.answers.kinds)
    return f"{row.says}: {counts.told}" if counts.answered else row.says


def _next(config: Config, row: PromiseRow) -> str:
    """An answer is fetched by a route that takes it, one that is on if there is one, or asked for."""
    if row.subject != TRANSFER:
        return f"feedhub {row.subject}s show {row.subject_id.replace(':', ' ', 1)}"
    taking = [route for route in config.routes.values() if row.name in route.feeds]
    for route in sorted(taking, key=lambda route: route.mode == "off"):
        return f"feedhub run {route.id}, or ask {route.partner} for it"
    return f"feedhub transfers show {row.subject_id}"


def _waiting(entries: Iterable[WorkRow], now: datetime, tonight: datetime) -> Iterator[Due]:
    for entry in entries:
        due = entry.made_at + PATIENCE
        if due < tonight:
            then = _DECIDE[entry.kind].format(id=entry.id, transfer=entry.proposal.get("transfer"))
            yield Due(due < now, due, entry.title, entry.owner, entry.subject, entry.subject_id, then)


def _untold(look: Look) -> Iterator[Due]:
    """Channels over which people could not be told: one entry each, since the oldest message."""
    oldest: dict[str, MessageRow] = {}
    counts: Counter[str] = Counter()
    for row in look.unsent_messages():
        oldest.setdefault(row.channel, row)
        counts[row.channel] += 1
    for name, row in oldest.items():
        what = f"{counts[name]} message(s) not told over {name}: {row.reason}"
        yield Due(True, row.made_at, what, HUB_LOGIN, "channel", name, f"feedhub alerts test {name}")


def _alone(one: Alone) -> Due:
    """What somebody paused, or maintains, is not late."""
    return Due(one.fails, one.at, one.says, one.by, one.kind, one.name, one.next)


def _ending(services: Services, now: datetime) -> Iterator[Due]:
    """Secrets and host keys that end within a month."""
    today = services.local(now)
    for one in expiries(services.config.endpoints):
        if one.is_near(today):
            what, then = one.sentence(today), "feedhub doctor"
            yield Due(
                one.until < today,
                end_of_day(one.until),
                what,
                "administrator",
                "endpoint",
                one.endpoint,
                then,
            )
