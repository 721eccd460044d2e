"""The text report beside a refused file: what refuses it, for whoever made it.

Findings hold no personal data, and mask account numbers, so that the report may lie where the file lies.
"""

from __future__ import annotations

from collections.abc import Sequence

from hub.model import Severity
from hub.store.rows import FindingRow, TransferRow

END = "\r\n"
HEAD = ("severity", "check", "line", "field", "what")


def name_of(row: TransferRow, sha256: str) -> str:
    """The same however often this report is written; another for each file of one name, and for what is said
    once it was tried again."""
    return f"{row.name}.{row.id}.{sha256[:8]}.txt"


def written(row: TransferRow, findings: Sequence[FindingRow]) -> bytes:
    """Every finding on a line of its own, errors first; UTF-8."""
    errors = sum(one.severity is Severity.ERROR for one in findings)
    head = [
        f"{row.name} was refused; nothing of it was taken.",
        "",
        f"route     {row.route}",
        f"transfer  {row.id}",
        f"bytes     {row.size}",
        f"SHA-256   {row.blob}",
        f"why       {row.reason}",
        "",
        f"{errors} of {len(findings)} findings are errors:",
        "",
    ]
    table = [HEAD, *map(_cells, sorted(findings, key=lambda one: one.severity is not Severity.ERROR))]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    lines = ["  ".join(map(str.ljust, cells, widths)).rstrip() for cells in table]
    return "".join(f"{line}{END}" for line in (*head, *lines)).encode()


def _cells(one: FindingRow) -> tuple[str, ...]:
    line = "" if one.line is None else str(one.line)
    untold = one.expected and one.expected not in one.message
    says = f"{one.message} (expected {one.expected})" if untold else one.message
    return one.severity.value, one.check, line, one.field or "", says
