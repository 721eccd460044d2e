"""`rent.mandates`: the rent system's Direct Debit mandates (MANDATE), which fill the hub's own register."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.checks.base import Context, Found, check
from hub.door.feed import Feed, RegisterChange
from hub.formats.layout import column
from hub.formats.types import Code, Day, FieldType, Matching, Pounds, Text
from hub.model import Chunk, Direction, Item, Level
from hub.rent.canonical import REFERENCE, normal_reference
from hub.rent.envelope import ENVELOPE_CHECKS, GenericOptions, GenericTally
from hub.rent.generic_csv import generic_csv

DAY = Day("%Y-%m-%d")
SORT_CODE = Matching(r"[0-9]{6}|[0-9]{2}-[0-9]{2}-[0-9]{2}", expected="six digits, with or without hyphens")
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
        column("mandate_ref", REFERENCE, check="E13"),
        column("payment_ref", REFERENCE, check="E13"),
        column("account_name", Text(), check="E10", personal=True),
        column("sort_code", SORT_CODE, check="E20", personal=True),
        column(
            "account_number",
            Matching(r"[0-9]{8}", expected="eight digits"),
            check="E20",
            personal=True,
        ),
        column("status", STATUS, check="E16"),
        column("collection_day", Code(*map(str, range(1, 29))), required=False, check="E20"),
        column("frequency", Text(), required=False, check="E16"),
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
    for record in chunk.records():
        reference = normal_reference(record["mandate_ref"])
        data = {"payment_ref": normal_reference(record["payment_ref"]), "status": record["status"]}
        personal = {
            "account_name": record["account_name"].strip(),
            "sort_code": record["sort_code"].replace("-", ""),
            "account_number": record["account_number"],
        }
        yield Item("MANDATE", record.line, reference, 0, on, data, personal)


def mandate_rows(items: Sequence[Item]) -> RegisterChange:
    """Rows by mandate reference."""
    return RegisterChange("mandate", {item.reference: (item.data, item.personal) for item in items})


MANDATES = Feed(
    name="rent.mandates",
    title="Direct Debit mandates from the rent system",
    direction=Direction.IN,
    formats={"generic-csv": MANDATE},
    tally=MandateTally,
    options=GenericOptions,
    checks=(*ENVELOPE_CHECKS, mandates_are_named_once),
    items=mandate_items,
    register=mandate_rows,
    personal_data=("account_name", "sort_code", "account_number"),
)
