"""From rows to items, from items to rent accounts, and from there to postings of the rent system.

Source: formats page housing_benefit.md, sections 4.6 and 4.10.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hub.api import (
    Account,
    Chunk,
    Context,
    Disposition,
    Item,
    ItemState,
    Register,
    RentTransaction,
    Row,
    Rule,
    SentItem,
    Taken,
    first_match,
    format_pounds,
    learned,
    learned_account,
    normal_reference,
    senders_total_key,
)
from plugins.housing_benefit.claims import FEED, SCHEDULES, claimed_accounts
from plugins.housing_benefit.earlier import original_of
from plugins.housing_benefit.layouts import CSV_TOTAL, HEADER, TRAILER
from plugins.housing_benefit.settings import MatchOptions, PostingOptions
from plugins.housing_benefit.tally import PostingTally

KINDS = {
    "HBE": "BENEFIT",
    "HBA": "BENEFIT_ADJ",
    "OPD": "BENEFIT_ADJ",
    "OPR": "BENEFIT_ADJ",
    "DHP": "DHP",
    "DHR": "DHP_ADJ",
}
TRANSACTION_KINDS = {"DHP": "BENEFIT", "DHP_ADJ": "BENEFIT_ADJ"}
WORDS = {
    "HBE": "Housing Benefit",
    "HBA": "Housing Benefit adjustment",
    "OPD": "Housing Benefit overpayment",
    "OPR": "Housing Benefit overpayment reversed",
    "DHP": "Discretionary Housing Payment",
    "DHR": "Discretionary Housing Payment taken back",
}
NO_POSTINGS = (HEADER, TRAILER, CSV_TOTAL)
Options = Context[PostingOptions]
Matching = Context[Any]
"""With `MatchOptions`, whatever the feed."""
Data = dict[str, str | int | bool | None]


def posting_items(chunk: Chunk, tally: PostingTally, ctx: Options) -> Iterator[Item]:
    """One item a row. Its amount is what is posted: what was recovered moves no account."""
    if chunk.layout in NO_POSTINGS:
        return
    rows = tally.rows
    columns = rows.lines, rows.entries, rows.posted, rows.recovered
    for record, (line, entry, posted, recovered) in zip(
        chunk.rows(), zip(*columns, strict=True), strict=True
    ):
        data: Data = {
            "claim_ref": normal_reference(record["claim_ref"]),
            "ha_code": record["ha_code"].strip() or None,
            "entry_type": entry,
            "from_date": _iso(record, "from_date"),
            "to_date": _iso(record, "to_date"),
            "recovered": format_pounds(recovered * ctx.options.sign),
            "original": record.values.get("original", "").strip() or None,
            **({"totals_from": told} if (told := ctx.options.totals_from) else {}),
            "source": tally.header.source if tally.header else None,
            "posting": f"{tally.header.sequence:06d}-{line:07d}" if tally.header else None,
        }
        on = record.layout.field("posting_date").kind.read(record["posting_date"])
        yield Item(KINDS[entry], line, normal_reference(record["rent_ref"]), -posted, on, data)


def _iso(record: Row, name: str) -> str | None:
    if name not in record.values:
        return None
    day: date = record.layout.field(name).kind.read(record[name])
    return day.isoformat()


def totals_of(item: Item) -> tuple[str, ...]:
    """The record of what the benefits system says that it sent on the item's day."""
    source = item.data.get("totals_from")
    return (senders_total_key(str(source), item.on),) if source else ()


def item_key(item: Item) -> str | None:
    """The same posting in another file: claim, account, type and entitlement dates; where the format has no
    such dates, posting date and amount."""
    data = item.data
    dates = f"{data['from_date']}/{data['to_date']}" if data["from_date"] else f"{item.on}/{item.amount}"
    return f"{data['claim_ref']}/{item.reference}/{data['entry_type']}/{dates}"


