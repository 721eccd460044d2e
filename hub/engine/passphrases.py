"""Telling somebody under which passphrases the files of a transfer left, once it is written down what for."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from hub.config.packing import AesZip
from hub.config.people import Right
from hub.engine.rights import demand
from hub.errors import UsageError
from hub.store import queries
from hub.store.look import Look
from hub.transfer.making import passphrase_of
from hub.transfer.services import Services

TOLD = "passphrase told"
"""The event."""


def passphrases(services: Services, transfer_id: str, reason: str) -> Mapping[str, str]:
    """By name of the file that left, of those that have a passphrase of their own (`each: true`). They are
    made again of the route's secret as it is now: one that was changed since opens none.

    Raises UsageError when there is no such transfer for them, or nothing of it left so."""
    demand(services, Right.UNMASK)

    def commit(conn: Connection) -> Mapping[str, str]:
        row = Look(conn, services.store.keys, services.viewer).transfer_row(transfer_id)
        route = services.config.routes.get(row.route)
        packs = {(way.output, way.endpoint, way.folder): way.pack for way in (route.ways if route else ())}
        found = {}
        for one in queries.deliveries_of(conn, row.id):
            pack = packs.get((one.output, one.endpoint, one.folder))
            if isinstance(pack, AesZip) and pack.each:
                found[one.name] = passphrase_of(services, pack, row.id, one.name)
        if not found:
            raise UsageError(f"No file of transfer {row.id} has a passphrase of its own.")
        told = {"reason": reason, "files": sorted(found)}
        queries.append_event(
            conn,
            subject="transfer",
            subject_id=row.id,
            kind=TOLD,
            who=services.who,
            data=told,
            compartment=row.compartment,
        )
        return found

    return services.commit(commit)
