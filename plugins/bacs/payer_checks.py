"""Whether a file that the rent system made itself collects from whom the hub knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.api import Context, Found, Level, Need, Severity, Taken, check
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.ways import READY_MADE

Options = Context[SubmissionOptions]


@check("S18-028", level=Level.CROSS, severity=Severity.HOLD, needs=(Need.REGISTER,))
def payer_is_the_mandates(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """A collection debits the bank account that its mandate has: another one may be a fault, a change that
    the hub was not told of yet, or somebody else's money.

    With `known_mandates_only` it also needs a mandate that the hub knows; set that where the rent system
    sends all of them."""
    register = ctx.facts.register
    for one in taken if register else ():
        item, known_only = one.item, ctx.options.known_mandates_only
        mandate = register.mandate(item.reference) if register else None
        if item.kind != "COLLECTION" or (mandate is None and not known_only):
            continue
        if mandate is None:
            message = f"no mandate {item.reference} is known here"
            yield Found(message, item.line, "reference", "a mandate that the rent system told of")
        elif any(item.personal[name] != getattr(mandate, name) for name in ("sort_code", "account_number")):
            message = f"the bank account is not the one that mandate {item.reference} has here"
            yield Found(message, item.line, "account_number", "the mandate's own bank account")


PAYER_CHECKS = (payer_is_the_mandates.only(*READY_MADE),)
