"""From payments to items, and from items to rent accounts: the feed `bacs.submission`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hub.api import (
    Chunk,
    Context,
    Disposition,
    Item,
    ItemState,
    Mandate,
    Register,
    Row,
    SentItem,
    Taken,
    normal_reference,
)
from plugins.bacs.bureau_tally import BureauTally
from plugins.bacs.codes import KINDS, code_of
from plugins.bacs.days import soonest
from plugins.bacs.holds import stopping_hold
from plugins.bacs.layouts import DATA, DATED
from plugins.bacs.mandates import unusable
from plugins.bacs.origins import TOLD
from plugins.bacs.reports import digits_only
from plugins.bacs.requests import CollectionsTally
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.tally import Standard18Tally, contra_rows
from plugins.bacs.text import fitted
from plugins.bacs.unused import dormant
from plugins.bacs.ways import READY_MADE, forwards

Options = Context[SubmissionOptions]
SubmissionTally = Standard18Tally | BureauTally | CollectionsTally
Payment = tuple[int, str, str, int, date | None]
"""Line, reference, transaction code, pence and processing day."""


def submission_items(chunk: Chunk, tally: SubmissionTally, ctx: Options) -> Iterator[Item]:
    """One item a payment or instruction; a contra is none. Amounts are positive, whichever way money goes."""
    if isinstance(tally, Standard18Tally):
        return _standard18_items(chunk, tally, ctx) if chunk.layout in (DATA, DATED) else iter(())
    if isinstance(tally, BureauTally):
        return _bureau_items(chunk, tally)
    if chunk.layout.name != "detail":
        return iter(())
    pairs = zip(chunk.rows(), _payments(tally), strict=True)
    return (_collection(row, payment, ctx) for row, payment in pairs)


def _payments(tally: SubmissionTally) -> Iterator[Any]:
    payments = tally.payments
    columns = payments.lines, payments.references, payments.codes, payments.amounts, payments.days
    return zip(*columns, strict=True)


def _standard18_items(chunk: Chunk, tally: Standard18Tally, ctx: Options) -> Iterator[Item]:
    contras = set(contra_rows(chunk.columns))
    rows = (row for row in range(len(chunk)) if row not in contras)
    for row, payment in zip(rows, _payments(tally), strict=True):
        line, reference, code, amount, day = payment
        if day is None or code not in KINDS:
            continue  # the file is refused for it
        personal = {
            "account_name": chunk.columns["account_name"][row].rstrip(),
            "sort_code": chunk.columns["sort_code"][row],
            "account_number": chunk.columns["account_number"][row],
            **({} if forwards(ctx) else _told_origin(chunk.row(row))),
        }
        yield Item(KINDS[code], line, reference, amount, day, {"transaction_code": code}, personal)


def _bureau_items(chunk: Chunk, tally: BureauTally) -> Iterator[Item]:
    for row, payment in zip(chunk.rows(), _payments(tally), strict=True):
        line, reference, code, amount, day = payment
        if day is None or code not in KINDS:
            continue  # the file is refused for it
        name = row["account_name"].strip()
        data: dict[str, str | int | bool | None] = {
            "transaction_code": code,
            "name_changed": fitted(name) != name,
            "user_name": fitted(row.values.get("user_name", "")) or None,
        }
        personal = {
            "account_name": name,
            "sort_code": digits_only(row["sort_code"]),
            "account_number": row["account_number"],
            **_told_origin(row),
        }
        yield Item(KINDS[code], line, reference, amount, day, data, personal)


def _told_origin(row: Row) -> Mapping[str, str]:
    """The council's account, where the row names it."""
    told = (row.values.get("originating_sort_code", ""), row.values.get("originating_account", ""))
    return dict(zip(TOLD, (digits_only(told[0]), told[1]), strict=True)) if any(told) else {}


def _collection(row: Row, payment: Payment, ctx: Options) -> Item:
    line, reference, code, amount, day = payment
    mandate = ctx.facts.register.mandate(reference) if ctx.facts.register else None
    data: dict[str, str | int | bool | None] = {
        "transaction_code": code,
        "payment_ref": normal_reference(row["payment_ref"]),
        "collection_date": row["collection_date"],
        "run_id": row["run_id"].strip() or None,
        "name_changed": mandate is not None and fitted(mandate.account_name) != mandate.account_name,
    }
    on = day or date.fromisoformat(row["collection_date"])
    return Item("COLLECTION", line, reference, amount, on, data, _payer(mandate))


def _payer(mandate: Mandate | None) -> Mapping[str, str]:
    """Whose account is debited, in text that Bacs carries."""
    if mandate is None:
        return {}
    return {
        "account_name": fitted(mandate.account_name),
        "sort_code": mandate.sort_code,
        "account_number": mandate.account_number,
    }


def gathered_day(one: Taken, ctx: Options) -> date:
    """The processing day of what waited in the hub: of a refund the soonest, of a collection its own."""
    return (soonest(ctx) if one.item.kind == "REFUND" else None) or one.item.on


def match_submission(item: Item, ctx: Options, sent: SentItem | None) -> Disposition:
    """Everything in a ready-made file is taken; what the hub makes of a request must find its mandate."""
    if ctx.format in READY_MADE:
        return Disposition(ItemState.TAKEN, account=_account_of(item, ctx))
    return _match_collection(item, ctx)


def _account_of(item: Item, ctx: Context[Any]) -> str | None:
    """The rent account behind a mandate reference, where the register knows it; a refund may name its own."""
    register = ctx.facts.register
    mandate = register.mandate(item.reference) if register else None
    account = register.account(item.reference) if register and item.kind == "REFUND" else None
    return mandate.payment_ref if mandate else account.payment_ref if account else None


def _match_collection(item: Item, ctx: Context[Any]) -> Disposition:
    register = ctx.facts.register
    if register is None:
        return _held("the mandates are not known here (NO_REGISTER)")
    mandate = register.mandate(item.reference)
    if mandate is None:
        return _held("no mandate has this reference (NO_MANDATE)")
    if why := unusable(mandate, item, ctx):
        return _held(why)
    if asleep := dormant(mandate, item, ctx):
        return asleep
    return _match_account(item, register, mandate, ctx)


def _match_account(item: Item, register: Register, mandate: Mandate, ctx: Context[Any]) -> Disposition:
    account = register.account(str(item.data["payment_ref"]))
    if account is None:
        return _held("no rent account, or more than one, has this payment reference (NO_ACCOUNT)")
    if register.account(mandate.payment_ref) != account:
        return _held("the mandate is of another rent account (OTHER_ACCOUNT)")
    hold = stopping_hold(account.payment_ref, ctx)
    if hold is not None:
        return _held(f"the account is on hold for {hold} (ON_HOLD)")
    return Disposition(ItemState.TAKEN, account=account.payment_ref, tenancy=account.tenancy_ref)


def _held(reason: str) -> Disposition:
    return Disposition(ItemState.HELD, reason=reason)


def item_key(item: Item) -> str | None:
    """The same payment in another file: reference, code, day and amount. Instructions may be repeated."""
    if item.kind == "INSTRUCTION":
        return None
    return f"{item.reference}/{code_of(item)}/{item.on}/{item.amount}"
