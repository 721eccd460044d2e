"""A kind of XML document, declared once: which elements, of which namespace, in which order.

For formats whose schema may not be shipped. Nothing here parses: `hub.formats.xml` asks while it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from hub.formats.layout import printable

Namespaces = Mapping[str, Sequence[str]]
"""By prefix, the namespaces that count as one; the first is the one that is written by default."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a document.

    namespace: the prefix of its namespace, "" = none
    children:  in the order in which they must stand; none = it holds text
    many:      whether it may come more than once; required: whether it must come
    holds:     the name of the value that it holds, for those who write it
    """

    name: str
    namespace: str = ""
    children: tuple[Element, ...] = ()
    many: bool = False
    required: bool = False
    holds: str = ""


@dataclass
class Order:
    """Whether the elements of one document stand where they must."""

    root: Element
    namespaces: Namespaces
    _open: list[tuple[Element, int]] = field(default_factory=list)

    def start(self, namespace: str, name: str) -> str | None:
        """What is wrong with an element that begins; None when nothing is."""
        if not self._open:
            place, found = 0, self.root if name == self.root.name else None
        else:
            parent, place = self._open[-1]
            place, found = self._next(parent, place, name)
        if found is None:
            return f"the element {printable(name)} does not belong where it stands"
        if namespace not in (self.namespaces[found.namespace] if found.namespace else ("",)):
            return f"the element {name} is of the namespace {printable(namespace) or '(none)'}"
        if self._open:
            self._open[-1] = (self._open[-1][0], place)
        self._open.append((found, 0))
        return None

    def end(self) -> str | None:
        """What an element lacks that ends; None when nothing."""
        element, place = self._open.pop()
        missing = next((child for child in element.children[place:] if child.required), None)
        lacks = missing is not None and not (place and element.children[place - 1] is missing)
        return f"{element.name} has no {missing.name}" if missing and lacks else None

    @staticmethod
    def _next(parent: Element, place: int, name: str) -> tuple[int, Element | None]:
        """The child meant, at or after the place, with the place after it. Required ones are not skipped."""
        if place and parent.children[place - 1].name == name and parent.children[place - 1].many:
            return place, parent.children[place - 1]
        for number, child in enumerate(parent.children[place:], start=place + 1):
            if child.name == name:
                return number, child
            if child.required:
                break
        return place, None


@dataclass(frozen=True, slots=True)
class Node:
    """An element to be written: its text, or its children."""

    element: Element
    text: str = ""
    children: Sequence[Node] = ()


def filled(element: Element, value: Callable[[str], str]) -> Node | None:
    """An element with the values that it and its children hold; None when it would be empty."""
    if not element.children:
        text = value(element.holds) if element.holds else ""
        return Node(element, text) if text else None
    children = [node for child in element.children if (node := filled(child, value)) is not None]
    return Node(element, children=children) if children else None


def document(
    root: Node,
    prefixes: Mapping[str, str],
    namespaces: Mapping[str, str],
    attributes: Mapping[str, str] | None = None,
) -> bytes:
    """The document in UTF-8. `prefixes`: what is written for each declared one; `namespaces`: by declared
    prefix; `attributes`: of the root."""
    declared = "".join(f' xmlns:{prefixes[name]}="{uri}"' for name, uri in namespaces.items())
    others = "".join(f' {name}="{escape(value)}"' for name, value in (attributes or {}).items())
    lines = _lines(root, prefixes, 0, declared + others)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(f"{line}\n" for line in lines)).encode()


def _lines(node: Node, prefixes: Mapping[str, str], depth: int, attributes: str = "") -> Iterator[str]:
    prefix = prefixes.get(node.element.namespace, "")
    name, indent = (f"{prefix}:" if prefix else "") + node.element.name, "  " * depth
    if not node.children:
        yield f"{indent}<{name}{attributes}>{escape(node.text)}</{name}>"
        return
    yield f"{indent}<{name}{attributes}>"
    for child in node.children:
        yield from _lines(child, prefixes, depth + 1)
    yield f"{indent}</{name}>"
