"""The nouns of the hub: frozen, without I/O. Words as in `hub/docs/architecture.md`.

Money is whole pence (`int`) inside the hub; positive = the customer owes more, negative = owes less
(`format_pounds` writes it for people). Dates are `date`. References are text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from hub.formats.layout import Layout


class Direction(StrEnum):
    """Seen from the hub's partners: IN brings their files to the rent system, OUT takes its files to them."""

    IN = "in"
    OUT = "out"


class Severity(StrEnum):
    """What a finding does. ERROR refuses the whole transfer, HOLD makes it wait for a person,
    HOLD_ITEM makes only the item of its line wait, REFUSE_ITEM refuses only that one, WARNING and NOTE are
    told and change nothing."""

    ERROR = "error"
    HOLD = "hold"
    HOLD_ITEM = "hold_item"
    REFUSE_ITEM = "refuse_item"
    WARNING = "warning"
    NOTE = "note"


class Level(IntEnum):
    """The order in which checks run."""

    FIELD = 1
    RECORD = 2
    FILE = 3
    HISTORY = 4
    CROSS = 5


class Verdict(StrEnum):
    """What validation makes of a whole transfer."""

    ACCEPTED = "accepted"
    HELD = "held"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"


class TransferState(StrEnum):
    """See `hub/transfer/states.py` for the legal moves."""

    FOUND = "FOUND"
    STAGED = "STAGED"
    HELD = "HELD"
    ACCEPTED = "ACCEPTED"
    APPLIED = "APPLIED"
    DUPLICATE = "DUPLICATE"
    REJECTED = "REJECTED"
    FAILED = "FAILED"
    WITHDRAWN = "WITHDRAWN"


class DeliveryState(StrEnum):
    """SENDING is the intent, committed before the first byte leaves."""

    READY = "READY"
    SENDING = "SENDING"
    SENT = "SENT"
    CONFIRMED = "CONFIRMED"
    REFUSED = "REFUSED"
    IN_DOUBT = "IN_DOUBT"
    WITHDRAWN = "WITHDRAWN"


class ItemState(StrEnum):
    """Where one business fact stands. TAKEN = carried by a delivery that has not left yet;
    WITHDRAWN = given up by a person before it left."""

    WAITING = "WAITING"
    HELD = "HELD"
    TAKEN = "TAKEN"
    SENT = "SENT"
    ANSWERED = "ANSWERED"
    UNANSWERED = "UNANSWERED"
    POSTED = "POSTED"
    SUSPENDED = "SUSPENDED"
    DUPLICATE = "DUPLICATE"
    NOTED = "NOTED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class Answered(StrEnum):
    """What a partner made of an item that left."""

    ACCEPTED = "accepted"
    AMENDED = "amended"
    REFUSED = "refused"


class WorkKind(StrEnum):
    """What is asked of a person. RELEASE: let a held transfer go; SUSPENSE: approve where money belongs;
    HAND_OVER: take a file to a partner by hand; SETTLE: retry, settle or withdraw what stopped; TASK: look,
    decide; AGREE: be the second to say yes to what somebody proposed."""

    RELEASE = "release"
    SUSPENSE = "suspense"
    HAND_OVER = "hand_over"
    SETTLE = "settle"
    TASK = "task"
    AGREE = "agree"


class WorkState(StrEnum):
    """VOID: what it was about is over, so nobody needs to do it any more."""

    OPEN = "OPEN"
    TAKEN = "TAKEN"
    DONE = "DONE"
    REFUSED = "REFUSED"
    VOID = "VOID"


class Urgency(StrEnum):
    """How soon somebody must look. AMBER: today, or soon; RED: something has gone wrong."""

    AMBER = "amber"
    RED = "red"


class MessageState(StrEnum):
    """Of what people are told. VOID: before it was sent, nobody needed to hear it any more."""

    WAITING = "WAITING"
    SENT = "SENT"
    VOID = "VOID"


class PromiseState(StrEnum):
    """VOID: what it was about is over without it."""

    OPEN = "OPEN"
    KEPT = "KEPT"
    BROKEN = "BROKEN"
    VOID = "VOID"


class Compartment(StrEnum):
    """Who may know that something exists. Only people with a role for it see anything of a closed one."""

    OPEN = "open"
    DWP = "dwp"
    FRAUD = "fraud"
    SAR = "sar"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a check noticed. `line` is 1-based. The message never holds personal data."""

    check: str
    severity: Severity
    message: str
    line: int | None = None
    field: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line (or the rest of the bytes) that no layout fits. `raw` never leaves the hub's own checks."""

    line: int
    raw: bytes
    check: str
    message: str
    expected: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a chunk: the field texts as they came, by name."""

    layout: Layout
    line: int
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to 4,096 successive records of one layout, as columns: `columns[name][i]` is on line `lines[i]`."""

    layout: Layout
    lines: Sequence[int]
    columns: Mapping[str, Sequence[str]]

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, index: int) -> Row:
        values = {name: column[index] for name, column in self.columns.items()}
        return Row(self.layout, self.lines[index], values)

    def rows(self) -> Iterator[Row]:
        return (self.row(index) for index in range(len(self.lines)))


