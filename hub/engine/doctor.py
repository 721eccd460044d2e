"""Is the hub well? One line for each thing that an administrator would look at, with what to do about it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from hub.config.endpoints import HttpsEndpoint
from hub.config.expiry import SOON, VERY_SOON, expiries
from hub.config.people import Right
from hub.config.secrets import Secrets
from hub.engine import audit
from hub.engine.backup import BACKUP
from hub.engine.config_life import AGREE_FIRST
from hub.engine.rights import demand
from hub.errors import ConfigError, FeedHubError, StoreError
from hub.store import queries
from hub.store.backup import examine_database
from hub.store.files import disk_sentence
from hub.store.keys import DATABASE, FOLDER
from hub.store.queries import health
from hub.transfer.services import Services

Told = Callable[[str, int, int], None]

GIGABYTE = 1_000_000_000
BACKUP_OLD, BACKUP_TOO_OLD = timedelta(hours=26), timedelta(days=7)
STUCK = timedelta(days=1)
SKEW, TOO_MUCH_SKEW = timedelta(seconds=30), timedelta(minutes=5)
CALENDAR_AHEAD = timedelta(days=90)


class Level(StrEnum):
    """fine: nothing to do; look: not wrong yet; mend: something is wrong."""

    FINE = "fine"
    LOOK = "look"
    MEND = "mend"


@dataclass(frozen=True, slots=True)
class Line:
    """What was looked at, what was seen and, unless it is fine, the remedy."""

    level: Level
    what: str
    says: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        return {"level": self.level, "what": self.what, "says": self.says, "remedy": self.remedy}


def examine(services: Services, told: Told, *, ask: bool = False) -> list[Line]:
    """All lines. `ask`: endpoints that are talked with are asked for their time, too.

    Raises UsageError when the person may not."""
    demand(services, Right.AUDIT)
    lines: list[Line] = []
    for done, look in enumerate(_LOOKS):
        what = look.__name__.strip("_")
        told(what, done, len(_LOOKS))
        lines += _looked(look, what, services)
    return [*lines, *(_times_there(services) if ask else ())]


def _looked(look: Callable[[Services], Iterator[Line]], what: str, services: Services) -> Iterator[Line]:
    """What cannot be looked at (a full disk) is a line of its own, and hides no other."""
    try:
        yield from look(services)
    except OSError as error:
        says = disk_sentence(services.config.hub.state_folder, error)
        yield Line(Level.MEND, what, f"cannot be looked at: {says}", "As it says, then feedhub doctor again")
    except StoreError as error:
        yield Line(Level.MEND, what, f"cannot be looked at: {error}", "As it says, then feedhub doctor again")


def _disk(services: Services) -> Iterator[Line]:
    usage = shutil.disk_usage(services.config.hub.state_folder)
    free, share = usage.free / GIGABYTE, usage.free / usage.total
    says = f"{free:.1f} GB free, {share:.0%}, where the state folder is"
    level = Level.MEND if free < 1 else Level.LOOK if free < 5 or share < 0.1 else Level.FINE
    yield _line(level, "disk", says, "Make space: feedhub purge, older back-ups, logs")


def _clock(services: Services) -> Iterator[Line]:
    """A state folder on a file server has that server's time."""
    with tempfile.NamedTemporaryFile(dir=services.config.hub.state_folder, prefix=".clock-") as file:
        file.write(b".")
        file.flush()
        there = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
    yield _skew(services, "the disk of the state folder", there)


def _skew(services: Services, where: str, there: datetime) -> Line:
    apart = there - services.clock.now()
    seconds = round(apart.total_seconds())
    level = Level.MEND if abs(apart) > TOO_MUCH_SKEW else Level.LOOK if abs(apart) > SKEW else Level.FINE
    says = (
        f"{where} is {abs(seconds)} s {'ahead' if seconds > 0 else 'behind'}"
        if seconds
        else f"{where} agrees"
    )
    return _line(level, "clock", says, "Set this machine's clock by a time server (NTP, w32time)")


def _times_there(services: Services) -> Iterator[Line]:
    for name, endpoint in services.config.endpoints.items():
        if isinstance(endpoint, HttpsEndpoint):
            try:
                with services.api(name) as session:
                    there = session.server_time()
            except FeedHubError as error:
                yield Line(
                    Level.LOOK, "clock", f"{name} was not asked: {error}", f"feedhub endpoints test {name}"
                )
            else:
                if there is not None:
                    yield _skew(services, name, there)


def _database(services: Services) -> Iterator[Line]:
    path = services.config.hub.state_folder / DATABASE
    try:
        schema, counts = examine_database(path)
    except StoreError as error:
        yield Line(
            Level.MEND, "database", str(error), "Stop the hub, and restore the newest back-up that is whole"
        )
    else:
        rows = sum(counts.values())
        yield Line(Level.FINE, "database", f"sound, {rows:,} rows, schema {schema}")


def _history(services: Services) -> Iterator[Line]:
    found = audit.verify(services, lambda *_: None)
    if found.broken:
        says = f"{len(found.broken)} places of the history are not as they were written"
        yield Line(Level.MEND, "history", says, "feedhub audit verify, and tell your auditors")
        return
    yield Line(
        Level.FINE, "history", f"{found.entries:,} entries and {found.seals} seals as they were written"
    )
    with services.store.read() as conn:
        last = health.last_sealed(conn)
    if services.config.hub.audit.copy_to is None:
        says, remedy = (
            "seals are copied nowhere",
            "Set audit: {copy_to: …} in hub.yaml to a folder on another machine",
        )
        yield Line(Level.LOOK, "history", says, remedy)
    elif last is None or services.clock.now() - last > STUCK:
        says = f"last sealed {last:%Y-%m-%d %H:%M} UTC" if last else "never sealed"
        yield Line(Level.LOOK, "history", says, "feedhub audit seal, and see whether the service runs")


