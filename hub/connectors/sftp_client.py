"""paramiko's SFTP client, with listing, reading and writing as the hub needs them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, BinaryIO

from paramiko import Message, SFTPClient
from paramiko.sftp import CMD_DATA, CMD_READ, int64

from hub.connectors.base import Sink

PIECE = 32 * 1024  # bytes; some servers refuse more in one request
_AHEAD = 64  # read requests under way at a time


class Client(SFTPClient):
    """Differs from paramiko's in four ways: one undecodable name doesn't fail a listing; reading needs no
    second thread and finds the true end of a file; a failed write is heard of; nothing follows a time-out."""

    _async_request: Callable[..., int]
    _convert_status: Callable[[Message], None]

    def read_all(self, path: str, size: int, sink: Sink) -> int:
        """Everything up to the end of the file, which is expected at `size`; returns how many bytes came."""
        came = 0
        with self.open(path, "r") as file:
            for piece in self._pieces(file.handle, size):
                sink(piece)
                came += len(piece)
        return came

    def write_all(self, path: str, source: BinaryIO) -> None:
        with self.open(path, "w") as file:
            file.set_pipelined(True)
            pieces = iter(lambda: source.read(PIECE), b"")
            last = next(pieces, b"")
            for piece in pieces:
                file.write(last)
                last = piece
            file.set_pipelined(False)  # so that the last write collects the answers to all, also the bad ones
            file.write(last)

    def _pieces(self, handle: object, size: int) -> Iterator[bytes]:
        inbox = _Inbox()

        def ask(offset: int, length: int) -> tuple[int, int, int]:
            number = self._async_request(inbox, CMD_READ, handle, int64(offset), length)
            return number, offset, length

        spans = _spans(size)
        asked = deque(ask(*span) for span in islice(spans, _AHEAD))
        while asked:
            number, offset, length = asked.popleft()
            piece = self._answer(inbox, number)
            if not piece:
                return
            yield piece
            if len(piece) < length:
                asked.appendleft(ask(offset + len(piece), length - len(piece)))
            else:
                asked.extend(ask(*span) for span in islice(spans, 1))

    def _answer(self, inbox: _Inbox, number: int) -> bytes:
        while number not in inbox.answers:
            self._read_response()
        kind, answer = inbox.answers.pop(number)
        if kind == CMD_DATA:
            return answer.get_string()
        with suppress(EOFError):
            self._convert_status(answer)
        return b""

    def _request(self, *args: Any) -> tuple[int, Message]:
        kind, answer = super()._request(*args)  # type: ignore[misc]
        return kind, _Lenient(answer.get_remainder())

    def _read_response(self, waitfor: int | None = None) -> tuple[int, Message]:
        try:
            found: tuple[int, Message] = super()._read_response(waitfor)  # type: ignore[misc]
        except TimeoutError:
            self.close()  # an answer that comes later would be taken for the answer to something else
            raise
        return found


class _Inbox:
    """Answers to read requests, in whatever order they come. paramiko hands them over by this name."""

    def __init__(self) -> None:
        self.answers: dict[int, tuple[int, Message]] = {}

    def _async_response(self, kind: int, answer: Message, number: int) -> None:
        self.answers[number] = kind, answer

    def _check_exception(self) -> None:
        return None


class _Lenient(Message):
    """Bytes that are not UTF-8 become lone surrogates, which no safe name may hold."""

    def get_text(self) -> str:
        return self.get_string().decode("utf-8", "surrogateescape")


def _spans(size: int) -> Iterator[tuple[int, int]]:
    """(offset, length) of each piece, then one more at the expected end: it must find nothing."""
    for offset in range(0, size, PIECE):
        yield offset, min(PIECE, size - offset)
    yield size, PIECE
