"""Whether a refund goes to a bank account that is known to be its tenant's, and the memory of those.

Money that was paid to a wrong account is seldom got back, and changed payee details are the fraud to fear. A
digit that changed between the rent system and Bacs is found by nothing else in a file. Source: formats page
bacs.md, sections 6.8 (AWACS) and 11; that another account needs a second person is the project's own choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hub.api import (
    MANDATE_KIND,
    Context,
    DeliveryState,
    Found,
    Left,
    Level,
    Lifecycle,
    Lookup,
    Move,
    Need,
    Records,
    Severity,
    Taken,
    check,
    normal_reference,
)
from plugins.bacs.awacs import PAYEE
from plugins.bacs.mandate_changes import NEW_DETAILS
from plugins.bacs.settings import SubmissionOptions

KIND, KNOWN = "refund_account", "KNOWN"
Options = Context[SubmissionOptions]
BankAccount = tuple[str, str]

REFUND_ACCOUNT_LIFE = Lifecycle(
    kind=KIND,
    title="Bank accounts that refunds of a rent account went to",
    begins=(KNOWN,),
    moves={},
    owner="rents",
)
LOOKS_UP = (
    Lookup(KIND, keys=lambda item: (), accounts=True),
    Lookup(MANDATE_KIND, keys=lambda item: (), accounts=True),
    Lookup(PAYEE, keys=lambda item: (normal_reference(item.reference),), accounts=True),
)


@dataclass(frozen=True, slots=True)
class Payee:
    """What is known of where the money of a rent account goes.

    accounts:  its mandates', and those it was refunded to
    corrected: as banks corrected them (AWACS): what they said was wrong → what is right
    """

    accounts: frozenset[BankAccount]
    corrected: dict[BankAccount, BankAccount]


@check("S18-030", level=Level.CROSS, severity=Severity.HOLD, needs=(Need.RECORDS,))
def refund_goes_where_it_belongs(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A refund goes to a bank account that is known to be its rent account's: that of a mandate, or one that
    it was refunded to before; and not to one that its bank has corrected (AWACS).

    Another waits until a second person has compared it with what the tenant gave; with `unknown_payees: hold`
    so does one of whose rent account no bank account is known here."""
    for one in taken if ctx.facts.records else ():
        if one.item.kind != "REFUND" or ctx.facts.records is None:
            continue
        doubt = _doubt(_bank_account(one.item.personal), _payee(one, ctx.facts.records), ctx)
        if doubt is not None:
            yield Found(doubt, one.item.line, "account_number", "the tenant's own bank account")


def _doubt(goes: BankAccount, payee: Payee, ctx: Options) -> str | None:
    if payee.corrected.get(goes, goes) != goes:
        return "the payee's bank has corrected this account: the refund must go to another"
    if goes in payee.accounts or goes in payee.corrected.values():
        return None
    if payee.accounts:
        told = "the refund goes to another bank account than is known of its rent account"
        return f"{told}: compare it with what the tenant gave"
    waits = ctx.options.unknown_payees == "hold"
    return "nothing is known here of the bank account that the refund goes to" if waits else None


def _payee(one: Taken, records: Records) -> Payee:
    account, corrected = one.disposition.account, records.get(PAYEE, normal_reference(one.item.reference))
    told = [corrected] if corrected else []
    accounts: set[BankAccount] = set()
    if account is not None:
        known = [*records.about(KIND, account), *records.about(MANDATE_KIND, account)]
        accounts = {_bank_account(record.personal) for record in known}
        told += records.about(PAYEE, account)
    new = {name: place for place, name in NEW_DETAILS.items()}
    return Payee(
        frozenset(accounts - {("", "")}),
        {
            _bank_account(record.personal): (
                record.personal.get(new["sort_code"], ""),
                record.personal.get(new["account_number"], ""),
            )
            for record in told
        },
    )


def _bank_account(personal: Mapping[str, str]) -> BankAccount:
    return personal.get("sort_code", ""), personal.get("account_number", "")


def refunds_left(carried: Sequence[Taken], left: Left) -> Iterator[Move]:
    """Where refunds went is remembered, once they have left: the next one there is no surprise."""
    if left.state is not DeliveryState.SENT:
        return
    for one in carried:
        account = one.disposition.account
        if one.item.kind == "REFUND" and account is not None:
            sort_code, number = _bank_account(one.item.personal)
            yield Move(
                kind=KIND,
                key=f"{account}/{number[-4:]}",
                to=KNOWN,
                account=account,
                data={"refunded": one.item.on.isoformat()},
                personal={"sort_code": sort_code, "account_number": number},
                reason="a refund went there",
            )
