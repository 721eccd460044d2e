"""From receipts to items, from items to rent accounts, and from there to postings.

Source: rent system interface, 4.4, 6.1 and 6.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hub.checks.base import Context
from hub.fields.problem import FieldProblem
from hub.model import (
    Account,
    Chunk,
    Disposition,
    Item,
    ItemState,
    RentTransaction,
    SentItem,
    Taken,
)
from hub.rent.canonical import REFERENCE, day_or_none, drawn, normal_reference, plain_text
from hub.rent.cash.options import CashOptions
from hub.rent.generic_csv import LONDON
from hub.rent.learned import learned_account
from hub.rent.matching import Rule, first_match, learned
from hub.rent.receipts import Receipt

FEED = "rent.cash"
UNMAPPED = "CASH_UNMAPPED"
"""What a payment waits as while its code is in no map."""

LEASEHOLD = {"SERVICE_CHARGE": "MAJOR_WORKS", "MAJOR_WORKS": "SERVICE_CHARGE"}
Options = Context[CashOptions]


def receipt_items(chunk: Chunk, tally: Any, ctx: Options) -> Iterator[Item]:
    """One item a receipt. What it is for the council (method, type) is looked up anew until it leaves. Its
    narrative may name who paid, so it is kept as personal."""
    receipt: Receipt
    for receipt in tally.receipts:
        posting = receipt.posting
        sign = "RECEIPT" if receipt.received > 0 else "REVERSAL"
        yield Item(
            posting.kind if posting else sign,
            receipt.line,
            normal_reference(receipt.reference),
            -receipt.received,
            receipt.on,
            {
                "format": ctx.format,
                "code": receipt.method,
                "method": _method(receipt.method, ctx.format, receipt, ctx),
                "external": receipt.external,
                "type": posting.type_code if posting else None,
                "post_date": posting.post_date.isoformat() if posting else None,
                "original": posting.original_reference if posting else None,
                "reverses": posting.reverses if posting else None,
                **({"vat": posting.vat} if posting and posting.vat else {}),
                **({"totals_from": told} if (told := ctx.options.totals_from) else {}),
            },
            {"narrative": narrative} if (narrative := plain_text(receipt.narrative)) else {},
        )


def _method(code: str, format: str, dated: Receipt | Item, ctx: Options) -> str | None:
    """The council's method of a partner's code; None while it is unmapped."""
    name, codes = ctx.options.methods.get(format), ctx.facts.codes
    if name is None:
        return code or None
    return codes.value(name, code, dated.on) if codes else None


def method_of(item: Item, ctx: Options) -> str | None:
    """The council's method of payment, as the code maps are now."""
    return _method(str(item.data["code"]), str(item.data["format"]), item, ctx)


def type_of(item: Item, ctx: Options) -> str | None:
    """The rent system's type of the payment; None while it is unmapped."""
    if item.data["type"]:
        return str(item.data["type"])
    method, codes = method_of(item, ctx), ctx.facts.codes
    return codes.value(ctx.options.types, method, item.on) if codes and method else None


def why_unmapped(item: Item, ctx: Options) -> str | None:
    """Which map lacks which code, if one does. Without code maps nobody can tell."""
    if ctx.facts.codes is None or type_of(item, ctx) is not None:
        return None
    code, method = item.data["code"] or "(none)", method_of(item, ctx)
    if method is None and item.data["format"] in ctx.options.methods:
        return f"the code {code} is not in {ctx.options.methods[str(item.data['format'])]} (E16)"
    return f"the method {method or '(none)'} is not in {ctx.options.types} (E16)"


def not_mapped_yet(taken: Taken, ctx: Options) -> str | None:
    """The condition `mapped` of a route that gathers what waits."""
    return why_unmapped(taken.item, ctx)


def item_key(item: Item) -> str:
    """By which the same payment is known in another file: the partner's own id of it or, where the file has
    none, only account, day, amount and method, which two genuine payments may share."""
    data = item.data
    return f"{data['external'] or ''}/{item.reference}/{item.on}/{item.amount}/{data['code']}"


def came_before(item: Item, ctx: Options) -> bool:
    history = ctx.facts.history
    return history is not None and item_key(item) in history.posted


def match_receipt(item: Item, ctx: Options, sent: SentItem | None) -> Disposition:
    """The rent account of a payment, by the rules of `RULES` in their order."""
    return first_match(item, RULES, ctx)


def _known_payment(item: Item, ctx: Options) -> Disposition | None:
    """The partner's own id of the payment came in an earlier file: counted, and not posted again."""
    if item.data["external"] and came_before(item, ctx):
        return Disposition(ItemState.DUPLICATE, reason="this payment came in an earlier file (E18)")
    return None


def _by_reference(item: Item, ctx: Options) -> Disposition | None:
    register = ctx.facts.register
    try:
        reference = reference_of(item, ctx)
    except FieldProblem as problem:
        return _suspended(f"the reference: {problem.reason} (E13)")
    account = register.account(reference) if register and reference else None
    return placed(item, account, ctx) if account else None


