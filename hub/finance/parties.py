"""Customers by the source's reference, and the number that the financial system has given each."""

from __future__ import annotations

from hub.door.lifecycle import Lifecycle

PARTY = "finance_party"
ASKED, KNOWN, ENDED = "ASKED", "KNOWN", "ENDED"

PARTY_LIFE = Lifecycle(
    kind=PARTY,
    title="Customers of the financial system",
    begins=(ASKED, KNOWN),
    moves={ASKED: (KNOWN,), KNOWN: (ENDED,), ENDED: (KNOWN,)},
    owner="finance",
)
"""data: number, once the financial system has given one."""
