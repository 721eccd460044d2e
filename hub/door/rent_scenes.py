"""The pretend rent system: its extracts of accounts and mandates, and one extract that is wrong."""

from __future__ import annotations

from datetime import date

from hub.door.demo import Export, Scene, Stage
from hub.model import format_pounds


def _extracts(stage: Stage) -> None:
    accounts = [
        Export(
            t.payment_ref,
            t.number * 11,
            [
                t.payment_ref, t.tenancy_ref, "MAIN", "HRA", "ACTIVE", "SECURE", "2019-04-01", "",
                f"P{t.number:06d}", "", "WEEKLY", format_pounds(t.number * 11), f"{stage.day}T05:00:00Z", "",
                "", t.claim_ref or "", "",
            ],
        )
        for t in stage.tenants
    ]  # fmt: skip
    mandates = [
        Export(
            t.payment_ref,
            0,
            [
                t.mandate_ref, t.payment_ref, t.account_name, t.sort_code, t.account_number, "ACTIVE", "1",
                "MONTHLY", "VARIABLE", "2024-04-01", "",
            ],
        )
        for t in stage.tenants
    ]  # fmt: skip
    stage.export("RENTACC", "export/accounts", 1, accounts)
    stage.export("MANDATE", "export/mandates", 1, mandates)


SCENES = (
    Scene(
        date(2026, 11, 2),
        "The rent system exports its accounts and Direct Debit mandates; the hub keeps them as its register.",
        _extracts,
        ("rent.accounts", "rent.mandates"),
    ),
)
