"""The page rent_feeds.md: what stands in the file of that name here, and the declarations of the exports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hub.rent.exports import EXPORTS
from hub.rent.exports.feed import Export

TEMPLATE = Path(__file__).with_suffix(".md")


def rent_feeds_page() -> str:
    table, sections = "\n".join(map(_row, EXPORTS)), "\n".join(map(_section, EXPORTS))
    return TEMPLATE.read_text("utf-8").replace("{table}", table).replace("{record_types}", sections)


def _row(export: Export) -> str:
    waits = "; ".join(f"`{name}` → `{gatherer}`" for name, gatherer in export.waits.items())
    record = f"`{export.lives_on.kind}` ({', '.join(export.lives_on.states)})" if export.lives_on else ""
    outputs = [f"`{output.name}`" for output in export.feed.outputs]
    sent = f"none: {' and '.join(outputs)} {'leave' if len(outputs) > 1 else 'may leave'} at once"
    kind = export.record.kind or f"by `{export.record.kinds}`"
    return f"| `{export.feed.name}` | {export.record.name} | {kind} | {waits or sent} | {record} |"


def _section(export: Export) -> str:
    facts = "\n".join(_facts(export))
    record = export.record
    return (
        f"### {record.name}: {record.about}\n\nFeed `{export.feed.name}`. {facts}\n\n{record.documentation()}"
    )


def _facts(export: Export) -> Iterator[str]:
    record = export.record
    money = record.money or record.amount
    hashed = record.csv.reference
    if money is None:
        yield f"It holds no money: the trailer's sums are 0.00. The hash total is of `{hashed}`."
    elif record.unsummed:
        yield f"It moves no money: the trailer sums `{money}`, or says 0.00. The hash total is of `{hashed}`."
    else:
        yield f"The trailer sums `{money}`; the hash total is of `{hashed}`."
    if record.key:
        ever = "; a second file with it is not carried again" if record.for_ever else ""
        yield f"`{'` with `'.join(record.key)}` comes once{ever}."
    if record.later:
        lacking = ", ".join(f"`{column.name}`" for column in record.columns[-record.later :])
        yield f"A file may lack {lacking}."