def reference_of(item: Item, ctx: Options) -> str:
    """The reference as the rent system writes it. Raises FieldProblem."""
    return ctx.options.rules_for(str(item.data["format"])).normal(item.reference)


def _by_learned_pair(item: Item, ctx: Options) -> Disposition | None:
    """The account that two people cleared the same reference to before."""
    account = learned_account(FEED, item, ctx) if item.reference and ctx.facts.records else None
    return learned(placed(item, account, ctx)) if account else None


def _no_account(item: Item, ctx: Options) -> Disposition | None:
    """A reference that is mistyped (E13) is told from one that nobody has (E14)."""
    register = ctx.facts.register
    if register is None:
        return None
    reference = reference_of(item, ctx)
    wrong = ctx.options.rules_for(str(item.data["format"])).checked(reference)
    likely = register.candidates(reference) if reference else ()
    if wrong.status == "invalid":
        return _suspended(f"the reference: {wrong.reason} (E13)", *likely)
    return _suspended("no rent account, or more than one, has this reference (E14)", *likely)


RULES: tuple[Rule, ...] = (_known_payment, _by_reference, _by_learned_pair, _no_account)


def placed(item: Item, account: Account, ctx: Options) -> Disposition:
    """What becomes of a payment whose account is found: taken, unless a person must look or a code lacks."""
    if ctx.options.repeats == "suspend" and not item.data["external"] and came_before(item, ctx):
        return _suspended("REPEAT: an equal payment came in an earlier file (E18)", account.payment_ref)
    if account.status == "ENDED" and not _may_follow(item, account, ctx):
        return _suspended("the rent account has ended (E15)", account.payment_ref)
    other = meant_for(item, account, ctx)
    if other is not None and ctx.options.other_account == "suspend":
        reason = "OTHER_ACCOUNT: it seems meant for the tenancy's other account"
        return _suspended(reason, other.payment_ref, account.payment_ref)
    unmapped = why_unmapped(item, ctx)
    if unmapped is not None:
        return _found(account, ItemState.WAITING, unmapped, waits_as=UNMAPPED)
    former = "FORMER_ACCOUNT: posted to an account that has ended" if account.status == "ENDED" else None
    return _found(account, ItemState.TAKEN, former)


def _may_follow(item: Item, account: Account, ctx: Options) -> bool:
    """Whether money follows an account that has ended. What is taken back follows the payment it undoes."""
    if ctx.options.ended == "owed":
        return item.amount > 0 or (account.balance or 0) > 0
    return ctx.options.ended == "post"


def meant_for(item: Item, account: Account, ctx: Options) -> Account | None:
    """The leaseholder's other account, when a payment puts this one in credit and that one owes it all."""
    kind, register = LEASEHOLD.get(account.account_type), ctx.facts.register
    if kind is None or register is None or account.tenancy_ref is None or item.amount >= 0:
        return None
    if account.balance is None or account.balance + item.amount >= 0:
        return None
    others = [one for one in register.of_tenancy(account.tenancy_ref) if one.account_type == kind]
    owing = [one for one in others if one.status != "ENDED" and (one.balance or 0) >= -item.amount]
    return owing[0] if len(owing) == 1 else None


def _found(
    account: Account, state: ItemState, reason: str | None, waits_as: str | None = None
) -> Disposition:
    return Disposition(state, account.payment_ref, reason, tenancy=account.tenancy_ref, waits_as=waits_as)


def _suspended(reason: str, *candidates: str) -> Disposition:
    return Disposition(ItemState.SUSPENDED, reason=reason, candidates=tuple(dict.fromkeys(candidates)))


def posting(taken: Taken, ctx: Options) -> Sequence[RentTransaction]:
    """The posting of one payment. It is dated when it was paid, and posted on the day that it is written:
    what misses the close of a period posts into the next one."""
    item, data = taken.item, taken.item.data
    quoted, account = item.reference, taken.disposition.account or ""
    made = RentTransaction(
        transaction_id=taken.id,
        payment_ref=account,
        tenancy_ref=taken.disposition.tenancy,
        kind=item.kind,
        method_code=method_of(item, ctx),
        type_code=type_of(item, ctx) or "",
        transaction_date=item.on,
        post_date=day_or_none(data["post_date"]) or drawn(ctx).now.astimezone(LONDON).date(),
        amount=item.amount,
        vat_amount=int(data.get("vat") or 0),
        external_ref=str(data["external"] or taken.id),
        narrative=item.personal.get("narrative", ""),
        reverses_id=_text(data["reverses"]),
        original_payment_ref=_text(data["original"]) or _other_than(account, quoted),
    )
    return (made,)


def _text(value: object) -> str | None:
    return str(value) if value else None


def _other_than(account: str, quoted: str) -> str | None:
    """The reference that was quoted, where it is one and not the account's own."""
    return quoted if quoted != account and REFERENCE.fits(quoted) else None
