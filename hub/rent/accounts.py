"""`rent.accounts`: the rent system's extract of its accounts (RENTACC), which fills the hub's register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field as Setting
from pydantic import field_validator

from hub.checks.base import Context, Found, Tally, check
from hub.door.feed import Feed, RegisterChange
from hub.door.lifecycle import Lookup
from hub.formats.layout import column
from hub.formats.types import Code, Day, Matching, Pounds, Text
from hub.model import Chunk, Direction, Item, Level, Need, Row, Severity, Taken
from hub.rent.balances import balance_told
from hub.rent.canonical import CODE, FREQUENCY, REFERENCE, day_or_none, normal_reference
from hub.rent.envelope import ENVELOPE_CHECKS, GenericOptions, GenericTally
from hub.rent.generic_csv import INSTANT, generic_csv
from hub.rent.holds import HOLD, HOLD_KINDS, extract_moves
from hub.rent.nec import REVENUE_ACCOUNT, REVENUE_ACCOUNTS
from hub.rent.nec_accounts import NEC_ACCOUNT_CHECKS, NecAccountTally, nec_account_items, reference_of
from hub.rent.references import CHECKED, usable

DAY = Day("%Y-%m-%d")
ACCOUNT_TYPE = Code(
    *("MAIN", "SUB", "RECHARGE", "SUNDRY", "GARAGE", "COURT_COST"),
    *("SERVICE_CHARGE", "MAJOR_WORKS", "TEMP_ACCOM", "SUSPENSE"),
)

RENTACC = generic_csv(
    "RENTACC",
    (
        column("payment_ref", REFERENCE, check="E13"),
        column("tenancy_ref", REFERENCE, required=False, check="E13"),
        column("account_type", ACCOUNT_TYPE, check="E16"),
        column("rent_group", CODE, check="E16"),
        column("status", Code("ACTIVE", "SUSPENDED", "ENDED"), check="E16"),
        column("tenure_type", CODE, required=False, check="E16"),
        column("start_date", DAY, check="E11"),
        column("end_date", DAY, required=False, check="E11"),
        column("property_ref", REFERENCE, required=False, check="E13"),
        column("uprn", Matching(r"[0-9]{1,12}", expected="up to 12 digits"), required=False, check="E13"),
        column("frequency", FREQUENCY, required=False, check="E16"),
        column("balance", Pounds(), required=False, check="E12"),
        column("balance_at", INSTANT, required=False, check="E11"),
        column("hold_kind", Code(*HOLD_KINDS), required=False, check="E16"),
        column("hold_until", DAY, required=False, check="E11"),
        column("hb_claim_ref", Text(), required=False, check="E13"),
        column("payment_method", CODE, required=False, check="E16"),
    ),
    money="balance",
    unsummed=True,
)


_KEPT = ("account_type", "rent_group", "status", "tenure_type", "balance", "claim_ref")


GENERIC, NEC = "generic-csv", "nec-revenue-accounts"


class AccountOptions(GenericOptions):
    """payment_reference: the landlord's check digit, as settings of the field kind `payment_reference`
    account_types:     NEC: the code map that turns its account types (ate_code) into the hub's
    with_check_digit:  NEC: whether references are quoted with the check digit that it holds apart
    most_closed_percent: an extract that ends a larger share of the live accounts waits for a person"""

    payment_reference: Mapping[str, str] | None = None
    account_types: str | None = None
    with_check_digit: bool = True
    most_closed_percent: int = Setting(default=5, ge=0, le=100)

    required_for: ClassVar[Mapping[str, tuple[str, ...]]] = {NEC: ("account_types",)}

    _usable = field_validator("payment_reference")(usable)

    def code_maps(self) -> Sequence[str]:
        return () if self.account_types is None else (self.account_types,)


@check("E13", level=Level.RECORD, options=("payment_reference",), layouts=("detail", "nec revenue account"))
def references_check_out(chunk: Chunk, tally: Tally, ctx: Context[AccountOptions]) -> Iterator[Found]:
    """A payment reference passes the landlord's own check digit; there is no national rule."""
    settings = ctx.options.payment_reference or {}
    for line, text in _references(chunk, ctx):
        result = CHECKED.check({"payment_reference": normal_reference(text)}, settings)
        if result.status == "invalid":
            yield Found(f"payment_ref: {result.reason}", line, "payment_ref")


def _references(chunk: Chunk, ctx: Context[AccountOptions]) -> Iterator[tuple[int, str]]:
    if chunk.layout is REVENUE_ACCOUNT:
        return ((row.line, reference_of(row, ctx)) for row in chunk.rows())
    return zip(chunk.lines, chunk.columns["payment_ref"], strict=True)


