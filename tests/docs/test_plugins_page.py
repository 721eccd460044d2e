"""The page for plug-in authors tells every hook as it is, and its examples work."""

from __future__ import annotations

import inspect
import io
import re
from datetime import date
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any

import pytest

import hub
from hub.checks.base import Context
from hub.door import hookspecs
from hub.model import Disposition, Facts, Item, ItemState, Severity, Taken, Verdict
from hub.transfer.examine import examine
from tests.loopback import LOST, Loopback
from tests.talking import connectors
from tests.world import World

PAGE = (Path(hub.__file__).parent / "docs" / "plugins.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
HOOKS = [value for name, value in vars(hookspecs).items() if name.startswith("feedhub_")]


def made(source: str) -> SimpleNamespace:
    """The module that an example is."""
    names: dict[str, Any] = {}
    exec(compile(source, "plugins.md", "exec"), names)  # noqa: S102 - our own page
    return SimpleNamespace(**names)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_every_hook_is_told_with_its_signature(hook: FunctionType) -> None:
    signature = str(inspect.signature(hook)).replace("'", "")
    assert f"### `{hook.__name__}{signature}`\n" in PAGE


def test_no_hook_is_told_that_is_not_there() -> None:
    told = set(re.findall(r"### `(feedhub_\w+)", PAGE))
    assert told == {hook.__name__ for hook in HOOKS}


def test_the_smallest_plug_in_has_twelve_lines() -> None:
    assert len([line for line in EXAMPLES[0].splitlines() if line.strip()]) <= 12


@pytest.mark.parametrize(("pence", "found"), [(2_000_00, 0), (2_000_01, 1), (-2_000_01, 1)])
def test_the_smallest_plug_in_finds_large_debits(pence: int, found: int) -> None:
    [check] = made(EXAMPLES[0]).feedhub_checks(SimpleNamespace(name="bacs.submission"))
    taken = Taken("t.1", Item("COLLECTION", 7, "R1", pence, date(2026, 4, 1)), Disposition(ItemState.TAKEN))
    findings = [check.finding(one) for one in check.run([taken], None)]
    assert [(finding.line, finding.severity) for finding in findings] == [(7, Severity.HOLD_ITEM)] * found


def test_the_smallest_plug_in_leaves_other_feeds_alone() -> None:
    assert made(EXAMPLES[0]).feedhub_checks(SimpleNamespace(name="bacs.arudd")) == []


def garages(text: str) -> Any:
    [feed] = made(EXAMPLES[1]).feedhub_feeds()
    return examine(feed, io.BytesIO(text.encode()), Context(feed.options(), Facts(), "csv"))


def test_the_feed_of_the_page_reads_a_file() -> None:
    examined = garages("reference,amount,day\nG0001,12.50,2026-04-01\nG0002,7.50,2026-04-02\n")
    assert examined.verdict is Verdict.ACCEPTED
    assert examined.tally.totals() == {"count": 2, "value": "20.00"}
    assert [(item.reference, item.amount) for item in examined.items] == [("G0001", -1250), ("G0002", -750)]


def test_the_feed_of_the_page_refuses_a_bad_file_with_every_finding() -> None:
    examined = garages("reference,amount,day\nG0001,twelve,2026-04-01\nG0002,7.50,1 April\n")
    assert examined.verdict is Verdict.REJECTED
    assert [(finding.line, finding.field) for finding in examined.reading.findings.kept] == [
        (2, "amount"),
        (3, "day"),
    ]


# The worked example: a life cycle, what moves it, what leaves, and a conversation

AGENT = """
endpoints:
  in: {{type: folder, path: ../in}}
  agent: {{type: https, url: "{url}", timeout: 5s}}
"""
ROUTES = """
partner: Letting agent
routes:
  news:
    feed: town.garage_news
    from: {endpoint: in, pattern: "*.csv", then: "archive:done"}
    mode: live
    owner: garages-team
  offers:
    feed: town.offers
    from: {items: GARAGE_OFFER}
    to: [{output: offers, endpoint: agent}]
    mode: live
    owner: garages-team
"""
WANTED = "garage,word,day\nG7,wanted,2026-11-02\n"


class Agent:
    """The letting agent's API. `loses`: how many answers to `publish` never come, though it was done."""

    def __init__(self, refuses: str = "", loses: int = 0) -> None:
        self.refuses, self.loses, self.drafted, self.published = refuses, loses, 0, 0

    def answer(self, method: str, path: str, body: bytes, headers: Any) -> tuple[int, Any] | None:
        if path == "/offers":
            self.drafted += 1
            return (422, {"why": self.refuses}) if self.refuses else (201, {"number": "A-1"})
        if method == "GET":
            return 200, {"published": self.published > 0}
        self.published += 1
        self.loses -= 1
        return LOST if self.loses >= 0 else (200, {})


def town(folder: Path, url: str) -> World:
    first, second = made(EXAMPLES[2]), made(EXAMPLES[3].replace("[GARAGE_NEWS, OFFERS]", "[OFFERS]"))
    world = World(folder, feeds=[first.GARAGE_NEWS, second.OFFERS], lifecycles=[first.LICENCE])
    world.write("config/endpoints.yaml", AGENT.format(url=url))
    world.write("config/routes/little.yaml", ROUTES)
    return world


def hears(world: World, text: str) -> str:
    """The state of the file that the agent sends."""
    world.arrive(f"{world.clock.made}.csv", text.encode())
    with world.hub(**connectors()) as hub:
        (outcome,) = hub.run("little.news").transfers
    assert outcome.state != "FAILED", outcome.reason
    return str(outcome.state)


def offers(world: World) -> list[str]:
    with world.hub(**connectors()) as hub:
        return [str(outcome.state) for outcome in hub.run("little.offers").transfers]


def history(world: World, key: str = "G7") -> list[str]:
    with world.hub() as hub, hub.look() as look:
        return [move.to_state for move in look.moves("garage_licence", key)]


def test_the_worked_example_moves_a_record_by_files_and_by_talking(tmp_path: Path) -> None:
    agent = Agent(loses=1)
    with Loopback(agent.answer) as api:
        world = town(tmp_path, api.url)
        assert hears(world, WANTED) == "APPLIED"
        assert offers(world) == ["SENDING"], "whether it was published is not known yet"
        world.clock.turn(hours=1)
        assert offers(world) == ["CONFIRMED"]
        assert (agent.drafted, agent.published) == (1, 1), (
            "a lost answer is looked for before it is asked again"
        )
        assert hears(world, "garage,word,day\nG7,let,2026-11-09\n") == "APPLIED"
    assert history(world) == ["WANTED", "OFFERED", "LET"]
    with world.hub() as hub, hub.look() as look:
        (asked,) = look.worklist()
        assert asked.title == "Which deposit was paid for garage G7?"
        assert [item.reference for item in look.find("A-1")] == ["G7"]


def test_the_worked_example_goes_back_when_the_agent_says_no(tmp_path: Path) -> None:
    with Loopback(Agent(refuses="it is flooded").answer) as api:
        world = town(tmp_path, api.url)
        hears(world, WANTED)
        assert offers(world) == ["REFUSED"]
    assert history(world) == ["WANTED", "OFFERED", "WANTED"]


def test_the_worked_example_holds_a_move_that_is_not_allowed(tmp_path: Path) -> None:
    world = town(tmp_path, "http://127.0.0.1:9")
    assert hears(world, "garage,word,day\nG7,let,2026-11-09\nG8,wanted,2026-11-09\n") == "APPLIED"
    with world.hub() as hub, hub.look() as look:
        (row,) = look.transfers()
        assert [finding.check for finding in look.findings(row.id)] == ["MOVE"]
    assert (history(world, "G8"), history(world)) == (["WANTED"], [])
