"""What the drivers share: the bytes of an enquiry that leaves, and the answers that come of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from hub.api import Call, DeliveryState, Rendered, Taken, Told, format_pounds
from plugins.dwp_cis.access import correlation_id, scopes_of
from plugins.dwp_cis.policy import policy_in_force
from plugins.dwp_cis.purposes import FACTS, FOUND, beyond
from plugins.dwp_cis.results import RESULT
from plugins.dwp_cis.settings import Enquiring

_BATCHES = UUID("0d7a5c83-58a3-5f6b-8a43-7d4f4d1c9b52")


@dataclass(frozen=True, slots=True)
class Subject:
    """One enquiry as a driver has it. Names and numbers stand in bodies only, never in an address."""

    check_ref: str
    purpose: str
    scopes: frozenset[str]
    mou_ref: str
    justification: str
    nino: str
    surname: str
    forename: str
    date_of_birth: str
    postcode: str
    rent_ref: str
    expires: date

    @property
    def correlation_id(self) -> str:
        return correlation_id(self.check_ref)


@dataclass(frozen=True, slots=True)
class Answer:
    """What DWP said of one subject; `facts` as in `purposes.FACTS`, and `date_of_death`."""

    check_ref: str
    outcome: str
    detail: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def written(taken: Sequence[Taken], ctx: Enquiring) -> Rendered:
    """The enquiries as a driver's conversation reads them again."""
    rows = [_row(one, ctx) for one in taken]
    name = f"dwp-enquiry-{ctx.moment.transfer_id if ctx.moment else 'inspected'}.json"
    return Rendered(name, Call.json_body(rows), {"records": len(rows)})


def _row(one: Taken, ctx: Enquiring) -> dict[str, Any]:
    item = one.item
    named = {name: item.personal.get(name, "") for name in _FROM_PERSONAL}
    told = {name: str(item.data.get(name) or "") for name in ("purpose", "scopes", "rent_ref")}
    return {
        **named,
        **told,
        "check_ref": item.reference,
        "mou_ref": mou_ref(ctx),
        "expires": (item.expires or item.on).isoformat(),
    }


_FROM_PERSONAL = ("nino", "surname", "forename", "date_of_birth", "postcode", "justification")


def mou_ref(ctx: Enquiring) -> str:
    """The memorandum under which is asked; the door has seen that there is one."""
    policy = policy_in_force(ctx.facts.records)
    return policy.key if policy else ""


def read(content: bytes) -> list[Subject]:
    """What `written` wrote."""
    return [
        Subject(**{**row, "scopes": scopes_of(row["scopes"]), "expires": date.fromisoformat(row["expires"])})
        for row in json.loads(content)
    ]


def batch_id(check_refs: Iterable[str], transfer_id: str) -> str:
    """The same for the same transfer, however often it is sent."""
    return str(uuid5(_BATCHES, "/".join([transfer_id, *check_refs])))


def told(answers: Sequence[Answer], subjects: Sequence[Subject], ctx: Enquiring) -> Told:
    """The conversation has its answers: they come in as a transfer of their own, sealed like all others."""
    by_ref = {subject.check_ref: subject for subject in subjects}
    rows = [_without_more(answer, by_ref[answer.check_ref]) for answer in answers]
    transfer_id = ctx.moment.transfer_id if ctx.moment else "inspected"
    return Told(
        state=DeliveryState.SENT,
        inbound=(Rendered(f"dwp-result-{transfer_id}.csv", _csv(rows)),),
        expires=min(subject.expires for subject in subjects),
    )


def _without_more(answer: Answer, subject: Subject) -> dict[str, str]:
    """Only what was asked for, and only of somebody who was found; what else came is named by its scope."""
    more = set(beyond(subject.scopes, answer.facts))
    if answer.outcome not in FOUND:
        more |= set(answer.facts) & FACTS.keys()
    kept = {name: value for name, value in answer.facts.items() if name not in more}
    dropped = sorted({FACTS[name] for name in beyond(subject.scopes, answer.facts)})
    row = {"check_ref": answer.check_ref, "outcome": answer.outcome, "detail": answer.detail}
    return {**row, **kept, "dropped": " ".join(dropped)}


def _csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in RESULT.fields], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def benefit(*parts: object) -> str:
    """One benefit as text: type, status, start, end, periodicity and pence."""
    return ":".join("" if part is None else str(part).replace(":", " ").replace(";", " ") for part in parts)


def pounds(pence: object) -> str:
    """An amount of whole pence, as text that the layout reads; nothing when it is no whole number."""
    return format_pounds(pence) if isinstance(pence, int) and not isinstance(pence, bool) else ""
