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

from hub.api import Answers, Context, Disposition, Item, ItemState, On, Output, SentItem
from hub.bank.matching import DUE, LINE
from hub.bank.receipts import RECEIPTS
from hub.bank.records import ACCOUNT_LIFE, DUE_LIFE, LINE_LIFE
from hub.door.feed import RegisterChange
from hub.door.milestone import MILESTONE
from hub.engine.local import Hub
from hub.errors import UsageError
from hub.model import TransferState
from hub.rent.learned import LEARNED_PAIR
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.rent.reversal import REVERSAL
from hub.rent.suspense import SUSPENSE
from hub.store import queries
from hub.store.rows import ItemRow
from hub.store.schema import item, transfer
from tests.banking import ACCOUNT_NUMBER, SORT_CODE, Entry, Statement, mt940
from tests.little import little, same_amount
from tests.parcels import PARCELS, ROUTE, waits
from tests.talking import posting
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
ANSWERS_ROUTE = """
partner: Parcels
routes:
  answers:
    feed: little.answers
    from: {endpoint: in, pattern: "*.answer", then: "archive:done"}
    mode: live
    owner: tests
"""
GONE = (ItemState.POSTED, ItemState.SENT, ItemState.ANSWERED, ItemState.UNANSWERED)
amounts = st.sampled_from((0, 2, 400, 1234, 99_998, 150_000)) | st.integers(-99_999, 99_999).map(
    lambda n: n * 2
)
lines = st.lists(st.tuples(st.sampled_from(PREFIXES), amounts), min_size=1, max_size=6)
choices = st.integers(0, 10)


def fate(one: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    """Every state that matching may give."""
    state = FATES.get(one.reference[:3])
    return waits(one, ctx, sent) if state is None else Disposition(state)


ANSWERED = little(
    name="little.answers",
    outputs=(),
    checks=(),
    answers=Answers("little.parcels", kind="answer", rules=(On(same_amount),)),
)


class Books(RuleBasedStateMachine):
    """A hub with four routes, and everything that a person may do about what moves on them."""

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.world = World(
            folder,
            feeds=[little(match=fate), PARCELS, SUSPENSE, ANSWERED],
            lifecycles=[MILESTONE, LEARNED_PAIR],
            profiles=[GENERIC_RENTTRAN],
        )
        self.world.change_route("hold: {above_value: 1000.00}")
        more = "    hold: {above_count: 1}\n    expect: {little.answers: {within: 2h}}\n"
        self.world.write("config/routes/parcels.yaml", ROUTE.format(source="", more=more))
        self.world.write("config/routes/rent.yaml", SUSPENSE_ROUTE)
        self.world.write("config/routes/answers.yaml", ANSWERS_ROUTE)
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

    @rule(number=choices)
    def the_partner_answers_for_some(self, number: int) -> None:
        lines = [line for line in self.lines_at_the_partner() if line.startswith("WAI")]
        if lines:
            some = lines[number % len(lines) :]
            self.world.arrive(f"{number}.answer", "".join(f"{line}\n" for line in some).encode())
            self.hub.run("answers")

    @rule()
    def the_answers_are_late(self) -> None:
        self.world.clock.turn(hours=3)
        self.hub.run("answers")

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
            came = select(item.c.id).where(item.c.feed != ANSWERED.name)
            ids = conn.execute(came).scalars().all()
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
        postings = [line.split(",") for line in self.lines_at_the_partner() if "," in line]
        others = [line[:6] for line in self.lines_at_the_partner() if "," not in line]
        return Counter(others) + Counter(cells[-1] for cells in postings if cells[0] == "D")

    def lines_at_the_partner(self) -> list[str]:
        return [line for content in self.world.delivered().values() for line in content.decode().splitlines()]


def test_every_state_of_an_item_is_among_the_mix() -> None:
    """One walk that meets them all, with what the machine checks after each of its steps."""
    books, met = Books(), set[ItemState]()
    books.open()
    try:
        for step in WALK:
            step(books)
            met |= {row.state for row in books.items()}
            books.every_penny_of_every_file_stands_somewhere()
            books.what_has_gone_lies_at_the_partner_once_and_nothing_else_does()
            books.only_what_a_batch_has_is_taken_or_gone_by_it()
    finally:
        books.teardown()
    assert met == set(ItemState)


WALK: tuple[Callable[[Books], object], ...] = (
    lambda books: books.a_file_comes_in([(prefix, 400) for prefix in PREFIXES] + [("ABC", 0)]),
    lambda books: books.a_file_comes_in([("WAI", 200), ("WAI", 600)]),
    lambda books: books.the_parcels_are_gathered(),
    lambda books: books.a_held_one_is_released(0),
    lambda books: books.the_partner_answers_for_some(1),
    lambda books: books.the_answers_are_late(),
    lambda books: books.a_file_comes_in([("ABC", 99_998), ("ABC", 99_998)]),
    lambda books: books.one_is_withdrawn(0, TransferState.HELD),
)

TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=15, stateful_step_count=14, deadline=None)


