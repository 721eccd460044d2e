"""A file that the hub wrote, read back and checked as one of the rent system's own would be."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from hub.api import CannotRender, Check, Context, Finding, Reading, Severity, Tally
from plugins.bacs.checks import PAYMENT_CHECKS, STANDARD18
from plugins.bacs.layouts import STANDARD18_FILE
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.standard18_checks import STANDARD18_CHECKS
from plugins.bacs.tally import Standard18Tally

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Written:
    """What a reading of our own file needs."""

    tally: Callable[[Context[Any]], Tally] = Standard18Tally
    checks: tuple[Check, ...] = (*STANDARD18_CHECKS, *PAYMENT_CHECKS)


def prove(data: bytes, ctx: Context[SubmissionOptions]) -> None:
    """Raises CannotRender with the first findings when a written file would be refused or held."""
    ctx = replace(ctx, format=STANDARD18)
    reading = Reading(Written(), ctx)
    deque(reading.chunks(STANDARD18_FILE.decode(BytesIO(data), ctx.options)), maxlen=0)
    reading.finish()
    wrong = [f for f in reading.findings.kept if f.severity in (Severity.ERROR, Severity.HOLD)]
    if wrong:
        told = "; ".join(map(_told, wrong[:SHOWN]))
        raise CannotRender(f"the file was written and not let go, because it is wrong: {told}")


def _told(finding: Finding) -> str:
    where = f" line {finding.line}" if finding.line else ""
    return f"{finding.check}{where}: {finding.message}"
