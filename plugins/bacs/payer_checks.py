"""Whether a file that the rent system made itself collects from whom the hub knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.api import Context, Found, Item, Level, Mandate, Need, Severity, Taken, check
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.ways import READY_MADE

Options = Context[SubmissionOptions]


@check("S18-029", level=Level.CROSS, severity=Severity.HOLD, needs=(Need.REGISTER,))
def payer_is_the_mandates(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A collection debits the bank account that its mandate has: another one may be a fault, a change that
    the hub was not told of yet, or somebody else's money.

    With `known_mandates_only` collections and instructions need a mandate that the hub knows; set that where
    the rent system sends all of them."""
    register = ctx.facts.register
    for one in taken if register else ():
        item = one.item
        mandate = register.mandate(item.reference) if register else None
        if mandate is None and item.kind != "REFUND" and ctx.options.known_mandates_only:
            message = f"no mandate {item.reference} is known here"
            yield Found(message, item.line, "reference", "a mandate that the rent system told of")
        elif mandate is not None and item.kind == "COLLECTION" and not _is_its_account(item, mandate):
            message = f"the bank account is not the one that mandate {item.reference} has here"
            yield Found(message, item.line, "account_number", "the mandate's own bank account")


def _is_its_account(item: Item, mandate: Mandate) -> bool:
    told = item.personal["sort_code"], item.personal["account_number"]
    return told == (mandate.sort_code, mandate.account_number)


PAYER_CHECKS = (payer_is_the_mandates.only(*READY_MADE),)
