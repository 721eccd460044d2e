"""Which holds on a rent account stop a collection from it: the option `stopping_holds`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from hub.api import Context, Found, ItemState, Level, Need, Taken, check, effective_holds
from plugins.bacs.settings import SubmissionOptions

Options = Context[SubmissionOptions]


def stopping_hold(account: str, ctx: Options) -> str | None:
    """The kind of a hold that stops collections from the account today; None where none does, or where
    records are not known."""
    return hold_of(account, ctx, ctx.options.stopping_holds)


def hold_of(account: str, ctx: Context[Any], kinds: Collection[str]) -> str | None:
    """The first of these kinds of which the account has a hold today, if any is known."""
    records, today = ctx.facts.records, ctx.facts.today
    if records is None or today is None:
        return None
    found = (str(hold.data["kind"]) for hold in effective_holds(records, account, today))
    return next((kind for kind in found if kind in kinds), None)


@check("S18-025", level=Level.CROSS, needs=(Need.TODAY, Need.RECORDS), at_send=True)
def account_is_not_on_hold(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No collection leaves for an account with a hold that is one of `stopping_holds`.

    Of what the hub writes itself, the items wait that are on hold when the file is worked; this stops the
    file for a hold that came since. A file that goes as it came cannot leave a collection behind."""
    for one in taken:
        account = one.disposition.account
        if one.item.kind != "COLLECTION" or one.disposition.state is not ItemState.TAKEN or account is None:
            continue
        kind = stopping_hold(account, ctx)
        if kind is not None:
            message = f"account {account} is on hold ({kind}): nothing may be collected from it"
            yield Found(message, one.item.line, "reference", "an account without such a hold")
