"""A console over a small hub, served on loopback; people who are let in without a password.

Two routes move the same little payments: one is open, the other lies in the compartment `dwp`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection

from hub.config.people import HUB
from hub.config.settings import ConsoleSettings
from hub.console.console import Console
from hub.console.serving import serving
from hub.door.lifecycle import Lifecycle, Listed, Task
from hub.door.milestone import MILESTONE
from hub.door.report import Report
from hub.engine.local import Hub
from hub.engine.milestones import set_milestone
from hub.formats.layout import Layout, column
from hub.formats.types import Day, Pounds, Text
from hub.model import Compartment, Move
from hub.transfer.effects import apply_moves
from tests.little import little
from tests.world import World

ROLES: Mapping[str, tuple[str, ...]] = {
    "viewer": ("viewer",),
    "clerk": ("clerk",),
    "approver": ("approver",),
    "operator": ("operator",),
    "administrator": ("administrator",),
    "auditor": ("auditor",),
    "dwp": ("clerk", "operator", "approver", "dwp"),
    "fraud": ("clerk", "operator", "approver", "fraud"),
    "limited": ("clerk", "operator", "approver", "dwp"),
}
"""By login. The last three hold all rights of support, and differ by the compartment that they see; one of
them is limited to a route."""
LIMITED = {"limited": ", routes: [little.payments]"}
HUB_YAML = "plugins: [little]\nlog: {file: hub.log}\nmilestones: [debit_raised]\npeople:\n" + "".join(
    f"  - {{login: {login}, name: {login.capitalize()} Example, roles: [{', '.join(roles)}]"
    f"{LIMITED.get(login, '')}}}\n"
    for login, roles in ROLES.items()
)


def sees_closed(login: str) -> bool:
    """Whether somebody may know what lies in `dwp`, and comes by a route that is closed to the limited."""
    return "dwp" in ROLES[login] and login not in LIMITED


ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in}
  out: {type: folder, path: ../out}
  closed_in: {type: folder, path: ../closed_in}
  portal: {type: person, who: clerk, what: upload it to the portal, asks: the receipt number}
"""
ROUTES = """
partner: Little Partner
routes:
  payments:
    feeds: [little.payments]
    from: {endpoint: in, pattern: "*.txt"}
    to: [{output: payments, endpoint: out}]
    options: {limit: 1000}
    mode: live
    owner: rents
    schedule: {at: ["11:00"]}
  by_hand:
    feeds: [little.payments]
    from: {endpoint: in, pattern: "*.hand"}
    to: [{output: payments, endpoint: portal}]
    mode: live
    owner: rents
"""
CLOSED = """
partner: Closed Partner
routes:
  payments:
    feeds: [closed.payments]
    from: {endpoint: closed_in, pattern: "*.txt"}
    to: [{output: payments, endpoint: out}]
    options: {limit: 1000}
    mode: live
    owner: officers
"""


def cases(kind: str, inside: Compartment) -> Lifecycle:
    """Records that somebody works through to an outcome: asked about, with a day by which."""
    ask = {"close": Move(kind=kind, key="", to="CLOSED")}
    return Lifecycle(
        kind=kind,
        title=f"{kind.replace('_', ' ').capitalize()}s",
        begins=("OPEN",),
        moves={"OPEN": ("CLOSED",)},
        when=lambda old, new, facts: (
            []
            if old
            else [Task("look", f"{new.key}: look at it", {"close": replace(ask["close"], key=new.key)})]
        ),
        listed=(
            Listed("Answer due", "clock.answer_due", due=True),
            Listed("Score", "score"),
            Listed("Lost", "lost"),
            Listed("Why", "why"),
        ),
        money=("lost",),
        owner="rents",
        compartment=inside,
    )


CASES = (cases("case", Compartment.OPEN), cases("closed_case", Compartment.DWP))
SMALL, HELD, REFUSED = b"ABC001+0000400\nNOA002+0000200\n", b"ABC003+0002000\n", b"ABC004+0000401\n"
"""Sent, with money in suspense; above the limit, so that it is held; an odd sum, so that it is refused."""


def sums(plugin: str, inside: Compartment = Compartment.OPEN) -> Report:
    """A report of what came in with the payments of a plug-in."""
    return Report(
        name=f"{plugin}.sums",
        title=f"Sums of {plugin} payments",
        layout=Layout(
            "sums",
            (
                column("reference", Text()),
                column("amount", Pounds()),
                column("posted_on", Day("%Y%m%d"), required=False),
            ),
        ),
        rows=lambda told: [
            {"reference": one.reference, "amount": one.amount}
            | ({"posted_on": one.on} if one.state == "POSTED" else {})
            for one in told.items
        ],
        feeds=(f"{plugin}.payments",),
        compartment=inside,
    )


