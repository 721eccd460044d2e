"""The profile `generic.ddreject`: Direct Debits that came back unpaid, as the generic CSV DDREJECT, for rent
systems that keep each collection and decide themselves what follows.

Source: rent system interface, sections 6.2 (CollectionReject) and 6.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from hub.checks.base import Context
from hub.door.feed import Number, Profile
from hub.formats.layout import column
from hub.formats.types import Day, Pounds, Text
from hub.model import Rendered, Taken, format_pounds
from hub.rent.canonical import REFERENCE, drawn
from hub.rent.generic_csv import Envelope, generic_csv
from hub.rent.renttran import RenttranOptions

_DAY = Day("%Y-%m-%d")

DDREJECT = generic_csv(
    "DDREJECT",
    (
        column("mandate_ref", Text(), check="E13"),
        column("payment_ref", REFERENCE, check="E13"),
        column("collection_date", _DAY, check="E11"),
        column("amount", Pounds(), check="E12"),
        column("reason_code", Text(), check="E16"),
        column("received_date", _DAY, check="E11"),
        column("run_id", Text(), required=False, check="E10"),
    ),
    money="amount",
)


@dataclass(frozen=True, slots=True)
class CollectionReject:
    """A collection that a bank returned. `amount` in pence, above zero; `collection_date` is the day on which
    the tenant was debited, `received_date` that of the bank's report; `reason_code` is the bank's."""

    mandate_ref: str
    payment_ref: str
    collection_date: date
    amount: int
    reason_code: str
    received_date: date


def sequence_scope(taken: Sequence[Taken], ctx: Context[RenttranOptions]) -> str:
    """One row of numbers a landlord."""
    return f"generic.ddreject:{ctx.options.landlord}"


def write(rejects: Sequence[CollectionReject], ctx: Context[RenttranOptions]) -> Rendered:
    """Raises CannotRender when a field cannot be carried."""
    envelope = Envelope.of(
        drawn(ctx), landlord=ctx.options.landlord, source=ctx.options.source, number="file_seq"
    )
    rows: list[dict[str, Any]] = [{**asdict(one), "run_id": None} for one in rejects]
    summary: dict[str, str | int] = {
        "records": len(rows),
        "value": format_pounds(sum(one.amount for one in rejects)),
        "file_seq": envelope.sequence,
    }
    return Rendered(DDREJECT.file_name(envelope), DDREJECT.write(rows, envelope), summary)


GENERIC_DDREJECT = Profile(
    name="generic.ddreject",
    options=RenttranOptions,
    write=write,
    of=CollectionReject,
    numbers=(Number("file_seq", sequence_scope, policy="no_gap"),),
    lossy=(
        "the run that asked for the collection, which banks do not tell: run_id is blank",
        "whether it may be asked for again: the layout has no column for that",
    ),
)