def match_posting(item: Item, ctx: Options, sent: SentItem | None) -> Disposition:
    """The rent account of a posting, by the rules of `RULES` in their order; of an adjustment it tells the
    posting that it puts right."""
    found = first_match(item, RULES, ctx)
    original = original_of(item, ctx) if found.state is ItemState.TAKEN and found.reason is None else None
    return replace(found, reason=f"ADJUSTS: {original.id} of {original.on}") if original else found


def _moves_nothing(item: Item, ctx: Matching) -> Disposition | None:
    return Disposition(ItemState.NOTED, reason="nothing is posted") if item.amount == 0 else None


def _is_a_test(item: Item, ctx: Options) -> Disposition | None:
    if ctx.options.live_or_test == "T":
        return Disposition(ItemState.NOTED, reason="a test file never posts")
    return None


def _by_reference(item: Item, ctx: Matching) -> Disposition | None:
    """The account that the file names, unless the claim is known to belong to another."""
    register = ctx.facts.register
    account = register.account(_rent_reference(item, ctx.options)) if register else None
    if register is None or account is None:
        return None
    claimants = _claimants(item, register, ctx)
    if claimants and account.payment_ref not in claimants:
        candidates = (account.payment_ref, *claimants)
        return _suspended("CONFLICT: the claim is known for another rent account", *candidates)
    return _placed(item, account, ctx.options)


def _claimants(item: Item, register: Register, ctx: Matching) -> Sequence[str]:
    """The accounts that the claim is known for: those that the rent system says and, of those that it was
    paid for, the ones whose tenancy covers the posting, so that a claimant who moves is no conflict."""
    told = sorted(account.payment_ref for account in register.by_claim(str(item.data["claim_ref"])))
    return tuple(dict.fromkeys([*told, *(account.payment_ref for account in _paid_for(item, register, ctx))]))


def _paid_for(item: Item, register: Register, ctx: Matching) -> Sequence[Account]:
    accounts = map(register.account, claimed_accounts(item, ctx))
    return [account for account in accounts if account is not None and _is_live(account, item)]


def _by_claim(item: Item, ctx: Matching) -> Disposition | None:
    """The one live account of the claim, where the council allows it; marked as found that way."""
    register = ctx.facts.register
    if register is None or not ctx.options.allow_claim_match:
        return None
    told = register.by_claim(str(item.data["claim_ref"]))
    known = [account for account in told if _is_live(account, item)] or _paid_for(item, register, ctx)
    live = {account.payment_ref: account for account in known}
    if len(live) != 1:
        return None
    (account,) = live.values()
    placed = _placed(item, account, ctx.options)
    return placed if placed.reason else _taken(account, "CLAIM_MATCH: found by its claim reference")


def _learned_in(feed: str) -> Rule:
    """The account that the same reference and claim were cleared to in this feed, where
    the council allows it."""

    def rule(item: Item, ctx: Matching) -> Disposition | None:
        account = learned_account(feed, item, ctx) if ctx.options.allow_learned_pairs else None
        if account is None:
            return None
        placed = _placed(item, account, ctx.options)
        return learned(placed) if placed.state is ItemState.TAKEN else placed

    return rule


def _no_account(item: Item, ctx: Matching) -> Disposition | None:
    register = ctx.facts.register
    if register is None:
        return None
    likely = register.candidates(_rent_reference(item, ctx.options))
    claimants = _claimants(item, register, ctx)
    return _suspended("NO_ACCOUNT: no rent account has this reference", *dict.fromkeys([*likely, *claimants]))


RULES: tuple[Rule, ...] = (
    _moves_nothing,
    _is_a_test,
    _by_reference,
    _by_claim,
    _learned_in(FEED),
    _no_account,
)
SCHEDULE_RULES: tuple[Rule, ...] = (
    _moves_nothing,
    _by_reference,
    _by_claim,
    _learned_in(SCHEDULES),
    _no_account,
)
"""Of a schedule, which is never a test."""


