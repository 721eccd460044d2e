"""Each route of the demo in a process of its own that is killed (SIGKILL) at one point, then carried on by
another over the same state and the same partners: each item is delivered exactly once, or its delivery is in
doubt; never lost, never doubled.

The oracle reads what the council put in and what lies at its partners with a few slices of its own.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from hub.config.load import load
from hub.config.people import People
from hub.demo.clock import StoryClock
from hub.demo.council import PASSWORD, Council, council, tenants
from hub.door.demo import Scene, Stage
from hub.door.demo import Story as Told
from hub.door.manager import Door
from hub.engine.local import Hub, open_hub
from hub.model import DeliveryState
from tests.agreeing import agree
from tests.apart import exit_code
from tests.crash import child
from tests.once import made_once

TENANTS = tenants(30)
PARTS = ("partners", "config/state")

Read = Callable[[str], list[tuple[int, int]]]
"""The oracle: from the text of a file to its payments, (tenant's number, pence that they come to owe)."""


def pence(pounds):
    return int(pounds.replace(".", ""))


def ddcall(text):
    rows = [line.split(",") for line in text.splitlines()]
    return [(int(row[2][4:]), pence(row[5])) for row in rows if row[0] == "D"]


def standard18(text):
    debits = [line for line in text.splitlines() if line[64:68] == "RENT"]
    return [(int(line[68:82]), int(line[35:46])) for line in debits]


def arudd(text):
    found = re.findall(r'<ReturnedDebitItem ref="RENT(\d+)".*?valueOf="([\d.]+)"', text)
    return [(int(number), pence(pounds)) for number, pounds in found if number != "9999999999"]


def cash_lines(text):
    return [(int(line[2:10]), -pence(line[33:43])) for line in text.splitlines()]


def hb_posting(text):
    rows = [line for line in text.splitlines() if line[0] == "D" and line[12:16] != "FAKE"]
    return [(int(line[12:18]), -int(line[77:87])) for line in rows]


def renttran(text):
    rows = [line.split(",") for line in text.splitlines()]
    return [(int(row[2][2:]), pence(row[9])) for row in rows if row[0] == "D"]


@dataclass(frozen=True)
class Story:
    """A route's source and how it is read, and the same for every folder that it delivers to.

    day:     of the scene that is played
    without: the files of its day that are refused or held; the tests of the demo look after those
    """

    day: date
    source: tuple[str, str]
    read: Read
    out: Mapping[tuple[str, str], Read]
    without: tuple[str, ...] = ()


BUREAU = {("bureau", "inbound/dd_collections"): standard18}
LEDGER = {("rent", "import/transactions"): renttran}
CASH = {("rent", "import/receipts"): cash_lines}
STORIES = {
    "bacs.submission": Story(date(2026, 11, 3), ("rent", "export/dd"), ddcall, BUREAU),
    "bacs.forward": Story(
        date(2026, 11, 4), ("rent", "export/standard18"), standard18, BUREAU, ("rents_dd_902.txt",)
    ),
    "housing_benefit.postings": Story(
        date(2026, 12, 1), ("benefits", "outgoing"), hb_posting, LEDGER, ("rentpost_000042.dat",)
    ),
    "bacs.reports_in": Story(
        date(2026, 12, 14),
        ("bureau", "outbound/reports"),
        arudd,
        CASH | LEDGER,
        ("ADDACS161226090002.xml", "ARUDD161226090003.xml"),
    ),
}  # fmt: skip

BEFORE_INTENT = ("staged", "numbered", "rendered", "worked")
AFTER_INTENT = ("mid_upload", "arrived", "sent", "moved_away")
CASES = [
    (route, point, 1)
    for route in STORIES
    for point in (*BEFORE_INTENT, *AFTER_INTENT)
    if (route, point) != ("bacs.forward", "numbered")  # a file that goes on as it came has its numbers
]
SECOND_FILE = [("bacs.submission", point, 2) for point in ("worked", "mid_upload", "arrived")]
SECOND_DELIVERY = [("bacs.reports_in", point, 2) for point in ("mid_upload", "arrived")]
INTENT = [*((route, 1) for route in STORIES), ("bacs.submission", 2), ("bacs.reports_in", 2)]


def files_in(folder):
    """What lies under a final name: temporary ones start with a dot."""
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] != ".")


