"""The pretend rent system: its extracts of accounts and mandates, and extracts that are wrong."""

from __future__ import annotations

from datetime import date

from hub.door.demo import Act, Desk, Scene, Stage, account_export, mandate_export

MOVED_OUT = 28  # the tenant whose mandate is cancelled in December, and then no more
CLOSED = 30  # accounts that a damaged extract ends, of 400


def _extracts(stage: Stage) -> None:
    stage.export("RENTACC", "export/accounts", 1, [account_export(t, stage.day) for t in stage.tenants])
    stage.export("MANDATE", "export/mandates", 1, [mandate_export(t, "ACTIVE") for t in stage.tenants])


def _cancelled(stage: Stage) -> None:
    stage.export("MANDATE", "export/mandates", 2, [mandate_export(stage.tenants[MOVED_OUT], "CANCELLED")])


def _wrong(stage: Stage) -> None:
    """A cancelled mandate is ACTIVE again, and too many accounts have ended."""
    stage.export("MANDATE", "export/mandates", 3, [mandate_export(stage.tenants[MOVED_OUT], "ACTIVE")])
    ended = [str(stage.day) if t.number <= CLOSED else "" for t in stage.tenants]
    rows = [account_export(t, stage.day, day) for t, day in zip(stage.tenants, ended, strict=True)]
    stage.export("RENTACC", "export/accounts", 2, rows)


def _history(desk: Desk) -> None:
    desk.feedhub("records", "show", "mandate", desk.stage.tenants[MOVED_OUT].mandate_ref)


SCENES = (
    Scene(
        date(2026, 11, 2),
        "The rent system exports its accounts and Direct Debit mandates; the hub keeps them as its register.",
        _extracts,
        ("rent.accounts", "rent.mandates"),
    ),
    Scene(
        date(2026, 12, 15),
        "A tenant has moved out: the rent system's list of changed mandates has one that is cancelled.",
        _cancelled,
        ("rent.mandates",),
    ),
    Scene(
        date(2026, 12, 16),
        "The next list has that mandate active again, which a cancelled one never is; and an extract of "
        "accounts would end more of them than is likely. Neither changes anything until a person has looked.",
        _wrong,
        ("rent.mandates", "rent.accounts", Act("demo-clerk", _history)),
    ),
)
