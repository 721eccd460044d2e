"""Who is let in, and to whom nothing is sent."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from pathlib import Path
from shutil import which

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from hub.config.endpoints import SftpEndpoint
from hub.connectors.sftp import SftpConnector
from hub.connectors.ssh import Login, load_private_key
from hub.errors import AuthFailed, HostKeyChanged, PeerIncompatible, Unreachable
from hub.testing.openssh import Sshd, find_sshd, running_sshd
from hub.testing.sftp_server import EmbeddedSftp, new_key
from tests.contract.ground import PASSWORD, USER, log_in
from tests.world import TestClock

GOOD = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
Settings = Callable[..., SftpEndpoint]


def line_of(key: object) -> str:
    return f"{key.get_name()} {key.get_base64()}"  # type: ignore[attr-defined]


# --------------------------------------------------------------------------------------------- host keys


def test_a_changed_host_key_stops_before_anything_is_sent(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings
) -> None:
    pinned = new_key()
    with pytest.raises(HostKeyChanged) as told:
        log_in(connector, endpoint(host_keys=(line_of(pinned),)))
    shown = shown_by_ssh_keygen(embedded.host_key_line)
    assert pinned.fingerprint in str(told.value)
    assert shown in str(told.value)
    assert "endpoint bureau" in str(told.value)
    assert embedded.log_ins == []


def shown_by_ssh_keygen(line: str) -> str:
    """The fingerprint as OpenSSH prints it, computed without the code under test."""
    digest = hashlib.sha256(base64.b64decode(line.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def test_no_pinned_key_means_no_log_in(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings
) -> None:
    settings = endpoint().model_copy(update={"host_keys": ()})
    with pytest.raises(HostKeyChanged, match="no key is pinned"):
        log_in(connector, settings)
    assert embedded.log_ins == []


def test_a_pinned_key_of_a_kind_that_is_no_longer_used_fits_nothing(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings
) -> None:
    old = base64.b64encode(b"\0\0\0\x07ssh-dss" + bytes(20)).decode()
    with pytest.raises(HostKeyChanged, match="expected ssh-dss SHA256:"):
        log_in(connector, endpoint(host_keys=(f"ssh-dss {old}",)))


def test_one_of_several_pinned_keys_is_enough(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings
) -> None:
    assert "SSH-2.0" in log_in(connector, endpoint(host_keys=(line_of(new_key()), embedded.host_key_line)))


def test_a_key_in_the_users_own_known_hosts_does_not_count(
    connector: SftpConnector,
    embedded: EmbeddedSftp,
    endpoint: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    known = f"[127.0.0.1]:{embedded.port} {embedded.host_key_line}\n"
    (tmp_path / ".ssh" / "known_hosts").write_text(known)
    with pytest.raises(HostKeyChanged):
        log_in(connector, endpoint(host_keys=(line_of(new_key()),)))


def test_a_server_with_several_keys_shows_the_pinned_one(
    connector: SftpConnector, sshd: Sshd, endpoint: Settings, tmp_path: Path
) -> None:
    text = private_text("rsa", "openssh", None)
    (tmp_path / "rsa_key").touch(0o600)
    (tmp_path / "rsa_key").write_text(text)
    with running_sshd(tmp_path, find_sshd() or "", f"HostKey {tmp_path}/rsa_key\n") as server:
        rsa_line = line_of(load_private_key(text, None))
        for line, kind in ((rsa_line, "ssh-rsa"), (server.host_key_line, "ssh-ed25519")):
            settings = endpoint(
                port=server.port,
                username=server.user,
                password=None,
                key_file="file:key",
                host_keys=(line,),
            )
            assert kind in log_in(connector, settings, server.user_key)
        connector.close()


# --------------------------------------------------------------------------------------------- passwords


def test_a_refused_password_is_tried_once_however_many_ask(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings
) -> None:
    settings = endpoint(connections=4)

    def attempt(_: int) -> str:
        with pytest.raises(AuthFailed) as told:
            log_in(connector, settings, "wrong-and-fake")
        return str(told.value)

    with ThreadPoolExecutor(8) as threads:
        sentences = set(threads.map(attempt, range(12)))
    assert embedded.log_ins == [(USER, "password")]
    (sentence,) = sentences
    assert "env:PASSWORD" in sentence
    assert "wrong-and-fake" not in sentence


def test_a_corrected_password_is_tried(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings
) -> None:
    with pytest.raises(AuthFailed):
        log_in(connector, endpoint(), "wrong-and-fake")
    assert log_in(connector, endpoint(), PASSWORD)


def test_hanging_up_on_a_password_counts_as_refusing_it(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings
) -> None:
    embedded.faults.hangs_up = True
    for _ in range(2):
        with pytest.raises(AuthFailed):
            log_in(connector, endpoint())
    assert len(embedded.log_ins) == 1


def test_hanging_up_on_a_key_is_a_broken_line(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings
) -> None:
    embedded.faults.hangs_up = True
    text = private_text("ed25519", "openssh", None)
    embedded.keys[USER] = [load_private_key(text, None).get_base64()]
    with pytest.raises(Unreachable, match="line broke"):
        log_in(connector, endpoint(password=None, key_file="file:key"), text)


def test_a_server_that_wants_a_key_is_named(
    connector: SftpConnector, embedded: EmbeddedSftp, sshd: Sshd, endpoint: Settings
) -> None:
    settings = endpoint(port=sshd.port, username=sshd.user, host_keys=(sshd.host_key_line,))
    with pytest.raises(AuthFailed, match="accepts only publickey"):
        log_in(connector, settings)


# -------------------------------------------------------------------------------------------------- keys

KINDS = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ecdsa": lambda: ec.generate_private_key(ec.SECP384R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}
FORMS = {
    "openssh": serialization.PrivateFormat.OpenSSH,
    "pkcs8": serialization.PrivateFormat.PKCS8,
}


@pytest.mark.parametrize("passphrase", [None, "fake-passphrase"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_key_in_any_form_logs_in(
    connector: SftpConnector,
    embedded: EmbeddedSftp,
    endpoint: Settings,
    kind: str,
    form: str,
    passphrase: str | None,
) -> None:
    text = private_text(kind, form, passphrase)
    embedded.keys[USER] = [load_private_key(text, passphrase).get_base64()]
    settings = endpoint(password=None, key_file="file:key", passphrase="file:pass" if passphrase else None)
    with connector.open(
        "bureau", settings, {"file:key": text, "file:pass": passphrase}.__getitem__
    ) as session:
        assert session.describe()


def private_text(kind: str, form: str, passphrase: str | None) -> str:
    lock = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    return KINDS[kind]().private_bytes(serialization.Encoding.PEM, FORMS[form], lock).decode()


@pytest.mark.parametrize("passphrase", [None, "wrong-and-fake"])
def test_a_key_that_cannot_be_opened_is_told_without_a_log_in(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings, passphrase: str | None
) -> None:
    text = private_text("ed25519", "openssh", "fake-passphrase")
    settings = endpoint(password=None, key_file="file:key", passphrase="file:pass" if passphrase else None)
    with pytest.raises(AuthFailed, match="the key file:key cannot be used") as told:
        log_in(connector, settings, text, passphrase or "")
    assert "PRIVATE" not in str(told.value)
    assert embedded.log_ins == []


def test_a_key_that_the_server_does_not_know_is_refused(
    connector: SftpConnector, embedded: EmbeddedSftp, endpoint: Settings
) -> None:
    embedded.keys[USER] = [new_key().get_base64()]
    text = private_text("ed25519", "openssh", None)
    with pytest.raises(AuthFailed, match="the key file:key was refused"):
        log_in(connector, endpoint(password=None, key_file="file:key"), text)


@pytest.fixture
def agent(sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """OpenSSH's own agent with the user's key in it; it comes with sshd."""
    program, key = which("ssh-agent"), tmp_path / "key"
    assert program is not None, "ssh-agent is not installed (Debian: openssh-client)"
    key.touch(0o600)
    key.write_text(sshd.user_key)
    with subprocess.Popen([program, "-D", "-a", str(tmp_path / "agent")], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
        subprocess.run(["ssh-add", "-q", str(key)], check=True)
        yield
        process.terminate()


@pytest.mark.usefixtures("agent")
def test_the_agents_key_logs_in(connector: SftpConnector, sshd: Sshd, endpoint: Settings) -> None:
    settings = endpoint(
        port=sshd.port, username=sshd.user, password=None, agent=True, host_keys=(sshd.host_key_line,)
    )
    assert "OpenSSH" in log_in(connector, settings)


def test_no_agent_is_told(
    connector: SftpConnector, endpoint: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(AuthFailed, match="no SSH agent with a key"):
        log_in(connector, endpoint(password=None, agent=True))


# ---------------------------------------------------------------------------------------------- real sshd


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ("Ciphers aes256-cbc\n", "no cipher in common. It offers aes256-cbc"),
        ("KexAlgorithms diffie-hellman-group14-sha1\n", "no key exchange in common"),
        ("MACs umac-64@openssh.com\nCiphers aes128-ctr\n", "no message authentication code in common"),
    ],
)
def test_what_a_real_server_lacks_is_named(
    connector: SftpConnector, sshd: Sshd, endpoint: Settings, tmp_path: Path, options: str, named: str
) -> None:
    with running_sshd(tmp_path, find_sshd() or "", options) as old:
        settings = endpoint(port=old.port, username=old.user, host_keys=(old.host_key_line,))
        with pytest.raises(PeerIncompatible, match=named):
            log_in(connector, settings)


def test_a_real_server_without_sftp_is_named(
    connector: SftpConnector, sshd: Sshd, endpoint: Settings, tmp_path: Path
) -> None:
    with running_sshd(tmp_path, find_sshd() or "", "ForceCommand /bin/false\n") as server:
        settings = endpoint(
            port=server.port,
            username=server.user,
            password=None,
            key_file="file:key",
            host_keys=(server.host_key_line,),
        )
        with pytest.raises(PeerIncompatible, match="offers no SFTP"):
            log_in(connector, settings, server.user_key)


@pytest.mark.parametrize(
    ("day", "gets_in"),
    [
        (date(2026, 11, 30), False),
        (date(2026, 12, 1), True),
        (date(2026, 12, 8), True),
        (date(2026, 12, 9), False),
    ],
)
def test_a_staged_host_key_is_trusted_from_a_day_to_the_end_of_another(
    embedded: EmbeddedSftp, endpoint: Settings, day: date, gets_in: bool
) -> None:
    """The old key is good until the new one is proved; then only the new one is."""
    staged = {"key": embedded.host_key_line, "from": "2026-12-01", "until": "2026-12-08"}
    clock = TestClock(datetime.combine(day, time(12), UTC))
    login = Login("bureau", endpoint(host_keys=(line_of(new_key()), staged)), clock)
    if gets_in:
        login.connect(lambda _: PASSWORD).close()
    else:
        with pytest.raises(HostKeyChanged):
            login.connect(lambda _: PASSWORD)
        assert embedded.log_ins == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"key": "ssh-rsa AAAA"}, "this is not a host key"),
        ({"key": GOOD, "from": "1 December"}, "from: “1 December” is not a date"),
        ({"key": GOOD, "from": "2026-12-08", "until": "2026-12-01"}, "until 2026-12-01 is before from"),
        ({"key": GOOD, "since": "2026-12-08"}, "“since” is not known here"),
    ],
)
def test_a_staged_host_key_that_is_wrongly_written_is_told(
    endpoint: Settings, written: dict[str, str], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        endpoint(host_keys=(written,))
