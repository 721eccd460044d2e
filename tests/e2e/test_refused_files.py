"""A refused file goes into a folder of its own, with a report beside it that says what refuses it."""

from __future__ import annotations

import pytest

from hub.errors import ConfigError
from tests.world import ROUTES, World

SOUND, BROKEN = b"ABC001-0001000\n", b"ABC001-0001000\nABC002-00x0200\nABC003+0000300\n"
FOLDER = 'then: "archive:done", refused: refused}'


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    (made.folder / "in/refused").mkdir()
    made.write("config/routes/little.yaml", ROUTES.replace('then: "archive:done"}', FOLDER))
    return made


def refused(world):
    return {path.name: path.read_bytes() for path in (world.folder / "in/refused").iterdir()}


def run(world, **how):
    with world.hub(**how) as hub:
        return hub.run("payments").transfers


def test_the_report_names_every_line_that_refuses_the_file(world):
    world.arrive("a.txt", BROKEN)
    world.arrive("b.txt", SOUND)
    came = {one.name: one for one in run(world)}
    assert (came["a.txt"].state, came["b.txt"].state) == ("REJECTED", "SENT")
    file, report = sorted(refused(world))
    assert (file, report.startswith(f"a.txt.{came['a.txt'].id}.")) == ("a.txt", True)
    assert refused(world)["a.txt"] == BROKEN
    assert [path.name for path in (world.folder / "in/done").iterdir()] == ["b.txt"]
    lines = refused(world)[report].decode().splitlines()
    assert lines[0] == "a.txt was refused; nothing of it was taken."
    cells = [line.split()[:4] for line in lines if line.startswith("error")]
    assert cells == [["error", "AMOUNT", "2", "amount"]]


def test_a_crash_before_that_is_written_down_leaves_one_of_each(world):
    world.arrive("a.txt", BROKEN)

    class Stopped(BaseException):
        pass

    def stop(name):
        if name == "moved_away":
            raise Stopped

    with pytest.raises(Stopped):
        run(world, boundary=stop)
    run(world)
    assert len(refused(world)) == 2
    assert run(world) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ((FOLDER, 'then: "archive:done", refused: /}'), "refused is the folder that the files come from"),
        ((FOLDER, 'then: "archive:done", refused: "archive:bad"}'), "name the folder alone"),
        (("mode: live", "mode: live\n    tidy: at_staged"), "before anybody knows what is refused"),
    ],
)
def test_a_folder_for_refused_files_that_could_not_work_is_told(world, changes, sentence):
    text = ROUTES.replace('then: "archive:done"}', FOLDER)
    world.write("config/routes/little.yaml", text.replace(*changes))
    with pytest.raises(ConfigError, match=sentence), world.hub():
        pass


OTHER = """
  others:
    feeds: [little.payments]
    from: {endpoint: in, folder: /refused, then: "archive:done"}
    to: [{output: payments, endpoint: out, folder: ""}]
    mode: live
    owner: tests
"""


def test_a_folder_for_refused_files_that_another_route_takes_from_is_told(world):
    text = ROUTES.replace('then: "archive:done"}', FOLDER)
    world.write("config/routes/little.yaml", text + OTHER)
    sentence = r"little\.others takes its files from: it would take what is refused here"
    with pytest.raises(ConfigError, match=sentence), world.hub():
        pass
    world.write("config/routes/little.yaml", text + OTHER.replace("mode: live", "mode: off"))
    with world.hub():
        pass
