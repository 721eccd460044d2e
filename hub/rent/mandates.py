"""`rent.mandates`: the rent system's Direct Debit mandates (MANDATE), which live on in the hub as records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import chain, combinations, product
from typing import Any, Literal

from pydantic import Field as Setting

from hub.checks.base import Context, Found, Tally, check
from hub.door.feed import Feed
from hub.door.lifecycle import Lifecycle, Lookup, Task
from hub.fields.kinds import KINDS
from hub.formats.layout import column
from hub.formats.types import Code, Day, FieldType, Matching, Pounds, Text
from hub.model import (
    Chunk,
    Direction,
    Facts,
    Item,
    Level,
    Mandate,
    Move,
    Need,
    Record,
    Severity,
    Taken,
)
from hub.rent.canonical import FREQUENCY, REFERENCE, day_or_none, normal_reference
from hub.rent.envelope import ENVELOPE_CHECKS, GenericOptions, GenericTally
from hub.rent.generic_csv import generic_csv

DAY = Day("%Y-%m-%d")
SORT_CODE = Matching(
    r"(?!000000|00-00-00)([0-9]{6}|[0-9]{2}-[0-9]{2}-[0-9]{2})",
    expected="six digits, with or without hyphens, not all of them 0",
)
ACCOUNT_NUMBER = Matching(r"(?!00000000)[0-9]{8}", expected="eight digits, not all of them 0")
INSTRUCTIONS = KINDS["ddi_reference"]
MANDATE_KIND = "mandate"
NEW, ACTIVE, SUSPENDED, CANCELLED = "NEW", "ACTIVE", "SUSPENDED", "CANCELLED"
PENDING_CANCEL, DORMANT = "PENDING_CANCEL", "DORMANT"
STATUSES = (NEW, ACTIVE, SUSPENDED, PENDING_CANCEL, CANCELLED, DORMANT)
STATUS = Code(*STATUSES)
VARIABLE = "VARIABLE"
PERSONAL = ("account_name", "sort_code", "account_number")
BANK_SAID, REVIEW = "bank_said", "review"
"""Facts of a record that a bank's report sets: the day on which the hub took it, and what a person must look
at, if anything: what says so, a colon and a sentence without personal data."""

INSTRUCTED_BY, LODGED, PAPER = "instructed_by", "lodged", "paper"
ENDED_BY, WITHDRAWN = "ended_by", "withdrawn"
HUB, RENT_SYSTEM, BANK = "hub", "rent_system", "bank"
"""Facts of a record about its instruction at the bank, as far as they are known. INSTRUCTED_BY: who makes it.
LODGED, WITHDRAWN: the processing days of the 0N and the 0C that left; none = they have not.
PAPER: whether it must be converted (0S). ENDED_BY: who ended the mandate."""


class AmountOrVariable(FieldType):
    """A mandate's fixed amount in pence, or the word VARIABLE where each collection has its own."""

    def __init__(self) -> None:
        super().__init__(rf"{VARIABLE}|{Pounds().pattern}", "pounds with two decimals, or VARIABLE")

    def read(self, text: str) -> int | str:
        return text if text == VARIABLE else Pounds().read(text)


MANDATE = generic_csv(
    "MANDATE",
    (
        column("mandate_ref", Text(), check="E13"),
        column("payment_ref", REFERENCE, check="E13"),
        column("account_name", Text(), check="E10", personal=True),
        column("sort_code", SORT_CODE, check="E20", personal=True),
        column("account_number", ACCOUNT_NUMBER, check="E20", personal=True),
        column("status", STATUS, check="E16"),
        column("collection_day", Code(*map(str, range(1, 29))), required=False, check="E20"),
        column("frequency", FREQUENCY, required=False, check="E16"),
        column("amount", AmountOrVariable(), required=False, check="E12"),
        column("start_date", DAY, required=False, check="E11"),
        column("end_date", DAY, required=False, check="E11"),
    ),
    money="amount",
    unsummed=True,
)


class MandateOptions(GenericOptions):
    """bank_word_days: for how many days after a bank's report an extract that contradicts it waits
    instructions: who makes the instructions (0N, 0C) that banks are sent of these mandates
    convert_paper: whether the hub converts those that it does not know to be lodged (0S)
    """

    bank_word_days: int = Setting(default=3, ge=0)
    instructions: Literal["rent_system", "hub"] = "rent_system"
    convert_paper: bool = False


