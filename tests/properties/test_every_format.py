"""Every format of every feed: no bytes make its reading raise.

They are found through the plug-in door, so a new format is covered by being declared.
"""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.checks.base import Context
from hub.model import Facts
from hub.transfer.examine import examine
from tests.golden.catalogue import FEEDS, FORMATS, files, format_of, options_of

JUNK = [
    b"\0",
    b"\x1a",
    b"\r",
    b"\n\n",
    b'"',
    b",",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"<!DOCTYPE x [",
    b"&a;",
    b"-}",
]
LINES = sorted({line + b"\n" for path in files() for line in path.read_bytes().splitlines()[:12]})
WHOLE = sorted({path.read_bytes()[:20_000] for path in files()})
HOSTILE = st.lists(st.sampled_from(LINES) | st.sampled_from(JUNK) | st.binary(max_size=20), max_size=20).map(
    b"".join
)


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """A golden file of whatever format, cut off somewhere or with something else in the middle."""
    data = draw(st.sampled_from(WHOLE))
    at = draw(st.integers(0, len(data)))
    return (
        data[:at]
        + draw(st.sampled_from([b"", *JUNK]) | st.binary(max_size=8))
        + data[at + draw(st.integers(0, 9)) :]
    )


@pytest.mark.parametrize(("feed", "name"), FORMATS, ids=lambda word: word)
@settings(max_examples=3)
@given(data=HOSTILE | spoiled())
def test_no_bytes_make_a_reading_raise(feed: str, name: str, data: bytes) -> None:
    format_of(feed, name).recognises(data)
    facts = Facts(today=date(2026, 11, 24))
    examined = examine(FEEDS[feed], io.BytesIO(data), Context(options_of(feed, name), facts, name))
    assert examined.verdict
    assert examined.tally.totals()
    examined.tally.identity()
    examined.tally.business_date()
