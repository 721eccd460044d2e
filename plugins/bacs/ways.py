"""Which kinds of file a submission is made of, and which of them go on as they came."""

from __future__ import annotations

from typing import Any

from hub.api import BATCH, Context

STANDARD18 = "standard18"
DDCALL = "rent.generic.ddcall"
PAYGATE, SDDIRECT, EAZIPAY, ACCESSPAY, MAPPED = "paygate", "sddirect", "eazipay", "accesspay_custom", "csv"
BUREAU = (PAYGATE, SDDIRECT, EAZIPAY, ACCESSPAY, MAPPED)
"""CSV layouts that bureau software takes instead of Standard 18."""

READY_MADE = (STANDARD18, *BUREAU)
"""Files that name each payment with its bank account; they may go on as they came."""

REQUESTS = (DDCALL, BATCH)
"""What only asks for payments: the hub makes the file."""


def written_as(ctx: Context[Any]) -> str:
    """The format that leaves: what the route says, else a ready-made file's own, else Standard 18."""
    own = ctx.format if ctx.format in READY_MADE else STANDARD18
    return str(ctx.options.write_as or own)


def forwards(ctx: Context[Any]) -> bool:
    """Whether the bytes go on as they came."""
    return written_as(ctx) == ctx.format
