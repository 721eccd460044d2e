"""Everything that a plug-in may import. Nothing else of `hub` is public."""

from __future__ import annotations

from hub.checks.base import Check, Context, Found, Tally, check
from hub.door.demo import Export, Scene, Stage, Tenant
from hub.door.feed import Answers, Feed, Format, Number, Options, Output, Profile
from hub.door.hookspecs import hookimpl
from hub.errors import CannotRender, FeedHubError, UnreadableData
from hub.fields.kinds import KINDS
from hub.formats.delimited import Delimited
from hub.formats.fixed import REPADDED, Fixed
from hub.formats.layout import Field, Layout, at, attr, column, literal, spaces
from hub.formats.types import (
    Blank,
    Code,
    Day,
    Digits,
    FieldType,
    Julian,
    Literal,
    Matching,
    Pence,
    Pounds,
    Spaces,
    Text,
)
from hub.formats.xml import Xml
from hub.model import (
    Account,
    Calendar,
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
    Register,
    Rendered,
    RentTransaction,
    SentItem,
    Severity,
    Taken,
    Unreadable,
    format_pounds,
)
from hub.rent.canonical import CODE, REFERENCE, idempotency_key, normal_reference, plain_text
from hub.rent.envelope import ENVELOPE_CHECKS, GenericOptions, GenericTally
from hub.rent.generic_csv import Envelope, GenericCsv, Totals, generic_csv
from hub.rent.matching import Rule, by_account, by_claim, first_match
