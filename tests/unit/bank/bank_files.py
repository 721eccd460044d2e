"""Reading statements as the hub does, without a store."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.bank.matching import LINE
from hub.bank.options import ReceiptOptions
from hub.bank.receipts import RECEIPTS, moves
from hub.bank.records import ACCOUNT, KNOWN
from hub.checks.base import Context
from hub.model import Facts, History, Item, Move, Record, Taken, Verdict
from hub.transfer.examine import Examined, examine, judge
from hub.transfer.records import Snapshot
from tests.banking import ACCOUNT_NUMBER, DAY, SORT_CODE

ACCOUNTS = {"rent_income": {"sort_code": SORT_CODE, "account_number": ACCOUNT_NUMBER}}
MONEY = {"dwp": {"says": "DWP UC"}, "agency": {"says": ["Fake Agency"], "file_within": 3}}
LINES = ("BANK_CREDIT", "BANK_DEBIT")


@dataclass(frozen=True)
class Seen:
    """What became of a file."""

    examined: Examined
    taken: list[Taken]

    @property
    def verdict(self) -> Verdict:
        return self.examined.verdict

    @property
    def told(self) -> set[str]:
        return {finding.check for finding in self.examined.reading.findings.kept}

    @property
    def messages(self) -> str:
        return "\n".join(finding.message for finding in self.examined.reading.findings.kept)

    @property
    def lines(self) -> list[Item]:
        return [one.item for one in self.taken if one.item.kind in LINES]

    def moves(self, ctx: Context[Any]) -> list[Move]:
        return [move for one in self.taken for move in moves(one, ctx)]


def options(**more: Any) -> ReceiptOptions:
    return ReceiptOptions.model_validate({"accounts": ACCOUNTS, "money": MONEY, **more})


def known_account(**data: Any) -> Record:
    stood = {"year": "2026", "statement": "122", "closing": 100_000, "final": True, "on": "2026-11-01"}
    return Record(kind=ACCOUNT, key="rent_income", state=KNOWN, data={**stood, **data})


def context(
    format: str,
    *records: Record,
    today: date = DAY,
    history: History | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Context[Any]:
    facts = Facts(today=today, history=history or History(), records=Snapshot(records))
    return Context(options(**(settings or {})), facts, format)


def read(data: bytes, format: str, *records: Record, **more: Any) -> Seen:
    """Examined and judged, as the pipeline does."""
    ctx = context(format, *records, **more)
    examined = examine(RECEIPTS, io.BytesIO(data), ctx)
    refused = examined.verdict in (Verdict.REJECTED, Verdict.UNREADABLE)
    return Seen(examined, [] if refused else judge(examined, ctx, "t"))


__all__ = ["LINE", "context", "known_account", "options", "read"]
