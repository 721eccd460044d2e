"""Signing in at an endpoint and looking into each folder that a route uses there. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.config.endpoints import HttpsEndpoint
from hub.config.known import Known
from hub.config.routes import Source
from hub.connectors.base import Session
from hub.errors import TransportError


@dataclass(frozen=True, slots=True)
class FolderSeen:
    """How many files lie in a folder; or what is wrong with it, in a sentence."""

    folder: str
    files: int | None
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What answered (`peer`), and the folders there."""

    peer: str
    folders: Sequence[FolderSeen]

    @property
    def well(self) -> bool:
        return all(folder.trouble is None for folder in self.folders)


def seen_at(known: Known, name: str) -> Seen:
    """Not for an endpoint that is a person.

    Raises Unknown when there is none of that name, TransportError when it cannot be signed in there."""
    endpoint = known.endpoint(name)
    connector = known.catalogue.connectors[endpoint.type]
    with connector.open(name, endpoint, known.config.secrets) as session:
        return Seen(session.describe(), [_folder(session, one) for one in _folders_of(known, name)])


def _folder(session: Session, folder: str) -> FolderSeen:
    try:
        return FolderSeen(folder, len(session.listing(folder).files), None)
    except TransportError as error:
        return FolderSeen(folder, None, str(error))


def _folders_of(known: Known, name: str) -> list[str]:
    """Every folder of the endpoint that some route reads, archives to or writes; an API has none."""
    if isinstance(known.endpoints[name], HttpsEndpoint):
        return []
    routes = known.routes.values()
    sources = [route.source for route in routes if isinstance(route.source, Source)]
    sources = [source for source in sources if source.endpoint == name]
    read = {source.folder for source in sources}
    archived = {folder for one in sources for folder in (one.archive, one.refused) if folder is not None}
    written = {t.folder for route in routes for t in route.to if t.endpoint == name}
    return sorted(read | archived | written)
