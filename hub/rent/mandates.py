"""`rent.mandates`: the rent system's Direct Debit mandates (MANDATE), which fill the hub's own register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.checks.base import Context, Found, Tally, check
from hub.door.feed import Feed, RegisterChange
from hub.fields.kinds import KINDS
from hub.formats.layout import column
from hub.formats.types import Code, Day, FieldType, Matching, Pounds, Text
from hub.model import Chunk, Direction, Item, Level
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
STATUS = Code("NEW", "ACTIVE", "SUSPENDED", "PENDING_CANCEL", "CANCELLED", "DORMANT")
VARIABLE = "VARIABLE"


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


def mandate_rows(items: Sequence[Item]) -> RegisterChange:
    """Rows by mandate reference."""
    return RegisterChange("mandate", {item.reference: (_open_values(item), item.personal) for item in items})


def _open_values(item: Item) -> Mapping[str, Any]:
    return {**item.data, **{name: day_or_none(item.data[name]) for name in ("start_date", "end_date")}}


MANDATES = Feed(
    name="rent.mandates",
    title="Direct Debit mandates from the rent system",
    direction=Direction.IN,
    formats={"generic-csv": MANDATE},
    tally=MandateTally,
    options=GenericOptions,
    checks=(*ENVELOPE_CHECKS, reference_may_go_to_bacs, end_follows_the_start, mandates_are_named_once),
    items=mandate_items,
    register=mandate_rows,
    personal_data=("account_name", "sort_code", "account_number"),
)