@dataclass(frozen=True, slots=True)
class Item:
    """One business fact inside a transfer.

    kind:      e.g. "COLLECTION", "UNPAID_DEBIT", "BENEFIT"
    reference: the reference as the partner quotes it (a mandate, a rent account)
    amount:    pence, canonical sign (positive = the customer owes more); 0 where no money moves
    on:        the date that the fact is about (processing day, posting date)
    data:      other open facts, JSON-able; those of a document's lines lie under `lines`
    personal:  names, sort codes, account numbers: encrypted at rest, masked on screens
    expires:   the last day on which its personal values and the bytes that hold them are kept, where that is
               sooner than its feed keeps transfers
    """

    kind: str
    line: int
    reference: str
    amount: int
    on: date
    data: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Disposition:
    """What matching decided for an item: its state, the rent account, the reason when it is not taken.

    answers:    the id of the sent item that this one answers (an unpaid debit answers a collection)
    waits_as:   of a WAITING item, under what name a route gathers it (`from: {items: NAME}`)
    says:       what the partner made of the item that is answered, where that shows only beside what was sent
                (`Answers.says` else)
    """

    state: ItemState
    account: str | None = None
    reason: str | None = None
    candidates: tuple[str, ...] = ()
    answers: str | None = None
    tenancy: str | None = None
    waits_as: str | None = None
    says: Answered | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """An item with what matching decided for it, as outputs and cross checks see it. `id` is the hub's."""

    id: str
    item: Item
    disposition: Disposition


@dataclass(frozen=True, slots=True)
class Account:
    """A rent account as the register knows it (rent_system interface, RentAccount). `balance` in pence."""

    payment_ref: str
    tenancy_ref: str | None = None
    account_type: str = "MAIN"
    rent_group: str | None = None
    status: str = "ACTIVE"
    tenure_type: str | None = None
    start_date: date | None = None
    end_date: date | None = None
    balance: int | None = None
    claim_ref: str | None = None
    alt_refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mandate:
    """A Direct Debit instruction as the register knows it. Bank details and name are personal data.

    start_date, end_date: the first and the last day on which it may be used, as far as they are known
    lodged: the Bacs processing day of the new instruction (0N) that left for it; None = not known here
    by_hub: whether the hub makes its instructions, and not the rent system
    """

    mandate_ref: str
    payment_ref: str
    account_name: str
    sort_code: str
    account_number: str
    status: str = "ACTIVE"
    start_date: date | None = None
    end_date: date | None = None
    lodged: date | None = None
    by_hub: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A long-lived business thing with a life cycle: a mandate, a hold, an invoice, a case.

    key:     its business key, one of its kind
    state:   one of its life cycle's
    account: the rent account that it concerns, if any
    data:    open facts, JSON-able; personal: encrypted at rest, masked on screens
    since:   when it came into this state
    expires: the last day on which its personal values are kept; None = as its life cycle says
    """

    kind: str
    key: str
    state: str
    account: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    version: int = 0
    expires: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What happens to a record: it is made, its facts change, it comes into another state.

    to:   the state it comes into; None = it stays where it is
    data, personal: laid over what the record has
    account, expires: replace what it has, None = unchanged
    """

    kind: str
    key: str
    to: str | None = None
    account: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    expires: date | None = None


class Records(Protocol):
    """The records that a feed asked for (`Feed.looks_up`), as they stood at one moment."""

    def get(self, kind: str, key: str) -> Record | None: ...

    def about(self, kind: str, account: str) -> Sequence[Record]:
        """Those that concern a rent account, the oldest first."""
        ...

    def all(self, kind: str) -> Sequence[Record]: ...


class Register(Protocol):
    """Rent accounts and mandates, looked up by reference. References are normalised by the register."""

    def account(self, reference: str) -> Account | None:
        """By payment, tenancy or old reference; None when none or more than one account fits."""
        ...

    def by_claim(self, claim_ref: str) -> Sequence[Account]: ...

    def of_tenancy(self, tenancy_ref: str) -> Sequence[Account]:
        """All accounts of a tenancy: a leaseholder has one for service charges and one for major works."""
        ...

    def live(self) -> Collection[str]:
        """The payment references of the accounts that have not ended."""
        ...

    def mandate(self, mandate_ref: str) -> Mandate | None: ...

    def candidates(self, reference: str) -> Sequence[str]:
        """Payment references that a person might have meant, best first; never used to post by itself."""
        ...


