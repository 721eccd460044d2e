"""What a change of the configuration says, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from hub.config.document import read_document
from hub.config.load import ENDPOINTS, HUB

Files = Mapping[str, str]
"""The text of each file, by its name from the configuration folder on."""

_NOTHING = object()
_LONG = 120


def differences(old: Files, new: Files) -> list[str]:
    """One sentence for each value that becomes another one, is added or goes. Remarks and order say
    nothing."""
    return [
        line
        for name in sorted(old.keys() | new.keys())
        for line in _of_file(name, old.get(name), new.get(name))
    ]


def _of_file(name: str, old: str | None, new: str | None) -> Iterator[str]:
    if old == new:
        return
    if not name.endswith(".yaml"):
        yield from _of_lines(name, old, new)
        return
    unread = [*_unread(name, "what was there", old), *_unread(name, "what would be there", new)]
    if unread:
        yield from unread
        return
    before, after = dict(_things(name, old)), dict(_things(name, new))
    for thing in sorted(before.keys() | after.keys()):
        if thing not in after:
            yield f"{thing} is gone"
        elif thing not in before:
            yield f"{thing} is new{_in_short(after[thing])}"
        else:
            yield from _of_thing(thing, before[thing], after[thing])


def _unread(name: str, which: str, text: str | None) -> Iterator[str]:
    """That a file is broken does not say that its routes are gone."""
    document = read_document(name, text or "")
    if document.root is None and document.mistakes:
        yield f"{document.mistakes[0]}. So {which} cannot be compared"


def _of_lines(name: str, old: str | None, new: str | None) -> Iterator[str]:
    """A table: which rows come and go."""
    before, after = ([line for line in (text or "").splitlines() if line.strip()] for text in (old, new))
    yield from (f"{name}: the row “{line}” is new" for line in after if line not in before)
    yield from (f"{name}: the row “{line}” is gone" for line in before if line not in after)


def _things(name: str, text: str | None) -> Iterator[tuple[str, Any]]:
    """What a file tells of: each route, each endpoint, or the file as a whole."""
    value = read_document(name, text or "").value
    if text is None or not isinstance(value, dict):
        return
    if name.startswith("routes/"):
        stem = PurePosixPath(name).stem
        yield from ((f"route {stem}.{key}", route) for key, route in _entries(value, "routes"))
        yield f"partner file {stem}", {key: one for key, one in value.items() if key != "routes"}
    elif name == ENDPOINTS:
        yield from ((f"endpoint {key}", endpoint) for key, endpoint in _entries(value, "endpoints"))
    else:
        yield ("the hub" if name == HUB else name), value


def _entries(value: Mapping[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    found = value.get(key)
    yield from found.items() if isinstance(found, dict) else ()


def _of_thing(thing: str, old: Any, new: Any) -> Iterator[str]:
    before, after = dict(_leaves("", old)), dict(_leaves("", new))
    for path in dict.fromkeys([*before, *after]):
        was, becomes = before.get(path, _NOTHING), after.get(path, _NOTHING)
        if was == becomes:
            continue
        if becomes is _NOTHING:
            yield f"{thing}: `{path}` is gone, was {_shown(was)}"
        elif was is _NOTHING:
            yield f"{thing}: `{path}` is new: {_shown(becomes)}"
        else:
            yield f"{thing}: `{path}` becomes {_shown(becomes)}, was {_shown(was)}"


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Each value with where it stands; a list of plain values is one of them."""
    if isinstance(value, dict) and value:
        for key, inside in value.items():
            yield from _leaves(f"{path}.{key}" if path else key, inside)
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        for index, inside in enumerate(value, 1):
            yield from _leaves(f"{path}[{index}]", inside)
    else:
        yield path, value


def _shown(value: Any) -> str:
    if value is None or value == {} or value == []:
        return "empty"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


def _in_short(value: Any) -> str:
    known = ("feeds", "feed", "mode", "type", "host", "url", "path")
    said = [f"{key} {_shown(value[key])}" for key in known if isinstance(value, dict) and key in value]
    return f" ({', '.join(said)})" if said else ""
