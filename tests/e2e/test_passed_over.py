"""What the hub passes over by its name lies at its source for ever: a person is told, until it is gone."""

from __future__ import annotations

from hub.model import WorkState
from tests.world import World

BAD = "esc\x1b[31mred.txt"


def asked(hub, **how):
    with hub.look() as look:
        return look.worklist(**how)


def test_a_refused_name_is_told_by_the_run_and_asked_about_once(tmp_path):
    world = World(tmp_path)
    world.arrive(BAD, b"ABC001+0001000\n")
    with world.hub() as hub:
        for _ in range(3):
            report = hub.run("payments")
            assert (report.well, report.trouble, len(report.passed_over)) == (False, None, 1)
        (entry,) = asked(hub)
    assert (entry.subject, entry.subject_id, entry.owner) == ("endpoint", "in:", "tests")
    assert report.passed_over[0] in entry.title
    assert "\x1b" not in entry.title


def test_nobody_is_asked_once_it_is_gone(tmp_path):
    world = World(tmp_path)
    world.arrive(BAD, b"ABC001+0001000\n")
    with world.hub() as hub:
        hub.run("payments")
        (world.folder / "in" / BAD).unlink()
        assert hub.run("payments").well
        assert asked(hub) == []
        (over,) = asked(hub, states=tuple(WorkState))
    assert over.state is WorkState.VOID
