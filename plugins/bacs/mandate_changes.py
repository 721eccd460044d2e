"""What banks say of a mandate: ended, stopped, moved to another account, brought back.

Each is an item MANDATE_CHANGE, whichever report it came in. Taken, it moves the mandate's record, sets the
hold that its reason asks for, and tells the rent system. Source: formats page bacs.md, section 6.8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hub.api import (
    BANK_SAID,
    ENDED_BY,
    HOLD,
    LODGED,
    MANDATE_KIND,
    REVIEW,
    WITHDRAWN,
    Context,
    Disposition,
    Item,
    ItemState,
    Lookup,
    Mandate,
    MandateChange,
    Move,
    SentItem,
    Taken,
    normal_reference,
    told_hold,
)
from plugins.bacs.accounts import to_account
from plugins.bacs.codes import Reason, reasons
from plugins.bacs.settings import MandateReportOptions

MANDATE_CHANGE = "MANDATE_CHANGE"
NEW_DETAILS = {"new_sort_code": "sort_code", "new_account_number": "account_number"}
"""What an item calls the new bank details, and what a mandate does."""

LOOKS_UP = (Lookup(HOLD), Lookup(MANDATE_KIND, keys=lambda item: (normal_reference(item.reference),)))
_BECOMES = {"cancel": "CANCELLED", "suspend": "SUSPENDED", "relodge": "NEW", "reinstate": "ACTIVE"}
_OF_ITS_INSTRUCTION: Mapping[str, Mapping[str, str | None]] = {
    "cancel": {ENDED_BY: "bank"},
    "relodge": {LODGED: None},
    "reinstate": {ENDED_BY: None, WITHDRAWN: None},
}
"""What an action means for the instruction at the bank: the facts of the mandate that it sets."""

_WITH_DETAILS = ("amend", "relodge")
_IN_FORCE_ONLY = ("suspend", *_WITH_DETAILS)


def said(
    report: str,
    code: str,
    ctx: Context[Any],
    *,
    line: int,
    reference: str,
    on: date,
    personal: Mapping[str, str],
    **data: str | int | bool | None,
) -> Item:
    """What a report says of a mandate. The action of an unknown reason is `review`: a person looks. New
    details that are not all there stop the mandate instead of amending it."""
    reason = reasons(report).get(code)
    action = _action(report, reason, ctx.options)
    known = {
        "report": report,
        "reason_code": code,
        "reason_text": reason.meaning if reason else "Reason not known",
        "action": "suspend" if action in _WITH_DETAILS and not _all_new(personal) else action,
        "hold": reason.hold if reason else None,
        "review": _review(report, reason, action, personal, by_hub=_is_by_hub(reference, ctx)),
    }
    return Item(MANDATE_CHANGE, line, reference, 0, on, {**data, **known}, personal)


def _action(report: str, reason: Reason | None, options: MandateReportOptions) -> str:
    if reason is None:
        return "review"
    return str(options.mandate_actions.get(report, {}).get(reason.code, reason.mandate_action))


def _all_new(personal: Mapping[str, str]) -> bool:
    return all(personal.get(name) for name in NEW_DETAILS)


def _is_by_hub(reference: str, ctx: Context[Any]) -> bool:
    mandate = ctx.facts.register.mandate(reference) if ctx.facts.register else None
    return mandate is not None and mandate.by_hub


def _review(
    report: str, reason: Reason | None, action: str, personal: Mapping[str, str], *, by_hub: bool
) -> str | None:
    """What a person is asked, if anything: the report and code, a colon, and why."""
    if reason is None:
        return None
    asked = reason.person or action in ("suspend", "relodge")
    incomplete = action in _WITH_DETAILS and not _all_new(personal)
    told = ["The new account was not told, so nothing is collected"] if incomplete else []
    note = _LODGED_BY_HUB if action == "relodge" and by_hub and not incomplete else reason.note
    sentences = [reason.meaning, *([note] if note else []), *told]
    return f"{report} {reason.code}: {'. '.join(sentences)}." if asked or incomplete else None


_LODGED_BY_HUB = "The hub sends a 0N for the new account; collect from it with 01, once the lead time is over"


def match_change(item: Item, ctx: Context[Any], sent: SentItem | None = None) -> Disposition:
    """To the rent account of the mandate; held where it is in doubt which mandate is meant, or what for."""
    if ctx.facts.register is None:
        return _held("the mandates are not known here (NO_REGISTER)")
    mandate = ctx.facts.register.mandate(item.reference)
    if mandate is None:
        return _held("no mandate has this reference (NO_MANDATE)")
    if doubt := _doubt(item, mandate):
        return _held(doubt)
    if item.data["action"] == "keep":
        return Disposition(ItemState.NOTED, account=mandate.payment_ref)
    return to_account(mandate.payment_ref, ctx)


def _doubt(item: Item, mandate: Mandate) -> str | None:
    if item.data["action"] == "review":
        return "its reason is not known (REASON_NOT_KNOWN)"
    if not _of_its_account(item, mandate):
        return "it is about another bank account than the mandate has now (OTHER_BANK_ACCOUNT)"
    if mandate.status == "CANCELLED" and item.data["action"] in _IN_FORCE_ONLY:
        return "the mandate is CANCELLED here, and its bank says otherwise (MANDATE_CANCELLED)"
    return None


def _of_its_account(item: Item, mandate: Mandate) -> bool:
    """Whether the bank account told is the mandate's, or was until this very change."""
    has = {"sort_code": mandate.sort_code, "account_number": mandate.account_number}
    old = all(item.personal.get(name) in (None, "", value) for name, value in has.items())
    return old or (_all_new(item.personal) and _new_details(item) == has)


def _new_details(item: Item) -> Mapping[str, str]:
    return {name: item.personal[told] for told, name in NEW_DETAILS.items()}


def _held(reason: str) -> Disposition:
    return Disposition(ItemState.HELD, reason=reason)


def mandate_moves(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """The mandate as its bank has it now, and the hold that the reason asks for."""
    item, account = one.item, one.disposition.account
    if item.kind != MANDATE_CHANGE or account is None or ctx.facts.today is None:
        return
    why = f"{item.data['report']} {item.data['reason_code']}: {item.data['reason_text']}"
    if item.data["action"] != "keep":
        yield _move(item, ctx.facts.today, why)
    if hold := item.data["hold"]:
        yield from told_hold("bacs", account, str(hold), ctx.facts.today, ctx.facts.records, why)


def _move(item: Item, today: date, why: str) -> Move:
    action = str(item.data["action"])
    return Move(
        kind=MANDATE_KIND,
        key=normal_reference(item.reference),
        to=_BECOMES.get(action),
        data={
            BANK_SAID: today.isoformat(),
            REVIEW: item.data["review"],
            **_OF_ITS_INSTRUCTION.get(action, {}),
        },
        personal=_new_details(item) if action in _WITH_DETAILS else {},
        reason=why,
    )


def to_change(one: Taken, ctx: Context[Any]) -> Sequence[MandateChange]:
    """What the rent system is told of the mandate."""
    item, register = one.item, ctx.facts.register
    mandate = register.mandate(item.reference) if register else None
    if mandate is None:
        return ()
    action = str(item.data["action"])
    now = {"status": _BECOMES[action]} if action in _BECOMES else {}
    return (MandateChange(mandate, {**now, **(_new_details(item) if action in _WITH_DETAILS else {})}),)


def told_reason(item: Item) -> str:
    """Why the bank says so, by its code."""
    return str(item.data["reason_text"])
