"""What became of each extract: the manifest of a file, from its making to what the application made of it.

Source: formats page rtb_fraud.md, 3.6. One record a data set and cycle; each resubmission is a move of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hub.api import (
    Compartment,
    Context,
    DeliveryState,
    Facts,
    Left,
    Lifecycle,
    Move,
    Record,
    Taken,
    Task,
    years,
)
from plugins.rtb_fraud.nfi_settings import ExtractOptions

KIND = "nfi_extract"
BUILT, UPLOADED, ACCEPTED, REJECTED = "BUILT", "UPLOADED", "ACCEPTED", "REJECTED"
_ANSWERS = {"accepted": ACCEPTED, "rejected": REJECTED}


def built(taken: Taken, ctx: Context[ExtractOptions]) -> Iterator[Move]:
    """An extract was made; of one that the application accepted no other is made."""
    yield Move(kind=KIND, key=taken.item.reference, to=BUILT, data=taken.item.data)


def handed_over(carried: Sequence[Taken], left: Left, ctx: Context[ExtractOptions]) -> Iterator[Move]:
    """Its upload is confirmed by whoever did it: reference, day and count."""
    if left.state is not DeliveryState.SENT or left.output != "extract":
        return
    for one in carried:
        told = {
            **{str(name).replace(" ", "_"): value for name, value in left.told.items()},
            "receipt": left.reference,
            "uploaded_by": left.by,
            "uploaded_on": left.on.isoformat() if left.on else None,
            "counted": left.count,
        }
        yield Move(kind=KIND, key=one.item.reference, to=UPLOADED, data=told)


def what_became_of_it(old: Record | None, new: Record, facts: Facts) -> Iterable[Task]:
    """Once it is uploaded somebody looks what the application made of it."""
    if new.state == UPLOADED and (old is None or old.state != UPLOADED):
        told = {word: Move(kind=KIND, key=new.key, to=to) for word, to in _ANSWERS.items()}
        title = f"NFI {new.key}: what did the web application make of the file {new.data.get('receipt')}?"
        yield Task("nfi upload", title, answers=told)
    if new.state == REJECTED and (old is None or old.state != REJECTED):
        title = f"NFI {new.key} was rejected: find out why, have it exported again, and say what was done"
        yield Task("nfi rejected", title, fact="rejected_because")


EXTRACT_LIFE = Lifecycle(
    kind=KIND,
    title="Extracts for the NFI",
    begins=(BUILT,),
    moves={BUILT: (BUILT, UPLOADED), UPLOADED: (ACCEPTED, REJECTED, BUILT), REJECTED: (BUILT,)},
    when=what_became_of_it,
    compartment=Compartment.FRAUD,
    keep=years(4),
)
