"""A file that the hub wrote, read back and checked as one of the rent system's own would be."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from hub.api import CannotRender, Check, Context, Finding, Reading, Severity, Tally
from plugins.bacs.bureau_checks import BUREAU_CHECKS
from plugins.bacs.bureau_file import layout_of
from plugins.bacs.bureau_tally import BureauTally
from plugins.bacs.checks import PAYMENT_CHECKS
from plugins.bacs.layouts import STANDARD18_FILE
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.standard18_checks import STANDARD18_CHECKS
from plugins.bacs.tally import Standard18Tally
from plugins.bacs.ways import STANDARD18

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Written:
    """What a reading of our own file needs."""

    tally: Callable[[Context[Any]], Tally]
    checks: tuple[Check, ...] = (*STANDARD18_CHECKS, *BUREAU_CHECKS, *PAYMENT_CHECKS)


def prove(data: bytes, format: str, ctx: Context[SubmissionOptions]) -> None:
    """Raises CannotRender with the first findings when a written file would be refused or held."""
    ctx = replace(ctx, format=format)
    reading = Reading(Written(Standard18Tally if format == STANDARD18 else BureauTally), ctx)
    reader = STANDARD18_FILE if format == STANDARD18 else layout_of(format, ctx)
    deque(reading.chunks(reader.decode(BytesIO(data), ctx.options)), maxlen=0)
    reading.finish()
    wrong = [f for f in reading.findings.kept if f.severity in (Severity.ERROR, Severity.HOLD)]
    if wrong:
        told = "; ".join(map(_told, wrong[:SHOWN]))
        raise CannotRender(f"the file was written and not let go, because it is wrong: {told}")


def _told(finding: Finding) -> str:
    where = f" line {finding.line}" if finding.line else ""
    return f"{finding.check}{where}: {finding.message}"
