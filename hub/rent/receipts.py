"""Money received, one line at a time, whatever file it came in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from hub.formats.fixed import Fixed
from hub.formats.layout import Layout
from hub.formats.types import FieldType, Text
from hub.model import Chunk

LOOKED_AT = 20
"""Lines from the start of a file by which it is recognised: the first may be the one with a fault."""


class Receipt(NamedTuple):
    """One line of a file of payments.

    reference: as the partner quotes it
    received:  pence, positive = money came in, negative = it was taken back
    method:    the partner's own code for how it was paid
    external:  the partner's own id of the payment, if the file has one
    """

    line: int
    reference: str
    received: int
    on: date
    method: str
    narrative: str = ""
    external: str | None = None
    posting: RenttranRow | None = None


class RenttranRow(NamedTuple):
    """What only a RENTTRAN row says of its posting. `vat` is the part of the amount that is VAT, in pence of
    the canonical sign."""

    kind: str
    type_code: str
    post_date: date
    original_reference: str | None
    reverses: str | None
    vat: int = 0


Receipts = Callable[[Chunk], Iterator[Receipt]]
"""The receipts of a chunk of sound rows."""


class Quoted(Text):
    """A reference: any text on the way in, because money with a wrong reference goes to suspense; on the way
    out what `written` takes."""

    def __init__(self, written: FieldType) -> None:
        super().__init__()
        self.written = written

    def write(self, value: Any, width: int | None = None) -> str:
        return self.written.write(value, width)


class Headless(Fixed):
    """Fixed-width lines without header: recognised when any of the first lines fits a layout wholly."""

    def recognises(self, head: bytes) -> bool:
        return any(
            super(Headless, self).recognises(line) for line in islice(head.split(b"\n"), LOOKED_AT) if line
        )


def reader(layout: Layout, name: str) -> Callable[[str], Any]:
    """What reads the texts of one of a layout's fields."""
    return layout.field(name).kind.read
