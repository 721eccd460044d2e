"""`RENTACK`: what became of a file of money, told to its sender (rent system interface, 6.3).

    H,RENTACK,…the envelope of every generic CSV
    D,line_no,payment_ref,code,field,message     for each line of the file that was not accepted
    T,accepted,…amount,rejected,…amount,suspended,…amount,duplicate,…amount

The layout is the project's own. `line_no` is the line of the file that is answered. What is held for a
person, or waits for a code, counts as suspended. Amounts have the canonical sign; the four counts and sums
come to the file's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field as Setting

from hub.checks.base import Context
from hub.door.feed import Number, Options, Output, Profile
from hub.formats.delimited import Delimited
from hub.formats.layout import Layout, column
from hub.formats.types import Literal, Pounds, Text
from hub.model import ItemState, Rendered, Taken, format_pounds
from hub.rent.canonical import drawn
from hub.rent.generic_csv import LINE_NUMBER, PARTY, TOTAL, Envelope, generic_csv
from hub.rent.refusals import MEANINGS, code_in

ANSWERS = ("accepted", "rejected", "suspended", "duplicate")
_OF_STATE = {
    ItemState.REJECTED: "rejected",
    ItemState.SUSPENDED: "suspended",
    ItemState.HELD: "suspended",
    ItemState.WAITING: "suspended",
    ItemState.DUPLICATE: "duplicate",
}

_CSV = generic_csv("RENTACK", ())
_DETAIL = Layout(
    "detail",
    (
        column("record_type", Literal("D"), check="E10"),
        column("line_no", LINE_NUMBER, check="E10"),
        column("payment_ref", Text(), required=False, check="E13"),
        column("code", Text("A-Z0-9"), required=False, check="E16"),
        column("field", Text(), required=False, check="E10"),
        column("message", Text(), check="E10"),
    ),
    tag="D",
)
_TRAILER = Layout(
    "trailer",
    (
        column("record_type", Literal("T"), check="E01"),
        *(
            made
            for name in ANSWERS
            for made in (column(name, TOTAL, check="E01"), column(f"{name}_amount", Pounds(), check="E01"))
        ),
    ),
    tag="T",
)
RENTACK = Delimited((_CSV.header, _DETAIL, _TRAILER), tag_column=0, structure="E10")


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What became of one line. `amount` in pence, canonical sign; `answer` one of `ANSWERS`.

    field: what its code is about, where that does not follow from the code
    lines: how many lines of the file it stands for: all of them, or none, where the file is refused whole
    """

    line: int
    reference: str
    amount: int
    answer: str
    code: str | None = None
    field: str | None = None
    lines: int = 1


def acknowledge(taken: Taken, ctx: Context[Any]) -> Sequence[Acknowledgement]:
    item, decided = taken.item, taken.disposition
    answer = _OF_STATE.get(decided.state, "accepted")
    code = None if answer == "accepted" else code_in(decided.reason)
    return (Acknowledgement(item.line, item.reference, item.amount, answer, code),)


class RentackOptions(Options):
    """landlord, source: whose accounts the header says these are, and who writes the answer."""

    landlord: str = Setting(pattern=PARTY)
    source: str = Setting(default="FEEDHUB", pattern=PARTY)


def scope(taken: Sequence[Taken], ctx: Context[RentackOptions]) -> str:
    return f"generic.rentack:{ctx.options.landlord}"


def write(told: Sequence[Acknowledgement], ctx: Context[RentackOptions]) -> Rendered:
    """Raises CannotRender when a reference is too odd for a CSV."""
    options = ctx.options
    envelope = Envelope.of(drawn(ctx), landlord=options.landlord, source=options.source, number="ack_seq")
    details = [_DETAIL.texts(_row(one)) for one in told if one.answer != "accepted"]
    sums = _sums(told)
    lines = [_CSV.header_texts(envelope), *details, _TRAILER.texts(sums)]
    data = RENTACK.encode(map(RENTACK.join, lines), end="\n")
    summary: dict[str, str | int] = {name: int(str(sums[name])) for name in ANSWERS}
    value = format_pounds(sum(one.amount for one in told))
    return Rendered(_CSV.file_name(envelope), data, {**summary, "value": value})


def _row(one: Acknowledgement) -> Mapping[str, object]:
    message = MEANINGS.get(one.code or "", "a person must look at it")
    values = {"line_no": str(one.line), "payment_ref": one.reference, "code": one.code, "message": message}
    return {"record_type": "D", "field": one.field or _FIELDS.get(one.code or ""), **values}


_FIELDS = {
    "E13": "payment_ref",
    "E14": "payment_ref",
    "E15": "payment_ref",
    "E16": "method_code",
    "E17": "post_date",
    "E18": "external_ref",
    "E19": "amount",
}
"""What each code is about."""


def _sums(told: Sequence[Acknowledgement]) -> Mapping[str, object]:
    def counted() -> Iterator[tuple[str, object]]:
        for name in ANSWERS:
            some = [one for one in told if one.answer == name]
            yield name, str(sum(one.lines for one in some))
            yield f"{name}_amount", sum(one.amount for one in some)

    return {"record_type": "T", **dict(counted())}


GENERIC_RENTACK = Profile(
    name="generic.rentack",
    options=RentackOptions,
    write=write,
    of=Acknowledgement,
    numbers=(Number("ack_seq", scope, policy="no_gap"),),
    lossy=("why a line waits is told by its code alone: words might name somebody",),
)
ACKNOWLEDGEMENTS = Output(
    "acknowledgements", takes=(), makes=acknowledge, of=Acknowledgement, everything=True
)
"""For feeds that take money in. A file that is refused whole is answered by `hub.rent.refused_files`."""