def match_charge(item: Item, ctx: Matching) -> Disposition:
    """The account of an overpayment that a schedule names by its claim alone, be the tenancy over or not."""
    register = ctx.facts.register
    if register is None:
        return _suspended("NO_ACCOUNT: the rent accounts are not known here")
    told = [account.payment_ref for account in register.by_claim(str(item.data["claim_ref"]))]
    accounts = [*dict.fromkeys([*sorted(told), *claimed_accounts(item, ctx)])]
    account = register.account(accounts[0]) if len(accounts) == 1 else None
    if account is None:
        return _suspended("NO_ACCOUNT: the claim has no rent account, or more than one", *accounts)
    return _taken(account, "CLAIM_MATCH: found by its claim reference")


def _rent_reference(item: Item, options: MatchOptions) -> str:
    """The reference as the rent system writes it. Leading zeros stay, and it is never read as a number."""
    reference = item.reference.rpartition("|")[2] if options.strip_before_bar else item.reference
    return reference.replace(" ", "") if options.remove_spaces else reference.strip()


def _placed(item: Item, account: Account, options: MatchOptions) -> Disposition:
    """Taken for the account, if it is one of ours and its tenancy covers the entitlement."""
    if options.rent_groups and account.rent_group not in options.rent_groups:
        return _suspended("WRONG_GROUP: the account is of another rent group", account.payment_ref)
    if _is_live(account, item):
        return _taken(account, "FORMER_ACCOUNT" if account.status == "ENDED" else None)
    if account.start_date and _dates(item)[0] < account.start_date:
        return _suspended("NO_ACCOUNT: the tenancy began after the entitlement", account.payment_ref)
    return _suspended("TENANCY_ENDED: tell benefits, it may be an overpayment", account.payment_ref)


def _is_live(account: Account, item: Item) -> bool:
    """Whether the tenancy covers the entitlement; of a former tenancy the dates in it count."""
    first, last = _dates(item)
    if account.status == "ENDED" and account.end_date is None:
        return False
    begun = account.start_date is None or account.start_date <= first
    return begun and (account.end_date is None or last <= account.end_date)


def _dates(item: Item) -> tuple[date, date]:
    """What the posting is for; in a format that does not tell, the day of posting."""
    first, last = item.data["from_date"], item.data["to_date"]
    if isinstance(first, str) and isinstance(last, str):
        return date.fromisoformat(first), date.fromisoformat(last)
    return item.on, item.on


def _taken(account: Account, reason: str | None) -> Disposition:
    return Disposition(ItemState.TAKEN, account.payment_ref, reason, tenancy=account.tenancy_ref)


def _suspended(reason: str, *candidates: str) -> Disposition:
    return Disposition(ItemState.SUSPENDED, reason=reason, candidates=candidates)


def rent_transaction(taken: Taken, ctx: Matching) -> tuple[RentTransaction, ...]:
    """The posting of one item. Its code is the route's; its method is the entry type as received."""
    item, entry = taken.item, str(taken.item.data["entry_type"])
    posting = RentTransaction(
        transaction_id=taken.id,
        payment_ref=taken.disposition.account or "",
        tenancy_ref=taken.disposition.tenancy,
        kind=TRANSACTION_KINDS.get(item.kind, item.kind),
        method_code=entry,
        type_code=ctx.options.code_of(entry) or "",
        transaction_date=item.on,
        post_date=item.on,
        amount=item.amount,
        external_ref=str(item.data["posting"] or item.data["claim_ref"]),
        narrative=_narrative(item),
    )
    return (posting,)


def _narrative(item: Item) -> str:
    words = [WORDS[str(item.data["entry_type"])], str(item.data["claim_ref"])]
    if item.data["from_date"]:
        words.append(f"{item.data['from_date']} to {item.data['to_date']}")
    return " ".join(words)