class MandateTally(GenericTally):
    """Also remembers the mandate references, to find those that come twice."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx, MANDATE)
        self.repeats: list[int] = []
        self._seen: set[str] = set()

    def add_details(self, chunk: Chunk) -> None:
        super().add_details(chunk)
        for line, text in zip(chunk.lines, chunk.columns["mandate_ref"], strict=True):
            reference = normal_reference(text)
            if reference in self._seen:
                self.repeats.append(line)
            self._seen.add(reference)


@check("E13", level=Level.RECORD, layouts=("detail",))
def reference_may_go_to_bacs(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """A mandate reference is the one that the bank knows, so it keeps the rules of Bacs: 6 to 18 capitals,
    digits and . & / - or spaces, at least six of them letters or digits and not all the same, never DDIC
    first. Small letters are read as capitals. No instruction with another reference can be at a bank."""
    for line, text in zip(chunk.lines, chunk.columns["mandate_ref"], strict=True):
        result = INSTRUCTIONS.check({"ddi_reference": normal_reference(text)}, {})
        if result.status == "invalid":
            yield Found(f"mandate_ref: {result.reason}", line, "mandate_ref")


@check("E20", level=Level.RECORD, layouts=("detail",))
def end_follows_the_start(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """No mandate ends before it starts."""
    names = ("start_date", "end_date")
    for line, start, end in zip(chunk.lines, *(chunk.columns[name] for name in names), strict=True):
        if end and end < start:
            yield Found(f"end_date {end} is before start_date {start}", line, "end_date", f"{start} or later")


@check("E18", level=Level.FILE)
def mandates_are_named_once(tally: MandateTally, ctx: Context[Any]) -> Iterator[Found]:
    """Each mandate is named once: with two rows nobody could say which bank account is meant."""
    for line in tally.repeats:
        yield Found("mandate_ref was given on an earlier line already", line, "mandate_ref")


@check("BANK", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,))
def the_bank_has_the_last_word(taken: Sequence[Taken], ctx: Context[MandateOptions]) -> Iterator[Found]:
    """What a bank said of a mandate is not undone by an extract that may not know of it yet: one dated no
    later than `bank_word_days` after the bank's report. Only a bank brings a cancelled mandate back; whoever
    pays by Direct Debit again signs a new one."""
    records = ctx.facts.records
    for one in taken:
        known = records.get(MANDATE_KIND, one.item.reference) if records else None
        if known is not None and (message := _contradiction(known, one.item, ctx.options.bank_word_days)):
            yield Found(message, one.item.line, "status", known.state)


@check("E13", level=Level.CROSS, severity=Severity.WARNING)
def reference_is_told_apart(taken: Sequence[Taken], ctx: Context[MandateOptions]) -> Iterator[Found]:
    """No reference is a part of another one of the same bank account: a bank takes RENT001 and RENT0010 for
    one instruction (AUDDIS code I). A NEW mandate waits, because its instruction would come back; of others
    it is told. References of one length, or with a check digit, cannot be mistaken so."""
    of_account: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    for one in taken:
        if one.item.data["status"] not in _ENDING:
            of_account[one.item.personal["sort_code"], one.item.personal["account_number"]].append(one.item)
    for part, whole in chain.from_iterable(map(_parts, of_account.values())):
        for item, other in ((part, whole), (whole, part)):
            message = f"a bank cannot tell {item.reference} from {other.reference}, of the same bank account"
            severity = Severity.HOLD_ITEM if item.data["status"] == NEW else None
            yield Found(message, item.line, "mandate_ref", "no part of another reference", severity)


def _parts(items: Sequence[Item]) -> Iterator[tuple[Item, Item]]:
    """Each whose reference is a part of another's, and that other."""
    of_length: defaultdict[int, list[Item]] = defaultdict(list)
    for item in items:
        of_length[len(item.reference)].append(item)
    for shorter, longer in combinations(sorted(of_length), 2):
        for part, whole in product(of_length[shorter], of_length[longer]):
            if part.reference in whole.reference:
                yield part, whole


def _contradiction(known: Record, item: Item, days: int) -> str | None:
    what, status = f"{MANDATE_KIND} {known.key} is {known.state}", item.data["status"]
    if known.state == CANCELLED and status != CANCELLED:
        return f"{what}, which is the end of it, and cannot become {status}"
    said = day_or_none(known.data.get(BANK_SAID))
    if said is None or item.on > said + timedelta(days=days):
        return None
    if status == known.state and _same_bank(known, item):
        return None
    return f"{what}, as its bank said on {said}, and the extract of {item.on} may not know all of that yet"


def mandate_items(chunk: Chunk, tally: GenericTally, ctx: Context[Any]) -> Iterator[Item]:
    """One MANDATE a detail row; name and bank details are personal."""
    on = tally.business_date()
    if chunk.layout.name != "detail" or on is None:
        return
    for record in chunk.rows():
        reference = normal_reference(record["mandate_ref"])
        data = {
            "payment_ref": normal_reference(record["payment_ref"]),
            "status": record["status"],
            "start_date": record["start_date"] or None,
            "end_date": record["end_date"] or None,
        }
        personal = {
            "account_name": record["account_name"].strip(),
            "sort_code": record["sort_code"].replace("-", ""),
            "account_number": record["account_number"],
        }
        yield Item("MANDATE", record.line, reference, 0, on, data, personal)


