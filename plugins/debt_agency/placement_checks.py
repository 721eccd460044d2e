"""What must be so within a placement file (PLC). Source: debt_agency.md, sections 3.2 and 7."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hub.api import Chunk, Context, Found, Level, Row, check, format_pounds
from plugins.debt_agency.canonical import PLC
from plugins.debt_agency.codes import OF_A_TENANCY
from plugins.debt_agency.tally import AgencyTally
from plugins.debt_agency.types import DAY, MONEY

Options = Context[Any]
OLDEST, YOUNGEST = 110, 16


@dataclass(slots=True)
class Account:
    """An account of the file with what follows it: its parties as (line, number, role), its charges in
    pence."""

    row: Row
    parties: list[tuple[int, int, str]] = field(default_factory=list)
    charges: list[int] = field(default_factory=list)


class PlacementTally(AgencyTally):
    """Also keeps each account with what belongs to it, and the lines that belong to none.

    repeated: lines of accounts whose number came on an earlier line
    strays:   lines of parties, charges and notes that do not follow their account
    """

    def __init__(self, ctx: Options) -> None:
        super().__init__(ctx, PLC)
        self.accounts: dict[str, Account] = {}
        self.repeated: list[int] = []
        self.strays: list[int] = []
        self._last = ""

    def add(self, chunk: Chunk) -> None:
        super().add(chunk)
        for row in chunk.rows():
            if row.layout.name == "A":
                self._add_account(row)
            elif row.layout.name in ("P", "C", "N"):
                self._belongs(row)

    def _add_account(self, row: Row) -> None:
        self._last = row["placement_ref"]
        if self._last in self.accounts:
            self.repeated.append(row.line)
        self.accounts[self._last] = Account(row)

    def _belongs(self, row: Row) -> None:
        account = self.accounts.get(row["placement_ref"])
        if account is None or row["placement_ref"] != self._last:
            self.strays.append(row.line)
        elif row.layout.name == "P":
            account.parties.append((row.line, int(row["party_no"]), row["role"]))
        elif row.layout.name == "C":
            account.charges.append(MONEY.read(row["amount"]))


@check("DA-18", level=Level.RECORD, layouts=("A",))
def amounts_add_up(chunk: Chunk, tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """total_due = principal + costs + interest, to the penny, and none of them is below zero."""
    for row in chunk.rows():
        parts = {name: MONEY.read(row[name]) for name in ("principal", "costs", "interest")}
        for name, pence in parts.items():
            if pence < 0:
                yield Found(f"{name} is {format_pounds(pence)}", row.line, name, "0.00 or more")
        if MONEY.read(row["total_due"]) != sum(parts.values()):
            expected = format_pounds(sum(parts.values()))
            yield Found(f"total_due is {row['total_due']}", row.line, "total_due", expected)


@check("DA-PLC-1", level=Level.RECORD, layouts=("A",))
def dates_are_in_order(chunk: Chunk, tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """A tenancy ends after it starts, a debt ends after it begins; arrears and use and occupation have the
    end of a tenancy; what belongs together is given together."""
    for row in chunk.rows():
        if row["debt_type"] in OF_A_TENANCY and not row["tenancy_end"]:
            yield Found(f"a debt of the type {row['debt_type']} has no tenancy_end", row.line, "tenancy_end")
        for first, last in (("tenancy_start", "tenancy_end"), ("debt_from", "debt_to")):
            if row[first] and row[last] and row[last] < row[first]:
                yield Found(f"{last} {row[last]} is before {first}", row.line, last, f"{row[first]} or later")
        for one, other in (("last_payment_date", "last_payment_amount"), ("judgment_ref", "judgment_date")):
            if bool(row[one].strip()) != bool(row[other].strip()):
                yield Found(f"{one} and {other} are given together or not at all", row.line, other)


@check("DA-PLC-2", level=Level.RECORD, layouts=("P",))
def persons_can_be(chunk: Chunk, tally: AgencyTally, ctx: Options) -> Iterator[Found]:
    """A party is 16 to 110 years old on the day of the file."""
    on = tally.business_date()
    for row in chunk.rows() if on else ():
        years = on.year - DAY.read(row["dob"]).year if on and row["dob"].strip() else YOUNGEST
        if not YOUNGEST <= years <= OLDEST:
            yield Found("the party's age is not between 16 and 110", row.line, "dob")


@check("DA-PLC-3", level=Level.FILE, whole=True)
def parties_are_whole(tally: PlacementTally, ctx: Options) -> Iterator[Found]:
    """Behind each account stand as many parties as it says, numbered without a gap; one at least is the
    debtor or an executor."""
    for account in tally.accounts.values():
        numbers, expected = [number for _, number, _ in account.parties], int(account.row["party_count"])
        if numbers != list(range(1, expected + 1)):
            told = (
                f"party_count is {expected}, and the parties behind it are numbered {numbers or 'not at all'}"
            )
            yield Found(told, account.row.line, "party_count")
        if not any(role in "DX" for _, _, role in account.parties):
            yield Found("no party is the debtor or an executor", account.row.line, "role", "D or X")


@check("DA-PLC-4", level=Level.FILE, whole=True)
def lines_follow_their_account(tally: PlacementTally, ctx: Options) -> Iterator[Found]:
    """An account comes once; parties, charges and notes follow theirs."""
    for line in tally.repeated:
        yield Found("the placement stands on an earlier line already", line, "placement_ref")
    for line in tally.strays:
        yield Found("the line does not follow the account that it names", line, "placement_ref")


@check("DA-18", level=Level.FILE, whole=True)
def charges_sum_to_the_principal(tally: PlacementTally, ctx: Options) -> Iterator[Found]:
    """Where an account is broken down into charges, they sum to its principal."""
    for account in tally.accounts.values():
        if account.charges and sum(account.charges) != MONEY.read(account.row["principal"]):
            told = f"the charges sum to {format_pounds(sum(account.charges))}"
            yield Found(told, account.row.line, "principal", account.row["principal"])


PLACEMENT_FILE_CHECKS = (
    amounts_add_up,
    dates_are_in_order,
    persons_can_be,
    parties_are_whole,
    lines_follow_their_account,
    charges_sum_to_the_principal,
)