class Calendar(Protocol):
    """Working days of one nation with the council's own changes."""

    def is_working_day(self, day: date) -> bool: ...

    def add_working_days(self, day: date, days: int) -> date:
        """The working day `days` after (or, negative, before) `day`; 0 rolls forward to a working day."""
        ...

    def is_assumed(self, day: date) -> bool:
        """Whether the day lies past the holiday data that was loaded."""
        ...


class Codes(Protocol):
    """The council's code maps (`config/codes/NAME.csv`), as they stood when the hub was started."""

    def value(self, name: str, code: str, on: date) -> str | None:
        """What a code of the map `name` becomes on a day; None = unmapped, and nobody guesses.

        Raises ConfigError when there is no such map: see `Options.code_maps`."""
        ...


@dataclass(frozen=True, slots=True)
class RentPeriod:
    """A period in which the accounts of a rent group are charged (rent system interface, 6.2).

    year:   of the rent year, the calendar year in which it ends; number: from 1
    end:    the last day
    free:   nothing is charged: the year's rent is spread over fewer weeks
    """

    group: str
    year: int
    number: int
    start: date
    end: date
    free: bool = False


class RentCalendar(Protocol):
    """The landlord's rent years, and in which periods each rent group is charged."""

    @property
    def groups(self) -> Collection[str]:
        """The codes of the rent groups; none where the council has not listed them."""
        ...

    def period(self, group: str, year: int, number: int) -> RentPeriod | None:
        """None when the group is not known, or has no such period in that year."""
        ...

    def week_start(self, day: date) -> date:
        """The Monday of the rent week that a day lies in."""
        ...

    def period_at(self, group: str, day: date) -> RentPeriod | None:
        """The period of a rent group that a day lies in; None when the group is not known."""
        ...

    def weeks_in(self, year: int) -> int:
        """The weeks of the rent year that ends in a calendar year: 52 or 53."""
        ...

    def starts_a_period(self, day: date) -> bool:
        """Whether any rent group, or the rent week, has a period that starts on the day."""
        ...


class ModulusTables(Protocol):
    """The published tables of which account numbers can be at which sort code (`hub.fields.modulus`)."""

    def check(self, sort_code: str, account: str) -> str:
        """A `hub.fields.modulus.Verdict` of six and eight digits."""
        ...


@dataclass(frozen=True, slots=True)
class LastTransfer:
    """The last accepted transfer of the same feed on the same route. `summary` is what its tally stored."""

    id: str
    business_date: date
    records: int
    value: int
    summary: Mapping[str, str | int | None]


RECENT = 70
"""Transfers that HISTORY checks may look back on: ten weeks of a daily file."""