def ask_for_review(old: Record | None, new: Record, facts: Facts) -> Iterator[Task]:
    """A person looks at a mandate when a bank said something of it that the hub cannot settle."""
    review = new.data.get(REVIEW)
    if review and review != (old.data.get(REVIEW) if old else None):
        yield Task(str(review).partition(":")[0], f"Direct Debit mandate {new.key}. {review}")


MANDATE_LIFE = Lifecycle(
    kind=MANDATE_KIND,
    title="Direct Debit mandates",
    begins=STATUSES,
    moves={
        NEW: (ACTIVE, SUSPENDED, PENDING_CANCEL, CANCELLED, DORMANT),
        ACTIVE: (NEW, SUSPENDED, PENDING_CANCEL, CANCELLED, DORMANT),
        SUSPENDED: (NEW, ACTIVE, PENDING_CANCEL, CANCELLED, DORMANT),
        PENDING_CANCEL: (NEW, ACTIVE, SUSPENDED, CANCELLED),
        DORMANT: (NEW, ACTIVE, SUSPENDED, PENDING_CANCEL, CANCELLED),
        CANCELLED: (ACTIVE,),
    },
    when=ask_for_review,
    owner="rents",
)
"""A mandate is NEW again when it moved to another bank. A cancelled one comes back only when its bank
reinstates it: the check BANK keeps extracts from it."""


def mandate_moves(taken: Taken, ctx: Context[MandateOptions]) -> Iterator[Move]:
    """The mandate as the extract has it, but for what the hub knows better of its instruction."""
    item, records = taken.item, ctx.facts.records
    known = records.get(MANDATE_KIND, item.reference) if records else None
    dates = {name: item.data[name] for name in ("start_date", "end_date")}
    yield Move(
        kind=MANDATE_KIND,
        key=item.reference,
        to=None if _lags(known, item) else str(item.data["status"]),
        account=str(item.data["payment_ref"]),
        data={**dates, **_instruction(known, item, ctx.options)},
        personal=item.personal,
    )


def _lags(known: Record | None, item: Item) -> bool:
    """Whether the rent system does not know yet what became of the instruction."""
    if known is None:
        return False
    status, lodged = item.data["status"], known.data.get(LODGED)
    if known.state == NEW and status == ACTIVE:
        return known.data.get(INSTRUCTED_BY) == HUB and not lodged
    return known.state == ACTIVE and status == NEW and bool(lodged) and _same_bank(known, item)


def _instruction(known: Record | None, item: Item, options: MandateOptions) -> Mapping[str, Any]:
    """What the extract means for the instruction at the bank."""
    status, before = str(item.data["status"]), known.data if known else {}
    by_hub, lodged = options.instructions == HUB, before.get(LODGED)
    told: dict[str, Any] = {INSTRUCTED_BY: options.instructions} if by_hub or INSTRUCTED_BY in before else {}
    if by_hub and options.convert_paper and status == ACTIVE and not lodged and PAPER not in before:
        told[PAPER] = True
    if known is None:
        return told
    if status == NEW and lodged and (known.state == DORMANT or not _same_bank(known, item)):
        told[LODGED] = None
    if status in _ENDING and known.state not in _ENDING and (known.state != NEW or lodged):
        told[ENDED_BY] = RENT_SYSTEM
    return told


_ENDING = (PENDING_CANCEL, CANCELLED)


def _same_bank(known: Record, item: Item) -> bool:
    return all(item.personal[name] == known.personal.get(name) for name in ("sort_code", "account_number"))


def mandate_of(record: Record) -> Mandate:
    """The mandate that a record is."""
    return Mandate(
        record.key,
        record.account or "",
        **{name: record.personal.get(name, "") for name in PERSONAL},
        status=record.state,
        start_date=day_or_none(record.data.get("start_date")),
        end_date=day_or_none(record.data.get("end_date")),
        lodged=day_or_none(record.data.get(LODGED)),
        by_hub=record.data.get(INSTRUCTED_BY) == HUB,
    )


MANDATES = Feed(
    name="rent.mandates",
    title="Direct Debit mandates from the rent system",
    direction=Direction.IN,
    formats={"generic-csv": MANDATE},
    tally=MandateTally,
    options=MandateOptions,
    checks=(
        *ENVELOPE_CHECKS,
        reference_may_go_to_bacs,
        end_follows_the_start,
        mandates_are_named_once,
        the_bank_has_the_last_word,
        reference_is_told_apart,
    ),
    items=mandate_items,
    looks_up=(Lookup(MANDATE_KIND, keys=lambda item: (item.reference,)),),
    moves=mandate_moves,
    keeps_items=False,
    personal_data=PERSONAL,
)
