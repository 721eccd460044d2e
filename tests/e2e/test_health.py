"""What a monitor is told of a running service, over a real loopback connection."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import replace

import pytest

from hub.api import Compartment
from hub.engine.health import answering
from hub.engine.service import Service
from tests.little import little
from tests.world import World

SCHEDULE = 'schedule: {at: "09:30"}'


def ask(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def look(service):
    service.look()
    service.rest()


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    made.change_route(SCHEDULE)
    made.arrive("a.txt", b"ABC001+0001000\nABC002+0000200\n")
    return made


def test_a_service_that_looks_is_well_and_one_whose_clock_is_stuck_is_not(world):
    with world.hub() as hub:
        service = Service(hub)
        with answering(service.health, "127.0.0.1", 0) as port:
            look(service)
            assert ask(port, "/health") == ask(port, "/ready") == (200, "ok\n")
            world.clock.turn(minutes=4)
            assert ask(port, "/health") == (503, "the clock has not looked for minutes\n")
            look(service)
            assert ask(port, "/health")[0] == 200
            assert ask(port, "/")[0] == 404
        service.drain(60)


def test_metrics_tell_runs_and_what_waits(world):
    with world.hub() as hub:
        service = Service(hub)
        with answering(service.health, "127.0.0.1", 0) as port:
            look(service)
            world.clock.turn(minutes=30)
            look(service)
            look(service)
            _, told = ask(port, "/metrics")
        service.drain(60)
    assert 'feedhub_runs_total{outcome="done",route="little.payments"} 1.0' in told
    assert 'feedhub_transfers_total{route="little.payments",state="SENT"} 1.0' in told
    assert "feedhub_slots_waiting 0.0" in told
    assert 'feedhub_worklist{kind="task"} 0.0' in told


def test_of_a_closed_compartment_nothing_is_told(world):
    world.feeds = [replace(little(), compartment=Compartment.FRAUD)]
    with world.hub() as hub:
        service = Service(hub)
        look(service)
        world.clock.turn(minutes=30)
        look(service)
        told = service.health.metrics.text().decode()
        service.drain(60)
    assert len(world.delivered()) == 1
    assert "little" not in told


def test_an_address_that_is_taken_is_told_at_once(world):
    with world.hub() as hub:
        service = Service(hub)
        with answering(service.health, "127.0.0.1", 0) as port, pytest.raises(OSError):
            answering(service.health, "127.0.0.1", port)
        service.drain(60)
