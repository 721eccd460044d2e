"""A crash at every edge while a new mandate is lodged: it is lodged once, and known as such once that has
left."""

from __future__ import annotations

import pytest

from hub.config.load import load
from hub.config.people import People
from hub.door.manager import Door
from hub.engine.local import open_hub
from hub.model import DeliveryState
from hub.rent.mandates import LODGED, MANDATE_KIND
from hub.store import queries
from tests.crash.test_boundaries import Crash, crash_at
from tests.product import PLUGINS
from tests.unit.cli.council import MANDATE_ROW, Council
from tests.world import START, TestClock

NEW = {**MANDATE_ROW, "status": "NEW"}
POINTS = [
    *("gathered", "examined", "numbered", "rendered", "worked"),
    *("before_intent", "intent", "arrived", "sent"),
]


class Town:
    """A council of one new mandate whose instruction the hub makes; hubs are opened over it and over."""

    def __init__(self, folder, clock):
        self.council, self.clock = Council.in_folder(folder), clock
        self.folder = self.council.folder("bureau", "/inbound/ddi")
        rent = self.council.config / "routes/rent.yaml"
        rent.write_text(rent.read_text("utf-8").replace("# instructions: hub", "instructions: hub"), "utf-8")

    def hub(self, **how):
        door = Door.load(PLUGINS)
        config = load(self.council.config, door.catalogue())
        return open_hub(config, door, clock=self.clock, viewer=People().viewer("anna"), **how)

    def lodged(self, hub):
        with hub.store.read() as conn:
            record = queries.get_record(conn, hub.store.keys, MANDATE_KIND, NEW["mandate_ref"])
        return record.data.get(LODGED)

    def delivered(self):
        """The codes of the instructions that lie at the bureau, under a final name."""
        files = [path for path in self.folder.iterdir() if path.suffix == ".txt"]
        return [path.read_text("ascii").splitlines()[4][15:17] for path in files]


@pytest.fixture
def town(tmp_path):
    from hub.rent.mandates import MANDATE

    made = Town(tmp_path, TestClock(START))
    made.council.export(MANDATE, "/export/mandates", [NEW], 1, START)
    with made.hub() as hub:
        hub.run("rent.mandates")
    return made


@pytest.mark.parametrize("point", POINTS)
def test_a_mandate_is_lodged_once_and_known_as_such_once_that_has_left(town, point):
    with town.hub(boundary=crash_at(point)) as hub, pytest.raises(Crash):
        hub.run("bacs.instructions")
    with town.hub() as hub:
        assert (town.lodged(hub) is not None) == (point == "sent")
        for _ in range(2):
            hub.run("bacs.instructions")
        with hub.store.read() as conn:
            rows = queries.unfinished_transfers(conn, route="bacs.instructions")
            states = {d.state for row in rows for d in queries.deliveries_of(conn, row.id)}
        doubt = DeliveryState.IN_DOUBT in states
        assert town.delivered() == ([] if doubt else ["0N"])
        assert (town.lodged(hub) is None) == doubt
