"""The parts of a transfer's page as tables: totals, findings, items, deliveries, answers, history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from hub.console.marks import endpoint_link, lines, link, long_word, nowrap, small, state, tag, transfer_link
from hub.console.wording import (
    SEVERITIES,
    count,
    day,
    event_words,
    moment,
    name_words,
    on_screen,
    pounds,
    size,
    told,
    told_totals,
)
from hub.model import ItemState
from hub.store.rows import DeliveryRow, EventRow, FindingRow, ItemRow, Objection, TransferView
from hub.transfer.inspect import masked
from hub.transfer.rehearsal import laid_down, says

Cells = Sequence[object]
_LINES_NAMED = 5
_TECHNICAL = ("sha256", "size")
"""What reading back at the other side saw, and its being there says enough of."""
_WAITING = (ItemState.HELD, ItemState.SUSPENDED, ItemState.WAITING, ItemState.UNANSWERED)
_TOLD_ELSEWHERE = ("from", "to", "transfer", "route", "name", "seen", "run", "sha256", "blob", "identity")
_QUIET = ("config", "moment", "totals", "not_checked", "what", "work", "item")


def money_rows(view: TransferView) -> list[Cells]:
    """Each state with count and value, and their sum: what came in."""
    rows: list[Cells] = [
        (state(one.value), f"{items:,}", pounds(pence)) for one, (items, pence) in view.money.items()
    ]
    if rows:
        items = sum(items for items, _ in view.money.values())
        pence = sum(pence for _, pence in view.money.values())
        rows.append((Markup("<strong>Came in</strong>"), f"{items:,}", pounds(pence)))
    return rows


def totals_rows(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The file's own control totals."""
    return told_totals(summary.get("totals", {}))


def finding_rows(findings: Iterable[FindingRow]) -> list[Cells]:
    """All of one check and severity in one line, with the first lines and words."""
    groups: dict[tuple[str, str], list[FindingRow]] = {}
    for finding in findings:
        groups.setdefault((finding.severity.value, finding.check), []).append(finding)
    return [_finding(severity, check, group) for (severity, check), group in groups.items()]


def _finding(severity: str, check: str, group: Sequence[FindingRow]) -> Cells:
    words, colour = SEVERITIES[severity]
    first = group[0]
    said = escape(_says(first))
    if len(group) > 1:
        rest = lines(_says(one, with_line=True) for one in group[:50])
        said += Markup(
            '<details class="more"><summary>All %s <span class="unseen">of %s</span></summary>%s</details>'
        ) % (f"{len(group):,}", check, rest)
    return tag(words, colour), check, f"{len(group):,}", _lines_of(group), said


def _says(finding: FindingRow, *, with_line: bool = False) -> str:
    place = f"{finding.field}: " if finding.field and finding.field not in finding.message else ""
    known = finding.expected is None or finding.expected in finding.message
    expected = "" if known else f" (expected {finding.expected})"
    where = f"Line {finding.line}: " if with_line and finding.line is not None else ""
    return on_screen(f"{where}{place}{finding.message}{expected}")


def _lines_of(group: Sequence[FindingRow]) -> str:
    numbers = list(dict.fromkeys(one.line for one in group if one.line is not None))
    named = ", ".join(map(str, numbers[:_LINES_NAMED]))
    return f"{named} …" if len(numbers) > _LINES_NAMED else named or "whole file"


def item_rows(
    items: Iterable[ItemRow], said: Mapping[str, Sequence[tuple[Any, str | None]]], *, unmasked: bool
) -> list[Cells]:
    return [_item(item, said.get(item.id, ()), unmasked=unmasked) for item in items]


def _item(item: ItemRow, said: Sequence[tuple[Any, str | None]], *, unmasked: bool) -> Cells:
    named = link(f"/items/{item.id}", item.reference) if item.state in _WAITING else item.reference
    what = lines([named, small(item.kind.replace("_", " ").lower())])
    words: list[object] = [state(item.state.value)]
    if item.reason:
        words.append(small(on_screen(item.reason)))
    words += [small(f"{what.value}{f': {why}' if why else ''}") for what, why in said]
    shown = [
        f"{name_words(name)}: {told(value)}" for name, value in item.data.items() if value not in (None, "")
    ]
    shown += [
        f"{name_words(name)}: {value if unmasked else masked(name, value)}"
        for name, value in item.personal.items()
        if value
    ]
    return (
        item.line or "",
        what,
        item.account or "",
        pounds(item.amount),
        day(item.on),
        lines(words),
        _more(shown),
    )


def _more(shown: Sequence[str]) -> object:
    if not shown:
        return ""
    return Markup('<details class="more"><summary>Show</summary>%s</details>') % (lines(shown),)


def delivery_rows(deliveries: Iterable[DeliveryRow]) -> list[Cells]:
    return [_delivery(row) for row in deliveries]


def _delivery(row: DeliveryRow) -> Cells:
    rehearsed = laid_down(row)
    reason = says(row) if rehearsed else row.reason
    words: list[object] = [state(row.state.value, rehearsed=rehearsed)]
    if reason:
        words.append(small(on_screen(reason)))
    if row.next_attempt_at:
        words.append(small(f"tried again at {moment(row.next_attempt_at)}"))
    seen = [f"{name_words(name)}: {value}" for name, value in row.remote.items() if name not in _TECHNICAL]
    file = lines([long_word(row.name), small(size(row.size))])
    to = lines([endpoint_link(row.endpoint), small(row.folder)])
    return file, to, lines(words), row.attempts, small(", ".join(seen)) if seen else ""


def objection_rows(objections: Iterable[Objection]) -> list[Cells]:
    return [
        (one.reference, pounds(one.amount), one.said.value.capitalize(), one.reason or "",
         transfer_link(one.by_transfer, one.by_name))
        for one in objections
    ]  # fmt: skip


def story_rows(events: Iterable[EventRow], names: Mapping[str, str]) -> list[Cells]:
    """In the order that it happened; `names`: of deliveries, by id."""
    return [_event(event, names) for event in events]


def _event(event: EventRow, names: Mapping[str, str]) -> Cells:
    about = names.get(event.subject_id)
    what: list[object] = [event_words(event.kind)]
    if about:
        what.append(small(long_word(about)))
    who = "the hub" if event.who == "hub" else event.who
    return nowrap(moment(event.at)), lines(what), nowrap(who), more_of(event)


def more_of(event: EventRow) -> str:
    """What an event says beside what its columns say: the reason or the words first."""
    data = {key: value for key, value in event.data.items() if key not in (*_TOLD_ELSEWHERE, *_QUIET)}
    plain = [str(data.pop(key)) for key in ("note", "reason", "purpose", "title") if data.get(key)]
    rest = [
        f"{name_words(key)}: {told(value)}" for key, value in data.items() if value not in (None, "", {}, [])
    ]
    return on_screen("; ".join([*plain, *rest]))


def answered_words(view: TransferView) -> str:
    """What became of what left, in a sentence; nothing where nothing waits for an answer."""
    counts = view.answered
    if not counts.left:
        return ""
    said = ", ".join(f"{number} {what.value}" for what, number in counts.said.items() if number)
    rest = f"; {count(counts.unanswered, 'item')} not answered" if counts.unanswered else ""
    return f"{counts.told.capitalize()}{f': {said}' if said else ''}{rest}."
