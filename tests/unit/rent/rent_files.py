"""Generic CSVs round evidently fake details, and their reading as the hub does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from hub.checks.base import Context
from hub.checks.run import Reading
from hub.door.feed import Feed, Options
from hub.model import Facts, Item, Verdict


@dataclass(frozen=True)
class Outcome:
    reading: Reading
    items: Sequence[Item]

    @property
    def verdict(self) -> Verdict:
        return self.reading.verdict

    @property
    def told(self) -> list[tuple[str, int | None]]:
        """(check, line) of each finding, in order."""
        return [(finding.check, finding.line) for finding in self.reading.findings.kept]

    @property
    def messages(self) -> str:
        return "\n".join(finding.message for finding in self.reading.findings.kept)


def read(
    feed: Feed, content: str | bytes, *, facts: Facts | None = None, options: Options | None = None
) -> Outcome:
    """What the hub makes of a file: findings of FIELD, RECORD, FILE and HISTORY checks, and items."""
    data = content.encode() if isinstance(content, str) else content
    ctx: Context[Any] = Context(options or feed.options(), facts or Facts(), "generic-csv")
    reading = Reading(feed, ctx)
    decoded = feed.formats["generic-csv"].decode(BytesIO(data), ctx.options)
    items = [item for chunk in reading.chunks(decoded) for item in feed.items(chunk, reading.tally, ctx)]
    reading.finish()
    reading.history(ctx)
    return Outcome(reading, items)


def enveloped(feed: str, details: Sequence[str], trailer: str, *, number: str = "000124") -> str:
    """Header, the details (given without `D,n,`) and the trailer (given without `T,`)."""
    header = f"H,{feed},1.0,FAKESHIRE,INCOME,2030-06-05T02:00:11+01:00,2030-06-04,{number},GBP"
    rows = [f"D,{line},{detail}" for line, detail in enumerate(details, start=1)]
    return "\n".join([header, *rows, f"T,{trailer}"]) + "\n"
