"""What cannot be brought about with a whole server."""

from __future__ import annotations

import socket

import pytest

from hub.connectors.ssh import PatientSocket


def test_sending_to_a_peer_that_never_reads_ends() -> None:
    near, far = socket.socketpair()
    with near, far:
        near.settimeout(0.01)
        patient = PatientSocket(near, patience=0.05)
        with pytest.raises(ConnectionError, match="stopped reading"):
            while True:
                send_as_paramiko_does(patient)


def send_as_paramiko_does(line: PatientSocket) -> None:
    try:
        line.send(bytes(65536))
    except TimeoutError:
        return
