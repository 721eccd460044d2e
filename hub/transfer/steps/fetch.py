"""Fetch: what lies at a route's source → FOUND (sighted once), then STAGED (the hub has its own copy)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection

from hub.config.endpoints import PersonEndpoint
from hub.config.people import HUB_LOGIN
from hub.config.routes import Route
from hub.connectors.base import Listing, Refusal, RemoteFile, Session, Sink
from hub.connectors.settled import settled
from hub.errors import DataError, FeedHubError, StoreError
from hub.model import Rendered, TransferState, WorkKind
from hub.store import queries
from hub.store.rows import BlobRef, TransferRow
from hub.tell.logs import trace
from hub.transfer import move, worklist
from hub.transfer.conversations import ask
from hub.transfer.services import Services, known

QUIET = timedelta(seconds=60)
"""A file untouched for this long is complete; a younger one is looked at again after `LOOK_AGAIN` seconds."""
LOOK_AGAIN = 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """What lay at a source: new transfers, and sentences about entries that the hub will not touch."""

    rows: Sequence[TransferRow] = ()
    passed_over: Sequence[str] = ()


def find(services: Services, route: Route, run_id: str) -> Found:
    """A new FOUND transfer for each complete file that was not sighted before, by name; of what is asked of
    an API a STAGED one for each file that it answers."""
    source = route.incoming
    if source.asks is not None:
        return Found(_told(services, route, run_id, ask(services, route, source.asks)))
    if isinstance(services.config.endpoints[source.endpoint], PersonEndpoint):
        return Found()  # their files come by `feedhub put`
    with services.session(source.endpoint) as session:
        files, refused = _complete(services, session, route)
    new = take_up(services, route, run_id, files, refused=refused)
    services.boundary("found")
    return Found(new, [one.reason for one in refused])


def _told(services: Services, route: Route, run_id: str, files: Sequence[Rendered]) -> list[TransferRow]:
    """Answers that carry business facts, of which the hub has the bytes."""
    blobs, rows, kept = services.store.blobs(services.compartment(route)), [], []
    for file in files:
        _within(services.size_limit(route.id), len(file.data), file.name)
        blob = blobs.put(file.data)
        new = _new(services, route, run_id, file.name)
        kept.append(blob)
        rows.append(replace(new, state=TransferState.STAGED, blob=blob.sha256, size=blob.size, tidied=True))

    def commit(conn: Connection) -> None:
        for row, blob in zip(rows, kept, strict=True):
            queries.keep_blob(conn, blob)
            queries.insert_transfer(conn, row, event="came_as_reply")

    services.commit(commit)
    services.boundary("found")
    return rows


def _ask_about(conn: Connection, services: Services, route: Route, refused: Sequence[Refusal]) -> None:
    """What the hub passes over would lie there for ever: somebody is asked, until it is gone."""
    source, inside = route.incoming, services.compartment(route)
    where = f"{source.endpoint}:{source.folder}"
    if not refused:
        worklist.void(conn, "endpoint", where, kinds=(WorkKind.TASK,))
        return
    worklist.ask(
        conn,
        services,
        kind=WorkKind.TASK,
        name="name_refused",
        subject="endpoint",
        subject_id=where,
        title=f"{where} holds what the hub passes over: {'; '.join(one.reason for one in refused)}",
        owner=route.owner,
        proposed_by=HUB_LOGIN,
        compartment=inside,
    )


def take_up(
    services: Services,
    route: Route,
    run_id: str,
    files: Sequence[RemoteFile],
    *,
    refused: Sequence[Refusal] | None = None,
    is_tidied: bool = False,
) -> list[TransferRow]:
    """A new FOUND transfer for each of the files that was not sighted before. `refused`: what a whole look at
    the source passed over; None when only these files were looked for."""
    rows = [_found(services, route, run_id, file) for file in files]
    if is_tidied:
        rows = [replace(row, tidied=True) for row in rows]

    def commit(conn: Connection) -> list[TransferRow]:
        if refused is not None:
            _ask_about(conn, services, route, refused)
        return _new_ones(conn, route, rows)

    return services.commit(commit)


def _new_ones(conn: Connection, route: Route, rows: Sequence[TransferRow]) -> list[TransferRow]:
    """Those whose files nobody sighted before: inserted with their sightings, in one commit.

    A rehearsal leaves no sighting: the file is as new afterwards."""
    endpoint = route.incoming.endpoint
    new = queries.unsighted(conn, endpoint, rows)
    queries.insert_transfers(conn, new)
    if not route.rehearses:
        queries.sight(conn, endpoint, new)
    return new


def _complete(
    services: Services, session: Session, route: Route
) -> tuple[Sequence[RemoteFile], Sequence[Refusal]]:
    """The files that nobody writes to any more, and what is refused by its name."""
    source = route.incoming
    first = session.listing(source.folder)
    if source.done is not None or _quiet(first, services.clock.now()):
        return settled(first, first, pattern=source.pattern, done=source.done), first.refused
    services.pause(LOOK_AGAIN)
    return settled(session.listing(source.folder), first, pattern=source.pattern), first.refused


def _quiet(listing: Listing, now: datetime) -> bool:
    """Whether no file was touched lately; a server that tells no time leaves it open."""
    times = [file.mtime for file in listing.files]
    return all(time and now - datetime.fromisoformat(time) > QUIET for time in times)


def _found(services: Services, route: Route, run_id: str, file: RemoteFile) -> TransferRow:
    return replace(
        _new(services, route, run_id, file.name),
        source_endpoint=route.incoming.endpoint,
        source_path=file.path,
        source_mtime=file.mtime,
        size=file.size,
    )


def _new(services: Services, route: Route, run_id: str | None, name: str) -> TransferRow:
    now = services.clock.now()
    return TransferRow(
        id=services.clock.new_id(),
        route=route.id,
        partner=route.partner,
        state=TransferState.FOUND,
        name=name,
        run_id=run_id,
        mode=route.mode,
        tidied=route.rehearses,
        compartment=services.compartment(route),
        direction=services.feed(route.feeds[0]).direction,
        found_at=now,
        updated_at=now,
    )


def stage(services: Services, row: TransferRow) -> TransferRow:
    """Copy the bytes into the blob store, hashed while copying, then commit STAGED."""
    with services.session(known(row.source_endpoint, "source")) as session:
        blob = _copied(services, session, row)
    staged = services.commit(lambda conn: _staged(conn, services, row, blob))
    services.boundary("staged")
    return staged


def stage_together(
    services: Services, rows: Sequence[TransferRow]
) -> tuple[list[TransferRow], FeedHubError | None]:
    """Small files of one source, copied over one session and STAGED in one commit: what came before the first
    that could not be fetched, and the error of that one."""
    copied: list[tuple[TransferRow, BlobRef]] = []
    trouble: FeedHubError | None = None
    try:
        with services.session(known(rows[0].source_endpoint, "source")) as session:
            for row in rows:
                copied.append((row, _copied(services, session, row)))
    except StoreError:
        raise
    except FeedHubError as error:
        trouble = error
    except Exception as error:  # noqa: BLE001 - a plug-in's connector; told when the file has its own turn
        services.log.warning(
            "not staged together", route=rows[0].route, trace=trace(error, rows[0].compartment)
        )
    if not copied:
        return [], trouble

    def commit(conn: Connection) -> list[TransferRow]:
        for _, blob in copied:
            queries.keep_blob(conn, blob)
        columns = [{"blob": blob.sha256, "size": blob.size} for _, blob in copied]
        return move.transfers(conn, [row for row, _ in copied], TransferState.STAGED, columns, event="staged")

    staged = services.commit(commit)
    for _ in staged:
        services.boundary("staged")
    return staged, trouble


def _copied(services: Services, session: Session, row: TransferRow) -> BlobRef:
    file, limit = source_file(row), services.size_limit(row.route)
    _within(limit, file.size, row.name)
    with services.store.blobs(row.compartment).incoming() as incoming:
        session.fetch(file, _counted(incoming.write, limit, row.name))
        blob = incoming.keep()
    services.boundary("fetched")
    return blob


def _staged(conn: Connection, services: Services, row: TransferRow, blob: BlobRef) -> TransferRow:
    queries.keep_blob(conn, blob)
    how: dict[str, Any] = {"event": "staged", "blob": blob.sha256, "size": blob.size}
    return move.transfer(conn, services, row, TransferState.STAGED, **how)


def source_file(row: TransferRow) -> RemoteFile:
    """The transfer's file as it was sighted at its source."""
    path, mtime = known(row.source_path, "source path"), known(row.source_mtime, "source time")
    return RemoteFile(path, row.name, known(row.size, "size"), mtime)


