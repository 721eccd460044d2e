"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.String(32)
LIVE = sa.text("(state NOT IN ('REJECTED', 'DUPLICATE', 'WITHDRAWN', 'FAILED')) AND mode = 'live'")
NOT_WITHDRAWN = sa.text("state != 'WITHDRAWN'")
WAITING = sa.text("state = 'WAITING'")
HELD = sa.text("state = 'HELD'")
SUSPENDED = sa.text("state = 'SUSPENDED'")
NOT_CLOSED = sa.text("state IN ('OPEN', 'TAKEN')")
OPEN = sa.text("state = 'OPEN'")
WARNS = sa.text("warn_at IS NOT NULL")
STANDS = sa.text("over_at IS NULL")
UNPLANNED = sa.text("planned_at IS NULL")
IN_OUTBOX = sa.text("state = 'WAITING'")
EXPIRES = sa.text("expires IS NOT NULL")
IS_REVERSAL = sa.text("feed = 'rent.reversals'")
REVERSES = sa.text("feed = 'rent.reversals' AND (state NOT IN ('REJECTED', 'WITHDRAWN', 'ANSWERED'))")
RUNG = sa.text("over_at IS NULL AND at IS NOT NULL")
HAS_VALUE = sa.text("value != 0")
UNTIDIED = sa.column("tidied", sa.Boolean).is_(False)
BY_PEOPLE = sa.text("who != 'hub'")
HAS_KEY = sa.text("item_key IS NOT NULL")


def must(name: str, kind: Any, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **options)


