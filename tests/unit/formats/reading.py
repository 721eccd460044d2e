"""Helpers: decode bytes in tests of the formats."""

from __future__ import annotations

import io
from typing import Any

from hub.door.feed import Format
from hub.model import Chunk, Finding, Unreadable


def decoded(format: Format, data: bytes, options: Any = None) -> list[Chunk | Unreadable]:
    return list(format.decode(io.BytesIO(data), options))


def chunks(format: Format, data: bytes, options: Any = None) -> list[Chunk]:
    parts = decoded(format, data, options)
    assert not [part for part in parts if isinstance(part, Unreadable)]
    return [part for part in parts if isinstance(part, Chunk)]


def unreadable(format: Format, data: bytes, options: Any = None) -> list[Unreadable]:
    return [part for part in decoded(format, data, options) if isinstance(part, Unreadable)]


def rows(format: Format, data: bytes, options: Any = None) -> list[tuple[str, int, dict[str, str]]]:
    """Layout, line and texts of every record."""
    return [
        (record.layout.name, record.line, dict(record.values))
        for part in decoded(format, data, options)
        if isinstance(part, Chunk)
        for record in part.rows()
    ]


def findings(format: Format, data: bytes) -> list[Finding]:
    return [
        finding
        for part in decoded(format, data)
        if isinstance(part, Chunk)
        for _, finding in part.layout.field_findings(part)
    ]
