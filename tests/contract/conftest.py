"""The places that the connector contract is tested at: a folder, the embedded server, OpenSSH's sshd."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.config.endpoints import FolderEndpoint, SftpEndpoint
from hub.connectors.folder import FolderConnector
from hub.connectors.sftp import SftpConnector
from hub.testing.openssh import Sshd, find_sshd, running_sshd
from hub.testing.sftp_server import EmbeddedSftp
from tests.contract.ground import PASSWORD, USER, Ground


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    program = find_sshd()
    if program is None:
        absent = (
            "OpenSSH's sshd is not installed (Debian: openssh-server); the real SFTP counterpart is missing"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(absent)
        pytest.skip(absent)
    with running_sshd(tmp_path_factory.mktemp("sshd"), program) as server:
        yield server


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[EmbeddedSftp]:
    root = tmp_path / "served"
    root.mkdir()
    with EmbeddedSftp(root, users={USER: PASSWORD}) as server:
        yield server


@pytest.fixture
def connector() -> Iterator[SftpConnector]:
    connector = SftpConnector()
    yield connector
    connector.close()


@pytest.fixture
def endpoint(embedded: EmbeddedSftp) -> Callable[..., SftpEndpoint]:
    """Builds the settings of the embedded server; keywords replace single ones."""

    def build(**changes: Any) -> SftpEndpoint:
        written = {
            "type": "sftp",
            "host": embedded.host,
            "port": embedded.port,
            "username": USER,
            "password": "env:PASSWORD",
            "host_keys": (embedded.host_key_line,),
            "connect_timeout": 5,
            "timeout": 5,
        }
        return SftpEndpoint.model_validate(written | changes)

    return build


@pytest.fixture
def pretend(
    embedded: EmbeddedSftp, connector: SftpConnector, endpoint: Callable[..., SftpEndpoint], tmp_path: Path
) -> Ground:
    """The embedded server, for tests that need it to misbehave."""
    return Ground(connector, endpoint(), PASSWORD, tmp_path / "served", "/")


@pytest.fixture(params=["folder", "embedded", "sshd"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    if request.param == "folder":
        return Ground(FolderConnector(), FolderEndpoint(type="folder", path=tmp_path), "", tmp_path, "/")
    if request.param == "embedded":
        pretend: Ground = request.getfixturevalue("pretend")
        return pretend
    server: Sshd = request.getfixturevalue("sshd")
    settings = SftpEndpoint(
        type="sftp",
        host=server.host,
        port=server.port,
        username=server.user,
        key_file="file:key",
        host_keys=(server.host_key_line,),
        connections=4,
    )
    connector = request.getfixturevalue("connector")
    return Ground(connector, settings, server.user_key, tmp_path, str(tmp_path))
