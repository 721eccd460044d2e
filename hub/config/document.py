"""One YAML file, read so that every value keeps its text and its line.

Nothing is guessed from how a value looks: 06:00 stays a time, 000199 keeps its zeroes, NO and off are
words. Only an empty value (or null) is None. What the text means is for the models to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Path = Sequence[str | int]
_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"
_PLAIN_TAGS = {_NULL, _MERGE} | {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}


# Every plain value stays text, but for null and the merge key.
_PLAIN = {
    first: [pair for pair in resolvers if pair[0] in (_NULL, _MERGE)]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = _PLAIN


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads a council's files ten times as fast, where PyYAML was built with libyaml."""

    yaml_implicit_resolvers = _PLAIN


@dataclass
class Document:
    """`place` is how messages name the file; `value` is None when it cannot be read or is empty."""

    place: str
    value: Any = None
    mistakes: list[str] = field(default_factory=list)
    root: Node | None = None

    def line(self, path: Path) -> int:
        """The line of the entry at `path`, or of the nearest entry above it that exists."""
        node, line = self.root, 1
        for part in path:
            found = _step(node, part)
            if found is not None:
                node, line = found
        return line

    def mistake(self, path: Path, text: str) -> str:
        return f"{self.place} line {self.line(path)}: {text}"


def read_document(place: str, text: str) -> Document:
    """Read YAML text. What is wrong with the text itself lands in `mistakes`."""
    document = Document(place)
    try:
        document.root = _composed(text)
        document.value = _Reader(document).read(document.root)
    except (yaml.YAMLError, RecursionError) as error:
        return Document(place, mistakes=[_unreadable(place, text, error)])
    return document


def _composed(text: str) -> Node | None:
    """Libyaml says little of a mistake: what it cannot read is read once more, to tell it well."""
    try:
        return yaml.compose(text, Loader=_FastLoader)
    except (yaml.YAMLError, UnicodeError, RecursionError):
        return yaml.compose(text, Loader=_Loader)


def _unreadable(place: str, text: str, error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        if "'\\t'" in str(error.problem):
            return f"{place} line {line}: starts with a tab; indent with spaces"
        opened = error.context_mark
        if opened is not None and "flow" in str(error.context) and opened.line + 1 != line:
            closing = "]" if "sequence" in str(error.context) else "}"
            return (
                f"{place} line {opened.line + 1}: the bracket that opens here is not closed, and line {line} "
                f"was read as its content; add {closing} after its last value, or quote what starts with it"
            )
        if "flow" in str(error.context) and "<stream end>" in str(error.problem):
            return f"{place} line {line}: the file ends within a bracket; close it with ] or }}"
        return f"{place} line {line}: is not YAML ({error.problem}); look at indents, colons and quotes there"
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return f"{place} line {line}: holds a control character; remove it"
    return f"{place} line 1: is nested too deeply to be read"


def _step(node: Node | None, part: str | int) -> tuple[Node, int] | None:
    """The value and the line of one entry of a mapping or sequence."""
    if isinstance(node, MappingNode):
        for key, value in reversed(list(_pairs(node))):
            if isinstance(key, ScalarNode) and key.value == part:
                return value, key.start_mark.line + 1
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item, item.start_mark.line + 1
    return None


def _pairs(node: MappingNode) -> Iterator[tuple[Node, Node]]:
    """Merged (`<<`) entries first, so that a mapping's own entries win."""
    for key, value in node.value:
        if key.tag == _MERGE:
            merged = value.value if isinstance(value, SequenceNode) else [value]
            for mapping in reversed(merged):
                if not isinstance(mapping, MappingNode):
                    raise yaml.MarkedYAMLError(problem="<< must name a mapping", problem_mark=key.start_mark)
                yield from _pairs(mapping)
    yield from ((key, value) for key, value in node.value if key.tag != _MERGE)


class _Reader:
    """Nodes to plain values. An anchored node is read once, however often it is used."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._done: dict[int, Any] = {}

    def read(self, node: Node | None) -> Any:
        if node is None:
            return None
        if id(node) not in self._done:
            self._done[id(node)] = None
            self._done[id(node)] = self._read(node)
        return self._done[id(node)]

    def _read(self, node: Node) -> Any:
        if node.tag not in _PLAIN_TAGS:
            self._add(node, f"the tag {node.tag} means nothing here; write the plain value")
        elif isinstance(node, MappingNode):
            return self._mapping(node)
        elif isinstance(node, SequenceNode):
            return [self.read(item) for item in node.value]
        elif node.tag != _NULL:
            return node.value
        return None

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        self._refuse_repeats(node)
        values: dict[str, Any] = {}
        for key, value in _pairs(node):
            if isinstance(key, ScalarNode) and key.tag != _NULL:
                values[key.value] = self.read(value)
            else:
                self._add(key, "a key must be one word")
        return values

    def _refuse_repeats(self, node: MappingNode) -> None:
        first: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode) or key.tag == _MERGE:
                continue
            if key.value in first:
                self._add(key, f"“{key.value}” is already on line {first[key.value]}; keep one")
            first.setdefault(key.value, line)

    def _add(self, node: Node, text: str) -> None:
        place = self._document.place
        self._document.mistakes.append(f"{place} line {node.start_mark.line + 1}: {text}")
