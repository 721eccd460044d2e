"""Every fixed-width layout that a feed declares: what is written reads back equal.

They are found through the plug-in door, so a new layout is covered by being declared.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.door.manager import Door
from hub.formats.fixed import Fixed
from hub.formats.layout import Layout
from hub.model import Chunk
from tests.properties.carried import records


def declared() -> Iterator[tuple[str, Layout]]:
    for feed in Door.load(None).feeds().values():
        for format in feed.formats.values():
            for layout in getattr(format, "layouts", ()):
                if layout.width is not None:
                    yield f"{feed.name} {layout.name}", layout


LAYOUTS = dict(declared())


def test_there_are_layouts_to_look_at() -> None:
    assert "bacs.submission VOL1" in LAYOUTS


@pytest.mark.parametrize("name", LAYOUTS)
@settings(max_examples=30)  # of each of many layouts, all made of the same kinds of field
@given(data=st.data())
def test_a_written_record_reads_back_equal(name: str, data: st.DataObject) -> None:
    layout = LAYOUTS[name]
    values = data.draw(records(layout))
    line = layout.write(values)
    assert len(line) == layout.width
    (chunk,) = Fixed([layout], encoding="utf-8").decode(io.BytesIO(f"{line}\n".encode()))
    assert isinstance(chunk, Chunk)
    assert chunk.layout.field_findings(chunk) == []
    texts = chunk.row(0)
    for field in layout.fields:
        assert field.kind.read(texts[field.name]) == field.kind.read(field.write(values[field.name]))


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_documentation_names_every_field_with_its_positions(name: str) -> None:
    layout = LAYOUTS[name]
    table = layout.documentation()
    assert all(f"| {field.width} | {field.name} |" in table for field in layout.fields)
