"""A byte stream as runs of decoded lines, in flat memory whatever the bytes are; and lines as bytes."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from hub.errors import CannotRender
from hub.model import Unreadable

BLOCK = 256 * 1024
LONGEST = 64 * 1024
_STARTS = ((b"\xff\xfe", "UTF-16 text"), (b"\xfe\xff", "UTF-16 text"), (b"PK\x03\x04", "a zip"))
"""What is taken for text by mistake, by its first bytes."""
"""Bytes after which a line is given up: no format of the hub has such lines."""

Run = tuple[int, list[str]]
"""The number of the first line, and successive lines without their ends."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Whole lines; `endless` = the beginning of one line that was given up and skipped."""

    first_line: int
    data: bytes
    endless: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """How lines are written in a kind of file: LF or CRLF, in one encoding.

    encoding:  a single-byte encoding, `utf-8`, or `utf-8-sig` (a byte-order mark may lead; never written)
    structure: the check id of what cannot be read
    eof:       a byte that may follow the last line
    """

    encoding: str
    structure: str
    eof: bytes | None = None

    @property
    def plain(self) -> str:
        """The encoding without its byte-order mark."""
        return self.encoding.removesuffix("-sig")

    def read(self, stream: BinaryIO) -> Iterator[Run | Unreadable]:
        """Runs of lines in file order, and what cannot be decoded in between. Memory is flat."""
        for block in _blocks(stream):
            if block.endless:
                yield self._endless(block)
            else:
                yield from self._runs(block.first_line, self._bare(block))

    def first(self, head: bytes) -> str:
        """The first line of the bytes; what cannot be decoded is replaced."""
        bare = self._bare(_Block(1, head.partition(b"\n")[0]))
        return bare.removesuffix(b"\r").decode(self.plain, "replace")

    def encode(self, records: Iterable[str], end: str = "\r\n") -> bytes:
        """Records as a file, each ended by `end`. Raises CannotRender for what the encoding cannot carry."""
        try:
            return "".join(record + end for record in records).encode(self.plain)
        except UnicodeEncodeError as error:
            line = error.object.count(end, 0, error.start) + 1
            raise CannotRender(f"line {line} holds a character that {self.plain} cannot carry") from None

    def _bare(self, block: _Block) -> bytes:
        """The block's bytes without byte-order mark and end-of-file character."""
        data = block.data
        if block.first_line == 1 and self.plain != self.encoding:
            data = data.removeprefix(BOM_UTF8)
        return data.removesuffix(self.eof) if self.eof else data

    def _runs(self, first: int, data: bytes) -> Iterator[Run | Unreadable]:
        try:
            plain = "ascii" if data.isascii() else self.plain  # much the quickest, and the same
            text = data.replace(b"\r\n", b"\n").decode(plain)
        except UnicodeDecodeError:
            yield from self._line_by_line(first, data)
            return
        if "\r" in text or "\0" in text:
            yield from self._line_by_line(first, data)
        elif text:
            yield first, text.removesuffix("\n").split("\n")

    def _line_by_line(self, first: int, data: bytes) -> Iterator[Run | Unreadable]:
        run: list[str] = []
        number = first
        for number, raw in enumerate(data.removesuffix(b"\n").split(b"\n"), start=first):
            text = self._line(number, raw.removesuffix(b"\r"))
            if isinstance(text, str):
                run.append(text)
                continue
            if run:
                yield number - len(run), run
            yield text
            run = []
        if run:
            yield number + 1 - len(run), run

    def _line(self, number: int, raw: bytes) -> str | Unreadable:
        for junk, told in ((b"\0", "a NUL character"), (b"\r", "a carriage return without line feed")):
            if junk in raw:
                return self._junk(number, raw, f"{told} at byte {raw.index(junk) + 1}")
        try:
            return raw.decode(self.plain)
        except UnicodeDecodeError as error:
            byte, place = error.object[error.start], error.start + 1
            return self._junk(number, raw, f"0x{byte:02X} at byte {place}, which is not {self.plain}")

    def _junk(self, number: int, raw: bytes, what: str) -> Unreadable:
        expected = f"{self.plain} text, lines ended by LF or CRLF"
        begins = next((kind for start, kind in _STARTS if number == 1 and raw.startswith(start)), None)
        what = f"{what}; it begins as {begins} does" if begins else what
        return Unreadable(number, raw[:LONGEST], self.structure, f"line {number} holds {what}", expected)

    def _endless(self, block: _Block) -> Unreadable:
        message = f"line {block.first_line} goes on for more than {LONGEST} bytes: this is no file of records"
        return Unreadable(block.first_line, block.data, self.structure, message)


def _blocks(stream: BinaryIO) -> Iterator[_Block]:
    """Blocks of about 256 KiB. Only the last may end without a line feed."""
    line, rest = 1, b""
    while data := stream.read(BLOCK):
        data = rest + data
        cut = data.rfind(b"\n") + 1
        rest = data[cut:]
        if cut:
            yield _Block(line, data[:cut])
            line += data.count(b"\n", 0, cut)
        if len(rest) > LONGEST:
            yield _Block(line, rest[:LONGEST], endless=True)
            line, rest = line + 1, _after_line(stream)
    if rest:
        yield _Block(line, rest)


def _after_line(stream: BinaryIO) -> bytes:
    """Read past the end of the line; what follows it in the same read."""
    while data := stream.read(BLOCK):
        _, ended, after = data.partition(b"\n")
        if ended:
            return after
    return b""