@dataclass(frozen=True, slots=True)
class History:
    """What the store knows of earlier transfers of this feed on this route.

    recent: the last accepted transfers, the newest first, at most `RECENT`; only the last one where nothing
            needs more (`Need.RECENT_FILES`)
    used:   for each scope that the feed's tally names, the values already used there (serials, file numbers).
            Where the scope is that of a counter, those of the file's own that the hub drew are among them
    posted: those of the item keys asked for (`Feed.item_key`) that an earlier transfer already carries
    """

    last: LastTransfer | None = None
    recent: Sequence[LastTransfer] = ()
    used: Mapping[str, frozenset[str]] = field(default_factory=dict)
    posted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SentItem:
    """An item that left earlier, which an answer may be about.

    answered: kinds of answer that it has; transfer: what the partner calls the transfer that it left with
    called:   what partners call it otherwise, the values of each kind
    """

    id: str
    reference: str
    amount: int
    on: date
    account: str | None
    answered: frozenset[str] = frozenset()
    personal: Mapping[str, str] = field(default_factory=dict)
    transfer: str | None = None
    kind: str = ""
    called: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EarlierItem:
    """An item of the feed that came in before, not held or suspended, which one of a file may be about.

    amount: pence, canonical sign
    """

    id: str
    kind: str
    reference: str
    amount: int
    on: date
    account: str | None
    data: Mapping[str, str | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SentTransfer:
    """A transfer that left earlier, which a report is about as a whole.

    identity: what the partner calls it; told: what the summary of its delivery says
    """

    id: str
    identity: str
    told: Mapping[str, str | int] = field(default_factory=dict)


class Need(StrEnum):
    """What a check may ask of the facts. A check whose need is not there is listed as not checked."""

    TODAY = "today"
    CALENDAR = "calendar"
    RENT_CALENDAR = "rent_calendar"
    REGISTER = "register"
    HISTORY = "history"
    RECENT_FILES = "recent_files"
    SENT = "sent"
    EARLIER = "earlier"
    LEFT = "left"
    RECORDS = "records"
    CODES = "codes"
    FILE_NAME = "file_name"
    MODULUS_TABLES = "modulus_tables"


@dataclass(frozen=True, slots=True)
class Departing:
    """Where items leave for: the output and endpoint of a delivery, and who owns the route."""

    output: str
    endpoint: str
    owner: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A call of a conversation as it was answered: the HTTP status, the SHA-256 of what is kept of the reply,
    and how long the answer took."""

    call: str
    status: int
    sha256: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything checks and matching may look at, loaded by the hub and frozen. None = not known here.

    sent:  items that left earlier, which those of the file may answer; of a report about a whole transfer,
           the items of `about`, none when it is about no transfer that waits for it
    earlier: by reference, those that the feed asked for (`Feed.recalls`), the oldest first
    left:  by reference, the last day that items of the feed were about which left before
    settings: what `hub.yaml` sets for the plug-in that is asked, as its own model; config: the version of the
           configuration that it is of
    by_hand: the login of the person who handed the file in or, at the door, who takes it to a partner; None
           where the hub does so by itself
    by_hand_at: the network address from which they did so; None = at the hub's own machine
    roles:  of a login, the roles that `people:` gives
    departing: at the door, and with the intent, where the items leave for
    heard:  of what a conversation brought, its calls as they were answered, in their order
    file_name, came_at: of a file that came in, what it is called and when the hub first saw it
    digest: what stands for a personal value in the key of a record: equal texts give equal ones, and only the
           key of the feed's compartment makes them
    """

    today: date | None = None
    calendar: Calendar | None = None
    rent_calendar: RentCalendar | None = None
    register: Register | None = None
    history: History | None = None
    sent: Sequence[SentItem] | None = None
    about: SentTransfer | None = None
    earlier: Mapping[str, Sequence[EarlierItem]] | None = None
    left: Mapping[str, date] | None = None
    records: Records | None = None
    codes: Codes | None = None
    modulus_tables: ModulusTables | None = None
    settings: Any = None
    config: str = ""
    by_hand: str | None = None
    by_hand_at: str | None = None
    roles: Callable[[str], Collection[str]] | None = None
    departing: Departing | None = None
    heard: Sequence[Heard] = ()
    file_name: str | None = None
    came_at: datetime | None = None
    digest: Callable[[str], str] | None = None

    @property
    def recent_files(self) -> Sequence[LastTransfer] | None:
        """`History.recent`, which is looked up in full only where a check needs it."""
        return None if self.history is None else self.history.recent

    def has(self, need: Need) -> bool:
        return getattr(self, need.value) is not None


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of one output and the name that they go out under.

    summary:       shown to people, and to the checks of a report about it
    identity:      what the partner's answers will call it; None = nothing of its own
    called:        what they will call its items, where not by their reference: by the item's id, kind → value
    business_date: the day that its content is for, where that is not the transfer's own
    """

    name: str
    data: bytes
    summary: Mapping[str, str | int] = field(default_factory=dict)
    identity: str | None = None
    business_date: date | None = None
    called: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RentTransaction:
    """A posting to a rent account (rent system interface, 6.2). `amount` in pence, canonical sign.

    reverses_batch: of a contra that takes back one of all `reverses_count` postings of a batch, which the
                    rent system calls by this name
    """

    transaction_id: str
    payment_ref: str
    tenancy_ref: str | None
    kind: str
    method_code: str | None
    type_code: str
    transaction_date: date
    post_date: date
    amount: int
    external_ref: str | None = None
    narrative: str = ""
    reverses_id: str | None = None
    original_payment_ref: str | None = None
    vat_amount: int = 0
    reverses_batch: str | None = None
    reverses_count: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """The clock value and the identity that a transfer is worked with: drawn once, before render.

    numbers: those of the output, by name; each: those of its items, by name and then by the item's id
    """

    now: datetime
    business_date: date
    transfer_id: str
    numbers: Mapping[str, int] = field(default_factory=dict)
    each: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def number_of(self, one: Taken, name: str) -> int:
        """The number that an item drew. Raises KeyError when the output draws none of that name for each."""
        return self.each[name][one.id]


def format_pounds(pence: int) -> str:
    """Pence as pounds with two decimals.

    >>> format_pounds(-11235), format_pounds(5)
    ('-112.35', '0.05')
    """
    sign = "-" if pence < 0 else ""
    return f"{sign}{abs(pence) // 100}.{abs(pence) % 100:02d}"
