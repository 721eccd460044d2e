"""OpenSSH's own sshd on a free loopback port, serving SFTP to the current user: a real partner for tests."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from hub.connectors.ssh import load_private_key
from hub.testing.sftp_server import new_key_text

_CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UsePAM no
StrictModes no
PidFile none
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True, slots=True)
class Sshd:
    """A running server. `user_key` is the private key that may log in as `user`."""

    host: str
    port: int
    user: str
    user_key: str
    host_key_line: str


def find_sshd() -> str | None:
    """Where sshd is installed, if it is. On Windows it is a service, not a program to start here: None."""
    if os.name == "nt":
        return None
    return shutil.which("sshd", path=os.pathsep.join((os.defpath, "/usr/sbin", "/usr/local/sbin", "/sbin")))


@contextmanager
def running_sshd(folder: Path, sshd: str, options: str = "") -> Iterator[Sshd]:
    """`options` are further lines of sshd_config; they win over ours. `folder` takes the keys."""
    if getpass.getuser() == "root":  # it then wants a folder that the system's own service would have made
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    server = _lay_out(folder, options)
    with _start([sshd, "-D", "-e", "-f", str(folder / "sshd_config")]) as process:
        try:
            _await_listening(cast(IO[str], process.stderr))
            yield server
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def _start(command: list[str]) -> subprocess.Popen[str]:
    """In a process group of its own: sshd has a process for each connection, and all must end with it."""
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)  # noqa: S603


def _lay_out(folder: Path, options: str) -> Sshd:
    host_key, user_key = new_key_text(), new_key_text()
    port = _free_port()
    _write_private(folder / "host_key", host_key)
    _write_private(folder / "authorized_keys", _public_line(user_key) + "\n")
    (folder / "sshd_config").write_text(options + _CONFIG.format(port=port, folder=folder), "utf-8")
    return Sshd("127.0.0.1", port, getpass.getuser(), user_key, _public_line(host_key))


def _write_private(path: Path, text: str) -> None:
    path.touch(0o600)
    path.write_text(text, "utf-8")


def _public_line(private: str) -> str:
    key = load_private_key(private, None)
    return f"{key.get_name()} {key.get_base64()}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _await_listening(log: IO[str]) -> None:
    """Raises RuntimeError with what sshd said when it ends instead. Its later lines are read and dropped."""
    said = []
    for line in log:
        said.append(line)
        if "listening" in line:
            threading.Thread(target=log.read, daemon=True).start()
            return
    raise RuntimeError(f"sshd did not start: {''.join(said)}")
