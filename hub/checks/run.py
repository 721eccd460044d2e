"""Run a feed's checks over one reading of its bytes: FIELD and RECORD as the chunks stream by, then the rest.

Every finding is collected; what cannot be checked here is listed with its reason. Memory stays flat: of each
check's findings the first `KEPT` are kept and the others counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from hub.checks.base import Check, Context, Found, Tally
from hub.model import Chunk, Finding, Level, Severity, Taken, Unreadable, Verdict

KEPT = 1000
"""Findings kept of each check; a file with a million bad lines is told as a thousand and a number."""

Tolerate = Callable[[Finding], Finding]


class Reads(Protocol):
    """The parts of a feed that a reading needs (`hub.door.feed.Feed` has them)."""

    @property
    def tally(self) -> Callable[[Context[Any]], Tally]: ...

    @property
    def checks(self) -> tuple[Check, ...]: ...


class Findings:
    """Findings in the order they were found, `KEPT` of each check; `cut` counts what was not kept.

    held: every line whose item waits for a person, with the id of the check that says so
    refused: every line whose item is refused, with what is wrong with it
    """

    def __init__(self, tolerate: Tolerate) -> None:
        self.kept: list[Finding] = []
        self.severities: Counter[Severity] = Counter()
        self.held: dict[int, str] = {}
        self.refused: dict[int, str] = {}
        self._of_check: Counter[str] = Counter()
        self._tolerate = tolerate

    def add(self, finding: Finding) -> Finding:
        """The finding as it is kept: a waiver may have changed it."""
        finding = self._tolerate(finding)
        self.severities[finding.severity] += 1
        self._of_check[finding.check] += 1
        if finding.severity is Severity.HOLD_ITEM and finding.line is not None:
            self.held.setdefault(finding.line, finding.check)
        if finding.severity is Severity.REFUSE_ITEM and finding.line is not None:
            self.refused.setdefault(finding.line, finding.message)
        if self._of_check[finding.check] <= KEPT:
            self.kept.append(finding)
        return finding

    @property
    def cut(self) -> Mapping[str, int]:
        return {check: count - KEPT for check, count in self._of_check.items() if count > KEPT}

    def has(self, severity: Severity) -> bool:
        return self.severities[severity] > 0


class Reading:
    """One reading of a file by one feed. Use: exhaust `chunks`, then `finish`, `history`, `cross`.

    foreign: what says that the file is somebody else's, without its place in it; None while nothing does
    """

    def __init__(
        self,
        feed: Reads,
        ctx: Context[Any],
        extra: Sequence[Check] = (),
        tolerate: Tolerate = lambda finding: finding,
    ) -> None:
        self.tally = feed.tally(ctx)
        self.findings = Findings(tolerate)
        self.not_checked: dict[str, str] = {}
        self.foreign: Finding | None = None
        self.chunks_read = 0
        self._checks = (*feed.checks, *extra)
        self._ctx = ctx

    def chunks(self, decoded: Iterable[Chunk | Unreadable]) -> Iterator[Chunk]:
        """The sound rows of each chunk, after FIELD and RECORD checks."""
        record_checks = self._able(Level.RECORD, self._ctx)
        for part in decoded:
            if isinstance(part, Unreadable):
                self._unreadable(part)
                continue
            self.chunks_read += 1
            sound = self._sound(part)
            self.tally.add(sound)
            for check in record_checks:
                if not check.layouts or sound.layout.name in check.layouts:
                    self._run(check, sound, self.tally, self._ctx)
            yield sound

    def finish(self) -> None:
        """FILE checks: the whole file has been read."""
        for check in self._able(Level.FILE, self._ctx):
            if check.whole and self.tally.left_out:
                self.not_checked[check.id] = "the totals cannot be compared while rows are unreadable"
            else:
                self._run(check, self.tally, self._ctx)

    def history(self, ctx: Context[Any]) -> None:
        """HISTORY checks, with facts that were loaded after the file was read."""
        for check in self._able(Level.HISTORY, ctx):
            self._run(check, self.tally, ctx)

    def cross(self, taken: Sequence[Taken], ctx: Context[Any]) -> None:
        """CROSS checks, on the items with what matching decided."""
        for check in self._able(Level.CROSS, ctx):
            self._run(check, taken, ctx)

    def leave_out(self, level: Level, reason: str) -> None:
        """List all checks of a level as not checked."""
        self.not_checked |= {
            check.id: reason
            for check in self._checks
            if check.level is level and check.concerns(self._ctx.format)
        }

    @property
    def verdict(self) -> Verdict:
        if self.findings.has(Severity.ERROR):
            return Verdict.REJECTED if self.chunks_read else Verdict.UNREADABLE
        return Verdict.HELD if self.findings.has(Severity.HOLD) else Verdict.ACCEPTED

    def _able(self, level: Level, ctx: Context[Any]) -> list[Check]:
        able = []
        for check in self._checks:
            if check.level is not level or not check.concerns(ctx.format):
                continue
            obstacle = check.obstacle(ctx)
            if obstacle is None:
                able.append(check)
            else:
                self.not_checked[check.id] = obstacle
        return able

    def _run(self, check: Check, *subject: object) -> None:
        found: Found
        for found in check.run(*subject):
            finding = self.findings.add(check.finding(found))
            if check.foreign and finding.severity is Severity.ERROR and self.foreign is None:
                self.foreign = replace(finding, line=None, field=None, expected=None)

    def _unreadable(self, part: Unreadable) -> None:
        self.tally.left_out[""] += 1
        self.findings.add(
            Finding(part.check, Severity.ERROR, part.message, part.line, part.field, part.expected)
        )

    def _sound(self, chunk: Chunk) -> Chunk:
        """The chunk without the rows that a FIELD check found unreadable."""
        bad: set[int] = set()
        for row, finding in chunk.layout.field_findings(chunk):
            self.findings.add(finding)
            if finding.severity is Severity.ERROR:
                bad.add(row)
        if not bad:
            return chunk
        self.tally.left_out[chunk.layout.name] += len(bad)
        keep = [row for row in range(len(chunk)) if row not in bad]
        columns = {name: [column[row] for row in keep] for name, column in chunk.columns.items()}
        return Chunk(chunk.layout, [chunk.lines[row] for row in keep], columns)


def failing_at_send(
    checks: Iterable[Check], taken: Sequence[Taken], ctx: Context[Any], tolerate: Tolerate
) -> list[Finding]:
    """What the checks marked `at_send` find on today's facts that must stop the delivery.

    A check whose facts are not there stops it too: at the door nothing is taken on trust."""
    stopping: list[Finding] = []
    lines = {one.item.line for one in taken}
    for check in checks:
        if not check.at_send or not check.concerns(ctx.format):
            continue
        obstacle = check.obstacle(ctx)
        if obstacle is not None:
            stopping.append(
                Finding(check.id, Severity.ERROR, f"cannot be checked before sending: {obstacle}")
            )
            continue
        findings = (tolerate(check.finding(found)) for found in check.run(taken, ctx))
        stopping += [finding for finding in findings if _stops(finding, lines)]
    return stopping


def _stops(finding: Finding, lines: Collection[int]) -> bool:
    """What is said of a line concerns only an item of that line: it is held or refused once worked again."""
    if finding.severity in (Severity.HOLD_ITEM, Severity.REFUSE_ITEM):
        return finding.line in lines
    return finding.severity in (Severity.ERROR, Severity.HOLD)
