"""How a canonical file is told from others and read: by its header; what is no text file is refused as
what it is.

Source: debt_agency.md, sections 3 and 7 (3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO

from hub.api import Chunk, Delimited, Layout, Unreadable

NOT_TEXT = "DA-03"
_FAMILY = "FHDA"
_MASKS = (
    (b"PK\x03\x04", "a workbook or a zip that was renamed; ask for the text file"),
    (b"\xd0\xcf\x11\xe0", "an old workbook that was renamed; ask for the text file"),
    (b"%PDF", "a PDF; ask for the text file"),
)
_PAGES = (b"<!doctype html", b"<html")


class CanonicalFormat(Delimited):
    """A canonical file of one kind: RFC 4180, UTF-8 without byte-order mark, CRLF."""

    def __init__(self, kind: str, layouts: Sequence[Layout]) -> None:
        super().__init__(layouts, encoding="utf-8", tag_column=0)
        self._kind = kind

    def recognises(self, head: bytes) -> bool:
        """By the header: another version is known as such, and refused."""
        tag, version, kind = [*self.first_cells(head), "", "", ""][:3]
        return tag == "H" and version.startswith(_FAMILY) and kind == self._kind

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        told = mask_of(stream)
        return chain([told] if told else super().decode(stream, options))


def mask_of(stream: BinaryIO) -> Unreadable | None:
    """What content is that is no text file of records; None where nothing says so."""
    head = stream.read(512)
    stream.seek(0)
    said = next((told for start, told in _MASKS if head.startswith(start)), None)
    if said is None and head.lstrip().lower().startswith(_PAGES):
        said = "a web page, such as a log-in page; fetch the file itself"
    return Unreadable(1, b"", NOT_TEXT, f"this is {said}", "a text file of records") if said else None
