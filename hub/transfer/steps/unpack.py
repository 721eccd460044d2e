"""Unpack: a STAGED zip or OpenPGP message, where the route takes such → APPLIED, and what it holds STAGED
transfers of their own, in one commit; or REJECTED whole. Members are inflated piece by piece and stored
encrypted, never as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from hub.config.packing import Pgp, Zip
from hub.config.routes import Route, Source
from hub.door.feed import Feed
from hub.formats import bundle, openpgp
from hub.formats.bundle import BUNDLES, PGP, ZIP
from hub.model import Finding, Severity, TransferState
from hub.store import queries
from hub.store.rows import BlobRef, TransferRow
from hub.transfer import move
from hub.transfer.inspect import HEAD, recognise
from hub.transfer.services import Services, known


def is_bundle(services: Services, row: TransferRow, route: Route) -> bool:
    """Whether a transfer is to be unpacked. What a feed of the route reads as it is, or is no zip, is worked
    as it is: a partner may send plain files too."""
    how = unpacks(route)
    if how is None or row.parent_id is not None:
        return False
    if isinstance(how, Pgp):
        return True  # what is no message is refused: nobody signed it
    with services.store.blobs(row.compartment).open(known(row.blob, "bytes")) as stream:
        head = stream.peek(HEAD)[:HEAD]
    return bundle.is_zip(head) and not _reads(_feeds(services, route), head)


def unpack(services: Services, row: TransferRow, route: Route) -> TransferRow:
    """Raises StoreError when the hub's own disk does not take the members, ConfigError when a secret that
    opens them cannot be read."""
    how = unpacks(route)
    opened = (
        _decrypted(services, row, route, how) if isinstance(how, Pgp) else _inflated(services, row, route)
    )
    services.boundary("inflated")
    if opened.findings:
        moved = services.commit(lambda conn: _refuse(conn, services, row, opened))
    else:
        moved = services.commit(lambda conn: _unpacked(conn, services, row, opened))
    services.boundary("unpacked")
    return moved


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a bundle holds, or why it is refused. `format`: what it is; `called`: for people."""

    format: str
    called: str
    findings: Sequence[Finding] = ()
    members: Sequence[tuple[TransferRow, BlobRef]] = ()


def unpacks(route: Route) -> Zip | Pgp | None:
    return route.source.unpack if isinstance(route.source, Source) else None


def _inflated(services: Services, row: TransferRow, route: Route) -> _Opened:
    how = unpacks(route)
    a_zip = how if isinstance(how, Zip) else Zip(type="zip")
    limits = services.config.hub.bundles.limits(services.size_limit(route.id), a_zip.max_ratio)
    secret = services.secrets(a_zip.passphrase) if a_zip.passphrase else None
    with services.store.blobs(row.compartment).seekable(known(row.blob, "bytes")) as stream:
        findings = bundle.problems(stream, limits, partial(_reads, _feeds(services, route)), secret)
        if findings:
            return _Opened(ZIP, "bundle", findings)
        members = [_member(services, row, *one) for one in bundle.members(stream, secret)]
    return _Opened(ZIP, "bundle", members=members)


def _decrypted(services: Services, row: TransferRow, route: Route, how: Pgp) -> _Opened:
    with services.store.blobs(row.compartment).open(known(row.blob, "bytes")) as stream:
        data = stream.read()
    secret = services.secrets
    passphrase = secret(how.passphrase) if how.passphrase else None
    try:
        plain = openpgp.opened(
            data, key=secret(how.key), passphrase=passphrase, signed_by=secret(how.signed_by)
        )
    except openpgp.Refused as refused:
        return _refused_message(str(refused))
    if len(plain) > services.size_limit(route.id):
        return _refused_message("what it holds is longer than the route takes")
    member = _member(services, row, openpgp.bare_name(row.name), iter([plain]))
    return _Opened(PGP, "message", members=[member])


def _refused_message(why: str) -> _Opened:
    finding = Finding(openpgp.CHECK, Severity.ERROR, f"the OpenPGP message cannot be taken: {why}")
    return _Opened(PGP, "message", [finding])


def members_of(services: Services, row: TransferRow) -> Sequence[TransferRow]:
    """The members of a bundle that was unpacked, in its order; none of anything else."""
    if row.format not in BUNDLES or row.state is not TransferState.APPLIED:
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


def _refuse(conn: Connection, services: Services, row: TransferRow, opened: _Opened) -> TransferRow:
    findings = opened.findings
    queries.replace_findings(conn, row.id, findings)
    errors = "1 finding refuses" if len(findings) == 1 else f"{len(findings)} findings refuse"
    return move.transfer(
        conn,
        services,
        row,
        TransferState.REJECTED,
        event="rejected",
        format=opened.format,
        reason=f"{errors} the {opened.called}",
    )


def _unpacked(conn: Connection, services: Services, row: TransferRow, opened: _Opened) -> TransferRow:
    members = opened.members
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
        format=opened.format,
        reason=f"a {opened.called} of {count} file{'' if count == 1 else 's'}",
        summary={"members": count},
    )
