"""From payments to items, and from items to rent accounts: the feed `bacs.submission`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hub.api import (
    Chunk,
    Context,
    Disposition,
    Item,
    ItemState,
    Mandate,
    Register,
    SentItem,
    normal_reference,
)
from plugins.bacs.checks import STANDARD18
from plugins.bacs.codes import CREDITS, DEBITS, INSTRUCTIONS
from plugins.bacs.holds import stopping_hold
from plugins.bacs.layouts import DATA, DATED
from plugins.bacs.mandates import unusable
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.tally import CollectionsTally, Standard18Tally, contra_rows
from plugins.bacs.text import fitted
from plugins.bacs.unused import dormant

KINDS = (
    dict.fromkeys(DEBITS, "COLLECTION")
    | dict.fromkeys(CREDITS, "REFUND")
    | dict.fromkeys(INSTRUCTIONS, "INSTRUCTION")
)


def submission_items(
    chunk: Chunk, tally: Standard18Tally | CollectionsTally, ctx: Context[SubmissionOptions]
) -> Iterator[Item]:
    """One item a payment or instruction; a contra is none. Amounts are positive, whichever way money goes."""
    if isinstance(tally, Standard18Tally):
        return _standard18_items(chunk, tally) if chunk.layout in (DATA, DATED) else iter(())
    return _collection_items(chunk, tally, ctx) if chunk.layout.name == "detail" else iter(())


def _payments(chunk: Chunk, tally: Standard18Tally | CollectionsTally) -> Iterator[tuple[Any, ...]]:
    payments = tally.payments
    columns = payments.lines, payments.references, payments.codes, payments.amounts, payments.days
    return zip(*columns, strict=True)


def _standard18_items(chunk: Chunk, tally: Standard18Tally) -> Iterator[Item]:
    contras = set(contra_rows(chunk.columns))
    rows = (row for row in range(len(chunk)) if row not in contras)
    for row, payment in zip(rows, _payments(chunk, tally), strict=True):
        line, reference, code, amount, day = payment
        if day is None or code not in KINDS:
            continue  # the file is refused for it
        personal = {
            "account_name": chunk.columns["account_name"][row].rstrip(),
            "sort_code": chunk.columns["sort_code"][row],
            "account_number": chunk.columns["account_number"][row],
        }
        yield Item(KINDS[code], line, reference, amount, day, {"transaction_code": code}, personal)


def _collection_items(
    chunk: Chunk, tally: CollectionsTally, ctx: Context[SubmissionOptions]
) -> Iterator[Item]:
    for record, payment in zip(chunk.rows(), _payments(chunk, tally), strict=True):
        line, reference, code, amount, day = payment
        mandate = ctx.facts.register.mandate(reference) if ctx.facts.register else None
        data: dict[str, str | int | bool | None] = {
            "transaction_code": code,
            "payment_ref": normal_reference(record["payment_ref"]),
            "collection_date": record["collection_date"],
            "run_id": record["run_id"].strip() or None,
            "name_changed": mandate is not None and fitted(mandate.account_name) != mandate.account_name,
        }
        yield Item("COLLECTION", line, reference, amount, day, data, _payer(mandate))


def _payer(mandate: Mandate | None) -> Mapping[str, str]:
    """Whose account is debited, in text that Bacs carries."""
    if mandate is None:
        return {}
    return {
        "account_name": fitted(mandate.account_name),
        "sort_code": mandate.sort_code,
        "account_number": mandate.account_number,
    }


def match_submission(item: Item, ctx: Context[SubmissionOptions], sent: SentItem | None) -> Disposition:
    """Everything in a file that goes on as it came is taken; what the hub writes must find its mandate."""
    if ctx.format == STANDARD18:
        return Disposition(ItemState.TAKEN, account=_account_of(item, ctx))
    return _match_collection(item, ctx)


def _account_of(item: Item, ctx: Context[Any]) -> str | None:
    """The rent account behind a mandate reference, where the register knows it."""
    mandate = ctx.facts.register.mandate(item.reference) if ctx.facts.register else None
    return mandate.payment_ref if mandate else None


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
    return f"{item.reference}/{item.data['transaction_code']}/{item.on}/{item.amount}"
