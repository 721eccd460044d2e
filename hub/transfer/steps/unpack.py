"""Unpack: a STAGED zip, where the route takes bundles → APPLIED, and each member a STAGED transfer of its
own, in one commit; or REJECTED whole. Members are inflated piece by piece and stored encrypted, never as
files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from sqlalchemy import Connection

from hub.config.settings import Route, Source
from hub.door.feed import Feed
from hub.formats import bundle
from hub.formats.bundle import ZIP
from hub.model import Finding, TransferState
from hub.store import queries
from hub.store.rows import BlobRef, TransferRow
from hub.transfer import move
from hub.transfer.inspect import HEAD, recognise
from hub.transfer.services import Services, known


def is_bundle(services: Services, row: TransferRow, route: Route) -> bool:
    """Whether a transfer is to be unpacked. What a feed of the route reads as it is, or is no zip, is worked
    as it is: a partner may send plain files too."""
    if not isinstance(route.source, Source) or route.source.unpack != ZIP or row.parent_id is not None:
        return False
    with services.store.blobs(row.compartment).open(known(row.blob, "bytes")) as stream:
        head = stream.peek(HEAD)[:HEAD]
    return bundle.is_zip(head) and not _reads(_feeds(services, route), head)


def unpack(services: Services, row: TransferRow, route: Route) -> TransferRow:
    """Raises StoreError when the hub's own disk does not take the members."""
    limits = services.config.hub.bundles.limits(services.size_limit(route.id))
    reads = partial(_reads, _feeds(services, route))
    with services.store.blobs(row.compartment).seekable(known(row.blob, "bytes")) as stream:
        findings = bundle.problems(stream, limits, reads)
        members = [] if findings else [_member(services, row, *one) for one in bundle.members(stream)]
    services.boundary("inflated")
    if findings:
        moved = services.commit(lambda conn: _refuse(conn, services, row, findings))
    else:
        moved = services.commit(lambda conn: _unpacked(conn, services, row, members))
    services.boundary("unpacked")
    return moved


def members_of(services: Services, row: TransferRow) -> Sequence[TransferRow]:
    """The members of a bundle that was unpacked, in its order; none of anything else."""
    if row.format != ZIP or row.state is not TransferState.APPLIED:
        return ()
    with services.store.read() as conn:
        return queries.children_of(conn, row.id)


def _feeds(services: Services, route: Route) -> Mapping[str, Feed]:
    return {name: services.feed(name) for name in route.feeds}


def _reads(feeds: Mapping[str, Feed], head: bytes) -> bool:
    return bool(recognise(head, feeds))


def _member(
    services: Services, row: TransferRow, name: str, pieces: Iterator[bytes]
) -> tuple[TransferRow, BlobRef]:
    with services.store.blobs(row.compartment).incoming() as incoming:
        for piece in pieces:
            incoming.write(piece)
        blob = incoming.keep()
    now = services.clock.now()
    member = TransferRow(
        id=services.clock.new_id(),
        route=row.route,
        partner=row.partner,
        direction=row.direction,
        state=TransferState.STAGED,
        name=name,
        blob=blob.sha256,
        size=blob.size,
        run_id=row.run_id,
        parent_id=row.id,
        tidied=True,  # its source is the bundle's
        mode=row.mode,
        compartment=row.compartment,
        found_at=now,
        updated_at=now,
    )
    return member, blob


def _refuse(
    conn: Connection, services: Services, row: TransferRow, findings: Sequence[Finding]
) -> TransferRow:
    queries.replace_findings(conn, row.id, findings)
    errors = "1 finding refuses" if len(findings) == 1 else f"{len(findings)} findings refuse"
    return move.transfer(
        conn,
        services,
        row,
        TransferState.REJECTED,
        event="rejected",
        format=ZIP,
        reason=f"{errors} the bundle",
    )


def _unpacked(
    conn: Connection, services: Services, row: TransferRow, members: Sequence[tuple[TransferRow, BlobRef]]
) -> TransferRow:
    queries.replace_findings(conn, row.id, [])
    for member, blob in members:
        queries.keep_blob(conn, blob)
        queries.insert_transfer(conn, member, event="unpacked")
    count = len(members)
    return move.transfer(
        conn,
        services,
        row,
        TransferState.APPLIED,
        event="unpacked",
        format=ZIP,
        reason=f"a bundle of {count} file{'' if count == 1 else 's'}",
        summary={"members": count},
    )
