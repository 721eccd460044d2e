"""Everything that a plug-in may import. Nothing else of `hub` is public."""

from __future__ import annotations

from hub.checks.base import Check, Context, Found, Tally, check
from hub.door.feed import Answers, Feed, Format, Number, Options, Output, Profile
from hub.door.hookspecs import hookimpl
from hub.errors import CannotRender, FeedHubError, UnreadableData
from hub.model import (
    Account,
    Chunk,
    Direction,
    Disposition,
    Facts,
    Finding,
    History,
    Item,
    ItemState,
    LastTransfer,
    Level,
    Mandate,
    Moment,
    Need,
    Record,
    Rendered,
    RentTransaction,
    SentItem,
    Severity,
    Taken,
    Unreadable,
    format_pounds,
)
