"""The profile `generic.rest`: postings handed to a rent system by calls (rent system interface, 6.4).

A batch is created, given its lines in pages, validated, and then posted all or nothing. This is the project's
own interface. The bytes of the delivery are the whole batch as JSON; amounts are pounds as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from pydantic import Field as Setting

from hub.checks.base import Context
from hub.door.conversation import Again, Ask, Call, Conversation, Later, Reply, Told
from hub.door.feed import Number, Options, Profile
from hub.errors import CannotRender, RemoteRefused
from hub.model import Answered, DeliveryState, Rendered, RentTransaction, Taken, format_pounds
from hub.rent.canonical import drawn, plain_text, sound
from hub.rent.generic_csv import PARTY
from hub.rent.refusals import MEANINGS
from hub.rent.reversal import whole_batch

BATCHES = "/transaction-batches"
SAID_NO = (400, 404, 409, 422)
LOOKS, PAUSE = 20, 60
"""How often, and after how many seconds, we look whether a batch that was taken is posted."""

_BATCH_ID = re.compile(r"[A-Za-z0-9_\-]{1,64}")

Posting = Generator[Call | Later, Reply, tuple[str, str | None]]


class RestOptions(Options):
    """landlord: whose accounts these are: each has its own row of sequence numbers
    lines_per_call: how many lines one call carries
    can_reverse: whether a batch that is taken back whole is reversed there as one (`POST /{id}/reverse`);
                 else, and of a part, by contra lines
    """

    landlord: str = Setting(pattern=PARTY)
    lines_per_call: int = Setting(default=1000, ge=1, le=1000)
    can_reverse: bool = True


def sequence_scope(taken: Sequence[Taken], ctx: Context[RestOptions]) -> str:
    kind = "-reversals" if _reversed_batch(taken, ctx) else ""  # a batch that is reversed takes no number
    return f"generic.rest:{ctx.options.landlord}{kind}"


def _reversed_batch(taken: Sequence[Taken], ctx: Context[RestOptions]) -> str | None:
    return whole_batch(taken) if ctx.options.can_reverse else None


def write(postings: Sequence[RentTransaction], ctx: Context[RestOptions]) -> Rendered:
    """The batch. Raises CannotRender when a posting breaks the canonical rules."""
    moment = drawn(ctx)
    if "sequence" not in moment.numbers:
        raise CannotRender("the batch needs a number, and sequence is not set; give it one")
    net = format_pounds(sum(posting.amount for posting in sound(postings)))
    batch = {
        "feed": "RENTTRAN",
        "businessDate": moment.business_date.isoformat(),
        "sequence": moment.numbers["sequence"],
        "declaredCount": len(postings),
        "declaredTotal": net,
    }
    reversed_batch = _whole_reversal(postings) if ctx.options.can_reverse else None
    if reversed_batch is not None:
        batch["reverses"] = reversed_batch
    lines = [_line(number, posting) for number, posting in enumerate(postings, start=1)]
    name = f"batch_{ctx.options.landlord}_{moment.numbers['sequence']:06}.json"
    summary: dict[str, str | int] = {
        "records": len(postings),
        "net": net,
        "sequence": moment.numbers["sequence"],
    }
    return Rendered(name, Call.json_body({"batch": batch, "lines": lines}), summary)


def _whole_reversal(postings: Sequence[RentTransaction]) -> str | None:
    """The batch that these contras are all of."""
    told = {(posting.reverses_batch, posting.reverses_count) for posting in postings}
    (batch, count) = told.pop() if len(told) == 1 else (None, 0)
    return batch if count == len(postings) else None


def _line(number: int, posting: RentTransaction) -> dict[str, str | int | None]:
    return {
        "lineNo": number,
        "transactionId": posting.transaction_id,
        "paymentRef": posting.payment_ref,
        "tenancyRef": posting.tenancy_ref,
        "kind": posting.kind,
        "methodCode": posting.method_code,
        "typeCode": posting.type_code,
        "transactionDate": posting.transaction_date.isoformat(),
        "postDate": posting.post_date.isoformat(),
        "amount": format_pounds(posting.amount),
        "vatAmount": format_pounds(posting.vat_amount),
        "externalRef": posting.external_ref,
        "narrative": plain_text(posting.narrative),
        "reversesId": posting.reverses_id,
        "originalPaymentRef": posting.original_payment_ref,
    }


def converse(content: bytes, ctx: Context[RestOptions]) -> Conversation:
    """Create, lines, validate, post. A batch of which a line is refused is taken away again, whole."""
    file = json.loads(content)
    batch, lines = file["batch"], file["lines"]
    if "reverses" in batch:
        return (yield from _reverse(batch["reverses"]))
    made = yield Call(
        name="create batch",
        method="POST",
        path=BATCHES,
        body=Call.json_body(batch),
        again=Again.KEYED,
        takes=(201, *SAID_NO),
    )
    if made.status != 201 and not _is_ours(made, batch):
        return _refused("create batch", made)
    batch_id = _id_of(made)
    place = f"{BATCHES}/{batch_id}"
    for start in range(0, len(lines), ctx.options.lines_per_call):
        page = lines[start : start + ctx.options.lines_per_call]
        took = yield _lines_call(place, page)
        if took.status in SAID_NO:
            return _refused("lines", took, batch_id)
    checked = yield Call(
        name="validate", method="POST", path=f"{place}/validate", again=Again.SAFE, takes=(200, *SAID_NO)
    )
    if checked.status in SAID_NO:
        return _refused("validate", checked, batch_id)
    refused = _refused_lines(checked, lines)
    if refused:
        yield _take_away(place)
        text = f"The rent system refused {len(refused)} of {len(lines)} lines; nothing was posted."
        return Told(state=DeliveryState.REFUSED, reference=batch_id, reason=text, answers=refused)
    state, why = yield from _post(place)
    return _came_to(state, why, batch_id)


def _reverse(batch_id: str) -> Conversation:
    """A batch that is posted is reversed as one. One that is not, or is reversed already, is left alone."""
    place = f"{BATCHES}/{batch_id}"
    there = _word((yield _look(place)), "state")
    if there != "POSTED":
        text = f"The rent system has the batch {batch_id} as {there}, not POSTED; nothing was reversed."
        return Told(state=DeliveryState.REFUSED, reference=batch_id, reason=text)
    told = yield Call(
        name="reverse",
        method="POST",
        path=f"{place}/reverse",
        again=Ask(_look(place), _reversed_already),
        takes=(200, 202, 405, *SAID_NO),
    )
    if told.status in (404, 405):
        text = "The rent system cannot reverse a batch as one; set can_reverse: false and propose it anew."
        return Told(state=DeliveryState.REFUSED, reference=batch_id, reason=text)
    if told.status in SAID_NO:
        return _refused("reverse", told, batch_id)
    state = _word((yield _look(place)), "state")
    for _ in range(LOOKS):
        if state == "REVERSED":
            return Told(state=DeliveryState.CONFIRMED, reference=batch_id)
        yield Later(PAUSE, "the rent system has not reversed the batch yet")
        state = _word((yield _look(place)), "state")
    return Told(state=DeliveryState.SENT, reference=batch_id)


def _reversed_already(look: Reply) -> Reply | None:
    """Whether a lost `reverse` was done."""
    return None if _word(look, "state") == "POSTED" else Reply(200, look.body)


def _lines_call(place: str, page: Sequence[Mapping[str, Any]]) -> Call:
    return Call(
        name=f"lines {page[0]['lineNo']} to {page[-1]['lineNo']}",
        method="POST",
        path=f"{place}/lines",
        body=Call.json_body({"lines": page}),
        again=Again.KEYED,
        takes=(202, *SAID_NO),
    )


def _take_away(place: str) -> Call:
    """Nothing is posted yet; taking it away twice is taking it away."""
    return Call(name="take batch away", method="DELETE", path=place, again=Again.SAFE, takes=(204, *SAID_NO))


def _look(place: str) -> Call:
    return Call(name="look at batch", method="GET", path=place, again=Again.SAFE)


def _post(place: str) -> Posting:
    """The batch's state at the end, and why it was not posted. No answer to `post` proves that it was: the
    batch itself is looked at."""
    posted = yield Call(
        name="post",
        method="POST",
        path=f"{place}/post",
        again=Ask(_look(place), _posted_already),
        decisive=True,
        takes=(200, 202, *SAID_NO),
    )
    why = _why(posted.json())
    state = _word((yield _look(place)), "state")
    for _ in range(LOOKS):
        if state != "VALIDATED" or posted.status in SAID_NO:
            break
        yield Later(PAUSE, "the rent system has not posted the batch yet")
        state = _word((yield _look(place)), "state")
    return ("REJECTED" if state == "VALIDATED" and posted.status in SAID_NO else state), why


def _posted_already(look: Reply) -> Reply | None:
    """Whether a lost `post` was done: the batch is neither as it was before nor ready to be posted."""
    return None if _word(look, "state") in ("DRAFT", "VALIDATED") else Reply(200, look.body)


def _came_to(state: str, why: str | None, batch_id: str) -> Told:
    if state == "POSTED":
        return Told(state=DeliveryState.CONFIRMED, reference=batch_id)
    if state == "VALIDATED":
        return Told(state=DeliveryState.SENT, reference=batch_id)
    text = f"The rent system did not post the batch {batch_id}: {why or 'it does not say why'}."
    return Told(state=DeliveryState.REFUSED, reference=batch_id, reason=text)


def _is_ours(reply: Reply, batch: Mapping[str, Any]) -> bool:
    """Whether a 409 shows the batch that an earlier, lost call made: as we declare it, not yet validated."""
    if reply.status != 409:
        return False
    there = reply.json()
    return isinstance(there, dict) and there.get("state") == "DRAFT" and batch.items() <= there.items()


def _id_of(made: Reply) -> str:
    batch_id = _word(made, "id")
    if _BATCH_ID.fullmatch(batch_id) is None:
        raise RemoteRefused("The rent system gave the batch an id that no address can hold. Ask its people.")
    return batch_id


def _word(reply: Reply, name: str) -> str:
    told = reply.json()
    word = told.get(name) if isinstance(told, dict) else None
    if not isinstance(word, str):
        raise RemoteRefused(f"The rent system's answer has no “{name}”. Ask its people what they changed.")
    return word


def _refused_lines(
    checked: Reply, lines: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[Answered, str | None]]:
    """By item, why its line was refused. Raises RemoteRefused when not every line was looked at."""
    told = checked.json()
    results = told.get("results") if isinstance(told, dict) else None
    by_line = {one["lineNo"]: one for one in results or () if isinstance(one, dict) and "lineNo" in one}
    if set(by_line) != {line["lineNo"] for line in lines}:
        raise RemoteRefused("The rent system did not say of each line whether it is right. Ask its people.")
    return {
        _item_of(line["transactionId"]): (Answered.REFUSED, _why(by_line[line["lineNo"]]))
        for line in lines
        if by_line[line["lineNo"]].get("accepted") is not True
    }


def _item_of(transaction_id: str) -> str:
    """Postings of one item are told apart by what follows a hyphen."""
    return transaction_id.partition("-")[0]


def _refused(step: str, reply: Reply, batch_id: str | None = None) -> Told:
    """Raises Unreachable when it was not the rent system that said no."""
    why = _why(reply.json())
    text = f"The rent system refused “{step}” with status {reply.status}{f': {why}' if why else ''}."
    return Told(state=DeliveryState.REFUSED, reference=batch_id, reason=text)


def _why(problem: Any) -> str | None:
    """The code of a problem, with what it means."""
    code = str(problem.get("code")) if isinstance(problem, dict) else ""
    return f"{code} {MEANINGS[code]}" if code in MEANINGS else None


GENERIC_REST = Profile(
    name="generic.rest",
    options=RestOptions,
    write=write,
    numbers=(Number("sequence", sequence_scope, policy="no_gap"),),
    converse=converse,
)
"""Carries every posting whole; the sign is the canonical one."""
