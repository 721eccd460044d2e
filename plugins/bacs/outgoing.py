"""What leaves, as a file holds it: one record a payment or instruction, in the order of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hub.api import CannotRender, Context, Taken
from plugins.bacs.codes import KINDS, code_of, name_of, side_of
from plugins.bacs.first_collections import codes_as_they_leave
from plugins.bacs.origins import origin_of
from plugins.bacs.settings import OriginatingAccount, SubmissionOptions
from plugins.bacs.text import fitted

Options = Context[SubmissionOptions]
SIDE_ORDER = ("debit", "credit", "instruction")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One payment or instruction. `day` is its Bacs processing day, `amount` in pence, `origin` the council's
    account; `side` is debit, credit or instruction."""

    day: date
    origin: OriginatingAccount
    code: str
    amount: int
    sort_code: str
    account_number: str
    account_name: str
    reference: str
    user_name: str

    @property
    def side(self) -> str:
        return side_of(self.code)


def outgoing(taken: Sequence[Taken], ctx: Options) -> list[Outgoing]:
    """By day, originating account and side; within that as they came. Raises CannotRender for what no file
    can hold, or has no account to go from."""
    places = {account: place for place, account in enumerate(ctx.options.originating_accounts)}
    ordered = sorted(taken, key=lambda one: one.item.line)
    codes = codes_as_they_leave(ordered, ctx)
    made = [_outgoing(one, codes.get(one.id, code_of(one.item)), ctx) for one in ordered]
    return sorted(made, key=lambda each: (each.day, places[each.origin], SIDE_ORDER.index(each.side)))


def _outgoing(one: Taken, code: str, ctx: Options) -> Outgoing:
    item, origin = one.item, origin_of(one, ctx)
    if KINDS.get(code) != item.kind:
        raise CannotRender(f"line {item.line} is a {item.kind} and has a transaction code of something else")
    if origin is None:
        raise CannotRender(f"line {item.line}: which of the originating accounts it belongs to is not said")
    return Outgoing(
        day=item.on,
        origin=origin,
        code=code,
        amount=item.amount,
        sort_code=item.personal["sort_code"],
        account_number=item.personal["account_number"],
        account_name=fitted(name_of(item)),
        reference=item.reference,
        user_name=str(item.data.get("user_name") or ctx.options.user_name),
    )
