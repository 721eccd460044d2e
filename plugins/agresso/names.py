"""How what left is called when feedback speaks of it."""

from __future__ import annotations

from datetime import date

LEDGER_LINE = "LEDGER_LINE"
"""A line of a ledger file that another system made."""


def line_name(batch_id: object, voucher_type: object, voucher_no: object) -> str:
    """A voucher of a batch; a line of it has its place after a slash."""
    return f"{batch_id}/{voucher_type}/{voucher_no}"


def batch_name(feed_code: str, day: date, run: int) -> str:
    """FH, four letters of the feed, the day and the run: 15 characters, unique for ever (section 8)."""
    return f"FH{feed_code}{day:%y%m%d}{run:03}"
