"""JSON Lines: one JSON object a line, for records that hold lists of their own.

Each field of the layout is a key of the object, and the one that `body` names is the object itself, as
canonical JSON: whoever needs what lies deeper reads it from there (`loaded`). Numbers with a decimal point
become text, so that no amount is ever a float.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from hub.formats.layout import Layout
from hub.formats.lines import Lines
from hub.model import Chunk, Unreadable

ROWS = 4096


class JsonLines:
    """A format of JSON objects, one a line; blank lines are passed over.

    layout:    its required fields tell such a file from others
    body:      the field that holds the whole object
    structure: the check id of lines that are no JSON object
    """

    def __init__(self, layout: Layout, *, body: str = "body", structure: str = "STRUCTURE") -> None:
        self.layouts = (layout,)
        self._layout, self._body = layout, body
        self._keys = [field.name for field in layout.fields if field.name != body]
        self._telling = {field.name for field in layout.fields if field.required} - {body}
        self._lines = Lines("utf-8-sig", structure)
        self._structure = structure

    def recognises(self, head: bytes) -> bool:
        """Whether the first line is an object with the layout's required keys."""
        told = _object(self._lines.first(head))
        return isinstance(told, dict) and self._telling <= told.keys()

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        """Chunks of objects in file order, and lines that are none in between."""
        rows: list[tuple[int, Mapping[str, Any]]] = []
        for number, told in self._objects(stream):
            if not isinstance(told, Unreadable):
                rows.append((number, told))
            if rows and (isinstance(told, Unreadable) or len(rows) == ROWS):
                yield self._chunk(rows)
                rows = []
            if isinstance(told, Unreadable):
                yield told
        if rows:
            yield self._chunk(rows)

    def _objects(self, stream: BinaryIO) -> Iterator[tuple[int, Mapping[str, Any] | Unreadable]]:
        for run in self._lines.read(stream):
            if isinstance(run, Unreadable):
                yield run.line, run
                continue
            for number, text in enumerate(run[1], start=run[0]):
                told = _object(text) if text.strip() else None
                if isinstance(told, dict):
                    yield number, told
                elif told is not None:
                    yield number, self._no_object(number, text, told)

    def _no_object(self, number: int, text: str, why: str) -> Unreadable:
        message = f"line {number} is {why}"
        return Unreadable(number, text.encode(), self._structure, message, "a JSON object on one line")

    def _chunk(self, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> Chunk:
        columns = {key: [_text(told.get(key)) for _, told in rows] for key in self._keys}
        columns[self._body] = [canonical(told) for _, told in rows]
        return Chunk(self._layout, [number for number, _ in rows], columns)


def loaded(text: str) -> Any:
    """JSON whose numbers with a decimal point are text. Raises ValueError for what is no JSON, for a key that
    stands twice and for numbers that are none."""
    return json.loads(text, parse_float=str, parse_constant=_no_number, object_pairs_hook=_once)


def canonical(value: Any) -> str:
    """The same value is the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _object(text: str) -> dict[str, Any] | str:
    """What a line holds or, as a string, what it is instead."""
    try:
        told = loaded(text)
    except json.JSONDecodeError as error:
        return f"no JSON: {error.msg} at character {error.pos + 1}"
    except RecursionError:
        return "nested too deeply"
    except ValueError as error:
        return f"no JSON that can be read: {error}"
    return told if isinstance(told, dict) else "JSON, but no object"


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return told


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical(value)
