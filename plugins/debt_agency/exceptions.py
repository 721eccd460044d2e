"""What agencies say that a person must look at: objections, complaints, differences, traces.

Each is a record of its own, so that none hides another: what it is about, what both sides say, and what
somebody made of it. None names a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from hub.api import Deadline, Effect, Facts, Lifecycle, Move, Record, Task, years

EXCEPTION, OPEN, SETTLED = "placement_exception", "OPEN", "SETTLED"


def exception(key: str, code: str, says: str, placement: Record | None = None, **told: Any) -> Move:
    """One to be looked at. `key`: its own, so that the same one told twice is one; `says`: the sentence that
    people read; `told`: what both sides say, open facts."""
    account = placement.account if placement is not None else None
    ref = placement.key if placement is not None else None
    data = {"code": code, "says": says, "placement": ref, **told}
    return Move(kind=EXCEPTION, key=key, to=OPEN, account=account, data=data)


def _asks(old: Record | None, new: Record, facts: Facts) -> Iterator[Effect]:
    if old is None and new.state == OPEN:
        settled = Move(kind=EXCEPTION, key=new.key, to=SETTLED, reason="seen to")
        yield Task(str(new.data["code"]), str(new.data["says"]), answers={"settled": settled})


def _by(record: Record, facts: Facts) -> date | None:
    """The last day on which it can be seen to, where there is one."""
    told = record.data.get("by")
    return date.fromisoformat(str(told)) if told else None


EXCEPTION_LIFE = Lifecycle(
    kind=EXCEPTION,
    title="What agencies say that somebody must look at",
    begins=(OPEN,),
    moves={OPEN: (SETTLED,), SETTLED: ()},
    deadlines=(Deadline("seen to", OPEN, _by, lambda record: str(record.data["says"])),),
    when=_asks,
    owner="rents",
    keep=years(7),
)
