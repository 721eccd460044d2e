"""XML files, read as a stream. DTDs are refused, entities never resolved, nothing is fetched.

A layout's `path` names its record's element below the root (`Data/ARUDD/Header`). Where its place or name is
not known, `*` stands for any part of a name, `**` for any elements between, and `[@ref]` at the end asks for
an attribute (`Data/**/Returned*[@ref]`). The paths of its fields are XPath from that element (`@ref`,
`PayerAccount/@name`, `ancestor::ARUDD/Header/@adviceNumber`): the text of the first node found, empty when
there is none. A record is read where its element ends, so a field can look at all that stands before, and the
record of an enclosing element comes after those inside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO, cast

from lxml import etree

from hub.formats.layout import Layout, printable
from hub.formats.xml_tree import Element, Namespaces, Order
from hub.model import Chunk, Unreadable

BLOCK = 64 * 1024
ROWS = 4096
LARGEST = 50_000_000
"""Bytes of an XML file that are read; reports are far smaller."""
NO_DTD = "the document has a DTD, which could make it read other files: ask the sender for one without"

Row = tuple[Layout, int, list[str]]
"""A record's layout, the line of its element and its texts."""


class Xml:
    """A format of XML documents.

    root:      name of the root element
    layouts:   the record types; other elements are passed over
    marker:    path below the root of an element that the document must have: it tells this kind of document
               from others of the same root
    structure: the check id of what cannot be read
    largest:   bytes after which a document is given up
    any_namespace: whether names count without their namespace, which says the version of some standards
    tree:      which elements of which namespaces it holds in which order, if that matters; then names
               count without their namespace everywhere else
    namespaces: those of the tree, by its prefixes
    """

    def __init__(
        self,
        root: str,
        layouts: Sequence[Layout],
        *,
        marker: str = "",
        structure: str = "STRUCTURE",
        largest: int = LARGEST,
        any_namespace: bool = False,
        tree: Element | None = None,
        namespaces: Namespaces | None = None,
    ) -> None:
        self.layouts = tuple(layouts)
        self._root = root
        self._tree, self._namespaces = tree, namespaces or {}
        self._any_namespace = any_namespace = any_namespace or tree is not None
        self._marker = f"{root}/{marker}".rstrip("/")
        self._start_tags = _start_tags(self._marker.split("/"), "(?:[^<>/\\s]+:)?" if any_namespace else "")
        self._structure = structure
        self._largest = largest
        records = [(f"{root}/{layout.path}", _Record(layout)) for layout in layouts]
        self._records = {path: record for path, record in records if "*" not in path}
        self._places = [(_Place(path), record) for path, record in records if "*" in path]

    def recognises(self, head: bytes) -> bool:
        """Whether the start tags of root and marker stand in the first bytes, in this order.

        Nothing is parsed: a broken or dangerous document is recognised too, and decoding says what it is."""
        return self._start_tags.search(head.replace(b"\0", b"")) is not None

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        """Chunks of one layout each, then an Unreadable if the document is not what it must be."""
        order = Order(self._tree, self._namespaces) if self._tree else None
        reading = _Reading(self._root, self._marker, any_namespace=self._any_namespace, order=order)
        try:
            for data in self._blocks(stream):
                reading.feed(data)
                yield from _chunks(list(self._rows(reading)))
            reading.parser.close()
            yield from _chunks(list(self._rows(reading)))
            reading.check_marker()
        except etree.XMLSyntaxError as error:
            yield self._unreadable(*_told(error))
        except _Refused as refused:
            yield self._unreadable(refused.line, refused.message)

    def _blocks(self, stream: BinaryIO) -> Iterator[bytes]:
        size = 0
        while data := stream.read(BLOCK):
            size += len(data)
            if size > self._largest:
                raise _Refused(1, f"the document is larger than {self._largest} bytes")
            yield data
        if not size:
            raise _Refused(1, "the document is empty")

    def _rows(self, reading: _Reading) -> Iterator[Row]:
        """The records that ended in what was fed."""
        for element, path in reading.ended():
            record = self._record(element, path)
            if record is not None:
                yield record.layout, _line(element), record.texts(element)
                _drop_previous(element)

    def _record(self, element: etree._Element, path: str) -> _Record | None:
        found = (record for place, record in self._places if place.is_of(element, path))
        return self._records.get(path) or next(found, None)

    def _unreadable(self, line: int, message: str) -> Unreadable:
        return Unreadable(line, b"", self._structure, message, f"a {self._root} document in well-formed XML")


class _Refused(Exception):
    """A document that is well-formed but not to be read."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class _Record:
    """A layout with its fields' paths, compiled."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._paths = [etree.XPath(f"string({field.path})", smart_strings=False) for field in layout.fields]

    def texts(self, element: etree._Element) -> list[str]:
        return [str(path(element)) for path in self._paths]


