"""The conversation with the REST interface: a batch is staged, its posting is ordered, the ledger is read.

Accepted is not posted: nothing that the first calls answer counts, only what the ledger then shows. A batch
whose answer was lost is looked for, never sent again by guess. Source: formats page agresso.md, 7.3 to 7.6.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

from hub.api import (
    Again,
    Ask,
    Call,
    Context,
    Conversation,
    DeliveryState,
    Later,
    RemoteRefused,
    Reply,
    Told,
)
from plugins.agresso.call_settings import RestOptions
from plugins.agresso.ledger_shown import feedback_of, key_of
from plugins.agresso.rest_lines import body
from plugins.agresso.settings import LedgerOptions

BATCHES, ORDERS = "/v1/financial-transaction-batch", "/v1/report-jobs/order"
LARGEST_BATCH = 200_000
SAID_NO = (400, 404, 409, 413, 422)
_NOT_YET = (404, 409, 422)
"""What an order says when the batch is still being written there."""

_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,20}")
Lines = Sequence[Mapping[str, Any]]
Options = Context[LedgerOptions]


def converse(content: bytes, ctx: Options) -> Conversation:
    """Post the batch, order GL07, wait until it has run, read the ledger."""
    file, options = json.loads(content), ctx.options.rest
    parts = list(_parts(file["vouchers"], options.lines_per_call))
    if sum(map(len, parts)) > LARGEST_BATCH:
        reason = f"The batch has more than {LARGEST_BATCH} lines; set `most:` of the route's source lower."
        return Told(state=DeliveryState.REFUSED, reason=reason)
    for number, part in enumerate(parts, start=1):
        reply = yield _put(file, part, number, options)
        if reply.status in SAID_NO and number > 1:
            raise _in_parts(file["batch"])
        if reply.status in SAID_NO:
            return _refused(reply, file["batch"])
    task = yield from _ordered(file, options)
    if isinstance(task, Told):
        return task
    state = yield from _run(task, options)
    if state in options.job_failed:
        reason = f"GL07 ended as {state} for the batch {file['batch']}; look into batch input there."
        return Told(state=DeliveryState.SENT, reference=task, reason=reason)
    shown = yield _ledger(file, options)
    if shown.status != 200:
        reason = (
            f"GL07 has run, but the ledger cannot be read ({shown.status}{why(shown)}); see `ledger_path`."
        )
        return Told(state=DeliveryState.SENT, reference=task, reason=reason)
    told = list(feedback_of(file, shown.json(), options.ledger_fields))
    return Told(state=DeliveryState.SENT, reference=task, inbound=told)


def _parts(vouchers: Sequence[Lines], most: int) -> Iterator[Lines]:
    """Whole vouchers, as many as one call may carry. A longer one fills calls of its own."""
    part: list[Mapping[str, Any]] = []
    for voucher in vouchers:
        if part and len(part) + len(voucher) > most:
            yield part
            part = []
        part += voucher
        while len(part) > most:
            yield part[:most]
            part = part[most:]
    if part:
        yield part


def _put(file: Mapping[str, Any], part: Lines, number: int, options: RestOptions) -> Call:
    """The first call makes the batch, the others add to it."""
    return Call(
        name=f"lines {number}",
        method="POST" if number == 1 else "PUT",
        path=BATCHES,
        body=body(part),
        again=_looked_for(file, part, options),
        takes=(200, 201, 202, 204, *SAID_NO),
    )


def _looked_for(file: Mapping[str, Any], part: Lines, options: RestOptions) -> Again | Ask:
    """Whether these lines lie in staging: each has a key that nothing else has."""
    if options.look_path is None:
        return Again.NEVER
    path = options.look_path.format(batch_id=file["batch"], interface=file["interface"])
    look = Call(name="look for batch", method="GET", path=path, again=Again.SAFE, takes=(200, 404))
    keys = {key_of(line) for line in part}

    def found(reply: Reply) -> Reply | None:
        there = _keys(reply.json()) if reply.status == 200 else set()
        if keys <= there:
            return Reply(200)
        if keys & there:
            raise _in_parts(file["batch"])
        return None

    return Ask(look, found)


def _keys(told: Any) -> set[str]:
    """All keys of lines anywhere in what was told."""
    if isinstance(told, dict):
        own = {str(told["externalReference"])} if told.get("externalReference") else set()
        return own.union(*map(_keys, told.values()))
    return set[str]().union(*map(_keys, told)) if isinstance(told, list) else set()


def _ordered(file: Mapping[str, Any], options: RestOptions) -> Generator[Call | Later, Reply, str | Told]:
    """The task of the order, or why there is none. It is ordered again while the batch is not all there."""
    order = {
        "reportId": options.report_id,
        "reportName": options.report_name,
        "variant": options.variant,
        "userId": options.user_id,
        "companyId": file["client"],
        "parameters": [{"id": "batch_id", "value": file["batch"]}],
    }
    for _ in range(options.looks):
        reply = yield Call(
            name="order GL07",
            method="POST",
            path=ORDERS,
            body=Call.json_body(order),
            again=Again.KEYED,
            decisive=True,
            takes=(200, 201, 202, 204, *SAID_NO),
        )
        if reply.status not in SAID_NO:
            return _task(reply)
        if reply.status not in _NOT_YET:
            return _stays(f"GL07 could not be ordered ({reply.status}{why(reply)})", file)
        yield Later(options.pause, "the batch is not all there yet")
    return _stays("GL07 found no such batch", file)


def _stays(what: str, file: Mapping[str, Any]) -> Told:
    """The lines lie in staging: they are not refused, and must not be sent again."""
    reason = f"{what}; the batch {file['batch']} lies in staging: have finance post or delete it."
    return Told(state=DeliveryState.SENT, reference=str(file["batch"]), reason=reason)


def _task(reply: Reply) -> str:
    """The last part of the order's address."""
    place = {name.lower(): value for name, value in reply.headers.items()}.get("location", "")
    return place.rstrip("/").rpartition("/")[2]


