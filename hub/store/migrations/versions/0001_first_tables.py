"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _about()
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
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_about")),
        comment="Facts about the database: the keys it was made with, the last change of the register.",
    )


def _counter() -> None:
    op.create_table(
        "counter",
        sa.Column("scope", sa.String(length=128), nullable=False),
        sa.Column("next_value", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("next_value >= 0", name=op.f("ck_counter_next_value")),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_counter")),
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=160), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=128), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint(
            "subject", "subject_id", "number", name=op.f("uq_event_subject_subject_id_number")
        ),
    )


def _sighting() -> None:
    op.create_table(
        "sighting",
        sa.Column("endpoint", sa.String(length=128), nullable=False),
        sa.Column("path", sa.String(length=1024), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime", sa.String(length=40), nullable=False),
        sa.Column("transfer_id", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("endpoint", "path", "size", "mtime", name=op.f("pk_sighting")),
    )


def _slot() -> None:
    op.create_table(
        "slot",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("due", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("route", "kind", "due", name=op.f("uq_slot_route_kind_due")),
    )


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=128), nullable=False),
        sa.Column("slot_id", sa.String(length=64), nullable=True),
        sa.Column("business_date", sa.Date(), nullable=True),
        sa.Column("config", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_run_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index(op.f("ix_run_route"), "run", ["route"], unique=False)


def _transfer() -> None:
    op.create_table(
        "transfer",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("route", sa.String(length=128), nullable=False),
        sa.Column("feed", sa.String(length=128), nullable=True),
        sa.Column("format", sa.String(length=64), nullable=True),
        sa.Column("partner", sa.String(length=128), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("in", "out", name="direction", native_enum=False, create_constraint=True, length=16),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "FOUND",
                "STAGED",
                "HELD",
                "ACCEPTED",
                "APPLIED",
                "DUPLICATE",
                "REJECTED",
                "FAILED",
                "WITHDRAWN",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source_endpoint", sa.String(length=128), nullable=True),
        sa.Column("source_path", sa.Text(), nullable=True),
        sa.Column("source_mtime", sa.String(length=40), nullable=True),
        sa.Column("blob", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("identity", sa.String(length=256), nullable=True),
        sa.Column("business_date", sa.Date(), nullable=True),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("moment", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("run_id", sa.String(length=64), nullable=True),
        sa.Column("found_at", sa.String(length=32), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.String(length=32), nullable=True),
        sa.Column("approved_by", sa.String(length=128), nullable=True),
        sa.Column("tidied", sa.Boolean(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_transfer_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )
    op.create_index(op.f("ix_transfer_blob"), "transfer", ["blob"], unique=False)
    op.create_index("ix_transfer_route_feed_state", "transfer", ["route", "feed", "state"], unique=False)
    op.create_index("ix_transfer_state", "transfer", ["state"], unique=False)
    op.create_index(
        "uq_transfer_live_identity",
        "transfer",
        ["route", "feed", "identity"],
        unique=True,
        sqlite_where=sa.text("(state NOT IN ('REJECTED', 'DUPLICATE', 'WITHDRAWN', 'FAILED'))"),
        postgresql_where=sa.text("(state NOT IN ('REJECTED', 'DUPLICATE', 'WITHDRAWN', 'FAILED'))"),
    )


def _account_register() -> None:
    op.create_table(
        "account_register",
        sa.Column("payment_ref", sa.String(length=64), nullable=False),
        sa.Column("tenancy_ref", sa.String(length=64), nullable=True),
        sa.Column("account_type", sa.String(length=32), nullable=False),
        sa.Column("rent_group", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("tenure_type", sa.String(length=64), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.Column("claim_ref", sa.String(length=64), nullable=True),
        sa.Column("alt_refs", sa.JSON(), nullable=False),
        sa.Column("holds", sa.JSON(), nullable=False),
        sa.Column("personal", sa.LargeBinary(), nullable=True),
        sa.Column("transfer_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_account_register_transfer_id")
        ),
        sa.PrimaryKeyConstraint("payment_ref", name=op.f("pk_account_register")),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("transfer_id", sa.String(length=64), nullable=False),
        sa.Column("output", sa.String(length=64), nullable=False),
        sa.Column("endpoint", sa.String(length=128), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("blob", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "READY",
                "SENDING",
                "SENT",
                "CONFIRMED",
                "REFUSED",
                "IN_DOUBT",
                "WITHDRAWN",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("remote", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_delivery_transfer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_blob"), "delivery", ["blob"], unique=False)
    op.create_index(op.f("ix_delivery_state"), "delivery", ["state"], unique=False)
    op.create_index(op.f("ix_delivery_transfer_id"), "delivery", ["transfer_id"], unique=False)
    op.create_index(
        "uq_delivery_live",
        "delivery",
        ["transfer_id", "output", "endpoint", "folder", "name"],
        unique=True,
        sqlite_where=sa.text("state != 'WITHDRAWN'"),
        postgresql_where=sa.text("state != 'WITHDRAWN'"),
    )


def _finding() -> None:
    op.create_table(
        "finding",
        sa.Column("transfer_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("check", sa.String(length=64), nullable=False),
        sa.Column(
            "severity",
            sa.Enum(
                "error",
                "hold",
                "hold_item",
                "warning",
                "note",
                name="severity",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=128), nullable=True),
        sa.Column("expected", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_finding_transfer_id")),
        sa.PrimaryKeyConstraint("transfer_id", "number", name=op.f("pk_finding")),
    )


def _item() -> None:
    op.create_table(
        "item",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("transfer_id", sa.String(length=64), nullable=False),
        sa.Column("feed", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=128), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("personal", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
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
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("account", sa.String(length=64), nullable=True),
        sa.Column("tenancy", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("item_key", sa.String(length=256), nullable=True),
        sa.Column("answers", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_item_transfer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
    )
    op.create_index(op.f("ix_item_account"), "item", ["account"], unique=False)
    op.create_index(
        "ix_item_feed_item_key",
        "item",
        ["feed", "item_key"],
        unique=False,
        sqlite_where=sa.text("item_key IS NOT NULL"),
        postgresql_where=sa.text("item_key IS NOT NULL"),
    )
    op.create_index("ix_item_feed_reference", "item", ["feed", "reference"], unique=False)
    op.create_index(op.f("ix_item_transfer_id"), "item", ["transfer_id"], unique=False)


def _mandate_register() -> None:
    op.create_table(
        "mandate_register",
        sa.Column("mandate_ref", sa.String(length=64), nullable=False),
        sa.Column("payment_ref", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("personal", sa.LargeBinary(), nullable=True),
        sa.Column("transfer_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_mandate_register_transfer_id")
        ),
        sa.PrimaryKeyConstraint("mandate_ref", name=op.f("pk_mandate_register")),
    )
    op.create_index(
        op.f("ix_mandate_register_payment_ref"), "mandate_register", ["payment_ref"], unique=False
    )


def _number() -> None:
    op.create_table(
        "number",
        sa.Column("transfer_id", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.String(length=16), nullable=False),
        sa.CheckConstraint("policy IN ('never_again', 'no_gap')", name=op.f("ck_number_policy")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_number_transfer_id")),
        sa.PrimaryKeyConstraint("transfer_id", "scope", "name", name=op.f("pk_number")),
        comment="Numbers that a transfer drew. Drawing again for the same transfer gives the same number.",
    )


def _used_value() -> None:
    op.create_table(
        "used_value",
        sa.Column("scope", sa.String(length=128), nullable=False),
        sa.Column("value", sa.String(length=128), nullable=False),
        sa.Column("transfer_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_used_value_transfer_id")),
        sa.PrimaryKeyConstraint("scope", "value", "transfer_id", name=op.f("pk_used_value")),
    )
    op.create_index(op.f("ix_used_value_transfer_id"), "used_value", ["transfer_id"], unique=False)


def _answer() -> None:
    op.create_table(
        "answer",
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("by_item", sa.String(length=64), nullable=False),
        sa.Column("answered_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint("item_id <> by_item", name=op.f("ck_answer_not_itself")),
        sa.ForeignKeyConstraint(["by_item"], ["item.id"], name=op.f("fk_answer_by_item"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_answer_item_id")),
        sa.PrimaryKeyConstraint("item_id", "kind", name=op.f("pk_answer")),
        comment="An item that left has at most one answer of a kind.",
    )
    op.create_index(op.f("ix_answer_by_item"), "answer", ["by_item"], unique=False)


def _item_digest() -> None:
    op.create_table(
        "item_digest",
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_item_digest_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "digest", name=op.f("pk_item_digest")),
        comment="Keyed digests of an item's personal values, so that they are found without being readable.",
    )
    op.create_index(op.f("ix_item_digest_digest"), "item_digest", ["digest"], unique=False)
