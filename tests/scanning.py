"""What a file holds, also where it hides: in zips, compressed, in UTF-16, in base64."""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

WIDE = (rb"(?:[ -~]\x00){6,}", rb"(?:\x00[ -~]){6,}")
"""Text in UTF-16, either way round."""
BASE64 = rb"[A-Za-z0-9+/]{12,}"
_QUANTUM = 4


def everything(folder: Path) -> Mapping[Path, Sequence[bytes]]:
    """Every file below a folder, each as it is and as what is hidden in it."""
    return {path: list(layers(path.read_bytes())) for path in folder.rglob("*") if path.is_file()}


def layers(content: bytes) -> Iterator[bytes]:
    yield content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as bundle:
            for info in bundle.infolist():
                if not info.flag_bits & 1:  # under a passphrase
                    yield from layers(bundle.read(info))
    for shape in WIDE:
        yield b"\n".join(text.replace(b"\0", b"") for text in re.findall(shape, content))
    yield b"\n".join(_decoded(content))
    try:
        yield zlib.decompress(content)
    except zlib.error:
        return


def _decoded(content: bytes) -> Iterator[bytes]:
    """Of each run of letters and digits, all that it may mean: what stands before it may belong to it."""
    for text in re.findall(BASE64, content):
        for start in range(_QUANTUM):
            whole = text[start : start + (len(text) - start) // _QUANTUM * _QUANTUM]
            rest = text[start + len(whole) :]
            padded = whole + (rest + b"=" * (_QUANTUM - len(rest)) if len(rest) > 1 else b"")
            try:
                yield base64.b64decode(padded)
            except binascii.Error:
                continue
