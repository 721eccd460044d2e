"""Conversations: exchanges with an API that take several calls, as generators without I/O.

A conversation yields `Call`s (or `Later`) and is sent `Reply`s; it returns what it `Told` us. The hub makes
each call: its number and intent are committed before, the reply is stored after. After a crash the generator
is run again from the stored replies up to the first call without one; what happens to that is the call's
own `again`. So a conversation must be repeatable: the same bytes, options and replies give the same calls.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from hub.checks.base import Context
from hub.door.lifecycle import Lookup
from hub.errors import Unreachable
from hub.model import Answered, DeliveryState, Rendered

USERNAME, PASSWORD = b"\0username\0", b"\0password\0"
"""Where a body says who asks, for an endpoint that wants it there (`proof_in: body`): what is kept of a call
holds these, and only what is sent the account. No XML or JSON holds a NUL, so that no item can bring one."""


class Again(StrEnum):
    """Whether a call whose answer was lost may be made again.

    SAFE:  it changes nothing there; until a call of another kind is made, the checks at the door
           may still turn the transfer back, and before the first of another kind they are asked
    KEYED: the partner knows the call by its idempotency key, and does it once
    NEVER: nobody can tell; the delivery is IN_DOUBT and a person asks
    """

    SAFE = "safe"
    KEYED = "keyed"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Ask:
    """Whether a call whose answer was lost was done there can be asked. `found` turns the answer to `call`
    into the reply that was lost, or None when it was not done: then it is made again."""

    call: Call
    found: Callable[[Reply], Reply | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. `path` is below the endpoint's address and never holds personal data.

    name:  what people read in the history ("create batch", "lines 2")
    body:  bytes as they are sent, of `content_type`; `Call.json_body` makes those of JSON
    takes: the statuses that the conversation understands; any other is an error of the endpoint
    decisive: it posts, or tells what cannot be taken back: the checks at the door are asked once more, in the
           commit of its intent
    keeps: body → what of it is kept, and what the conversation sees: nothing that nobody may have. Pure, and
           raises for no body whatever
    """

    name: str
    method: str
    path: str
    again: Again | Ask
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    content_type: str = "application/json"
    takes: tuple[int, ...] = (200, 201, 202, 204)
    decisive: bool = False
    keeps: Callable[[bytes], bytes] | None = None

    @staticmethod
    def json_body(value: Any) -> bytes:
        """Canonical JSON: the same value gives the same bytes."""
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing to do now: go on after so many seconds (a job runs over there)."""

    seconds: int
    why: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that the conversation understands."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """Raises Unreachable for a body that is no JSON: a proxy or a maintenance page answered."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Unreachable(
                "the endpoint answered with something other than JSON, perhaps a maintenance page; "
                "the hub asks again later"
            ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a conversation came to.

    state:     SENT (it has it), CONFIRMED (it has done it) or REFUSED, with the reason
    reference: the partner's own reference
    answers:   item id → what became of it, with the partner's words
    called:    item id → what the partner calls it, kind → value, as in `Rendered.called`
    expires:   the last day on which the replies' bytes are kept; None = as long as the transfer's
    inbound:   replies that carry business facts of their own: each becomes a transfer of the same route
    """

    state: DeliveryState = DeliveryState.SENT
    reference: str | None = None
    reason: str | None = None
    answers: Mapping[str, tuple[Answered, str | None]] = field(default_factory=dict)
    called: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    inbound: Sequence[Rendered] = ()
    expires: date | None = None


Conversation = Generator[Call | Later, Reply, Told]


@dataclass(frozen=True, slots=True)
class Question:
    """What a route asks an API for (`from: {asks: NAME, endpoint: …}`), such as what is open there.

    converse: (ctx) → calls that change nothing there (`SAFE`). Each `inbound` of what it came to is a file
              for the route. Nothing of the calls is kept: what broke off is asked anew by the next run
    looks_up: kinds of record of which its context has all that have not ended
    """

    name: str
    converse: Callable[[Context[Any]], Conversation]
    looks_up: tuple[Lookup, ...] = ()