@check("E20", level=Level.RECORD, layouts=("detail",))
def dates_fit_the_status(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """An account that has ended says when, and none ends before it starts."""
    names = ("status", "start_date", "end_date")
    for line, status, start, end in zip(chunk.lines, *(chunk.columns[name] for name in names), strict=True):
        if status == "ENDED" and not end:
            yield Found("the account is ENDED and has no end_date", line, "end_date")
        if end and end < start:
            yield Found(f"end_date {end} is before start_date {start}", line, "end_date")


@check(
    "GROUP",
    level=Level.RECORD,
    severity=Severity.WARNING,
    needs=(Need.RENT_CALENDAR,),
    layouts=("detail",),
)
def rent_group_has_a_calendar(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """Each rent group is one of calendars/rent-groups.csv, where the council has listed any: nobody knows
    in which weeks another is charged. Told once for some thousand rows."""
    calendar = ctx.facts.rent_calendar
    known = calendar.groups if calendar is not None else ()
    groups = chunk.columns["rent_group"]
    for group in sorted(set(groups).difference(known)) if known else ():
        yield Found(f"rent-groups.csv has no {group}", chunk.lines[groups.index(group)], "rent_group")


@check("CLOSED", level=Level.CROSS, severity=Severity.HOLD, needs=(Need.REGISTER,))
def few_accounts_end(taken: Sequence[Taken], ctx: Context[AccountOptions]) -> Iterator[Found]:
    """No more of the live accounts end than the option most_closed_percent allows.

    A damaged extract, or one of another day, would close accounts by the thousand, and their money would go
    to suspense. When so many really ended, release it."""
    live = set(ctx.facts.register.live()) if ctx.facts.register else set()
    rows = account_rows([one.item for one in taken]).rows
    ending = sum(known["status"] == "ENDED" for account, (known, _) in rows.items() if account in live)
    most = ctx.options.most_closed_percent
    if ending * 100 > most * len(live):
        yield Found(
            f"{ending} of {len(live)} live accounts would end, more than {most} percent",
            expected=f"at most {most * len(live) // 100}",
        )


def account_items(chunk: Chunk, tally: GenericTally, ctx: Context[Any]) -> Iterator[Item]:
    """One ACCOUNT a detail row; no money moves."""
    if ctx.format == NEC:
        yield from nec_account_items(chunk, tally, ctx)
        return
    on = tally.business_date()
    if chunk.layout.name != "detail" or on is None:
        return
    for record in chunk.rows():
        yield Item(
            "ACCOUNT", record.line, normal_reference(record["payment_ref"]), 0, on, _open_values(record)
        )


def _open_values(record: Row) -> Mapping[str, str | int | None]:
    balance = record["balance"]
    return {
        "tenancy_ref": normal_reference(record["tenancy_ref"]) or None,
        "account_type": record["account_type"],
        "rent_group": record["rent_group"],
        "status": record["status"],
        "tenure_type": record["tenure_type"] or None,
        "start_date": record["start_date"],
        "end_date": record["end_date"] or None,
        "balance": Pounds().read(balance) if balance else None,
        "claim_ref": normal_reference(record["hb_claim_ref"]) or None,
        "hold_kind": record["hold_kind"] or None,
        "hold_until": record["hold_until"] or None,
    }


def account_rows(items: Sequence[Item]) -> RegisterChange:
    """Rows by payment reference, which several tenancies may share over time: who moves may keep it."""
    rows: dict[str, list[Item]] = {}
    for item in items:
        rows.setdefault(item.reference, []).append(item)
    return RegisterChange({reference: (_account(same), {}) for reference, same in rows.items()})


def _account(rows: Sequence[Item]) -> Mapping[str, Any]:
    """One account of the rows of one payment reference: what has not ended goes before what has, the later
    start before the earlier. With two live tenancies nobody can say which is meant, so it names none."""
    live = [row for row in rows if row.data["status"] != "ENDED"] or rows
    latest = max(live, key=lambda row: str(row.data["start_date"])).data
    tenancies = {row.data["tenancy_ref"] for row in live}
    tenancy = tenancies.pop() if len(tenancies) == 1 else None
    return {
        "payment_ref": rows[0].reference,
        **{name: latest[name] for name in _KEPT},
        "tenancy_ref": tenancy,
        "start_date": day_or_none(latest["start_date"]),
        "end_date": day_or_none(latest["end_date"]),
        "alt_refs": _texts(_others(rows, tenancy)),
    }


def _others(rows: Sequence[Item], tenancy: object) -> Iterator[object]:
    """The references beside those of the account that must still find it."""
    for row in rows:
        yield row.data.get("alt_ref")
        if row.data["tenancy_ref"] != tenancy:
            yield row.data["tenancy_ref"]


def _texts(values: Iterable[object]) -> list[str]:
    return sorted({str(value) for value in values if value})


def account_tally(ctx: Context[Any]) -> Tally:
    return NecAccountTally(ctx) if ctx.format == NEC else GenericTally(ctx, RENTACC)


ACCOUNTS = Feed(
    name="rent.accounts",
    title="Rent accounts from the rent system",
    direction=Direction.IN,
    formats={GENERIC: RENTACC, NEC: REVENUE_ACCOUNTS},
    tally=account_tally,
    options=AccountOptions,
    checks=(
        *(one.only(GENERIC) for one in ENVELOPE_CHECKS),
        references_check_out,
        dates_fit_the_status,
        rent_group_has_a_calendar.only(GENERIC),
        few_accounts_end,
        *(one.only(NEC) for one in NEC_ACCOUNT_CHECKS),
    ),
    items=account_items,
    register=account_rows,
    looks_up=(Lookup(HOLD),),
    moves=extract_moves,
    unnamed=balance_told,
)
