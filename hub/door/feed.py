"""A feed: a kind of exchange that a plug-in knows, as plain data and pure functions.

Reading one `Feed` tells a file's whole story: how it is recognised and decoded, what is checked, what items
it holds, how each finds its account, and what goes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO, ClassVar, Protocol, Self

from pydantic import BaseModel, ConfigDict

from hub.checks.base import Check, Context, Tally
from hub.door.conversation import Conversation, Question
from hub.door.keep import Keep
from hub.door.lifecycle import Called, Follow, Lookup, Waiting
from hub.model import (
    Answered,
    Chunk,
    Compartment,
    DeliveryState,
    Direction,
    Disposition,
    Finding,
    Item,
    ItemState,
    Move,
    Rendered,
    RentTransaction,
    SentItem,
    Taken,
    Unreadable,
)


class Format(Protocol):
    """How bytes become records. One instance may be shared by threads: it holds no state."""

    def recognises(self, head: bytes) -> bool:
        """Whether content that starts with these bytes (up to 64 KiB) is of this format."""
        ...

    def decode(self, stream: BinaryIO, options: Any) -> Iterator[Chunk | Unreadable]:
        """Records in file order, in chunks of one layout each. Never raises for bad data."""
        ...


class Options(BaseModel):
    """Base of every feed's options: unknown keys are mistakes, nothing changes after loading.

    a_route_sets: options that a route must set, although a look at a single file can do without them
    required_for: the same, by format or output, for routes that name it
    goes_by:      by option, the format in which comes what it is about, or the output by which it goes: a
                  route has both or neither
    code_maps:    the code maps that these options name; each must lie in `config/codes/`
    """

    a_route_sets: ClassVar[tuple[str, ...]] = ()
    required_for: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    goes_by: ClassVar[Mapping[str, str]] = {}
    model_config = ConfigDict(extra="forbid", frozen=True)

    def code_maps(self) -> Iterable[str]:
        return ()

    def reading(self, stream: BinaryIO, today: date | None) -> Self:
        """As they are for a content, where something of them holds from a day on. Pure but for a look at the
        start of the stream, which it leaves where it was."""
        return self


@dataclass(frozen=True, slots=True)
class Number:
    """A number that an output draws once a transfer, or once for each of its items.

    scope:  names the counter, e.g. `"bacs.serial:654321"`; a pure function of the taken items and the
            context, which has no moment yet; what files bring along under it (`Tally.used`) is never drawn
    each:   every item that the output carries has one of its own, in their order: `scope` is asked for each
            alone, `write` and `makes` find it with `ctx.moment.number_of(one, name)`. Profiles have none
    policy: `never_again` (burnt once drawn) or `no_gap` (given back when the transfer never reached SENDING)
    shared: outputs of one transfer that draw it under this name from the same counter have the same number
    """

    name: str
    scope: Callable[[Sequence[Taken], Context[Any]], str]
    policy: str = "never_again"
    first: int = 1
    last: int = 999_999
    shared: bool = False
    each: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """One thing that leaves because of a transfer.

    takes:    the kinds of item it carries; None = every kind, for what other feeds' items are gathered for
    write:    items → bytes, for outputs with a format of their own; may raise CannotRender
    makes:    item → what the rent system is told, for outputs that the route's rent-system profile writes
    of:       what `makes` makes; the route names a profile that writes these
    forward:  true when the received bytes go on untouched (asked with the context: a format may decide)
    rewrite:  (received bytes, items, ctx) → bytes, for extracts whose rows are no items of the hub: what the
              partner takes is read from the source once more; may raise CannotRender
    name:     the file name of forwarded bytes; asked with the received name
    everything: it tells of every item of the transfer, whatever became of it (a reply to the sender), and is
              made although nothing was taken; it carries none, so `takes` is `()`
    converse: for endpoints that are talked with: the written bytes → the conversation that hands them over;
              its context holds no facts and no numbers, so that it is the same whenever it is run again
    becomes:  the state of its items once the delivery is SENT (SENT waits for an answer, POSTED does not)
    """

    name: str
    takes: tuple[str, ...] | None
    write: Callable[[Sequence[Taken], Context[Any]], Rendered] | None = None
    makes: Callable[[Taken, Context[Any]], Sequence[Any]] | None = None
    of: type[Any] = RentTransaction
    forward: Callable[[Context[Any]], bool] | None = None
    rewrite: Callable[[BinaryIO, Sequence[Taken], Context[Any]], Rendered] | None = None
    name_forwarded: Callable[[Any, str, Context[Any]], str] | None = None
    numbers: tuple[Number, ...] = ()
    becomes: ItemState = ItemState.POSTED
    everything: bool = False
    converse: Callable[[bytes, Context[Any]], Conversation] | None = None

    def carries(self, kind: str) -> bool:
        return self.takes is None or kind in self.takes


def same_reference(item: Item) -> str | None:
    """The reference of the answering item, which is that of the item it answers."""
    return item.reference


@dataclass(frozen=True, slots=True)
class On:
    """One way to find the sent item that an item answers.

    fits:  whether a sent item with the same value is the one meant, pure
    value: what is looked for: the reference as it is (default) or as the answer hides it; None = not this way
    among: where it is looked for: `reference`, `account`, the name of a personal value, or a kind of what
           partners call it (`Answers.calls`, `Rendered.called`, `Called`, `Told.called`)
    alone: only when it is the one item for the one sent item, and neither fits a second; weak rules need it
    """

    fits: Callable[[Item, SentItem], bool]
    value: Callable[[Item], str | None] = same_reference
    among: str = "reference"
    alone: bool = False


def accepted(item: Item) -> Answered:
    return Answered.ACCEPTED


def refused(item: Item) -> Answered:
    return Answered.REFUSED


def unexplained(item: Item) -> str | None:
    """For answers that give no reason."""
    return None


def calls_nothing(item: Item) -> Mapping[str, str]:
    """For answers that give the item no name of the partner's."""
    return {}