def received(services: Services, route: Route, run_id: str, path: Path) -> TransferRow:
    """A file that a person hands in (`feedhub put`): STAGED at once, with no source to tidy."""
    in_hand = from_hand(services, route, run_id, path)
    services.commit(lambda conn: keep_in_hand(conn, services, in_hand))
    return in_hand[0]


def from_hand(
    services: Services, route: Route, run_id: str | None, path: Path
) -> tuple[TransferRow, BlobRef]:
    """A file of a person's, read, with its STAGED transfer: both for `keep_in_hand`."""
    limit = services.size_limit(route.id)
    _within(limit, path.stat().st_size, path.name)
    blobs = services.store.blobs(services.compartment(route))
    with blobs.incoming() as incoming, path.open("rb") as stream:
        _copy(stream, incoming.write)
        blob = incoming.keep()
    found = _new(services, route, run_id, path.name)
    return replace(found, state=TransferState.STAGED, blob=blob.sha256, size=blob.size), blob


def keep_in_hand(conn: Connection, services: Services, in_hand: tuple[TransferRow, BlobRef]) -> None:
    """Store what `from_hand` read, told as `put` by who acts."""
    row, blob = in_hand
    queries.keep_blob(conn, blob)
    at = services.viewer.at
    queries.insert_transfer(conn, row, event="put", who=services.who, told={"at": at} if at else None)


def _copy(stream: BinaryIO, sink: Sink) -> None:
    while piece := stream.read(1 << 20):
        sink(piece)


def _within(limit: int, size: int, name: str) -> None:
    if size > limit:
        raise DataError(
            f"{name} has {size:,} bytes; at most {limit:,} are taken. If a file of this size is right, "
            "raise max_file_size of the route and retry the transfer."
        )


def _counted(sink: Sink, limit: int, name: str) -> Sink:
    """Stops a file that grows past the limit while it is read."""
    seen = 0

    def write(piece: bytes) -> object:
        nonlocal seen
        seen += len(piece)
        _within(limit, seen, name)
        return sink(piece)

    return write
