"""What an agency is told over its API: the same document that a file would be, handed over in one call.

The call is keyed, so that a lost answer is asked for again and the agency takes it once. What the agency has
for us is fetched like files (`documents:` of the endpoint).
"""

from __future__ import annotations

import json
from typing import Any

from hub.api import Again, Call, Context, Conversation, DeliveryState, RemoteRefused, Reply, Told
from plugins.debt_agency.settings import AgencyOptions

_TAKEN, _SAID_NO = (200, 201, 202), (400, 409, 413, 422)
_LONGEST = 64


def converse(content: bytes, ctx: Context[AgencyOptions]) -> Conversation:
    options = ctx.options
    if options.rest_path is None:
        raise RemoteRefused("The route hands over by calls and has no rest_path, which says where. Set it.")
    is_json = content.lstrip()[:1] in (b"{", b"[")
    reply = yield Call(
        name="hand over",
        method="POST",
        path=options.rest_path,
        body=content,
        content_type="application/json" if is_json else "text/csv; charset=utf-8",
        again=Again.KEYED,
        takes=(*_TAKEN, *_SAID_NO),
    )
    if reply.status in _SAID_NO:
        told = f"{options.called} did not take it (status {reply.status}): ask what is wrong with it"
        return Told(state=DeliveryState.REFUSED, reason=told)
    return Told(reference=_reference(reply, options))


def _reference(reply: Reply, options: AgencyOptions) -> str | None:
    """What the agency calls the document, where it says so."""
    try:
        told: Any = json.loads(reply.body)
    except ValueError:
        return None
    name = told.get(options.rest_reference) if isinstance(told, dict) else None
    return str(name) if isinstance(name, str | int) and 0 < len(str(name)) <= _LONGEST else None