@dataclass(frozen=True, slots=True)
class Rest:
    """What a report's silence means for the items of its transfer that it does not name."""

    said: Answered
    reason: str | None = None


def silent(tally: Any) -> Rest | None:
    """For reports whose silence means nothing: what they do not name is still unanswered."""
    return None


@dataclass(frozen=True, slots=True)
class Answers:
    """That the items of a feed answer items which left earlier, each once. An item that names one answers it
    when it is taken or noted; what it names and is held stays unanswered.

    feed:  the feed, or feeds, whose sent items are answered: those that came in with it, and those that it
           gathered and sent
    kind:  the kind of answer ("unpaid"); one sent item has at most one answer of a kind
    rules: the ways to find the item meant, the strongest first
    says:  what the partner made of it, and why, without personal data
    calls: what the partner calls it from now on: kind → value, among which later answers look (`On.among`).
           Kinds that are named in the feed's `personal_data` are stored sealed and found by digest
    whole: (tally) of a report about a whole transfer: the identity that the transfer went out under
           (`Rendered.identity`), or the identities that it may have, the surest first: the first counts under
           which anything went out, and once it is settled so the surest is its name, by which later reports
           find it. Its items answer items of that transfer only; it is held when none such waits for it
    unknown: what a person does about a report about no transfer, in words
    rest:  (tally) and what its silence means for the others
    kinds: and the kinds of sent item that it is about; empty = all. A route that expects its answers
           (`expect:`) awaits one for each item of these
    settles: whether it says what became of the transfer itself, too. False for a second report that is about
           some of its items only: the first one stands, unless the transfer holds no others
    """

    feed: str | tuple[str, ...]
    kind: str
    rules: tuple[On, ...]
    says: Callable[[Item], Answered] = refused
    why: Callable[[Item], str | None] = unexplained
    whole: Callable[[Any], str | Sequence[str] | None] | None = None
    unknown: str = "ask the partner what this report is about"
    rest: Callable[[Any], Rest | None] = silent
    kinds: tuple[str, ...] = ()
    settles: bool = True
    calls: Callable[[Item], Mapping[str, str]] = calls_nothing

    @property
    def feeds(self) -> tuple[str, ...]:
        return (self.feed,) if isinstance(self.feed, str) else self.feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The rent system's own way of taking what it is told.

    options:  what the route's target may set for it (`options:` of the target)
    write:    postings, or what `of` says → bytes; raises CannotRender when one cannot be carried: then
              nothing is written
    of:       what it writes: postings to rent accounts, changes of mandates (`MandateChange`) or collections
              that came back (`CollectionReject`)
    numbers:  as for an output
    lossy:    what they hold and this way of writing cannot carry, in words
    converse: of a rent system that is talked with: written bytes → conversation; None = it takes files

    The context that these functions are given holds the target's options, not the feed's.
    """

    name: str
    options: type[Options]
    write: Callable[[Sequence[Any], Context[Any]], Rendered]
    of: type[Any] = RentTransaction
    numbers: tuple[Number, ...] = ()
    lossy: tuple[str, ...] = ()
    converse: Callable[[bytes, Context[Any]], Conversation] | None = None

    def __post_init__(self) -> None:
        if any(number.each for number in self.numbers):
            raise ValueError(
                f"the profile {self.name} draws a number for each item, but is handed postings: let the "
                "output draw it, and `makes` put it into what it makes"
            )


def no_items(chunk: Chunk, tally: Any, ctx: Context[Any]) -> Iterable[Item]:
    """For feeds that only gather."""
    return ()


def no_moves(taken: Taken, ctx: Context[Any]) -> Iterable[Move]:
    """For feeds whose items move no records."""
    return ()


@dataclass(frozen=True, slots=True)
class Left:
    """What became of what an output sent.

    state:     SENT once every file of the output has left; CONFIRMED or REFUSED when the partner says so
    by:        the login of whoever handed it over; on, count: the day and the number of records that they
               entered, where they are asked
    told:      what its rendering told (`Rendered.summary`)
    identity:  what it went out as (`Rendered.identity`); reference: what the partner, or whoever handed it
               over, calls it; reason: why it was refused
    answers:   what whoever says CONFIRMED or REFUSED says of single items, by their id
    """

    output: str
    state: DeliveryState
    identity: str | None = None
    reference: str | None = None
    reason: str | None = None
    answers: Mapping[str, Answered] = field(default_factory=dict)
    on: date | None = None
    count: int | None = None
    told: Mapping[str, str | int] = field(default_factory=dict)
    by: str | None = None


def leaves_nothing(carried: Sequence[Taken], ctx: Context[Any]) -> Iterable[Move | Waiting]:
    """For feeds of which nothing follows before a file leaves."""
    return ()


def moves_nothing(carried: Sequence[Taken], ctx: Context[Any]) -> Iterable[Move]:
    """For feeds that keep no record of each attempt, or whose files name only some."""
    return ()


def left_nothing(
    carried: Sequence[Taken], left: Left, ctx: Context[Any]
) -> Iterable[Move | Waiting | Called]:
    """For feeds of which nothing follows once a file has left."""
    return ()


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was refused whole: as far as it could be read, what it adds up to and what was found.

    on: its business date, else the day on which it was worked
    """

    name: str
    tally: Tally
    findings: Sequence[Finding]
    on: date