def may(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")


def compartment(table: str) -> tuple[sa.Column[Any], sa.CheckConstraint]:
    return must("compartment", sa.String(16)), one_of(table, "compartment", "open", "dwp", "fraud", "sar")


def index(name: str, table: str, columns: list[str], *, unique: bool = False, where: Any = None) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    _about()
    _blob()
    _counter()
    _event()
    _seal()
    _config()
    _sighting()
    _slot()
    _run()
    _transfer()
    _transfer_name()
    _day_total()
    _account_register()
    _delivery()
    _finding()
    _item()
    _number()
    _used_value()
    _answer()
    _item_digest()
    _item_called()
    _record()
    _record_move()
    _worklist()
    _promise()
    _alert()
    _alert_message()
    _circuit()
    _pause()
    _call()
    _account()
    _signed_in()
    _api_token()
    _api_answer()


def _about() -> None:
    op.create_table(
        "about",
        must("name", sa.String(32)),
        must("value", sa.Text),
        sa.PrimaryKeyConstraint("name", name="pk_about"),
        comment="Facts about the database: the keys it was made with, the last change of the register.",
    )


def _blob() -> None:
    op.create_table(
        "blob",
        *compartment("blob"),
        must("sha256", sa.String(64)),
        must("sealed", sa.LargeBinary),
        sa.PrimaryKeyConstraint("compartment", "sha256", name="pk_blob"),
        comment="Small stored bytes, encrypted with the key of their compartment. Longer ones are files.",
    )


def _counter() -> None:
    op.create_table(
        "counter",
        must("scope", sa.String(128)),
        must("next_value", sa.BigInteger),
        must("updated_at", INSTANT),
        must("doubtful", sa.Boolean),
        *compartment("counter"),
        sa.CheckConstraint("next_value >= 0", name="ck_counter_next_value"),
        sa.PrimaryKeyConstraint("scope", name="pk_counter"),
    )


def _event() -> None:
    op.create_table(
        "event",
        must("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True),
        must("subject", sa.String(32)),
        must("subject_id", sa.String(160)),
        must("number", sa.Integer),
        must("at", INSTANT),
        must("kind", sa.String(64)),
        must("who", sa.String(128)),
        must("data", sa.Text),
        must("previous", sa.String(64)),
        must("hash", sa.String(64)),
        *compartment("event"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("subject", "subject_id", "number", name="uq_event_subject_subject_id_number"),
    )
    index("ix_event_subject_id", "event", ["subject_id"])
    index("ix_event_who_id", "event", ["who", "id"], where=BY_PEOPLE)
    index("ix_event_id_by_people", "event", ["id"], where=BY_PEOPLE)


def _seal() -> None:
    op.create_table(
        "seal",
        must("number", sa.Integer),
        must("at", INSTANT),
        must("events", sa.BigInteger),
        must("moves", sa.BigInteger),
        must("root", sa.String(64)),
        must("previous", sa.String(64)),
        must("leaves", sa.LargeBinary),
        must("key_id", sa.String(16)),
        must("signature", sa.LargeBinary),
        sa.PrimaryKeyConstraint("number", name="pk_seal"),
    )


def _config() -> None:
    op.create_table(
        "config_version",
        must("version", sa.String(64)),
        must("at", INSTANT),
        must("who", sa.String(128)),
        must("files", sa.LargeBinary),
        sa.PrimaryKeyConstraint("version", name="pk_config_version"),
    )
    op.create_table(
        "agreed",
        must("name", sa.String(224)),
        must("digest", sa.String(64)),
        must("value", sa.Text),
        must("seen_by", sa.String(128)),
        must("seen_at", INSTANT),
        may("agreed_by", sa.String(128)),
        may("agreed_at", INSTANT),
        sa.PrimaryKeyConstraint("name", "digest", name="pk_agreed"),
    )


def _sighting() -> None:
    op.create_table(
        "sighting",
        must("endpoint", sa.String(128)),
        must("path", sa.String(1024)),
        must("size", sa.BigInteger),
        must("mtime", sa.String(40)),
        must("transfer_id", sa.String(64)),
        must("seen_at", INSTANT),
        sa.PrimaryKeyConstraint("endpoint", "path", "size", "mtime", name="pk_sighting"),
    )


def _slot() -> None:
    op.create_table(
        "slot",
        must("id", sa.String(64)),
        must("route", sa.String(128)),
        must("kind", sa.String(16)),
        must("due", sa.String(80)),
        may("at", INSTANT),
        may("business_date", sa.Date),
        must("attempts", sa.Integer),
        may("next_attempt_at", INSTANT),
        may("over_at", INSTANT),
        may("why", sa.Text),
        must("made_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_slot"),
        sa.UniqueConstraint("route", "kind", "due", name="uq_slot_route_kind_due"),
        comment="Due times. The clock's wait until they are over: worked, or left out for a reason.",
    )
    index("ix_slot_at_waiting", "slot", ["at"], where=RUNG)


def _run() -> None:
    op.create_table(
        "run",
        must("id", sa.String(64)),
        must("route", sa.String(128)),
        may("slot_id", sa.String(64)),
        may("business_date", sa.Date),
        must("config", sa.String(64)),
        must("started_at", INSTANT),
        may("ended_at", INSTANT),
        may("outcome", sa.String(32)),
        must("summary", sa.JSON),
        must("asked_by", sa.String(128)),
        *compartment("run"),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name="fk_run_slot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    index("ix_run_route", "run", ["route"])


def _transfer() -> None:
    op.create_table(
        "transfer",
        must("id", sa.String(64)),
        must("route", sa.String(128)),
        may("feed", sa.String(128)),
        may("format", sa.String(64)),
        must("partner", sa.String(128)),
        must("direction", sa.String(16)),
        must("state", sa.String(16)),
        must("version", sa.Integer),
        must("name", sa.Text),
        may("source_endpoint", sa.String(128)),
        may("source_path", sa.Text),
        may("source_mtime", sa.String(40)),
        may("blob", sa.String(64)),
        may("size", sa.BigInteger),
        may("identity", sa.String(256)),
        may("business_date", sa.Date),
        must("records", sa.Integer),
        must("value", sa.BigInteger),
        must("summary", sa.JSON),
        may("moment", INSTANT),
        may("reason", sa.Text),
        may("run_id", sa.String(64)),
        may("parent_id", sa.String(64)),
        must("found_at", INSTANT),
        must("updated_at", INSTANT),
        must("attempts", sa.Integer),
        may("next_attempt_at", INSTANT),
        may("approved_by", sa.String(128)),
        must("tidied", sa.Boolean),
        may("purged_at", INSTANT),
        must("bytes_gone", sa.Boolean),
        must("values_gone", sa.Boolean),
        must("mode", sa.String(16)),
        *compartment("transfer"),
        one_of("transfer", "direction", "in", "out"),
        one_of(
            "transfer",
            "state",
            "FOUND",
            "STAGED",
            "HELD",
            "ACCEPTED",
            "APPLIED",
            "DUPLICATE",
            "REJECTED",
            "FAILED",
            "WITHDRAWN",
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["transfer.id"], name="fk_transfer_parent_id"),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_transfer_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_transfer"),
    )
    index("ix_transfer_blob_route_feed", "transfer", ["blob", "route", "feed"])
    index("ix_transfer_route_feed_id", "transfer", ["route", "feed", "id"])
    index("ix_transfer_identity_route_feed", "transfer", ["identity", "route", "feed"])
    index("ix_transfer_parent_id", "transfer", ["parent_id"])
    index("ix_transfer_route_business_date", "transfer", ["route", "business_date"])
    index("ix_transfer_state_id", "transfer", ["state", "id", "compartment"])
    index("ix_transfer_route_id", "transfer", ["route", "id", "compartment"])
    index("ix_transfer_partner_id", "transfer", ["partner", "id", "compartment"])
    index("ix_transfer_business_date_id", "transfer", ["business_date", "id", "compartment"])
    index("ix_transfer_untidied", "transfer", ["id"], where=UNTIDIED)
    index("ix_transfer_value", "transfer", ["value"], where=HAS_VALUE)
    identity = ["route", "feed", "identity"]
    index("uq_transfer_live_identity", "transfer", identity, unique=True, where=LIVE)


def _day_total() -> None:
    op.create_table(
        "day_total",
        must("day", sa.Date),
        must("route", sa.String(128)),
        must("partner", sa.String(128)),
        *compartment("day_total"),
        must("transfers", sa.Integer),
        must("records", sa.BigInteger),
        must("value", sa.BigInteger),
        must("bad", sa.Integer),
        sa.PrimaryKeyConstraint("day", "route", "partner", "compartment", name="pk_day_total"),
    )


def _transfer_name() -> None:
    """The parts of file names (`hub.store.queries.names`), where the database is SQLite."""
    if op.get_bind().dialect.name == "sqlite":
        parts = "fts5(id UNINDEXED, name, tokenize='trigram', detail=none)"
        op.execute(f"CREATE VIRTUAL TABLE transfer_name USING {parts}")


def _account_register() -> None:
    op.create_table(
        "account_register",
        must("payment_ref", sa.String(64)),
        may("tenancy_ref", sa.String(64)),
        must("account_type", sa.String(32)),
        may("rent_group", sa.String(64)),
        must("status", sa.String(16)),
        may("tenure_type", sa.String(64)),
        may("start_date", sa.Date),
        may("end_date", sa.Date),
        may("balance", sa.BigInteger),
        may("claim_ref", sa.String(64)),
        must("alt_refs", sa.JSON),
        may("personal", sa.LargeBinary),
        must("transfer_id", sa.String(64)),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_account_register_transfer_id"),
        sa.PrimaryKeyConstraint("payment_ref", name="pk_account_register"),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
        must("id", sa.String(64)),
        must("transfer_id", sa.String(64)),
        must("output", sa.String(64)),
        must("endpoint", sa.String(128)),
        must("folder", sa.Text),
        must("name", sa.Text),
        must("blob", sa.String(64)),
        must("size", sa.BigInteger),
        must("state", sa.String(16)),
        must("version", sa.Integer),
        must("attempts", sa.Integer),
        may("next_attempt_at", INSTANT),
        may("reason", sa.Text),
        must("remote", sa.JSON),
        must("summary", sa.JSON),
        may("identity", sa.String(256)),
        may("business_date", sa.Date),
        may("answered_by", sa.String(64)),
        may("replies_until", sa.Date),
        must("updated_at", INSTANT),
        one_of(
            "delivery", "state", "READY", "SENDING", "SENT", "CONFIRMED", "REFUSED", "IN_DOUBT", "WITHDRAWN"
        ),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_delivery_transfer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    index("ix_delivery_answered_by", "delivery", ["answered_by"])
    index("ix_delivery_blob", "delivery", ["blob"])
    index("ix_delivery_endpoint_folder_name", "delivery", ["endpoint", "folder", "name"])
    index("ix_delivery_endpoint_id", "delivery", ["endpoint", "id"])
    index("ix_delivery_identity", "delivery", ["identity"])
    index("ix_delivery_state", "delivery", ["state"])
    index("ix_delivery_transfer_id", "delivery", ["transfer_id"])
    index(
        "uq_delivery_live",
        "delivery",
        ["transfer_id", "output", "endpoint", "folder", "name"],
        unique=True,
        where=NOT_WITHDRAWN,
    )


def _finding() -> None:
    op.create_table(
        "finding",
        must("transfer_id", sa.String(64)),
        must("number", sa.Integer),
        must("check", sa.String(64)),
        must("severity", sa.String(16)),
        must("message", sa.Text),
        may("line", sa.Integer),
        may("field", sa.String(128)),
        may("expected", sa.Text),
        one_of("finding", "severity", "error", "hold", "hold_item", "refuse_item", "warning", "note"),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_finding_transfer_id"),
        sa.PrimaryKeyConstraint("transfer_id", "number", name="pk_finding"),
    )
    index("ix_finding_check_transfer_id", "finding", ["check", "transfer_id"])


def _item() -> None:
    op.create_table(
        "item",
        must("id", sa.String(64)),
        may("transfer_id", sa.String(64)),
        may("batch_id", sa.String(64)),
        must("feed", sa.String(128)),
        must("kind", sa.String(64)),
        must("line", sa.Integer),
        must("reference", sa.String(128)),
        must("amount", sa.BigInteger),
        must("on_date", sa.Date),
        must("data", sa.JSON),
        may("personal", sa.LargeBinary),
        must("state", sa.String(16)),
        may("account", sa.String(64)),
        may("tenancy", sa.String(64)),
        may("reason", sa.Text),
        must("candidates", sa.JSON),
        may("item_key", sa.String(256)),
        may("answers", sa.String(64)),
        may("waits_as", sa.String(64)),
        may("made_by", sa.String(64)),
        may("expires", sa.Date),
        *compartment("item"),
        one_of(
            "item",
            "state",
            "WAITING",
            "HELD",
            "TAKEN",
            "SENT",
            "ANSWERED",
            "UNANSWERED",
            "POSTED",
            "SUSPENDED",
            "DUPLICATE",
            "NOTED",
            "REJECTED",
            "WITHDRAWN",
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["transfer.id"], name="fk_item_batch_id"),
        sa.ForeignKeyConstraint(["made_by"], ["transfer.id"], name="fk_item_made_by"),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_item_transfer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        comment="transfer_id: how it came in, none if it started inside (made_by: because of what transfer); "
        "batch_id: what gathered it.",
    )
    index("ix_item_account", "item", ["account"])
    index("ix_item_batch_id", "item", ["batch_id"])
    index("ix_item_made_by", "item", ["made_by"])
    index("ix_item_id_held", "item", ["id"], where=HELD)
    index("ix_item_id_suspended", "item", ["id"], where=SUSPENDED)
    index("ix_item_waits_as_waiting", "item", ["waits_as", "id"], where=WAITING)
    index("ix_item_feed_item_key", "item", ["feed", "item_key"], where=HAS_KEY)
    index("ix_item_expires", "item", ["expires"], where=EXPIRES)
    index("uq_item_reverses_once", "item", ["item_key"], unique=True, where=REVERSES)
    index("ix_item_answers_reversals", "item", ["answers"], where=IS_REVERSAL)
    index("ix_item_reference_feed", "item", ["reference", "feed"])
    index("ix_item_amount", "item", ["amount"])
    index("ix_item_transfer_id", "item", ["transfer_id"])


def _number() -> None:
    op.create_table(
        "number",
        must("transfer_id", sa.String(64)),
        must("scope", sa.String(128)),
        must("name", sa.String(64)),
        must("item_id", sa.String(64)),
        must("value", sa.BigInteger),
        must("policy", sa.String(16)),
        sa.CheckConstraint("policy IN ('never_again', 'no_gap')", name="ck_number_policy"),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_number_transfer_id"),
        sa.PrimaryKeyConstraint("transfer_id", "scope", "name", "item_id", name="pk_number"),
        comment="Numbers that a transfer drew, for an item or, with none, as a whole. Drawing again for the "
        "same transfer gives the same number.",
    )
    index("ix_number_item_id", "number", ["item_id"])


def _used_value() -> None:
    op.create_table(
        "used_value",
        must("scope", sa.String(128)),
        must("value", sa.String(128)),
        must("transfer_id", sa.String(64)),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_used_value_transfer_id"),
        sa.PrimaryKeyConstraint("scope", "value", "transfer_id", name="pk_used_value"),
    )
    index("ix_used_value_transfer_id", "used_value", ["transfer_id"])


def _item_called() -> None:
    op.create_table(
        "item_called",
        must("item_id", sa.String(64)),
        must("kind", sa.String(64)),
        must("value", sa.String(128)),
        must("given_by", sa.String(64)),
        may("sealed", sa.LargeBinary),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_item_called_item_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["given_by"], ["transfer.id"], name="fk_item_called_given_by"),
        sa.PrimaryKeyConstraint("item_id", "kind", "value", "given_by", name="pk_item_called"),
        comment="What partners call an item. Of a personal value: its keyed digest, and the value sealed.",
    )
    index("ix_item_called_given_by", "item_called", ["given_by"])
    index("ix_item_called_value", "item_called", ["value"])


def _answer() -> None:
    op.create_table(
        "answer",
        must("item_id", sa.String(64)),
        must("kind", sa.String(64)),
        must("said", sa.String(16)),
        may("reason", sa.Text),
        may("by_item", sa.String(64)),
        must("by_transfer", sa.String(64)),
        must("answered_at", INSTANT),
        one_of("answer", "said", "accepted", "amended", "refused"),
        sa.CheckConstraint("item_id <> by_item", name="ck_answer_not_itself"),
        sa.ForeignKeyConstraint(["by_item"], ["item.id"], name="fk_answer_by_item", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_transfer"], ["transfer.id"], name="fk_answer_by_transfer"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_answer_item_id"),
        sa.PrimaryKeyConstraint("item_id", "kind", name="pk_answer"),
        comment="An item that left has at most one answer of a kind. No by_item: no single item says it.",
    )
    index("ix_answer_by_item", "answer", ["by_item"])
    index("ix_answer_by_transfer", "answer", ["by_transfer"])


def _item_digest() -> None:
    op.create_table(
        "item_digest",
        must("item_id", sa.String(64)),
        must("digest", sa.String(32)),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_item_digest_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "digest", name="pk_item_digest"),
        comment="Keyed digests of an item's personal values, so that they are found without being readable.",
    )
    index("ix_item_digest_digest", "item_digest", ["digest"])


def _record() -> None:
    op.create_table(
        "record",
        must("kind", sa.String(64)),
        must("key", sa.String(160)),
        must("state", sa.String(32)),
        must("version", sa.Integer),
        may("account", sa.String(64)),
        must("data", sa.JSON),
        may("personal", sa.LargeBinary),
        must("since", INSTANT),
        may("expires", sa.Date),
        must("made_at", INSTANT),
        must("updated_at", INSTANT),
        *compartment("record"),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_record"),
    )
    index("ix_record_account_kind", "record", ["account", "kind"])
    index("ix_record_kind_state", "record", ["kind", "state"])


def _record_move() -> None:
    op.create_table(
        "record_move",
        must("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True),
        must("kind", sa.String(64)),
        must("key", sa.String(160)),
        must("number", sa.Integer),
        must("at", INSTANT),
        may("from_state", sa.String(32)),
        must("to_state", sa.String(32)),
        must("who", sa.String(128)),
        may("transfer_id", sa.String(64)),
        may("item_id", sa.String(64)),
        may("reason", sa.Text),
        must("data", sa.Text),
        may("undoes", sa.Integer),
        must("previous", sa.String(64)),
        must("hash", sa.String(64)),
        may("before", sa.LargeBinary),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_record_move_transfer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_record_move"),
        sa.UniqueConstraint("kind", "key", "number", name="uq_record_move_kind_key_number"),
        comment="The history of a record, chained by hash. undoes: it takes back all moves from that number "
        "on; before: the record as it was, sealed, where a transfer moved it.",
    )
    index("ix_record_move_transfer_id", "record_move", ["transfer_id"])


def _worklist() -> None:
    op.create_table(
        "worklist",
        must("id", sa.String(64)),
        must("kind", sa.String(16)),
        must("name", sa.String(64)),
        must("subject", sa.String(32)),
        must("subject_id", sa.String(224)),
        must("title", sa.Text),
        must("owner", sa.String(128)),
        must("state", sa.String(16)),
        must("version", sa.Integer),
        must("proposed_by", sa.String(128)),
        must("proposal", sa.JSON),
        must("made_at", INSTANT),
        may("taken_by", sa.String(128)),
        may("closed_by", sa.String(128)),
        may("closed_at", INSTANT),
        must("answer", sa.JSON),
        may("reason", sa.Text),
        *compartment("worklist"),
        one_of("worklist", "kind", "release", "suspense", "hand_over", "settle", "task", "agree"),
        one_of("worklist", "state", "OPEN", "TAKEN", "DONE", "REFUSED", "VOID"),
        sa.CheckConstraint(
            "state <> 'DONE' OR kind NOT IN ('release', 'suspense', 'agree') OR closed_by <> proposed_by",
            name="ck_worklist_two_people",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_worklist"),
        comment="What a person must do. Who proposed something never approves it.",
    )
    index("ix_worklist_subject_subject_id", "worklist", ["subject", "subject_id"])
    index("ix_worklist_undone", "worklist", ["made_at", "id"], where=NOT_CLOSED)
    asked = ["kind", "name", "subject", "subject_id"]
    index("uq_worklist_open", "worklist", asked, unique=True, where=NOT_CLOSED)


def _promise() -> None:
    op.create_table(
        "promise",
        must("id", sa.String(64)),
        must("name", sa.String(64)),
        must("subject", sa.String(32)),
        must("subject_id", sa.String(224)),
        must("says", sa.Text),
        must("owner", sa.String(128)),
        must("due_at", INSTANT),
        may("warn_at", INSTANT),
        must("state", sa.String(16)),
        must("made_at", INSTANT),
        may("settled_at", INSTANT),
        *compartment("promise"),
        one_of("promise", "state", "OPEN", "KEPT", "BROKEN", "VOID"),
        sa.PrimaryKeyConstraint("id", name="pk_promise"),
        comment="What should happen by when, with an owner. warn_at: when its owner is told beforehand.",
    )
    index("ix_promise_state_due_at", "promise", ["state", "due_at"])
    index("ix_promise_subject_subject_id", "promise", ["subject", "subject_id"])
    index("uq_promise_open", "promise", ["subject", "subject_id", "name"], unique=True, where=OPEN)
    index("ix_promise_warn_at", "promise", ["warn_at"], where=WARNS)


def _alert() -> None:
    op.create_table(
        "alert",
        must("id", sa.String(64)),
        must("about", sa.String(256)),
        must("urgency", sa.String(16)),
        must("subject", sa.String(32)),
        must("subject_id", sa.String(224)),
        must("says", sa.Text),
        must("owner", sa.String(128)),
        must("made_at", INSTANT),
        may("planned_at", INSTANT),
        may("acknowledged_by", sa.String(128)),
        may("acknowledged_at", INSTANT),
        may("over_at", INSTANT),
        *compartment("alert"),
        one_of("alert", "urgency", "amber", "red"),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        comment="What people are to be told, written with what it tells of. Of one thing at most one stands.",
    )
    index("uq_alert_standing", "alert", ["about"], unique=True, where=STANDS)
    index("ix_alert_unplanned", "alert", ["id"], where=UNPLANNED)


def _alert_message() -> None:
    op.create_table(
        "alert_message",
        must("id", sa.String(64)),
        must("channel", sa.String(128)),
        must("recipient", sa.String(256)),
        must("escalates", sa.Boolean),
        must("alerts", sa.JSON),
        must("made_at", INSTANT),
        must("due_at", INSTANT),
        must("attempts", sa.Integer),
        may("reason", sa.Text),
        must("state", sa.String(16)),
        may("settled_at", INSTANT),
        *compartment("alert_message"),
        one_of("alert_message", "state", "WAITING", "SENT", "VOID"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_message"),
        comment="The outbox: alerts on their way to somebody. escalates: only what nobody acknowledged.",
    )
    index("ix_alert_message_waiting", "alert_message", ["due_at"], where=IN_OUTBOX)


def _circuit() -> None:
    op.create_table(
        "circuit",
        must("name", sa.String(160)),
        must("failures", sa.Integer),
        must("since", INSTANT),
        must("reason", sa.Text),
        may("try_at", INSTANT),
        may("refused", sa.String(64)),
        *compartment("circuit"),
        sa.PrimaryKeyConstraint("name", name="pk_circuit"),
        comment="What does not answer: when it is tried again. refused: the digest of settings and secrets "
        "that were refused, and are not tried again.",
    )


def _pause() -> None:
    op.create_table(
        "pause",
        must("kind", sa.String(16)),
        must("name", sa.String(128)),
        must("reason", sa.Text),
        must("by", sa.String(128)),
        must("since", INSTANT),
        must("until", INSTANT),
        *compartment("pause"),
        one_of("pause", "kind", "route", "endpoint"),
        sa.PrimaryKeyConstraint("kind", "name", name="pk_pause"),
        comment="Routes and endpoints that a person has stopped for a while.",
    )


def _call() -> None:
    op.create_table(
        "call",
        must("delivery_id", sa.String(64)),
        must("number", sa.Integer),
        must("name", sa.String(128)),
        must("fingerprint", sa.String(64)),
        must("changes", sa.Boolean),
        must("attempts", sa.Integer),
        must("intended_at", INSTANT),
        may("due_at", INSTANT),
        may("answered_at", INSTANT),
        may("status", sa.Integer),
        may("reply", sa.String(64)),
        must("headers", sa.JSON),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name="fk_call_delivery_id"),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="pk_call"),
        comment="The calls of a conversation: intent before, reply (stored bytes) after.",
    )
    index("ix_call_reply", "call", ["reply"])


def _account() -> None:
    op.create_table(
        "account",
        must("login", sa.String(128)),
        may("password", sa.Text),
        must("totp", sa.LargeBinary),
        may("last_step", sa.BigInteger),
        must("recovery", sa.JSON),
        may("invitation", sa.String(64)),
        may("invited_until", INSTANT),
        must("failures", sa.Integer),
        may("wait_until", INSTANT),
        may("signed_in_at", INSTANT),
        must("made_by", sa.String(128)),
        must("made_at", INSTANT),
        may("closed_at", INSTANT),
        sa.PrimaryKeyConstraint("login", name="pk_account"),
        sa.UniqueConstraint("invitation", name="uq_account_invitation"),
        comment="How a person of the configuration signs in to the console. password: argon2id; totp: "
        "sealed; recovery, invitation: digests; last_step: of the last code, which is good once.",
    )


def _api_token() -> None:
    op.create_table(
        "api_token",
        must("id", sa.String(64)),
        must("digest", sa.String(64)),
        must("login", sa.String(128)),
        must("name", sa.String(128)),
        must("scopes", sa.JSON),
        must("made_by", sa.String(128)),
        must("made_at", INSTANT),
        must("expires_at", INSTANT),
        may("used_at", INSTANT),
        may("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("digest", name="uq_api_token_digest"),
        comment="Tokens of the REST API, by their digests: each acts for a person, within its scopes.",
    )


def _api_answer() -> None:
    op.create_table(
        "api_answer",
        must("token_id", sa.String(64)),
        must("key", sa.String(64)),
        must("asked", sa.String(64)),
        may("status", sa.Integer),
        may("body", sa.JSON),
        must("at", INSTANT),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name="fk_api_answer_token_id"),
        sa.PrimaryKeyConstraint("token_id", "key", name="pk_api_answer"),
        comment="What was answered to an act under its idempotency key. asked: digest of the request; no "
        "status: it was begun.",
    )
    index("ix_api_answer_at", "api_answer", ["at"])


def _signed_in() -> None:
    op.create_table(
        "signed_in",
        must("token", sa.String(64)),
        must("login", sa.String(128)),
        must("person", sa.JSON),
        must("address", sa.String(64)),
        must("made_at", INSTANT),
        must("seen_at", INSTANT),
        must("told", sa.JSON),
        must("unmasked", sa.JSON),
        sa.PrimaryKeyConstraint("token", name="pk_signed_in"),
        comment="Who is signed in to the console, by the digest of a cookie. person: name and roles of "
        "somebody whom another service vouches for; told: what the next page says; unmasked: what may be "
        "read until when.",
    )
    index("ix_signed_in_login", "signed_in", ["login"])
