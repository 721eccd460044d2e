"""Numbers and the clock value, drawn once and for all; rendered bytes as deliveries."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from hub.clock.now import LONDON
from hub.config.packing import AesZip, Gzip, Pack, PgpMessage
from hub.errors import ConfigError
from hub.formats import aes_zip, openpgp
from hub.model import Rendered
from hub.store import queries
from hub.store.rows import BlobRef, DeliveryRow, TransferRow
from hub.transfer import move
from hub.transfer.outputs import Drawing, Plan
from hub.transfer.services import Services

Drawn = list[tuple[Drawing, Mapping[str, int]]]
"""What an output drew: numbers by the item's id."""
_PIECE = 256 << 10


def draw(services: Services, row: TransferRow, plans: Sequence[Plan]) -> tuple[TransferRow, Sequence[Drawn]]:
    """The clock value and each output's numbers, drawn once and committed before anything is rendered.

    Without numbers nothing outside depends on the clock value yet, and the step's own commit stores it."""
    now = row.moment or services.clock.now()
    wanted = [(planned.position, planned.numbers()) for planned in plans]
    if not any(drawings for _, drawings in wanted):
        return replace(row, moment=now), [[] for _ in plans]

    def commit(conn: Connection) -> tuple[TransferRow, Sequence[Drawn]]:
        drawn = [[(one, _draw(conn, row, at, one)) for one in drawings] for at, drawings in wanted]
        if row.moment is not None:
            return row, drawn
        return move.transfer(conn, services, row, row.state, event="numbered", moment=now), drawn

    numbered = services.commit(commit)
    services.boundary("numbered")
    return numbered


def _draw(conn: Connection, row: TransferRow, position: int, drawing: Drawing) -> Mapping[str, int]:
    number = drawing.number
    draw = queries.rehearse_numbers if row.rehearsed else queries.draw_numbers
    return draw(
        conn,
        scope=drawing.scope,
        name=number.name if number.shared else f"{position}.{number.name}",
        transfer_id=row.id,
        policy=number.policy,
        first=number.first,
        last=number.last,
        items=drawing.items,
    )


def _stored(
    services: Services, row: TransferRow, pack: Pack | None, rendered: Rendered
) -> tuple[BlobRef, str]:
    """The bytes as they leave, and their name. Raises ConfigError for a secret that cannot be used."""
    blobs = services.store.blobs(row.compartment)
    if pack is None:
        return blobs.put(rendered.data), rendered.name
    if isinstance(pack, Gzip):
        return blobs.put(gzip.compress(rendered.data, mtime=0)), f"{rendered.name}.gz"
    if isinstance(pack, PgpMessage):
        return blobs.put(_message(services, pack, rendered.data)), f"{rendered.name}.pgp"
    name = f"{rendered.name.rpartition('.')[0] or rendered.name}.zip"
    with blobs.incoming() as incoming:
        for piece in _zipped(services, passphrase_of(services, pack, row.id, name), rendered):
            incoming.write(piece)
        return incoming.keep(), name


def passphrase_of(services: Services, pack: AesZip, transfer_id: str, name: str) -> str:
    """What opens the zip of that name. Raises ConfigError for a secret that cannot be used."""
    secret = services.secrets(pack.passphrase)
    if fault := aes_zip.fault_of(secret):
        raise ConfigError(f"The passphrase {pack.passphrase} is none for a zip: {fault}. Agree a better one.")
    return aes_zip.of_its_own(secret, f"{transfer_id}/{name}") if pack.each else secret


def _zipped(services: Services, passphrase: str, rendered: Rendered) -> Iterator[bytes]:
    at, salt = services.clock.now().astimezone(LONDON), secrets.token_bytes(aes_zip.SALT)
    view = memoryview(rendered.data)
    pieces = (bytes(view[start : start + _PIECE]) for start in range(0, len(view), _PIECE))
    return aes_zip.packed(rendered.name, pieces, passphrase, salt=salt, at=at)


def _message(services: Services, pack: PgpMessage, data: bytes) -> bytes:
    secret = services.secrets
    passphrase = secret(pack.passphrase) if pack.passphrase else None
    try:
        return openpgp.sealed(data, to=secret(pack.to), key=secret(pack.key), passphrase=passphrase)
    except openpgp.Refused as refused:
        raise ConfigError(f"The file cannot be encrypted with {pack.to} and {pack.key}: {refused}.") from None


def delivery_of(
    services: Services, row: TransferRow, planned: Plan, rendered: Rendered
) -> tuple[DeliveryRow, BlobRef]:
    blob, name = _stored(services, row, planned.target.pack, rendered)
    delivery = DeliveryRow(
        id=services.clock.new_id(),
        transfer_id=row.id,
        output=planned.output.name,
        endpoint=planned.target.endpoint,
        folder=planned.target.folder,
        name=name,
        blob=blob.sha256,
        size=blob.size,
        updated_at=services.clock.now(),
        summary=dict(rendered.summary),
        identity=rendered.identity,
        business_date=rendered.business_date,
    )
    return delivery, blob