def refused_unanswered(file: RefusedFile, ctx: Context[Any]) -> Iterable[Waiting]:
    """For feeds whose senders are told nothing of a file that is refused."""
    return ()


def match_nothing(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    """For feeds whose items need no account."""
    return Disposition(ItemState.NOTED)


def banked_as_posted(items: Sequence[Item]) -> int:
    """For feeds whose money is at the bank as it is posted: what takes from a debt came in."""
    return -sum(item.amount for item in items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A kind of exchange.

    lacks:    outputs that a route may ask for and that there are not, each with why and what there is instead
    formats:  by name; content decides which one (`recognises`), unless the route names it
    tally:    builds the feed's Tally for one reading
    items:    sound rows → items; it is handed the feed's own tally
    match:    item → disposition, by ordered rules; `sent` is the item that it answers, if any was found
    item_key: the business identity of an item across transfers (repeat detection); None = has none
    looks_up: records that matching, checks and moves look at
    recalls:  (item) → the reference under which earlier items of the feed are looked for that it may be about
              (an adjustment of a posting), to be found in `facts.earlier`; None = it is about none
    moves:    taken or noted item → moves of records; an illegal one is a finding that holds the item
    unnamed:  (all items of a file, ctx) → moves of records that a complete list does not name any more, after
              those of its items; asked once a file. An illegal one is a finding that holds the file
    leaves:   (all items that leave, ctx) → what is so from the intent on, in its commit: asked once a
              transfer, after the checks at the door and before the first byte leaves
    attempts: (all items that leave, ctx) → moves in the commit of each intent, that of a conversation which
              goes on or begins again included, made as whoever sets out. One that is not allowed stops it
    left:     (items that the output carried, Left, ctx) → what follows from that, in the commit that says so
    refused_whole: a file that is refused whole → what starts inside the hub because of that, in its commit:
              an answer to its sender. Only what a route gathers is made
    register: items → rows of the register, instead of items that are kept (`rent.accounts`)
    keeps_items: false for a picture of records that live on (`rent.mandates`): only the moves are kept
    parts:    by name, how the money of a file is parted where the bank is awaited (`awaits: {each: NAME}`),
              beside `file`, `date`, `reference` and `item`: the schedule, the remittance that an item is of
    banked:   pence that the bank shows for items of one part, positive = money comes in
    gathers:  names of waiting items that a route may gather for it (`from: {items: NAME}`)
    asks:     what a route may ask an API for instead of taking files (`from: {asks: NAME}`)
    follows:  records whose changes make items wait for it (`Follow`): a new mandate, an instruction
    dated:    (waiting item, ctx without records) → the day that it is for once it is gathered; None = its own
    conditions: for the `when:` of such a route: why an item is not ready yet, None when it is
    keep:     how long after a transfer was over its bytes and personal values are kept, or (settings of the
              plug-in) → that; None = as in hub.yaml
    """

    name: str
    title: str
    direction: Direction
    formats: Mapping[str, Format] = field(default_factory=dict)
    tally: Callable[[Context[Any]], Tally] = Tally
    items: Callable[[Chunk, Any, Context[Any]], Iterable[Item]] = no_items
    match: Callable[[Item, Context[Any], SentItem | None], Disposition] = match_nothing
    options: type[Options] = Options
    checks: tuple[Check, ...] = ()
    answers: Answers | None = None
    outputs: tuple[Output, ...] = ()
    lacks: Mapping[str, str] = field(default_factory=dict)
    item_key: Callable[[Item], str | None] = field(default=lambda item: None)
    register: Callable[[Sequence[Item]], RegisterChange] | None = None
    looks_up: tuple[Lookup, ...] = ()
    recalls: Callable[[Item], str | None] | None = None
    moves: Callable[[Taken, Context[Any]], Iterable[Move]] = no_moves
    unnamed: Callable[[Sequence[Taken], Context[Any]], Iterable[Move]] = moves_nothing
    leaves: Callable[[Sequence[Taken], Context[Any]], Iterable[Move | Waiting]] = leaves_nothing
    attempts: Callable[[Sequence[Taken], Context[Any]], Iterable[Move]] = moves_nothing
    left: Callable[[Sequence[Taken], Left, Context[Any]], Iterable[Move | Waiting | Called]] = left_nothing
    refused_whole: Callable[[RefusedFile, Context[Any]], Iterable[Waiting]] = refused_unanswered
    keeps_items: bool = True
    parts: Mapping[str, Callable[[Item], str]] = field(default_factory=dict)
    banked: Callable[[Sequence[Item]], int] = banked_as_posted
    gathers: tuple[str, ...] = ()
    asks: tuple[Question, ...] = ()
    follows: tuple[Follow, ...] = ()
    dated: Callable[[Taken, Context[Any]], date] | None = None
    conditions: Mapping[str, Callable[[Taken, Context[Any]], str | None]] = field(default_factory=dict)
    compartment: Compartment = Compartment.OPEN
    personal_data: tuple[str, ...] = ()
    keep: Keep | Callable[[Any], Keep] | None = None

    @property
    def is_extract(self) -> bool:
        """Whether its files are a picture of things that live on in the hub, so that no items are kept."""
        return self.register is not None or not self.keeps_items

    def recognise(self, head: bytes) -> str | None:
        """The name of the first format whose content test the bytes pass."""
        return next((name for name, format in self.formats.items() if format.recognises(head)), None)

    def output(self, name: str) -> Output:
        """Raises KeyError when the feed has no output of that name."""
        for output in self.outputs:
            if output.name == name:
                return output
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class RegisterChange:
    """What a register extract says: rows by their key, replacing or updating what the register holds.

    rows: payment reference → (open values, personal values)
    complete: whether rows that are not named have ended
    """

    rows: Mapping[str, tuple[Mapping[str, Any], Mapping[str, str]]]
    complete: bool = False
