"""How a pre-flight check is declared: a function that finds rows and columns, and a level that the route may
change (formats page rtb_fraud.md, 3.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.api import Check, Found, Level, Need, Severity, check
from plugins.rtb_fraud import nfi_settings
from plugins.rtb_fraud.nfi_tally import ExtractTally

SEVERITIES = {"stop": Severity.ERROR, "drop": Severity.WARNING, "warn": Severity.WARNING}


@dataclass(frozen=True, slots=True)
class Quality:
    """A check, and the fields without which it says nothing of a data set."""

    check: Check
    fields: tuple[str, ...]
    kinds: tuple[str, ...]


def quality(
    id: str,
    default: nfi_settings.Level,
    *,
    level: Level = Level.RECORD,
    fields: Sequence[str] = (),
    kinds: Sequence[str] = (),
    needs: Sequence[Need] = (),
) -> Callable[[Callable[..., Iterable[Found]]], Quality]:
    """Declare one.

    default: stop (the file is refused), drop (the row stays behind, and it is told), warn, off
    fields:  all of which a data set, and a route's own columns, must have; kinds: formats, one of which
    """

    def declare(find: Callable[..., Iterable[Found]]) -> Quality:
        def run(subject: Any, *rest: Any) -> Iterator[Found]:
            ctx = rest[-1]
            chosen = ctx.options.quality.get(id, default)
            tally = rest[0] if len(rest) > 1 else subject
            if chosen != "off" and all(field in tally.columns for field in fields):
                yield from _levelled(id, chosen, find(subject, *rest), tally)

        run.__doc__ = f"{(find.__doc__ or '').strip()} (By default: {default}.)"
        declared = check(f"NFI-{id}", level=level, severity=SEVERITIES[default], needs=needs)(run)
        return Quality(declared, tuple(fields), tuple(kinds))

    return declare


def _levelled(id: str, chosen: str, found: Iterable[Found], tally: ExtractTally) -> Iterator[Found]:
    for one in found:
        if chosen == "drop" and one.line is not None:
            tally.drop(one.line, id)
        elif isinstance(tally, ExtractTally):
            tally.told[id] += 1
        yield replace(one, severity=one.severity or SEVERITIES[chosen])


def checks_for(all_of_them: Iterable[Quality], fields: set[str], kinds: set[str]) -> tuple[Check, ...]:
    """Those that say something of a data set with these fields, of these formats."""
    return tuple(
        one.check
        for one in all_of_them
        if fields.issuperset(one.fields) and (not one.kinds or kinds & set(one.kinds))
    )
