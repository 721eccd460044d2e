"""Elements of the documents whose schema was never seen, one by one: `l:OrderNo` is of the schema library."""

from __future__ import annotations

from hub.api import Element, Node, document

BASE = "http://services.agresso.com/schema"
VERSION = "2007/12/24"
LIBRARY = f"{BASE}/ABWSchemaLib/{VERSION}"


def node(told: str, *children: Node | None) -> Node:
    """An element with the children that there are."""
    return Node(_element(told), children=[child for child in children if child is not None])


def text(told: str, value: object) -> Node:
    return Node(_element(told), str(value))


def said(told: str, value: object) -> Node | None:
    """The element, if there is something to say."""
    return text(told, value) if value else None


def of_2007(root: Node) -> bytes:
    """The document in the namespaces of 2007: its own without a prefix, and the library's as `l`."""
    uris = {"": f"{BASE}/{root.element.name}/{VERSION}", "l": LIBRARY}
    return document(root, {"l": "l"}, {"l": uris["l"]}, {"xmlns": uris[""]})


def _element(told: str) -> Element:
    prefix, _, name = told.rpartition(":")
    return Element(name, prefix)
