"""Every item under a reference, whatever kind of reference it is: where did this payment go?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.fields import nino
from hub.model import Answered
from hub.store.look import Look
from hub.store.rows import ItemRow

NINO = ("nino", "ni_number", "national_insurance_number")
"""What feeds call a National Insurance number among the personal values of an item."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """An item, and what partners said of it."""

    item: ItemRow
    said: Sequence[tuple[Answered, str | None]]


def find_everywhere(look: Look, text: str, limit: int) -> list[Sighting]:
    """Items under a reference, of an account, that a partner calls so, or of a person's National Insurance
    number (by its keyed digest), in the order of their days; the newest `limit` of them."""
    found = look.find(text, limit=limit)
    if nino.is_valid(text):
        number = nino.validate(text)
        found += look.find(number, limit=limit) if number != text else []
        for name in NINO:
            found += look.carrying({name: number})
    once = sorted({item.id: item for item in found}.values(), key=lambda item: (item.on, item.id))[-limit:]
    said = look.said_of([item.id for item in once])
    return [Sighting(item, said.get(item.id, ())) for item in once]
