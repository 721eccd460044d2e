"""The beginning of a file as it is made, with what it says hidden: each letter is an x and each figure a 0,
so that lines, fields and separators can be seen, and nobody's data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hub.errors import StoreError
from hub.model import Compartment
from hub.store.rows import DeliveryRow, TransferRow
from hub.transfer.services import Services

LINES, COLUMNS = 40, 400
_HEAD = 64 * 1024
_FIGURES, _LETTERS = re.compile(r"\d"), re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Preview:
    """`lines`: the first of them; `why_not`: why there are none; `more`: whether there are others."""

    title: str
    name: str
    size: int
    lines: tuple[str, ...] = ()
    more: bool = False
    why_not: str | None = None


def previews(
    services: Services, row: TransferRow, deliveries: Sequence[DeliveryRow], *, unmasked: bool
) -> Iterator[Preview]:
    """Of the file as it came, and of each that was made of it."""
    if row.blob is not None:
        gone = "Its bytes were past their keep and let go." if row.purged_at else None
        yield _of(services, "As it came", row.name, row.blob, row.size or 0, row.compartment, unmasked, gone)
    for delivery in deliveries:
        gone = "Its bytes were past their keep and let go." if row.purged_at else None
        to = f"To {delivery.endpoint}"
        yield _of(services, to, delivery.name, delivery.blob, delivery.size, row.compartment, unmasked, gone)


def _of(
    services: Services,
    title: str,
    name: str,
    blob: str,
    size: int,
    inside: Compartment,
    unmasked: bool,
    gone: str | None,
) -> Preview:
    if gone is not None:
        return Preview(title, name, size, why_not=gone)
    try:
        with services.store.blobs(inside).open(blob) as source:
            head = source.read(_HEAD)
    except (StoreError, OSError):
        return Preview(title, name, size, why_not="Its bytes cannot be read.")
    if b"\0" in head[:512] or head.startswith(b"PK"):
        return Preview(title, name, size, why_not="It is no text: a zip, a workbook or the like.")
    found = _text(head).splitlines()
    shown = tuple((line if unmasked else masked_line(line))[:COLUMNS] for line in found[:LINES])
    return Preview(title, name, size, shown, len(found) > LINES or size > _HEAD)


def masked_line(line: str) -> str:
    """
    >>> masked_line("D,Pat Pretender,00-02-99;1.50")
    'x,xxx xxxxxxxxx,00-00-00;0.00'
    """
    return _LETTERS.sub("x", _FIGURES.sub("0", line))


def _text(head: bytes) -> str:
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError:
        return head.decode("cp1252", errors="replace")