@dataclass
class Town:
    """The council on the day of a story, its partners up. `taken` is what a partner has picked up."""

    laid: Council
    route: str
    scene: Scene
    old: frozenset[Path] = frozenset()
    taken: list[Path] = field(default_factory=list)

    @property
    def story(self) -> Story:
        return STORIES[self.route]

    def prepare(self) -> None:
        """What the partners lay out on the day, and what lies there from the days before."""
        source = self.laid.endpoint_folder(*self.story.source)
        lay_out(self.scene, self.laid)
        for name in self.story.without:
            (source / name).unlink()
        self.old = frozenset(path for place in self.story.out for path in files_in(self.folder(place)))

    def folder(self, place: tuple[str, str]) -> Path:
        return self.laid.endpoint_folder(*place)

    def put_in(self) -> Counter[tuple[int, int]]:
        files = files_in(self.folder(self.story.source))
        return Counter(payment for path in files for payment in self.story.read(path.read_text()))

    def arrived(self) -> dict[tuple[str, str], Counter[tuple[int, int]]]:
        """What the partners have by now, wherever they keep it: by folder, how often each payment."""
        return {place: self._arrived(place, read) for place, read in self.story.out.items()}

    def _arrived(self, place: tuple[str, str], read: Read) -> Counter[tuple[int, int]]:
        folder = self.folder(place)
        new = [path for path in files_in(folder) if path not in self.old]
        swept = [path for path in self.taken if path.parent.parent == folder]
        return Counter(payment for path in new + swept for payment in read(path.read_text()))

    def sweep(self) -> None:
        """The partners take away what lies there, as many do every few minutes."""
        for place in self.story.out:
            folder = self.folder(place)
            (folder / "taken").mkdir()
            for path in files_in(folder):
                if path not in self.old:
                    self.taken.append(path.rename(folder / "taken" / path.name))

    def killed(self, point: str, occasion: int = 1) -> None:
        """Run the route in a child that dies at the point. Fails when the child never came there."""
        day = self.scene.day.isoformat()
        assert exit_code(child.main, self.laid.config, self.route, day, point, occasion) == child.KILLED

    @contextmanager
    def next_days(self, days: int = 2, since: int = 1) -> Iterator[Hub]:
        """The hub started again, its route run on each of the next days: far past every wait."""
        with opened(self.laid, clock := StoryClock()) as hub:
            for later in range(since, since + days):
                clock.turn_to(self.scene.day + timedelta(days=later))
                hub.run(self.route)
            yield hub


def clock_on(day):
    clock = StoryClock()
    clock.turn_to(day)
    return clock


def lay_out(scene, laid):
    an_hour_ago = clock_on(scene.day).now().timestamp() - 3600
    scene.prepare(Stage(scene.day, TENANTS, laid.endpoint_folder, an_hour_ago))


@contextmanager
def opened(laid, clock):
    door, anna = Door.load(), People().viewer("anna")
    with open_hub(load(laid.config, door.catalogue()), door, clock=clock, viewer=anna) as hub:
        yield hub


def in_doubt(hub):
    """The ids of transfers with a delivery in doubt."""
    with hub.look() as look:
        return [
            row.id
            for row in look.transfers()
            if any(d.state is DeliveryState.IN_DOUBT for d in look.deliveries(row.id))
        ]


@pytest.fixture(scope="module", autouse=True)
def password():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEEDHUB_DEMO_PASSWORD", PASSWORD)
        yield


def run_live(hub, scene):
    """The scene's routes that Anna may know of, without what people do in it."""
    services = hub.services
    for route in map(services.config.route, scene.routes):
        if route.mode == "live" and services.viewer.sees(services.compartment(route)):
            hub.run(route.id)


