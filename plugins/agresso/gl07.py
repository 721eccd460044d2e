"""GL07 flat files: read in any of their widths, number styles and encodings, written in the one that is set.

Source: formats page agresso.md, sections 3.1 to 3.4.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from hub.api import CannotRender, Chunk, Fixed, Unreadable
from plugins.agresso.gl07_layout import AP, AR, GL, SHORT, STANDARD, TX, WIDTHS, gl07
from plugins.agresso.types import Record, Style

UTF16, BLOCK = "utf-16", 4096
_SHORTEST = 500
"""Characters of a cut record that is still told for one."""


class Gl07:
    """A format of records of 2,060 or 2,059 characters, which a file does not mix (AGR01)."""

    def __init__(self) -> None:
        layouts = [gl07(name) for name in (STANDARD, SHORT)]
        self.layouts = tuple(layouts)
        self._by_encoding = {
            encoding: Fixed(layouts, encoding=encoding, structure="AGR01")
            for encoding in ("cp1252", "latin-1", "ascii", "utf-8")
        }

    def recognises(self, head: bytes) -> bool:
        """Whether a kind of line stands where a GL07 record has it, after a voucher type."""
        text = _first_characters(head).partition("\n")[0]
        return len(text) >= _SHORTEST and text[75:77] in (GL, AP, AR, TX) and text[77:78].strip() != ""

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        """Chunks of one layout each. UTF-16 is told by its byte-order mark, else options say what it is."""
        start = stream.read(2)
        stream.seek(0)
        if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            yield from self._by_encoding["utf-8"].decode(_transcoded(stream), options)
            return
        encoding = getattr(options, "encoding", "cp1252")
        yield from self._by_encoding["utf-8" if encoding == UTF16 else encoding].decode(stream, options)


def _first_characters(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    return head.decode("latin-1")


def _transcoded(stream: BinaryIO) -> BinaryIO:
    return _Utf8(codecs.EncodedFile(stream, "utf-8", "utf-16", "replace"))  # type: ignore[return-value]


class _Utf8(io.RawIOBase):
    """A stream of UTF-16 as UTF-8, in pieces."""

    def __init__(self, recoder: codecs.StreamRecoder) -> None:
        super().__init__()
        self._recoder = recoder

    def read(self, size: int = -1) -> bytes:
        return self._recoder.read(size)


def written(
    records: Iterable[Record],
    *,
    layout: str = STANDARD,
    style: Style = "left",
    encoding: str = "cp1252",
    end: str = "\n",
) -> Iterator[bytes]:
    """Records as the bytes of a file, some thousand at a time, so that no file is held whole.

    Raises CannotRender for a value that is too long (AGR02), or that the encoding cannot hold: never `?`."""
    writer = gl07(layout, style)
    rest, place = iter(records), 1
    if encoding == UTF16:
        yield codecs.BOM_UTF16_LE
    while batch := list(islice(rest, BLOCK)):
        yield _encoded(writer.write_all(batch), place, "utf-16-le" if encoding == UTF16 else encoding, end)
        place += len(batch)


def _encoded(lines: list[str], first: int, encoding: str, end: str) -> bytes:
    if any(len(line) not in WIDTHS for line in lines):
        raise CannotRender("AGR01: a record is neither 2060 nor 2059 characters long")
    text = end.join(lines) + end
    try:
        return text.encode("ascii" if text.isascii() and encoding != "utf-16-le" else encoding)
    except UnicodeEncodeError as error:
        line = first + error.object.count(end, 0, error.start)
        raise CannotRender(
            f"AGR01: line {line} holds a character that {encoding} cannot hold; correct it at its source"
        ) from None
