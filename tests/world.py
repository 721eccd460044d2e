"""A small hub for tests of the pipeline: the little feed, two folders, a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hub.clock.now import make_id
from hub.config import people
from hub.config.load import Config, load
from hub.config.people import People, Viewer
from hub.connectors.folder import FolderConnector
from hub.door.feed import Feed, Options, Profile
from hub.door.lifecycle import Lifecycle
from hub.door.manager import Catalogue
from hub.door.milestone import MILESTONE
from hub.door.report import Report
from hub.engine.local import Hub
from hub.store.db import Store
from hub.tell.logs import hub_log
from hub.transfer.services import Services, nobody, nothing
from tests.little import little

START = datetime(2026, 11, 2, 9, tzinfo=UTC)

HUB = "plugins: [little]\nlog: {file: hub.log}\n"
ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in}
  out: {type: folder, path: ../out}
"""
ROUTES = """
partner: Little
routes:
  payments:
    feeds: [little.payments]
    from: {endpoint: in, folder: "", pattern: "*.txt", then: "archive:done"}
    to: [{output: payments, endpoint: out, folder: ""}]
    mode: live
    owner: tests
"""
HOLIDAYS = "date,name,status\n2026-12-25,Christmas Day,settled\n"


@dataclass
class TestClock:
    """Stands still until it is turned; ids count up."""

    __test__ = False

    at: datetime = START
    made: int = 0

    def now(self) -> datetime:
        return self.at

    def new_id(self) -> str:
        self.made += 1
        return make_id(self.at, self.made)

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class World:
    """Folders on disk, and hubs opened over them, one after the other as after a crash."""

    folder: Path
    feeds: list[Feed] = field(default_factory=lambda: [little()])
    lifecycles: list[Lifecycle] = field(default_factory=lambda: [MILESTONE])
    profiles: list[Profile] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    settings: type[Options] | None = None
    clock: TestClock = field(default_factory=TestClock)
    route: str = "little.payments"

    def __post_init__(self) -> None:
        for name in ("in/done", "out", "config/routes", "config/calendars"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.write("config/hub.yaml", HUB)
        self.write("config/endpoints.yaml", ENDPOINTS)
        self.write("config/routes/little.yaml", ROUTES)
        self.write("config/calendars/bank-holidays-england-and-wales.csv", HOLIDAYS)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def change_route(self, *lines: str) -> None:
        """Add keys to the one route."""
        self.write("config/routes/little.yaml", ROUTES + "".join(f"    {line}\n" for line in lines))

    def arrive(self, name: str, content: bytes) -> None:
        """A file that was finished well before the clock's time."""
        import os

        path = self.folder / "in" / name
        path.write_bytes(content)
        earlier = (self.clock.at - timedelta(minutes=10)).timestamp()
        os.utime(path, (earlier, earlier))

    def delivered(self) -> dict[str, bytes]:
        """What lies at the partner, temporary names too."""
        return {path.name: path.read_bytes() for path in (self.folder / "out").iterdir() if path.is_file()}

    def config(self, catalogue: Catalogue) -> Config:
        return load(self.folder / "config", catalogue)

    @contextmanager
    def hub(
        self,
        *,
        boundary: Callable[[str], None] = nothing,
        told: Callable[[Mapping[str, Any]], None] = nobody,
        who: str = people.HUB_LOGIN,
        viewer: Viewer | None = None,
        state: Path | None = None,
        **connectors: Any,
    ) -> Iterator[Hub]:
        """A hub freshly opened from disk, for `viewer` or for an administrator of what is open."""
        connectors = connectors or {"folder": FolderConnector()}
        catalogue = Catalogue(
            feeds={feed.name: feed for feed in self.feeds},
            connectors=connectors,
            lifecycles={life.kind: life for life in self.lifecycles},
            profiles={profile.name: profile for profile in self.profiles},
            reports={report.name: report for report in self.reports},
            settings={"little": self.settings} if self.settings else {},
            brought_by=dict.fromkeys(
                (*(feed.name for feed in self.feeds), *(life.kind for life in self.lifecycles)), "little"
            ),
        )
        config = self.config(catalogue)
        config = config if state is None else config.over(state)
        store = Store.open(config.hub.state_folder, clock=self.clock)
        try:
            yield Hub(
                Services(
                    config=config,
                    catalogue=catalogue,
                    store=store,
                    clock=self.clock,
                    secrets=config.secrets,
                    log=hub_log(config.hub.log),
                    viewer=viewer or _viewer(who),
                    told=told,
                    boundary=boundary,
                    pause=lambda seconds: None,
                )
            )
        finally:
            store.close()


def _viewer(who: str) -> Viewer:
    return people.HUB if who == people.HUB_LOGIN else People().viewer(who)
