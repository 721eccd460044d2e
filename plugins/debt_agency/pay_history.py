"""Checks of receipts against the contract and against what came before.

Source: formats page debt_agency.md, sections 3.7 and 7; the numbers of checks are those of section 7.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from hub.api import Found, Level, Need, Record, Severity, check, format_pounds
from plugins.debt_agency.contract import Pay, original_of, terms_of
from plugins.debt_agency.pay_checks import bad_money
from plugins.debt_agency.pay_records import RECEIPT, key_of
from plugins.debt_agency.pay_tally import PaymentTally, remittances_of
from plugins.debt_agency.remittance import Receipt, Remittance


def lines_of(tally: PaymentTally) -> Iterator[tuple[Remittance, Receipt]]:
    for remittance in tally.remittances:
        for receipt in remittance.receipts:
            yield remittance, receipt


@check("DA-06", level=Level.HISTORY, needs=(Need.RECORDS,))
def txn_is_new(tally: PaymentTally, ctx: Pay) -> Iterator[Found]:
    """A txn_id is the agency's own for ever. One that came in an earlier file is passed over where the line
    is alike; with other content it refuses the file."""
    for one in tally.receipts:
        known = _known(one, ctx)
        if known is None:
            continue
        if known.data["content"] != one.content:
            told = "this txn_id came before with other content"
            yield Found(told, one.at, "txn_id")
        else:
            told = "this txn_id came before: it is not posted again"
            yield Found(told, one.at, "txn_id", severity=Severity.WARNING)


@check("DA-07", level=Level.HISTORY, needs=(Need.RECORDS, Need.CODES))
def what_is_taken_back_was_there(tally: PaymentTally, ctx: Pay) -> Iterator[Found]:
    """PAR takes back a PA or CST, DPR a DP, of the same placement, that is known here, and no more of it than
    is left."""
    taken = Counter[str]()
    for on, one in [*((one.value_date, x) for one, x in lines_of(tally)), *_alone(tally)]:
        if one.reverses is None or one.at in tally.repeats or _known(one, ctx) is not None:
            continue
        original = original_of(one, tally.by_txn, on, ctx)
        left = (original.left if original else 0) - taken[one.reverses]
        if original is None:
            told = "no receipt with this txn_id is known here"
            yield Found(told, one.at, "reverses_txn_id", severity=bad_money(ctx))
        elif original.kind not in one.kind.reverses or original.placement_ref != one.placement_ref:
            told = f"a {one.kind} cannot take back a {original.kind}, or it is of another placement"
            yield Found(told, one.at, "reverses_txn_id", severity=bad_money(ctx))
        elif -one.gross > left:
            told = f"takes back {format_pounds(-one.gross)}, and {format_pounds(left)} is left of it"
            yield Found(told, one.at, "gross", f"at most {format_pounds(left)}", bad_money(ctx))
        taken[one.reverses] -= one.gross


def _alone(tally: PaymentTally) -> Iterator[tuple[date, Receipt]]:
    """Receipts that no remittance sums up, with the day that counts for them."""
    return ((one.received, one) for one in tally.behind)


def _known(one: Receipt, ctx: Pay) -> Record | None:
    """The receipt as an earlier file brought it."""
    records = ctx.facts.records
    return records.get(RECEIPT, key_of(ctx.options.called, one.txn_id)) if records else None


@check("DA-08", level=Level.HISTORY, needs=(Need.RECORDS, Need.CODES))
def line_is_as_agreed(tally: PaymentTally, ctx: Pay) -> Iterator[Found]:
    """Rate, commission and tax of each line are those of the contract, to the penny; of what is taken back,
    those of the receipt. The numbers that are expected are told."""
    for remittance, one in lines_of(tally):
        if _known(one, ctx) is not None:
            continue
        terms = terms_of(one, tally.by_txn, remittance.value_date, ctx)
        if isinstance(terms, str):
            yield Found(f"nobody can say what this line costs: {terms}", one.at, "commission_rate")
            continue
        if one.rate is not None and terms.rate != one.rate:
            expected = f"{terms.rate:.4f}"
            yield Found(f"the rate is {one.rate}: expected {expected}", one.at, "commission_rate", expected)
        due = terms.amounts(one, remittance)
        for name, said, pence in (
            ("commission", one.commission, due.commission),
            ("commission_vat", one.vat, due.vat),
        ):
            if said != pence:
                expected = format_pounds(pence)
                yield Found(f"{name} is {format_pounds(said)}: expected {expected}", one.at, name, expected)
        if terms.plan is not None and terms.plan.basis is not remittance.basis:
            told = f"the contract settles on the basis {terms.plan.basis}"
            yield Found(told, remittance.at, "basis", terms.plan.basis)


@check("DA-PAY", level=Level.HISTORY, needs=(Need.HISTORY,))
def remittance_is_new(tally: PaymentTally, ctx: Pay) -> Iterator[Found]:
    """No earlier file has a remittance of the same reference, nor this one twice."""
    history, seen = ctx.facts.history, set[str]()
    used = history.used.get(remittances_of(ctx.options), frozenset()) if history else frozenset()
    for one in tally.remittances:
        if one.ref in used or one.ref in seen:
            yield Found(f"remittance {one.ref} came before", one.at, "remittance_ref")
        seen.add(one.ref)


HISTORY_CHECKS = (txn_is_new, what_is_taken_back_was_there, line_is_as_agreed, remittance_is_new)
