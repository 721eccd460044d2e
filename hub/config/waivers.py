"""Waivers: named, dated permissions to tolerate what a check finds on one route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pydantic import Field

from hub.config.strict import Settings
from hub.model import Finding, Severity

_TOLERABLE = (Severity.ERROR, Severity.HOLD, Severity.HOLD_ITEM, Severity.REFUSE_ITEM)


class Waiver(Settings):
    """One entry of `waivers.yaml`. `until` is the last day on which it counts."""

    check: str
    route: str
    reason: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    until: date

    def covers(self, finding: Finding, route: str, today: date) -> bool:
        return finding.check == self.check and route == self.route and today <= self.until


class WaiverFile(Settings):
    """`waivers.yaml`."""

    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class Waivers:
    """All waivers."""

    entries: Sequence[Waiver] = ()

    def ended(self, today: date) -> list[str]:
        """A sentence for each that counts no more."""
        return [
            f"The waiver of {waiver.check} on {waiver.route} ended on {waiver.until}. "
            "Remove it from waivers.yaml."
            for waiver in self.entries
            if waiver.until < today
        ]

    def tolerate(self, finding: Finding, route: str, today: date) -> Finding:
        """The finding as it counts today on a route: a warning that says who tolerates it, or as it was."""
        if finding.severity not in _TOLERABLE:
            return finding
        for waiver in self.entries:
            if waiver.covers(finding, route, today):
                why = f"tolerated until {waiver.until} by {waiver.owner}: {waiver.reason}"
                return replace(finding, severity=Severity.WARNING, message=f"{finding.message} ({why})")
        return finding
