"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.String(32)
LIVE = sa.text("(state NOT IN ('REJECTED', 'DUPLICATE', 'WITHDRAWN', 'FAILED'))")
NOT_WITHDRAWN = sa.text("state != 'WITHDRAWN'")
HAS_KEY = sa.text("item_key IS NOT NULL")


def must(name: str, kind: Any, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **options)


def may(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")


def index(name: str, table: str, columns: list[str], *, unique: bool = False, where: Any = None) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    _about()
    _blob()
    _counter()
    _event()
    _sighting()
    _slot()
    _run()
    _transfer()
    _account_register()
    _delivery()
    _finding()
    _item()
    _mandate_register()
    _number()
    _used_value()
    _answer()
    _item_digest()


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
        must("sha256", sa.String(64)),
        must("sealed", sa.LargeBinary),
        sa.PrimaryKeyConstraint("sha256", name="pk_blob"),
        comment="Small stored bytes, encrypted. Longer ones are files.",
    )


def _counter() -> None:
    op.create_table(
        "counter",
        must("scope", sa.String(128)),
        must("next_value", sa.BigInteger),
        must("updated_at", INSTANT),
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
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("subject", "subject_id", "number", name="uq_event_subject_subject_id_number"),
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
        must("made_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_slot"),
        sa.UniqueConstraint("route", "kind", "due", name="uq_slot_route_kind_due"),
    )


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
        must("found_at", INSTANT),
        must("updated_at", INSTANT),
        must("attempts", sa.Integer),
        may("next_attempt_at", INSTANT),
        may("approved_by", sa.String(128)),
        must("tidied", sa.Boolean),
        must("mode", sa.String(16)),
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
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name="fk_transfer_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_transfer"),
    )
    index("ix_transfer_blob_route_feed", "transfer", ["blob", "route", "feed"])
    index("ix_transfer_route_feed_id", "transfer", ["route", "feed", "id"])
    index("ix_transfer_identity_route_feed", "transfer", ["identity", "route", "feed"])
    index("ix_transfer_state", "transfer", ["state"])
    index("uq_transfer_live_identity", "transfer", ["route", "feed", "identity"], unique=True, where=LIVE)


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
        must("holds", sa.JSON),
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
        must("updated_at", INSTANT),
        one_of(
            "delivery", "state", "READY", "SENDING", "SENT", "CONFIRMED", "REFUSED", "IN_DOUBT", "WITHDRAWN"
        ),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_delivery_transfer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
    )
    index("ix_delivery_blob", "delivery", ["blob"])
    index("ix_delivery_endpoint_folder_name", "delivery", ["endpoint", "folder", "name"])
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
        one_of("finding", "severity", "error", "hold", "hold_item", "warning", "note"),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_finding_transfer_id"),
        sa.PrimaryKeyConstraint("transfer_id", "number", name="pk_finding"),
    )


def _item() -> None:
    op.create_table(
        "item",
        must("id", sa.String(64)),
        must("transfer_id", sa.String(64)),
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
        ),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_item_transfer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
    )
    index("ix_item_account", "item", ["account"])
    index("ix_item_feed_item_key", "item", ["feed", "item_key"], where=HAS_KEY)
    index("ix_item_feed_reference", "item", ["feed", "reference"])
    index("ix_item_transfer_id", "item", ["transfer_id"])


def _mandate_register() -> None:
    op.create_table(
        "mandate_register",
        must("mandate_ref", sa.String(64)),
        must("payment_ref", sa.String(64)),
        must("status", sa.String(16)),
        may("start_date", sa.Date),
        may("end_date", sa.Date),
        may("personal", sa.LargeBinary),
        must("transfer_id", sa.String(64)),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_mandate_register_transfer_id"),
        sa.PrimaryKeyConstraint("mandate_ref", name="pk_mandate_register"),
    )
    index("ix_mandate_register_payment_ref", "mandate_register", ["payment_ref"])


def _number() -> None:
    op.create_table(
        "number",
        must("transfer_id", sa.String(64)),
        must("scope", sa.String(128)),
        must("name", sa.String(64)),
        must("value", sa.BigInteger),
        must("policy", sa.String(16)),
        sa.CheckConstraint("policy IN ('never_again', 'no_gap')", name="ck_number_policy"),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_number_transfer_id"),
        sa.PrimaryKeyConstraint("transfer_id", "scope", "name", name="pk_number"),
        comment="Numbers that a transfer drew. Drawing again for the same transfer gives the same number.",
    )


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


def _answer() -> None:
    op.create_table(
        "answer",
        must("item_id", sa.String(64)),
        must("kind", sa.String(64)),
        must("by_item", sa.String(64)),
        must("answered_at", INSTANT),
        sa.CheckConstraint("item_id <> by_item", name="ck_answer_not_itself"),
        sa.ForeignKeyConstraint(["by_item"], ["item.id"], name="fk_answer_by_item", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_answer_item_id"),
        sa.PrimaryKeyConstraint("item_id", "kind", name="pk_answer"),
        comment="An item that left has at most one answer of a kind.",
    )
    index("ix_answer_by_item", "answer", ["by_item"])


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
