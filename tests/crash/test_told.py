"""A process that is killed (SIGKILL) between sending a message and noting that it was sent: people are told
again, by the very same mail, and then no more."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from hub.engine.telling import tell_people
from tests.apart import exit_code
from tests.mailing import Mailbox, mail_server
from tests.world import HUB, World

TELL = """alerts:
  channels:
    mail: {{type: email, host: 127.0.0.1, port: {port}, tls: none, sender: hub@example.invalid}}
  tell:
    - {{by: mail, to: rents@example.invalid}}
"""


def world_at(folder: Path, port: int) -> World:
    world = World(folder)
    world.write("config/hub.yaml", HUB + TELL.format(port=port))
    return world


def die_once_told(folder: Path, port: int) -> None:
    world = world_at(folder, port)
    world.arrive("a.txt", b"ABC001+0001001\n")  # the sum is odd, so it is refused

    def die(point: str) -> None:
        if point == "told_people":
            os.kill(os.getpid(), signal.SIGKILL)

    with world.hub(boundary=die) as hub:
        hub.run(world.route)
        tell_people(hub.services)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_killed_before_it_is_noted_it_is_told_again_by_the_same_mail(tmp_path: Path) -> None:
    with mail_server(Mailbox()) as box:
        assert exit_code(die_once_told, tmp_path, box.port) == -signal.SIGKILL
        assert len(box.mails) == 1
        world = world_at(tmp_path, box.port)
        for _ in range(3):
            with world.hub() as hub:
                tell_people(hub.services)
            world.clock.turn(days=1)
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_content() == second.get_content()