def _run(task: str, options: RestOptions) -> Generator[Call | Later, Reply, str]:
    """How the order ended; its last word when it has not after all looks."""
    state = ""
    for _ in range(options.looks if task else 0):
        reply = yield Call(name="look at GL07", method="GET", path=f"{ORDERS}/{task}", again=Again.SAFE)
        told = reply.json()
        state = str(told.get(options.job_field, "")) if isinstance(told, dict) else ""
        if state in options.job_done | options.job_failed:
            break
        yield Later(options.pause, "GL07 is still running")
    return state


def _ledger(file: Mapping[str, Any], options: RestOptions) -> Call:
    """One of the three flags must be set there, else it answers with code 1020."""
    field = options.ledger_fields["batch"]
    query = {"companyId": str(file["client"]), "filter": f"{field} eq '{file['batch']}'"}
    flags = dict.fromkeys(("registered", "posted", "historical"), "true")
    return Call(
        name="read ledger",
        method="GET",
        path=options.ledger_path,
        query={**query, **flags, "limit": "50000"},
        again=Again.SAFE,
        takes=(200, 400, 404),
    )


def _in_parts(batch: str) -> RemoteRefused:
    """It may be neither posted nor sent again: a person has it deleted there."""
    return RemoteRefused(
        f"Only a part of the lines of batch {batch} lies in staging. Have finance delete the batch, then "
        "withdraw the transfer (--undone): its items go under a new batch id."
    )


def _refused(reply: Reply, batch: str) -> Told:
    """Nothing of the batch was taken there."""
    reason = f"The financial system refused the batch {batch} with status {reply.status}{why(reply)}."
    return Told(state=DeliveryState.REFUSED, reference=batch, reason=reason)


def why(reply: Reply) -> str:
    """The codes that it gives; its sentences may hold anything."""
    try:
        told = json.loads(reply.body)
    except ValueError:
        return ""
    codes = [code for code in dict.fromkeys(_codes(told)) if _CODE.fullmatch(code)]
    return f": {', '.join(codes[:5])}" if codes else ""


def _codes(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        if told.get("code") is not None:
            yield str(told["code"])
        for name in ("errors", "transactionResults", "warnings"):
            yield from _codes(told.get(name))
    elif isinstance(told, list):
        for one in told:
            yield from _codes(one)
