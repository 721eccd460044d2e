"""Whatever mix of files comes in and whatever people do about them: what came in is what stands somewhere, to
the penny, after every step; and no item leaves twice.

The oracle knows the files alone: it keeps what it wrote into them, and reads what lies at the partner.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from hub.api import Context, Disposition, Item, ItemState, SentItem
from hub.door.feed import RegisterChange
from hub.door.milestone import MILESTONE
from hub.engine.local import Hub
from hub.errors import UsageError
from hub.model import TransferState
from hub.rent.learned import LEARNED_PAIR
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.rent.suspense import SUSPENSE
from hub.store import queries
from hub.store.rows import ItemRow
from hub.store.schema import item, transfer
from tests.little import little
from tests.parcels import PARCELS, ROUTE, waits
from tests.world import World

SUSPENSE_ROUTE = """
partner: Rent system
routes:
  suspense:
    feed: rent.suspense
    from: {items: SUSPENSE_CLEARED, each: true}
    to: [{output: postings, endpoint: out, folder: "", profile: generic.renttran, options: {landlord: FAKE}}]
    options: {type_codes: {PAYMENT: RPY}, kinds: {PAYMENT: ADJUSTMENT}}
    mode: live
    owner: tests
"""
FATES = {"NOT": ItemState.NOTED, "DUP": ItemState.DUPLICATE, "REJ": ItemState.REJECTED}
PREFIXES = ("ABC", "NOA", "WAI", *FATES)
GONE = (ItemState.POSTED, ItemState.SENT)
amounts = st.sampled_from((0, 2, 400, 1234, 99_998, 150_000)) | st.integers(-99_999, 99_999).map(
    lambda n: n * 2
)
lines = st.lists(st.tuples(st.sampled_from(PREFIXES), amounts), min_size=1, max_size=6)
choices = st.integers(0, 10)


def fate(one: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    """Every state that matching may give."""
    state = FATES.get(one.reference[:3])
    return waits(one, ctx, sent) if state is None else Disposition(state)


class Books(RuleBasedStateMachine):
    """A hub with three routes, and everything that a person may do about what moves on them."""

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.world = World(
            folder,
            feeds=[little(match=fate), PARCELS, SUSPENSE],
            lifecycles=[MILESTONE, LEARNED_PAIR],
            profiles=[GENERIC_RENTTRAN],
        )
        self.world.change_route("hold: {above_value: 1000.00}")
        more = "    hold: {above_count: 1}\n"
        self.world.write("config/routes/parcels.yaml", ROUTE.format(source="", more=more))
        self.world.write("config/routes/rent.yaml", SUSPENSE_ROUTE)
        self.hubs = {who: self.stack.enter_context(self.world.hub(who=who)) for who in ("ben", "carla")}
        self.came_in: dict[str, int] = {}
        self.written: Counter[str] = Counter()

    @property
    def hub(self) -> Hub:
        return self.hubs["carla"]

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    @rule(lines=lines)
    def a_file_comes_in(self, lines: list[tuple[str, int]]) -> None:
        name = f"{len(self.came_in)}.txt"
        start = sum(self.written.values())
        rows = [(f"{prefix}{start + at:03}", pence) for at, (prefix, pence) in enumerate(lines)]
        self.came_in[name] = sum(pence for _, pence in rows)
        self.written.update(reference for reference, _ in rows)
        self.world.arrive(name, "".join(f"{ref}{pence:+08d}\n" for ref, pence in rows).encode())
        self.hub.run("payments")

    @rule()
    def the_parcels_are_gathered(self) -> None:
        self.hub.run("parcels")

    @rule()
    def the_cleared_are_posted(self) -> None:
        self.hub.run("suspense")

    @rule(number=choices)
    def a_held_one_is_released(self, number: int) -> None:
        self.about(TransferState.HELD, number, lambda id: self.hub.acts.release(id, "agreed"), go_on=True)

    @rule(number=choices, state=st.sampled_from((TransferState.HELD, TransferState.ACCEPTED)))
    def one_is_withdrawn(self, number: int, state: TransferState) -> None:
        self.about(state, number, lambda id: self.hub.acts.withdraw(id, "not this"))

    @rule(number=choices)
    def one_is_tried_again(self, number: int) -> None:
        self.about(TransferState.HELD, number, lambda id: self.hub.acts.retry(id, "again"), go_on=True)

    @rule(number=choices, agreed=st.booleans())
    def money_in_suspense_is_placed(self, number: int, agreed: bool) -> None:
        self.register()
        suspended = [row for row in self.items() if row.state is ItemState.SUSPENDED]
        if suspended:
            id = suspended[number % len(suspended)].id
            with suppress(UsageError):  # what is not legal now changes nothing
                self.hubs["ben"].suspense.propose(id, "R1", "the tenant rang")
            with suppress(UsageError):  # what is not legal now changes nothing
                acts = self.hub.suspense
                (acts.clear if agreed else acts.refuse)(id, "seen")

    def about(
        self, state: TransferState, number: int, act: Callable[[str], object], *, go_on: bool = False
    ) -> None:
        """Do something to one of the transfers in a state, if there is any."""
        with self.hub.store.read() as conn:
            ids = list(conn.execute(select(transfer.c.id).where(transfer.c.state == state)).scalars())
        if ids:
            id = ids[number % len(ids)]
            with suppress(UsageError):  # what is not legal now changes nothing
                act(id)
                if go_on:
                    self.hub.advance(id)

    def register(self) -> None:
        """The rent system has one account, which came with the first file."""
        with self.hub.store.read() as conn:
            first = conn.execute(select(transfer.c.id)).scalar()
        if first:
            change, keys = RegisterChange({"R1": ({"payment_ref": "R1"}, {})}), self.hub.store.keys
            self.hub.store.write(lambda conn: queries.apply_register(conn, keys, change, first))

    def items(self) -> list[ItemRow]:
        with self.hub.store.read() as conn:
            ids = conn.execute(select(item.c.id)).scalars().all()
            return [row for id in ids if (row := queries.get_item(conn, None, id))]

    @invariant()
    def every_penny_of_every_file_stands_somewhere(self) -> None:
        with self.hub.look() as look:
            for row in look.transfers(route="little.payments", limit=1000):
                money = look.money(row.id)
                assert sum(pence for _, pence in money.values()) == self.came_in[row.name]
        assert sum(row.amount for row in self.items()) == sum(self.came_in.values())

    @invariant()
    def what_has_gone_lies_at_the_partner_once_and_nothing_else_does(self) -> None:
        carried = self.at_the_partner()
        for row in self.items():
            assert carried[row.reference] == (row.state in GONE), (row.reference, row.state)

    @invariant()
    def only_what_a_batch_has_is_taken_or_gone_by_it(self) -> None:
        for row in self.items():
            if row.batch_id is not None:
                assert row.state in (ItemState.TAKEN, *GONE)
            if row.state is ItemState.WAITING:
                assert row.batch_id is None

    def at_the_partner(self) -> Counter[str]:
        """How often each reference lies there: it starts a line of the little feeds, and ends a posting's."""
        seen: Counter[str] = Counter()
        for name, content in self.world.delivered().items():
            for line in content.decode().splitlines():
                if name.startswith("RENTTRAN"):
                    seen.update([line.split(",")[-1]] if line.startswith("D") else [])
                else:
                    seen.update([line[:6]])
        return seen


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=15, stateful_step_count=14, deadline=None)