@pytest.fixture(scope="module")
def earlier_days(tmp_path_factory):
    """The demo's story, played once: by route, its scene and a copy of the council as it was before it."""
    scenes = {
        route: scene for scene in Door.load().demo() for route in scene.routes if is_played(route, scene)
    }
    folder, _ = made_once(tmp_path_factory, "earlier-days", play_until_all_are_copied)
    return {route: (scene, folder / route) for route, scene in scenes.items()}


def is_played(route, scene):
    return scene.story is Told.TOUR and route in STORIES and STORIES[route].day == scene.day


def play_until_all_are_copied(folder):
    left = set(STORIES)
    with council(folder / "council") as laid:
        for scene in (one for one in Door.load().demo() if one.story is Told.TOUR):
            for route in (one for one in scene.routes if is_played(one, scene)):
                shutil.copytree(folder / "council", folder / route)
                left.remove(route)
            if not left:
                return "all are copied"
            lay_out(scene, laid)
            with opened(laid, clock_on(scene.day)) as hub:
                run_live(hub, scene)
    raise AssertionError(f"the demo never plays {left}")


@pytest.fixture
def town_of(earlier_days, tmp_path):
    """Make the town of a route, on the day of its story."""

    @contextmanager
    def make(route):
        scene, copy = earlier_days[route]
        with council(tmp_path) as laid:
            for part in PARTS:
                if (copy / part).exists():
                    shutil.copytree(copy / part, tmp_path / part, dirs_exist_ok=True)
            agree(laid.config)
            town = Town(laid, route, scene)
            town.prepare()
            yield town

    return make


def everywhere(town, payments):
    """All of it in every folder that the route delivers to."""
    return dict.fromkeys(town.story.out, payments)


@pytest.mark.parametrize(("route", "point", "occasion"), CASES + SECOND_FILE + SECOND_DELIVERY)
def test_a_killed_route_delivers_each_item_exactly_once(town_of, route, point, occasion):
    with town_of(route) as town:
        put_in = town.put_in()
        town.killed(point, occasion)
        with town.next_days() as hub:
            assert in_doubt(hub) == []
        assert town.arrived() == everywhere(town, put_in)
        assert put_in.total() > 0
        assert town.put_in().total() == 0, "the source is tidied"
        assert [path for place in town.story.out for path in town.folder(place).glob(".*")] == []


@pytest.mark.parametrize(("route", "occasion"), INTENT)
def test_killed_with_the_intent_only_it_is_in_doubt_and_goes_once_when_a_person_says_so(
    town_of, route, occasion
):
    with town_of(route) as town:
        put_in = town.put_in()
        town.killed("intent", occasion)
        with town.next_days() as hub:
            (doubtful,) = in_doubt(hub)
            assert town.arrived() != everywhere(town, put_in)
            assert all(found <= put_in for found in town.arrived().values())
            hub.acts.settle(doubtful, sent=False, reason="they have nothing")
        with town.next_days(since=3) as hub:
            assert in_doubt(hub) == []
        assert town.arrived() == everywhere(town, put_in)


@pytest.mark.parametrize("route", STORIES)
def test_what_the_partner_took_before_the_restart_is_in_doubt_and_not_sent_again(town_of, route):
    with town_of(route) as town:
        put_in = town.put_in()
        town.killed("arrived")
        town.sweep()
        with town.next_days() as hub:
            (doubtful,) = in_doubt(hub)
            assert all(found <= put_in for found in town.arrived().values())
            hub.acts.settle(doubtful, sent=True, reason="they have it")
        with town.next_days(since=3) as hub:
            assert in_doubt(hub) == []
        assert town.arrived() == everywhere(town, put_in)


@pytest.mark.parametrize("route", ["bacs.submission", "housing_benefit.postings"], ids=["sftp", "folder"])
def test_an_upload_that_was_torn_lay_under_its_temporary_name_only(town_of, route):
    with town_of(route) as town:
        town.killed("mid_upload")
        torn = [path for place in town.story.out for path in town.folder(place).glob(".*")]
        assert [path.stat().st_size > 0 for path in torn] == [True]
        assert all(not found for found in town.arrived().values())
