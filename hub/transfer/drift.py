"""Whether a file is off what is usual on its route. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hub.config.drift import LEAST, Drift
from hub.model import LastTransfer, format_pounds


def drifted(drift: Drift | None, records: int, value: int, recent: Sequence[LastTransfer]) -> str | None:
    """A sentence that says both numbers; None while it is as usual, or too few came before to know.

    recent: the accepted files before it, the newest first; value: in pence, its sign does not matter"""
    before = list(recent[: drift.of]) if drift is not None else []
    if drift is None or len(before) < LEAST:
        return None
    values = [abs(one.value) for one in before]
    return _off("value", drift.value, abs(value), values, format_pounds) or _off(
        "count", drift.count, records, [one.records for one in before], str
    )


def _off(
    what: str, allowed: int | None, now: int, before: Sequence[int], shown: Callable[[int], str]
) -> str | None:
    usual = _middle(before)
    if allowed is None or abs(now - usual) * 100 <= allowed * usual:
        return None
    of = f"the middle of the last {len(before)}"
    return (
        f"the {what} is {shown(now)}, and {shown(usual)} is usual here ({of}); "
        f"the route lets {allowed}% more or less go by itself"
    )


def _middle(numbers: Sequence[int]) -> int:
    """The median; of an even count, the whole number between the two in the middle."""
    ordered, half = sorted(numbers), len(numbers) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) // 2
