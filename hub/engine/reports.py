"""What a report comes to, as whoever asks may see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from hub.door.report import Report, Reported, ReportedMove
from hub.errors import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.engine.local import Hub
    from hub.store.rows import RecordMoveRow


def seen_reports(hub: Hub) -> Sequence[Report]:
    """Those that the person may know of, by name."""
    reports = hub.services.catalogue.reports.values()
    seen = hub.services.viewer.compartments
    return sorted((one for one in reports if one.compartment in seen), key=lambda one: one.name)


def find_report(hub: Hub, name: str) -> Report:
    """Raises Unknown when there is none of that name."""
    for report in seen_reports(hub):
        if report.name == name:
            return report
    raise Unknown(f"There is no report {name}. `feedhub reports list` shows those that there are.")


def made(hub: Hub, report: Report, first: date, last: date) -> list[Mapping[str, Any]]:
    """The rows of a report over the days from `first` to `last`."""
    today = hub.services.local(hub.services.clock.now())
    with hub.look() as look:
        items = look.reported(report.feeds, report.states, (first, last) if report.dated else None)
        records = {kind: look.records(kind, limit=None) for kind in report.records}
        moves = {kind: map(_move, look.history(kind)) for kind in report.moves}
        return list(report.rows(Reported(first, last, today, items, records, moves)))


def _move(row: RecordMoveRow) -> ReportedMove:
    return ReportedMove(
        kind=row.kind,
        key=row.key,
        number=row.number,
        at=row.at,
        state=row.to_state,
        who=row.who,
        transfer=row.transfer_id,
        reason=row.reason,
        data=row.data,
        previous=row.previous,
        hash=row.hash,
    )
