"""Look at a zip: what is wrong with it as a bundle, else what each of its members is. Changes nothing."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from hub.door.feed import Feed
from hub.formats import bundle
from hub.formats.bundle import Limits
from hub.model import Finding, Verdict
from hub.transfer.inspect import HEAD, Inspection, Opened, finding_json, recognise

_WORST_FIRST = (Verdict.UNREADABLE, Verdict.REJECTED, Verdict.HELD, Verdict.ACCEPTED)


@dataclass(frozen=True, slots=True)
class BundleInspection:
    """What a zip holds; with findings it is refused whole, and no member was looked at."""

    findings: Sequence[Finding]
    members: Sequence[tuple[str, Inspection]]

    @property
    def verdict(self) -> Verdict:
        """The worst of its members'."""
        if self.findings:
            return Verdict.REJECTED
        return min((inspection.verdict for _, inspection in self.members), key=_WORST_FIRST.index)

    def as_json(self) -> dict[str, Any]:
        """The shape that `feedhub inspect --json` promises of a zip."""
        return {
            "feed": None,
            "format": bundle.ZIP,
            "recognised": True,
            "verdict": self.verdict.value,
            "records": sum(inspection.records for _, inspection in self.members),
            "findings": [finding_json(finding) for finding in self.findings],
            "members": [{"name": name, **inspection.as_json()} for name, inspection in self.members],
        }


def is_bundle(path: Path, feeds: Mapping[str, Feed]) -> bool:
    """Whether a file is a zip that no feed reads as it is."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    return bundle.is_zip(head) and not recognise(head, feeds)


def inspect_bundle(
    path: Path, feeds: Mapping[str, Feed], limits: Limits, inspect: Callable[[Opened], Inspection]
) -> BundleInspection:
    """Look at each member with `inspect`, unless the zip is refused whole."""
    with path.open("rb") as stream:
        findings = bundle.problems(stream, limits, lambda head: bool(recognise(head, feeds)))
        if findings:
            return BundleInspection(findings, [])
        members = [
            (name, inspect(partial(io.BytesIO, b"".join(pieces)))) for name, pieces in bundle.members(stream)
        ]
    return BundleInspection([], members)
