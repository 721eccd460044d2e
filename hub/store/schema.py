"""The tables. Where a state or a pairing must never be, a constraint or a partial unique index forbids it.

Instants are stored as ISO text in UTC with microseconds (they sort as text), money as whole pence.
A column called `personal` holds JSON that is sealed (AES-GCM) with the key of its row's compartment
(`hub.store.keys`); `item_digest` is how it is searched.
Stored bytes are named by their SHA-256, as `transfer.blob` and `delivery.blob` have it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.event import listen

from hub.model import (
    Answered,
    Compartment,
    DeliveryState,
    Direction,
    ItemState,
    MessageState,
    PromiseState,
    Severity,
    TransferState,
    Urgency,
    WorkKind,
    WorkState,
)

HEAD = "0001"
"""The newest migration: a database that is there needs no look at the migrations."""

DEAD = (TransferState.REJECTED, TransferState.DUPLICATE, TransferState.WITHDRAWN, TransferState.FAILED)
"""Transfers whose identity, numbers and items do not count against a later one."""

UNMADE = "UNMADE"
"""The state of a record whose making was undone: it is there no more, until it is made again."""

CLOCK_RANG = "clock"
"""The kind of slot that the clock makes."""

LIVE = "live"
"""The mode of a transfer that is meant; the other is `rehearse`."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as ISO text in UTC, always of one length."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def _one_of(kind: type[StrEnum], name: str) -> Enum:
    """Text that a CHECK constraint keeps to the values of the enum."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=16,
        values_callable=lambda members: [member.value for member in members],
    )


def _identifier(name: str = "id") -> Column[str]:
    return Column(name, String(64), primary_key=True)


def _compartment(*, primary_key: bool = False) -> Column[Compartment]:
    kind = _one_of(Compartment, "compartment")
    return Column("compartment", kind, primary_key=primary_key, nullable=False, default=Compartment.OPEN)


def _transfer_id(*, primary_key: bool = False, index: bool = False) -> Column[str]:
    return Column(
        "transfer_id", ForeignKey("transfer.id"), nullable=False, primary_key=primary_key, index=index
    )


about = Table(
    "about",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Text, nullable=False),
    comment="Facts about the database: the keys it was made with, the last change of the register.",
)

slot = Table(
    "slot",
    metadata,
    _identifier(),
    Column("route", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("due", String(80), nullable=False),
    Column("at", Instant),
    Column("business_date", Date),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_attempt_at", Instant),
    Column("over_at", Instant),
    Column("why", Text),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("route", "kind", "due"),
    comment="Due times. The clock's wait until they are over: worked, or left out for a reason.",
)
Index(
    "ix_slot_at_waiting",
    slot.c.at,
    sqlite_where=slot.c.over_at.is_(None) & slot.c.at.is_not(None),
    postgresql_where=slot.c.over_at.is_(None) & slot.c.at.is_not(None),
)

run = Table(
    "run",
    metadata,
    _identifier(),
    Column("route", String(128), nullable=False, index=True),
    Column("slot_id", ForeignKey("slot.id")),
    Column("business_date", Date),
    Column("config", String(64), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", String(32)),
    Column("summary", JSON, nullable=False),
    Column("asked_by", String(128), nullable=False),
    _compartment(),
)

blob = Table(
    "blob",
    metadata,
    Column("compartment", _one_of(Compartment, "compartment"), primary_key=True),
    _identifier("sha256"),
    Column("sealed", LargeBinary, nullable=False),
    comment="Small stored bytes, encrypted with the key of their compartment. Longer ones are files.",
)

transfer = Table(
    "transfer",
    metadata,
    _identifier(),
    Column("route", String(128), nullable=False),
    Column("feed", String(128)),
    Column("format", String(64)),
    Column("partner", String(128), nullable=False),
    Column("direction", _one_of(Direction, "direction"), nullable=False),
    Column("state", _one_of(TransferState, "state"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("source_endpoint", String(128)),
    Column("source_path", Text),
    Column("source_mtime", String(40)),
    Column("blob", String(64)),
    Column("size", BigInteger),
    Column("identity", String(256)),
    Column("business_date", Date),
    Column("records", Integer, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("moment", Instant),
    Column("reason", Text),
    Column("run_id", ForeignKey("run.id")),
    Column("parent_id", ForeignKey("transfer.id"), index=True),
    Column("found_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant),
    Column("approved_by", String(128)),
    Column("tidied", Boolean, nullable=False),
    Column("purged_at", Instant),
    Column("bytes_gone", Boolean, nullable=False),
    Column("values_gone", Boolean, nullable=False),
    Column("mode", String(16), nullable=False),
    _compartment(),
    Index("ix_transfer_route_feed_id", "route", "feed", "id"),
    Index("ix_transfer_blob_route_feed", "blob", "route", "feed"),
    Index("ix_transfer_identity_route_feed", "identity", "route", "feed"),
    Index("ix_transfer_route_business_date", "route", "business_date"),
    Index("ix_transfer_state_id", "state", "id", "compartment"),
    Index("ix_transfer_route_id", "route", "id", "compartment"),
    Index("ix_transfer_partner_id", "partner", "id", "compartment"),
    Index("ix_transfer_business_date_id", "business_date", "id", "compartment"),
)
UNTIDIED = transfer.c.tidied.is_(False)
Index("ix_transfer_untidied", transfer.c.id, sqlite_where=UNTIDIED, postgresql_where=UNTIDIED)
HAS_VALUE = transfer.c.value != literal_column("0")
Index("ix_transfer_value", transfer.c.value, sqlite_where=HAS_VALUE, postgresql_where=HAS_VALUE)
Index(
    "uq_transfer_live_identity",
    transfer.c.route,
    transfer.c.feed,
    transfer.c.identity,
    unique=True,
    sqlite_where=transfer.c.state.not_in(DEAD) & (transfer.c.mode == LIVE),
    postgresql_where=transfer.c.state.not_in(DEAD) & (transfer.c.mode == LIVE),
)

day_total = Table(
    "day_total",
    metadata,
    Column("day", Date, primary_key=True),
    Column("route", String(128), primary_key=True),
    Column("partner", String(128), primary_key=True),
    _compartment(primary_key=True),
    Column("transfers", Integer, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("bad", Integer, nullable=False),
    comment="Sums of live transfers by business date, kept in the commits that change them. bad: rejected or "
    "failed.",
)

delivery = Table(
    "delivery",
    metadata,
    _identifier(),
    _transfer_id(index=True),
    Column("output", String(64), nullable=False),
    Column("endpoint", String(128), nullable=False),
    Column("folder", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("blob", String(64), nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("state", _one_of(DeliveryState, "state"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant),
    Column("reason", Text),
    Column("remote", JSON, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("identity", String(256), index=True),
    Column("business_date", Date),
    Column("answered_by", String(64), index=True),
    Column("replies_until", Date),
    Column("updated_at", Instant, nullable=False),
)
Index("ix_delivery_endpoint_folder_name", delivery.c.endpoint, delivery.c.folder, delivery.c.name)
Index("ix_delivery_endpoint_id", delivery.c.endpoint, delivery.c.id)
Index(
    "uq_delivery_live",
    delivery.c.transfer_id,
    delivery.c.output,
    delivery.c.endpoint,
    delivery.c.folder,
    delivery.c.name,
    unique=True,
    sqlite_where=delivery.c.state != DeliveryState.WITHDRAWN,
    postgresql_where=delivery.c.state != DeliveryState.WITHDRAWN,
)

item = Table(
    "item",
    metadata,
    _identifier(),
    Column("transfer_id", ForeignKey("transfer.id"), index=True),
    Column("batch_id", ForeignKey("transfer.id"), index=True),
    Column("feed", String(128), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("line", Integer, nullable=False),
    Column("reference", String(128), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("data", JSON, nullable=False),
    Column("personal", LargeBinary),
    Column("state", _one_of(ItemState, "state"), nullable=False),
    Column("account", String(64), index=True),
    Column("tenancy", String(64)),
    Column("reason", Text),
    Column("candidates", JSON, nullable=False),
    Column("item_key", String(256)),
    Column("answers", String(64)),
    Column("waits_as", String(64)),
    Column("made_by", ForeignKey("transfer.id"), index=True),
    Column("expires", Date),
    _compartment(),
    Index("ix_item_reference_feed", "reference", "feed"),
    Index("ix_item_amount", "amount"),
    comment="transfer_id: how it came in, none if it started inside (made_by: because of what transfer); "
    "batch_id: what gathered it.",
)
Index(
    "ix_item_waits_as_waiting",
    item.c.waits_as,
    item.c.id,
    sqlite_where=item.c.state == ItemState.WAITING,
    postgresql_where=item.c.state == ItemState.WAITING,
)
Index(
    "ix_item_id_suspended",
    item.c.id,
    sqlite_where=item.c.state == ItemState.SUSPENDED,
    postgresql_where=item.c.state == ItemState.SUSPENDED,
)
Index(
    "ix_item_id_held",
    item.c.id,
    sqlite_where=item.c.state == ItemState.HELD,
    postgresql_where=item.c.state == ItemState.HELD,
)
Index(
    "ix_item_expires",
    item.c.expires,
    sqlite_where=item.c.expires.is_not(None),
    postgresql_where=item.c.expires.is_not(None),
)
Index(
    "ix_item_feed_item_key",
    item.c.feed,
    item.c.item_key,
    sqlite_where=item.c.item_key.is_not(None),
    postgresql_where=item.c.item_key.is_not(None),
)

REVERSALS = "rent.reversals"
"""The feed of postings that are taken back."""
_STANDS = (item.c.feed == REVERSALS) & item.c.state.not_in(
    (ItemState.REJECTED, ItemState.WITHDRAWN, ItemState.ANSWERED)
)
Index("uq_item_reverses_once", item.c.item_key, unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS)
Index(
    "ix_item_answers_reversals",
    item.c.answers,
    sqlite_where=item.c.feed == REVERSALS,
    postgresql_where=item.c.feed == REVERSALS,
)

item_digest = Table(
    "item_digest",
    metadata,
    Column("item_id", ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", String(32), primary_key=True, index=True),
    comment="Keyed digests of an item's personal values, so that they are found without being readable.",
)

item_called = Table(
    "item_called",
    metadata,
    Column("item_id", ForeignKey("item.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("value", String(128), primary_key=True, index=True),
    Column("given_by", ForeignKey("transfer.id"), primary_key=True, index=True),
    Column("sealed", LargeBinary),
    comment="What partners call an item. Of a personal value: its keyed digest, and the value sealed.",
)

answer = Table(
    "answer",
    metadata,
    Column("item_id", ForeignKey("item.id"), primary_key=True),
    Column("kind", String(64), primary_key=True),
    Column("said", _one_of(Answered, "said"), nullable=False),
    Column("reason", Text),
    Column("by_item", ForeignKey("item.id", ondelete="CASCADE"), index=True),
    Column("by_transfer", ForeignKey("transfer.id"), nullable=False, index=True),
    Column("answered_at", Instant, nullable=False),
    CheckConstraint("item_id <> by_item", name="not_itself"),
    comment="An item that left has at most one answer of a kind. No by_item: no single item says it.",
)

finding = Table(
    "finding",
    metadata,
    _transfer_id(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("check", String(64), nullable=False),
    Column("severity", _one_of(Severity, "severity"), nullable=False),
    Column("message", Text, nullable=False),
    Column("line", Integer),
    Column("field", String(128)),
    Column("expected", Text),
    Index("ix_finding_check_transfer_id", "check", "transfer_id"),
)

counter = Table(
    "counter",
    metadata,
    Column("scope", String(128), primary_key=True),
    Column("next_value", BigInteger, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("doubtful", Boolean, nullable=False),
    _compartment(),
    CheckConstraint("next_value >= 0", name="next_value"),
    comment="doubtful: numbers may have been drawn that a restored state forgot; a person says where it is.",
)

number = Table(
    "number",
    metadata,
    _transfer_id(primary_key=True),
    Column("scope", String(128), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("item_id", String(64), primary_key=True, index=True),
    Column("value", BigInteger, nullable=False),
    Column("policy", String(16), nullable=False),
    CheckConstraint("policy IN ('never_again', 'no_gap')", name="policy"),
    comment="Numbers that a transfer drew, for an item or, with none, as a whole. Drawing again for the "
    "same transfer gives the same number.",
)

used_value = Table(
    "used_value",
    metadata,
    Column("scope", String(128), primary_key=True),
    Column("value", String(128), primary_key=True),
    _transfer_id(primary_key=True, index=True),
)

sighting = Table(
    "sighting",
    metadata,
    Column("endpoint", String(128), primary_key=True),
    Column("path", String(1024), primary_key=True),
    Column("size", BigInteger, primary_key=True),
    Column("mtime", String(40), primary_key=True),
    Column("transfer_id", String(64), nullable=False),
    Column("seen_at", Instant, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("subject", String(32), nullable=False),
    Column("subject_id", String(160), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("who", String(128), nullable=False),
    Column("data", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    _compartment(),
    UniqueConstraint("subject", "subject_id", "number"),
    Index("ix_event_subject_id", "subject_id"),
)
BY_PEOPLE = event.c.who != literal_column("'hub'")
"""Not of the hub's own doing."""
Index("ix_event_who_id", event.c.who, event.c.id, sqlite_where=BY_PEOPLE, postgresql_where=BY_PEOPLE)
Index("ix_event_id_by_people", event.c.id, sqlite_where=BY_PEOPLE, postgresql_where=BY_PEOPLE)

