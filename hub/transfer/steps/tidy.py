"""Tidy: what becomes of the source file once its transfer needs it no more. Repeatable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from io import BytesIO
from itertools import groupby

from sqlalchemy import Connection

from hub.connectors.base import Session
from hub.errors import ConfigError, InDoubt, LostRace, TransportError
from hub.model import TransferState
from hub.store import queries
from hub.store.rows import TransferRow
from hub.transfer import leave_alone, move, refused_report
from hub.transfer.services import Services, known
from hub.transfer.states import ENDED
from hub.transfer.steps.fetch import source_file
from hub.transfer.steps.unpack import members_of


def over(services: Services, rows: Sequence[TransferRow]) -> frozenset[str]:
    """The ids of those for which nothing but the tidying is left to do."""
    accepted = [row.id for row in rows if row.state is TransferState.ACCEPTED]
    with services.store.read() as conn:
        still_here = queries.still_here(conn, accepted)
    return frozenset(accepted) - still_here | {row.id for row in rows if row.state in ENDED}


def due(services: Services, rows: Sequence[TransferRow]) -> list[TransferRow]:
    """Those whose source may go now: at once when the route says so, else when the transfer is over."""
    ended = over(services, rows) - _with_members_on_the_way(services, rows)
    may_go = [row for row in rows if not row.tidied and (row.id in ended or _may_go_early(services, row))]
    sources = {(row.route, row.source_endpoint) for row in may_go}
    alone = {source for source in sources if _is_left_alone(services, *source)}
    return [row for row in may_go if (row.route, row.source_endpoint) not in alone]


def _is_left_alone(services: Services, route: str, source: str | None) -> bool:
    """Whether a source is not to be touched now: what came from it is tidied by a later run."""
    return source is not None and leave_alone.now(services, route, source) is not None


def _with_members_on_the_way(services: Services, rows: Sequence[TransferRow]) -> frozenset[str]:
    """The bundles of which a member still needs what came."""
    members = [member for row in rows for member in members_of(services, row)]
    ended = over(services, members)
    return frozenset(known(member.parent_id, "bundle") for member in members if member.id not in ended)


def _may_go_early(services: Services, row: TransferRow) -> bool:
    return row.blob is not None and services.route(row.route).tidy == "at_staged"


def tidy(services: Services, rows: Sequence[TransferRow]) -> list[str | None]:
    """Move or remove the sources of a route's transfers as the route says, over one session as long as it
    lasts. For each a sentence when it could not be.

    A source that cannot be tidied is told and tried again, and never stops the transfer."""
    troubles: list[str | None] = []
    while len(troubles) < len(rows):
        try:
            for endpoint, some in groupby(rows[len(troubles) :], lambda row: row.source_endpoint):
                for _ in _tidied(services, endpoint, some):
                    services.boundary("moved_away")
                    troubles.append(None)
        except (TransportError, ConfigError, InDoubt) as error:
            at = min(len(troubles), len(rows) - 1)  # the last was moved where the session fails as it ends
            _note_once(services, rows[at], str(error))
            troubles[at:] = [f"{rows[at].name} could not be tidied: {error}"]
    return troubles


def _note_once(services: Services, row: TransferRow, reason: str) -> None:
    """An event, unless the newest one of the transfer says the same."""
    with services.store.read() as conn:
        newest = queries.events_of(conn, "transfer", row.id)[-1]
    if newest.data.get("reason") != reason:
        services.note("transfer", row.id, "not_tidied", {"reason": reason})


def mark(services: Services, rows: Sequence[TransferRow]) -> None:
    """Write down, in one commit, whose source is tidied."""
    if rows:

        def commit(conn: Connection) -> None:
            inside = services.within(conn)
            for state, some in groupby(sorted(rows, key=_state), _state):
                _mark(inside, state, list(some))

        services.commit(commit)


def _state(row: TransferRow) -> TransferState:
    return row.state


def _mark(inside: Services, state: TransferState, rows: Sequence[TransferRow]) -> None:
    """All at once; where somebody moved one of them meanwhile, one by one, and that one by the next run."""
    columns = [{"tidied": True}] * len(rows)
    try:
        inside.commit(lambda conn: move.transfers(conn, rows, state, columns, event="tidied"))
    except LostRace:
        for row in rows if len(rows) > 1 else ():
            _mark(inside, state, [row])


def _tidied(services: Services, endpoint: str | None, rows: Iterable[TransferRow]) -> Iterator[TransferRow]:
    """Each once its source is tidied; those of one endpoint, if they came from one."""
    if endpoint is None:
        yield from rows
        return
    with services.session(endpoint) as session:
        for row in rows:
            _tidy_source(services, row, session)
            yield row


def _tidy_source(services: Services, row: TransferRow, session: Session) -> None:
    source = services.route(row.route).incoming
    refused = source.refused if row.state is TransferState.REJECTED else None
    if source.then == "keep" and refused is None:
        return
    file, folder = source_file(row), refused or source.archive
    if refused is not None:
        _report(services, row, session, refused)
    if folder is None:
        session.remove(file)
    else:
        session.move(file, folder)


def _report(services: Services, row: TransferRow, session: Session, folder: str) -> None:
    """What refuses a file, beside where it goes."""
    with services.store.read() as conn:
        report = refused_report.written(row, queries.findings_of(conn, row.id))
    digest = sha256(report).hexdigest()
    session.put(folder, refused_report.name_of(row, digest), BytesIO(report), len(report), digest)