def _backups(services: Services) -> Iterator[Line]:
    with services.store.read() as conn:
        last = health.last_of_hub(conn, BACKUP, "backed_up")
    if last is None:
        yield Line(Level.MEND, "back-up", "there is none", "feedhub backup DIR, and `backup:` in hub.yaml")
        return
    age = services.clock.now() - last
    level = Level.MEND if age > BACKUP_TOO_OLD else Level.LOOK if age > BACKUP_OLD else Level.FINE
    yield _line(level, "back-up", f"the last was {last:%Y-%m-%d %H:%M} UTC", "feedhub backup DIR")


def _restored(services: Services) -> Iterator[Line]:
    with services.store.read() as conn:
        restored = queries.restored(conn)
    left = [id for id, at in restored.routes.items() if at is None] if restored else []
    left = [id for id in left if id in services.config.routes and services.config.routes[id].mode != "off"]
    if left:
        says = f"not run since the state was restored: {', '.join(sorted(left))}"
        yield Line(Level.LOOK, "restore", says, "feedhub run ROUTE looks for what came meanwhile")


def _stuck(services: Services) -> Iterator[Line]:
    with services.store.read() as conn:
        found = health.stuck(conn, services.clock.now() - STUCK)
    counted = ", ".join(f"{count} {what}" for what, count in found.items() if count)
    level = Level.LOOK if counted else Level.FINE
    yield _line(level, "transfers", counted or "none is stuck", "feedhub overdue")


def _secrets(services: Services) -> Iterator[Line]:
    config = services.config
    used = config.secret_references
    missing = [sentence for ref in sorted(used) if (sentence := _missing(services, ref))]
    yield from (Line(Level.MEND, "secrets", sentence, "Put it there") for sentence in missing)
    exposed = Secrets.beside(config.folder).exposed(used)
    yield from (Line(Level.MEND, "secrets", sentence, "As it says") for sentence in exposed)
    if not missing and not exposed:
        yield Line(Level.FINE, "secrets", f"all {len(used)} can be read")


def _missing(services: Services, ref: str) -> str | None:
    try:
        services.secrets(ref)
    except ConfigError as error:
        return str(error)
    return None


def _expiry(services: Services) -> Iterator[Line]:
    today = services.local(services.clock.now())
    for one in expiries(services.config.endpoints):
        if one.is_near(today, SOON):
            level = Level.MEND if one.is_near(today, VERY_SOON) else Level.LOOK
            remedy = "Then put it in its place, and the new day under `expires`"
            yield Line(level, "expiry", one.sentence(today), remedy)


def _calendar(services: Services) -> Iterator[Line]:
    calendars, today = services.config.calendars, services.local(services.clock.now())
    for name, calendar in {"bank holidays": calendars.nation, "Bacs days": calendars.bacs}.items():
        known = [
            year for year in range(today.year, today.year + 50) if not calendar.is_assumed(date(year, 1, 1))
        ]
        until = date(max(known), 12, 31) if known else None
        says = f"{name} known until {until}" if until else f"{name} of {today.year} are not known"
        level = Level.MEND if until is None else Level.LOOK if until - today < CALENDAR_AHEAD else Level.FINE
        yield _line(level, "calendar", says, "feedhub calendar update")


def _leftovers(services: Services) -> Iterator[Line]:
    state = services.config.hub.state_folder
    found = [
        *state.glob(f"{FOLDER}.new-*"),
        *state.glob("blobs/*/new/*"),
        *state.parent.glob(f"{state.name}.restoring"),
    ]
    if services.config.hub.backup is not None:
        with suppress(OSError):
            found += services.config.hub.backup.to.glob("*.part")
    old = [path for path in found if _is_old(services, path)]
    names = ", ".join(str(path) for path in old[:3])
    level = Level.LOOK if old else Level.FINE
    says = (
        f"{len(old)} that something interrupted has left: {names}" if old else "nothing interrupted was left"
    )
    yield _line(level, "leftovers", says, "Remove them when no feedhub command runs")


def _is_old(services: Services, path: Path) -> bool:
    with suppress(OSError):
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return services.clock.now() - at > STUCK
    return False


def _plugins(services: Services) -> Iterator[Line]:
    failures: Mapping[str, Any] = services.catalogue.failures
    yield from (Line(Level.MEND, "plug-ins", str(said), "feedhub plugins") for said in failures.values())
    for id, reason in services.config.unavailable.items():
        remedy = "feedhub config agree" if reason.startswith(AGREE_FIRST) else "feedhub check"
        yield Line(Level.MEND, "routes", f"{id} cannot be worked. {reason}", remedy)
    if not failures and not services.config.unavailable:
        yield Line(Level.FINE, "plug-ins", "all are in, and every route can be worked")


def _line(level: Level, what: str, says: str, remedy: str) -> Line:
    return Line(level, what, says, "" if level is Level.FINE else remedy)


_LOOKS: tuple[Callable[[Services], Iterator[Line]], ...] = (
    _disk,
    _clock,
    _database,
    _history,
    _backups,
    _restored,
    _stuck,
    _secrets,
    _expiry,
    _calendar,
    _leftovers,
    _plugins,
)
