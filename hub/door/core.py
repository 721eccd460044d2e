"""The hub's own offerings, through the same hooks as everybody's: rent feeds, rent profiles, connectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.door.demo import Scene
from hub.door.feed import Feed, Profile
from hub.door.hookspecs import hookimpl
from hub.door.rent_scenes import SCENES
from hub.rent.accounts import ACCOUNTS
from hub.rent.mandates import MANDATES
from hub.rent.renttran import Renttran
from hub.rent.universal_housing import Cash


@hookimpl
def feedhub_feeds() -> Sequence[Feed]:
    return (ACCOUNTS, MANDATES)


@hookimpl
def feedhub_profiles() -> Sequence[Profile]:
    return (Cash(), Renttran())


@hookimpl
def feedhub_connectors() -> Mapping[str, Any]:
    # Imported here because paramiko is slow to load and most commands never connect.
    from hub.connectors.folder import FolderConnector
    from hub.connectors.sftp import SftpConnector

    return {"folder": FolderConnector(), "sftp": SftpConnector()}


@hookimpl
def feedhub_demo() -> Sequence[Scene]:
    return SCENES