seal = Table(
    "seal",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("moves", BigInteger, nullable=False),
    Column("root", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("leaves", LargeBinary, nullable=False),
    Column("key_id", String(16), nullable=False),
    Column("signature", LargeBinary, nullable=False),
    comment="Signed roots over the ends of all histories. events, moves: the last that each covers.",
)

config_version = Table(
    "config_version",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", String(128), nullable=False),
    Column("files", LargeBinary, nullable=False),
    comment="Each configuration that ran, its files packed.",
)

agreed = Table(
    "agreed",
    metadata,
    Column("name", String(224), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("value", Text, nullable=False),
    Column("seen_by", String(128), nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("agreed_by", String(128)),
    Column("agreed_at", Instant),
    comment="Values of the configuration that two persons agree to: who brought each, and who agreed.",
)

record = Table(
    "record",
    metadata,
    Column("kind", String(64), primary_key=True),
    Column("key", String(160), primary_key=True),
    Column("state", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("account", String(64)),
    Column("data", JSON, nullable=False),
    Column("personal", LargeBinary),
    Column("since", Instant, nullable=False),
    Column("expires", Date),
    Column("made_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    _compartment(),
    Index("ix_record_kind_state", "kind", "state"),
    Index("ix_record_account_kind", "account", "kind"),
)

record_move = Table(
    "record_move",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("kind", String(64), nullable=False),
    Column("key", String(160), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("from_state", String(32)),
    Column("to_state", String(32), nullable=False),
    Column("who", String(128), nullable=False),
    Column("transfer_id", ForeignKey("transfer.id"), index=True),
    Column("item_id", String(64)),
    Column("reason", Text),
    Column("data", Text, nullable=False),
    Column("undoes", Integer),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("before", LargeBinary),
    UniqueConstraint("kind", "key", "number"),
    comment="The history of a record, chained by hash. undoes: it takes back all moves from that number on; "
    "before: the record as it was, sealed, where a transfer moved it.",
)

worklist = Table(
    "worklist",
    metadata,
    _identifier(),
    Column("kind", _one_of(WorkKind, "kind"), nullable=False),
    Column("name", String(64), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("subject_id", String(224), nullable=False),
    Column("title", Text, nullable=False),
    Column("owner", String(128), nullable=False),
    Column("state", _one_of(WorkState, "state"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("proposed_by", String(128), nullable=False),
    Column("proposal", JSON, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("taken_by", String(128)),
    Column("closed_by", String(128)),
    Column("closed_at", Instant),
    Column("answer", JSON, nullable=False),
    Column("reason", Text),
    _compartment(),
    CheckConstraint(
        "state <> 'DONE' OR kind NOT IN ('release', 'suspense', 'agree') OR closed_by <> proposed_by",
        name="two_people",
    ),
    Index("ix_worklist_subject_subject_id", "subject", "subject_id"),
    comment="What a person must do. Who proposed something never approves it.",
)
Index(
    "ix_worklist_undone",
    worklist.c.made_at,
    worklist.c.id,
    sqlite_where=worklist.c.state.in_((WorkState.OPEN, WorkState.TAKEN)),
    postgresql_where=worklist.c.state.in_((WorkState.OPEN, WorkState.TAKEN)),
)
Index(
    "uq_worklist_open",
    worklist.c.kind,
    worklist.c.name,
    worklist.c.subject,
    worklist.c.subject_id,
    unique=True,
    sqlite_where=worklist.c.state.in_((WorkState.OPEN, WorkState.TAKEN)),
    postgresql_where=worklist.c.state.in_((WorkState.OPEN, WorkState.TAKEN)),
)

promise = Table(
    "promise",
    metadata,
    _identifier(),
    Column("name", String(64), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("subject_id", String(224), nullable=False),
    Column("says", Text, nullable=False),
    Column("owner", String(128), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("warn_at", Instant),
    Column("state", _one_of(PromiseState, "state"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("settled_at", Instant),
    _compartment(),
    Index("ix_promise_state_due_at", "state", "due_at"),
    Index("ix_promise_subject_subject_id", "subject", "subject_id"),
    comment="What should happen by when, with an owner. warn_at: when its owner is told beforehand.",
)
Index(
    "ix_promise_warn_at",
    promise.c.warn_at,
    sqlite_where=promise.c.warn_at.is_not(None),
    postgresql_where=promise.c.warn_at.is_not(None),
)
Index(
    "uq_promise_open",
    promise.c.subject,
    promise.c.subject_id,
    promise.c.name,
    unique=True,
    sqlite_where=promise.c.state == PromiseState.OPEN,
    postgresql_where=promise.c.state == PromiseState.OPEN,
)

alert = Table(
    "alert",
    metadata,
    _identifier(),
    Column("about", String(256), nullable=False),
    Column("urgency", _one_of(Urgency, "urgency"), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("subject_id", String(224), nullable=False),
    Column("says", Text, nullable=False),
    Column("owner", String(128), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("planned_at", Instant),
    Column("acknowledged_by", String(128)),
    Column("acknowledged_at", Instant),
    Column("over_at", Instant),
    _compartment(),
    comment="What people are to be told, written with what it tells of. Of one thing at most one stands.",
)
Index(
    "uq_alert_standing",
    alert.c.about,
    unique=True,
    sqlite_where=alert.c.over_at.is_(None),
    postgresql_where=alert.c.over_at.is_(None),
)
Index(
    "ix_alert_unplanned",
    alert.c.id,
    sqlite_where=alert.c.planned_at.is_(None),
    postgresql_where=alert.c.planned_at.is_(None),
)

alert_message = Table(
    "alert_message",
    metadata,
    _identifier(),
    Column("channel", String(128), nullable=False),
    Column("recipient", String(256), nullable=False),
    Column("escalates", Boolean, nullable=False),
    Column("alerts", JSON, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text),
    Column("state", _one_of(MessageState, "state"), nullable=False),
    Column("settled_at", Instant),
    _compartment(),
    comment="The outbox: alerts on their way to somebody. escalates: only what nobody acknowledged.",
)
Index(
    "ix_alert_message_waiting",
    alert_message.c.due_at,
    sqlite_where=alert_message.c.state == MessageState.WAITING,
    postgresql_where=alert_message.c.state == MessageState.WAITING,
)

circuit = Table(
    "circuit",
    metadata,
    Column("name", String(160), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("try_at", Instant),
    Column("refused", String(64)),
    _compartment(),
    comment="What does not answer: when it is tried again. refused: the digest of settings and secrets that "
    "were refused, and are not tried again.",
)

pause = Table(
    "pause",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("name", String(128), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("by", String(128), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    _compartment(),
    CheckConstraint("kind IN ('route', 'endpoint')", name="kind"),
    comment="Routes and endpoints that a person has stopped for a while.",
)

call = Table(
    "call",
    metadata,
    Column("delivery_id", ForeignKey("delivery.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", String(128), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("changes", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("intended_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("answered_at", Instant),
    Column("status", Integer),
    Column("reply", String(64), index=True),
    Column("headers", JSON, nullable=False),
    comment="The calls of a conversation: intent before, reply (stored bytes) after.",
)

account = Table(
    "account",
    metadata,
    Column("login", String(128), primary_key=True),
    Column("password", Text),
    Column("totp", LargeBinary, nullable=False),
    Column("last_step", BigInteger),
    Column("recovery", JSON, nullable=False),
    Column("invitation", String(64), unique=True),
    Column("invited_until", Instant),
    Column("failures", Integer, nullable=False),
    Column("wait_until", Instant),
    Column("signed_in_at", Instant),
    Column("made_by", String(128), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("closed_at", Instant),
    comment="How a person of the configuration signs in to the console. password: argon2id; totp: sealed; "
    "recovery, invitation: digests; last_step: of the last code, which is good once.",
)

signed_in = Table(
    "signed_in",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("login", String(128), nullable=False, index=True),
    Column("person", JSON, nullable=False),
    Column("address", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("told", JSON, nullable=False),
    Column("unmasked", JSON, nullable=False),
    comment="Who is signed in to the console, by the digest of a cookie. person: name and roles of somebody "
    "whom another service vouches for; told: what the next page says; unmasked: what may be read until when.",
)

api_token = Table(
    "api_token",
    metadata,
    _identifier(),
    Column("digest", String(64), nullable=False, unique=True),
    Column("login", String(128), nullable=False),
    Column("name", String(128), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("made_by", String(128), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
    comment="Tokens of the REST API, by their digests: each acts for a person, within its scopes.",
)

api_answer = Table(
    "api_answer",
    metadata,
    Column("token_id", ForeignKey("api_token.id"), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("asked", String(64), nullable=False),
    Column("status", Integer),
    Column("body", JSON),
    Column("at", Instant, nullable=False, index=True),
    comment="What was answered to an act under its idempotency key. asked: digest of the request; no status: "
    "it was begun.",
)

account_register = Table(
    "account_register",
    metadata,
    Column("payment_ref", String(64), primary_key=True),
    Column("tenancy_ref", String(64)),
    Column("account_type", String(32), nullable=False),
    Column("rent_group", String(64)),
    Column("status", String(16), nullable=False),
    Column("tenure_type", String(64)),
    Column("start_date", Date),
    Column("end_date", Date),
    Column("balance", BigInteger),
    Column("claim_ref", String(64)),
    Column("alt_refs", JSON, nullable=False),
    Column("personal", LargeBinary),
    _transfer_id(),
)

_NAME_PARTS = DDL(  # type: ignore[no-untyped-call]
    "CREATE VIRTUAL TABLE transfer_name USING fts5(id UNINDEXED, name, tokenize='trigram', detail=none)"
)
listen(metadata, "after_create", _NAME_PARTS.execute_if(dialect="sqlite"))
"""The parts of file names (`hub.store.queries.names`)."""
