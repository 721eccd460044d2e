"""Standard 18 files told apart by what they carry: instructions alone, or payments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from hub.api import Chunk, Unreadable
from plugins.bacs.codes import INSTRUCTIONS
from plugins.bacs.layouts import STANDARD18_FILE

_DATA = re.compile(rb"^[0-9]{15}([0-9A-Z]{2})[0-9]{6}", re.MULTILINE)
"""The start of a data record, up to its originating sort code."""


@dataclass(frozen=True, slots=True)
class Carrying:
    """The format of files whose first data records are instructions, all of them; or of all other files."""

    instructions: bool

    layouts = STANDARD18_FILE.layouts

    def recognises(self, head: bytes) -> bool:
        return STANDARD18_FILE.recognises(head) and _holds_instructions_only(head) is self.instructions

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        return STANDARD18_FILE.decode(stream, options)


def _holds_instructions_only(head: bytes) -> bool:
    codes = {code.decode("ascii") for code in _DATA.findall(head)}
    return bool(codes) and codes <= INSTRUCTIONS
