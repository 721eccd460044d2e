"""OpenSSH's own sshd on a free loopback port, with SFTP for the current user, as a real partner in tests."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.connectors.ssh import load_private_key
from hub.testing.sftp_server import new_key_text

_CONFIG = """\
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UsePAM no
StrictModes no
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
    """`options` are further lines of sshd_config; they win over ours. `folder` takes the keys.

    We listen, and hand each connection to an sshd of its own (`-i`): no port to guess, and nothing that could
    outlive us, because an sshd ends with its connection. Raises RuntimeError when sshd refuses the options.
    """
    if getpass.getuser() == "root":  # it then wants a folder that the system's own service would have made
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = _lay_out(folder, options, listener.getsockname()[1])
        command = [sshd, "-f", str(folder / "sshd_config")]
        _check(command)
        over = threading.Event()
        thread = threading.Thread(target=_serve, args=(listener, [*command, "-i"], over), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            over.set()
            socket.create_connection((server.host, server.port)).close()
            thread.join()


def _check(command: list[str]) -> None:
    found = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)  # noqa: S603
    if found.returncode != 0:
        raise RuntimeError(f"sshd refuses its configuration: {found.stderr}")


def _serve(listener: socket.socket, command: list[str], over: threading.Event) -> None:
    """Until `over` is set and somebody connects."""
    children = []
    while True:
        line, _ = listener.accept()
        with line:
            if over.is_set():
                break
            children.append(_start(command, line.fileno()))
    for child in children:
        child.terminate()
        child.wait()


def _start(command: list[str], line: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=line, stdout=line, stderr=subprocess.DEVNULL)  # noqa: S603


def _lay_out(folder: Path, options: str, port: int) -> Sshd:
    host_key, user_key = new_key_text(), new_key_text()
    _write_private(folder / "host_key", host_key)
    _write_private(folder / "authorized_keys", _public_line(user_key) + "\n")
    (folder / "sshd_config").write_text(options + _CONFIG.format(folder=folder), "utf-8")
    return Sshd("127.0.0.1", port, getpass.getuser(), user_key, _public_line(host_key))


def _write_private(path: Path, text: str) -> None:
    path.touch(0o600)
    path.write_text(text, "utf-8")


def _public_line(private: str) -> str:
    key = load_private_key(private, None)
    return f"{key.get_name()} {key.get_base64()}"