BANK_ROUTES = f"""
partner: Bank
routes:
  receipts:
    feed: bank.receipts
    from: {{endpoint: in, pattern: "*.mt940", then: "archive:done"}}
    options:
      accounts: {{income: {{sort_code: "{SORT_CODE}", account_number: "{ACCOUNT_NUMBER}"}}}}
      money: {{dwp: {{says: DWP}}}}
    in_order: true
    mode: live
    owner: tests
  schedules:
    feed: little.payments
    from: {{endpoint: in, pattern: "*.txt", then: "archive:done"}}
    to: [{{output: payments, endpoint: out, profile: generic.renttran, options: {{landlord: FAKE}}}}]
    awaits: {{money: dwp, lets_go: part, each: reference}}
    mode: live
    owner: tests
  reversals:
    feed: rent.reversals
    from: {{items: REVERSAL}}
    to: [{{output: postings, endpoint: out, profile: generic.renttran, options: {{landlord: FAKE}}}}]
    mode: live
    owner: tests
"""
payments = st.lists(st.integers(1, 9), min_size=1, max_size=4)


class AtTheBank(RuleBasedStateMachine):
    """Files whose money the bank shows or not, in parts, and postings that are taken back."""

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        outputs = (Output("payments", ("PAYMENT",), makes=posting),)
        self.world = World(
            folder,
            feeds=[little(checks=(), outputs=outputs), RECEIPTS, REVERSAL],
            lifecycles=[MILESTONE, ACCOUNT_LIFE, LINE_LIFE, DUE_LIFE],
            profiles=[GENERIC_RENTTRAN],
        )
        (folder / "config/routes/little.yaml").unlink()
        self.world.write("config/routes/bank.yaml", BANK_ROUTES)
        self.hubs = {who: self.stack.enter_context(self.world.hub(who=who)) for who in ("ben", "carla")}
        self.owed: dict[str, int] = {}
        self.shown = self.released = self.statements = 0

    @property
    def hub(self) -> Hub:
        return self.hubs["carla"]

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    @rule(pounds=payments)
    def a_schedule_comes_in(self, pounds: list[int]) -> None:
        start = len(self.owed)
        rows = {f"ABC{start + at:03}": pence * 100 for at, pence in enumerate(pounds)}
        self.owed |= rows
        text = "".join(f"{reference}{-pence:+08d}\n" for reference, pence in rows.items())
        self.world.arrive(f"{start}.txt", text.encode())
        self.hub.run("schedules")

    @rule(pounds=payments)
    def the_bank_shows_money(self, pounds: list[int]) -> None:
        self.statements += 1
        entries = [Entry(pence * 100, "DWP") for pence in pounds]
        data = mt940(Statement(self.statements, self.shown, entries))
        self.shown += sum(entry.pence for entry in entries)
        self.world.arrive(f"{self.statements}.mt940", data)
        self.hub.run("receipts")

    @rule()
    def what_is_covered_goes(self) -> None:
        self.hub.run("schedules")

    @rule(number=choices)
    def two_people_let_a_part_go(self, number: int) -> None:
        with self.hub.look() as look:
            dues = look.records(DUE, state="AWAITED", limit=None)
        if dues:
            due = dues[number % len(dues)]
            with suppress(UsageError):  # what is not legal now changes nothing
                entry = self.hubs["ben"].agreements.propose_letting_go(due.key, "by telephone")
                self.hub.agreements.agree(entry.id, "seen")
                self.released += due.data["amount"]

    @rule(number=choices, lines=st.lists(st.integers(1, 3), max_size=2))
    def a_posting_is_taken_back(self, number: int, lines: list[int]) -> None:
        with self.hub.look() as look:
            rows = look.transfers(state=TransferState.ACCEPTED, limit=1000)
        if rows:
            with suppress(UsageError):  # what is not legal now changes nothing
                id = rows[number % len(rows)].id
                entry = self.hubs["ben"].agreements.propose_reversal(id, "wrong", lines)
                self.hub.agreements.agree(entry.id, "seen")

    @rule()
    def what_is_taken_back_is_posted(self) -> None:
        self.hub.run("reversals")

    @rule(number=choices)
    def one_is_withdrawn(self, number: int) -> None:
        with self.hub.look() as look:
            rows = look.transfers(route="bank.schedules", state=TransferState.STAGED, limit=1000)
        if rows:
            with suppress(UsageError):  # what is not legal now changes nothing
                self.hub.acts.withdraw(rows[number % len(rows)].id, "not this")

    @invariant()
    def every_penny_of_every_schedule_stands_somewhere(self) -> None:
        with self.hub.store.read() as conn:
            came = conn.execute(select(item.c.amount, item.c.reference).where(item.c.kind == "PAYMENT")).all()
        assert {row.reference: -row.amount for row in came} == self.owed
        assert len(came) == len(self.owed)

    @invariant()
    def no_more_is_posted_than_the_bank_showed_or_people_let_go(self) -> None:
        first = [pence for pence, back in self.posted().values() if not back]
        assert -sum(first) <= self.shown + self.released

    @invariant()
    def what_is_posted_is_posted_once_and_taken_back_once(self) -> None:
        posted = self.posted()
        back = Counter(reverses for _, reverses in posted.values() if reverses)
        assert all(count == 1 for count in back.values())
        for reverses in back:
            (contra,) = (pence for pence, other in posted.values() if other == reverses)
            assert contra == -posted[reverses][0]

    @invariant()
    def each_penny_of_a_line_is_given_once(self) -> None:
        with self.hub.look() as look:
            lines = look.records(LINE, limit=None)
        assert sum(one.data["amount"] for one in lines) == self.shown
        for one in lines:
            assert one.data["left"] + sum(one.data["covers"].values()) == one.data["amount"]

    def posted(self) -> dict[str, tuple[int, str]]:
        """By the hub's id of a posting, which the rent system would keep: pence, and what it takes back."""
        with self.hub.store.read() as conn:
            gone = select(item.c.id, item.c.amount, item.c.data).where(item.c.state.in_(GONE))
            rows = conn.execute(gone)
            items = {row.id: (row.amount, row.data.get("reverses", "")) for row in rows}
        files = self.world.delivered().values()
        lines = [line.split(",") for data in files for line in data.decode().splitlines() if line[:1] == "D"]
        assert sum(int(line[9].replace(".", "")) for line in lines) == sum(
            pence for pence, _ in items.values()
        )
        assert len(lines) == len(items)
        return items


TestAtTheBank = AtTheBank.TestCase
TestAtTheBank.settings = settings(max_examples=8, stateful_step_count=14, deadline=None)
