"""What both gateway drivers share: batches, polling, and the checks of a whole batch of answers.

Source: formats page dwp_cis.md, section 6: this project's own contract with a gateway that holds the
relationship with DWP. No such gateway of DWP's is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from hub.api import Again, Call, CannotRender, Later, RemoteRefused, Reply, Unreachable
from plugins.dwp_cis.asking import Answer, Subject
from plugins.dwp_cis.purposes import FOUND
from plugins.dwp_cis.settings import EnquiryOptions

MOST = 1000
"""Enquiries in one batch."""
COMPLETE, PARTIAL, REJECTED = "COMPLETE", "PARTIAL", "REJECTED"
OVER = (COMPLETE, PARTIAL, REJECTED)

Polling = Generator[Call | Later, Reply, Reply]


def refuse_mixed(subjects: Sequence[Subject]) -> None:
    """Raises CannotRender for what one batch cannot be."""
    if len({subject.purpose for subject in subjects}) != 1:
        raise CannotRender("a batch is for one purpose; gather enquiries with `each: true`")
    if len(subjects) > MOST:
        raise CannotRender(f"a batch has at most {MOST} enquiries; set `most: {MOST}` or fewer")


def headers(batch: str, subjects: Sequence[Subject], options: EnquiryOptions, accept: str) -> dict[str, str]:
    """As the Citizen API has them, and the purpose. The batch's id is the key under which it is done once."""
    one = subjects[0].correlation_id if len(subjects) == 1 else batch
    named = {"context": options.context, "policy-id": options.policy_id}
    return {
        "Accept": accept,
        "correlation-id": one,
        "instigating-user-id": options.instigating_user,
        "purpose": subjects[0].purpose,
        **{name: value for name, value in named.items() if value is not None},
    }


def submit(options: EnquiryOptions, told: Mapping[str, str], batch: str, body: bytes, kind: str) -> Call:
    return Call(
        name="submit batch",
        method="POST",
        path=options.batches_path,
        headers={**told, "Idempotency-Key": batch},
        body=body,
        content_type=kind,
        again=Again.KEYED,
        takes=(202,),
    )


def look(options: EnquiryOptions, told: Mapping[str, str], batch: str, what: str = "") -> Call:
    """Below the batch: its state, or a page of its results."""
    name = "look at batch" if not what else "results"
    path = f"{options.batches_path}/{batch}{what}"
    return Call(name=name, method="GET", path=path, headers=told, again=Again.SAFE, takes=(200, 202))


def erase(options: EnquiryOptions, told: Mapping[str, str], batch: str) -> Call:
    """The gateway keeps no answers that the hub has. Whether it had them still does not matter."""
    path = f"{options.batches_path}/{batch}"
    takes = (200, 202, 204, 404, 410)
    return Call(name="erase batch", method="DELETE", path=path, headers=told, again=Again.SAFE, takes=takes)


def wait(options: EnquiryOptions) -> Generator[int, None, None]:
    """The waits between looks, in seconds, each longer than the one before, until the time is over."""
    seconds, total = options.poll_seconds, 0
    while total < options.poll_for_seconds:
        yield seconds
        total += seconds
        seconds = min(seconds * 2, options.longest_poll_seconds)


def gave_up() -> Unreachable:
    """Nobody was asked as far as we know: the enquiries wait, and nobody reads that as "no match"."""
    return Unreachable("the gateway has not finished the batch in time; the enquiries wait (NOT_RUN)")


def whole(answers: Sequence[Answer], subjects: Sequence[Subject], counted: tuple[Any, Any]) -> None:
    """Raises RemoteRefused, so that nothing is stored, unless each enquiry has one answer and the counts are
    true. `counted`: what the gateway says of all, and of those found."""
    asked = Counter(subject.check_ref for subject in subjects)
    came = Counter(answer.check_ref for answer in answers)
    if asked != came:
        unknown, missing = len(came - asked), len(asked - came)
        raise RemoteRefused(
            f"the gateway's answers are not those to this batch ({missing} missing, {unknown} unknown or "
            "doubled): possibly a mix-up of data. Nothing was stored; tell the information asset owner"
        )
    true = len(answers), sum(answer.outcome in FOUND for answer in answers)
    if counted != true:
        raise RemoteRefused(
            f"the gateway counts {counted[0]} answers and {counted[1]} found, but there are {true[0]} and "
            f"{true[1]}. Nothing was stored; ask its people"
        )