@dataclass
class Served:
    """`address` of the console; what was made: file name without its suffix → id of the transfer."""

    world: World
    hub: Hub
    console: Console
    address: str
    made: Mapping[str, str]
    _stack: ExitStack = field(default_factory=ExitStack)

    def token(self, login: str) -> str:
        """A cookie of somebody signed in."""
        return self.console.signing_in.let_in(login, "127.0.0.1")

    def client(self, login: str | None = None) -> Client:
        cookies = {"feedhub_signed_in": self.token(login)} if login else {}
        return Client(self.address, cookies)

    def acting(self, login: str) -> Hub:
        """The hub for somebody, without the console."""
        return Hub(replace(self.hub.services, viewer=self.hub.services.people.viewer(login)))


class Client(httpx.Client):
    """A browser of the plainest kind: it sends what a page's form would send."""

    def __init__(self, address: str, cookies: Mapping[str, str]) -> None:
        super().__init__(base_url=address, cookies=dict(cookies), timeout=30)

    def form(self, path: str, *, follow: bool = False, **fields: Any) -> httpx.Response:
        """Send a form, with the token that our pages put into it. `follow`: go where the answer leads."""
        from hub.console.here import token_for_forms

        before = path.startswith(("/sign-in", "/set-up", "/once"))  # where nobody is signed in yet
        cookie = self.cookies.get("feedhub_visit" if before else "feedhub_signed_in") or ""
        files = {name: value for name, value in fields.items() if isinstance(value, tuple)}
        plain = {name: value for name, value in fields.items() if name not in files}
        data = {"form_token": token_for_forms(cookie), **plain}
        return self.post(path, data=data, files=files or None, follow_redirects=follow)

    def text(self, path: str) -> str:
        """What a page says, its markup too, with entities as their letters."""
        return unescape(self.get(path).text)


@contextmanager
def served(folder: Path, *, fill: bool = True, **settings: Any) -> Iterator[Served]:
    """A console over a hub in which something of each kind has happened, open and closed (`fill`)."""
    closed = little(name="closed.payments", compartment=Compartment.DWP)
    reports = [sums("little"), sums("closed", Compartment.DWP)]
    world = World(folder, feeds=[little(), closed], reports=reports, lifecycles=[MILESTONE, *CASES])
    world.write("config/hub.yaml", HUB_YAML)
    world.write("config/endpoints.yaml", ENDPOINTS)
    world.write("config/routes/little.yaml", ROUTES)
    world.write("config/routes/closed.yaml", CLOSED)
    (folder / "closed_in").mkdir()
    with world.hub(viewer=HUB) as hub:
        made = dict(_filled(world, hub)) if fill else {}
        console = Console(lambda: hub, ConsoleSettings(address=("127.0.0.1", 1), **settings))
        console.settings = console.settings.model_copy(update={"address": ("127.0.0.1", 0)})
        with serving(console) as address:
            yield Served(world, hub, console, address, made)


def _filled(world: World, hub: Hub) -> Iterator[tuple[str, str]]:
    set_milestone(hub.services, "debit_raised", world.clock.at.date(), "the rent system said so")
    hub.services.commit(lambda conn: _cases(conn, hub))
    for name, content in {"small": SMALL, "held": HELD, "refused": REFUSED}.items():
        world.arrive(f"{name}.txt", content)
        _arrive(world, f"closed_{name}.txt", content)
    world.arrive("given.hand", b"ABC009+0000600\n")
    for route in ("little.payments", "closed.payments", "little.by_hand"):
        for outcome in hub.run(route).transfers:
            yield outcome.name.partition(".")[0], outcome.id


def _cases(conn: Connection, hub: Hub) -> None:
    """Two of each kind, the second with the nearer day."""
    why = ["the address is another person’s", "the income fell", "two claims", "no answer"]
    for life in CASES:
        for number, day in ((1, "2026-11-30"), (2, "2026-10-30")):
            facts = {"clock": {"answer_due": day}, "score": 60 + number, "lost": 123_456, "why": why}
            move = Move(kind=life.kind, key=f"{life.kind}-{number}", to="OPEN", data=facts)
            apply_moves(conn, hub.services, [move], who="hub")


def _arrive(world: World, name: str, content: bytes) -> None:
    world.arrive(name, content)
    (world.folder / "in" / name).rename(world.folder / "closed_in" / name)