class _Place:
    """A path with wildcards."""

    def __init__(self, path: str) -> None:
        path, _, attribute = path.partition("[@")
        escaped = re.escape(path).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
        self._path = re.compile(escaped)
        self._attribute = attribute.removesuffix("]")

    def is_of(self, element: etree._Element, path: str) -> bool:
        if self._path.fullmatch(path) is None:
            return False
        return not self._attribute or element.get(self._attribute) is not None


class _Reading:
    """One document on its way through the parser."""

    def __init__(self, root: str, marker: str, *, any_namespace: bool, order: Order | None) -> None:
        self.parser = _parser()
        self._order = order
        self._root = root
        self._marker = marker
        self._any_namespace = any_namespace
        self._place: list[str] = []
        self._marked = False

    def feed(self, data: bytes) -> None:
        """Feed a block. A DTD that already breaks the parser is told as what it is."""
        try:
            self.parser.feed(data)
        except etree.XMLSyntaxError:
            if not self._place and b"<!DOCTYPE" in data.replace(b"\0", b""):
                raise _Refused(1, NO_DTD) from None
            raise

    def ended(self) -> Iterator[tuple[etree._Element, str]]:
        """The elements that ended in what was fed, with their paths."""
        for event, element in cast("Iterator[tuple[str, etree._Element]]", self.parser.read_events()):
            if event == "start":
                self._start(element)
                continue
            if self._order is not None and (problem := self._order.end()):
                raise _Refused(_line(element), problem)
            yield element, "/".join(self._place)
            self._place.pop()

    def check_marker(self) -> None:
        if not self._marked:
            raise _Refused(1, f"the document has no {self._marker}: it is of another kind")

    def _start(self, element: etree._Element) -> None:
        name = _name(element)
        if self._any_namespace:
            element.tag = name.localname
        if not self._place:
            self._check_root(element)
        if self._order is not None and (problem := self._order.start(name.namespace or "", name.localname)):
            raise _Refused(_line(element), problem)
        self._place.append(str(element.tag))
        self._marked = self._marked or "/".join(self._place) == self._marker

    def _check_root(self, root: etree._Element) -> None:
        if cast(Any, root.getroottree().docinfo).doctype:
            raise _Refused(1, NO_DTD)
        if root.tag != self._root:
            found = printable(str(root.tag))
            raise _Refused(_line(root), f"the root element is {found}: expected {self._root}")


def _name(element: etree._Element) -> etree.QName:
    """The parser lets names pass that namespaces do not allow, such as one that begins with a colon."""
    try:
        return etree.QName(element)
    except ValueError:
        raise _Refused(
            _line(element), f"{printable(str(element.tag))} is no name of an element: not well-formed XML"
        ) from None


def _start_tags(names: Sequence[str], prefix: str) -> re.Pattern[bytes]:
    tags = (rf"<{prefix}{re.escape(name)}[\s/>]" for name in names)
    return re.compile(".*?".join(tags).encode(), re.DOTALL)


def _parser() -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _line(element: etree._Element) -> int:
    return cast("int | None", element.sourceline) or 1


def _drop_previous(element: etree._Element) -> None:
    """Forget the record before this one: memory stays flat, and this one is still in the parser's hands."""
    previous = element.getprevious()
    parent = element.getparent()
    if parent is not None and previous is not None and previous.tag == element.tag:
        parent.remove(previous)


def _chunks(rows: Sequence[Row]) -> Iterator[Chunk]:
    for layout, group in groupby(rows, key=lambda row: row[0]):
        same = list(group)
        for start in range(0, len(same), ROWS):
            yield _chunk(layout, same[start : start + ROWS])


def _chunk(layout: Layout, rows: Sequence[Row]) -> Chunk:
    columns = zip(*(texts for _, _, texts in rows), strict=True)
    named = {field.name: column for field, column in zip(layout.fields, columns, strict=True)}
    return Chunk(layout, [line for _, line, _ in rows], named)


def _told(error: etree.XMLSyntaxError) -> tuple[int, str]:
    """The line of the fault and the parser's name for it; its full message may quote the document."""
    last = cast(Any, error.error_log).last_error
    fault = last.type_name.removeprefix("ERR_").replace("_", " ").lower()
    return last.line or 1, f"the document is not well-formed XML ({fault}). Ask the sender for it again"


def schema_faults(data: bytes, schema: Path) -> list[str]:
    """What a schema of the operator's own (an XSD file, with what it includes beside it) finds in a document.

    Nothing is fetched from elsewhere. Raises OSError without such a file, ValueError when it is no schema."""
    if not schema.is_file():
        raise OSError(f"there is no schema {schema}")
    local = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    try:
        rules = etree.XMLSchema(etree.parse(str(schema), local))
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        raise ValueError(f"{schema} is no schema that can be read") from error
    rules.validate(etree.fromstring(data, local))
    return [f"line {fault.line}: {fault.type_name}" for fault in cast(Any, rules.error_log)]
