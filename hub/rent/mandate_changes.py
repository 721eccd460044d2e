"""The profile `generic.mandates`: what banks changed of Direct Debit mandates, as the generic CSV MANDATE.

Source: rent system interface, sections 6.2 and 6.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.checks.base import Context
from hub.door.feed import Number, Profile
from hub.model import Mandate, Rendered, Taken
from hub.rent.canonical import drawn
from hub.rent.generic_csv import Envelope
from hub.rent.mandates import MANDATE
from hub.rent.renttran import RenttranOptions


@dataclass(frozen=True, slots=True)
class MandateChange:
    """A mandate as the hub knew it, and those of its fields (`hub.model.Mandate`) that are other now."""

    mandate: Mandate
    now: Mapping[str, Any]


def sequence_scope(taken: Sequence[Taken], ctx: Context[RenttranOptions]) -> str:
    """One row of numbers a landlord."""
    return f"generic.mandates:{ctx.options.landlord}"


def write(changes: Sequence[MandateChange], ctx: Context[RenttranOptions]) -> Rendered:
    """Each mandate once, as it is after all of its changes in their order. Raises CannotRender when a field
    cannot be carried."""
    envelope = Envelope.of(
        drawn(ctx), landlord=ctx.options.landlord, source=ctx.options.source, number="file_seq"
    )
    changed: dict[str, Mandate] = {}
    for change in changes:
        mandate = changed.get(change.mandate.mandate_ref, change.mandate)
        changed[mandate.mandate_ref] = replace(mandate, **change.now)
    data = MANDATE.write(map(_row, changed.values()), envelope)
    summary: dict[str, str | int] = {"records": len(changed), "file_seq": envelope.sequence}
    return Rendered(MANDATE.file_name(envelope), data, summary)


def _row(mandate: Mandate) -> dict[str, Any]:
    return {name: getattr(mandate, name, None) for name in MANDATE.columns}


GENERIC_MANDATES = Profile(
    name="generic.mandates",
    options=RenttranOptions,
    write=write,
    of=MandateChange,
    numbers=(Number("file_seq", sequence_scope, policy="no_gap"),),
    lossy=(
        "why a mandate changed and from which day: the layout has no column for either",
        "collection day, frequency and amount, which the hub does not keep: they are blank, for unchanged",
    ),
)
