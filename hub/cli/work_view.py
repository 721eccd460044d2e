"""How entries of the worklist are told: to programs as JSON, to people as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hub.cli import show

if TYPE_CHECKING:
    from hub.store.rows import WorkRow


def work_json(row: WorkRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind.value,
        "name": row.name,
        "subject": row.subject,
        "subject_id": row.subject_id,
        "title": row.title,
        "owner": row.owner,
        "state": row.state.value,
        "proposed_by": row.proposed_by,
        "made_at": row.made_at.isoformat(),
        "taken_by": row.taken_by,
        "closed_by": row.closed_by,
        "proposal": dict(row.proposal),
        "answer": dict(row.answer),
    }


def print_work(rows: Sequence[WorkRow]) -> None:
    show.print_table(
        ["entry", "kind", "what", "since", "owner", "taken by", "about"],
        [_entry(row) for row in rows],
        "Nothing to do.",
    )


def _entry(row: WorkRow) -> Sequence[object]:
    return row.id, row.kind, _asks(row), show.clock_face(row.made_at), row.owner, row.taken_by, about(row)


def about(row: WorkRow) -> str:
    """What people type to see what an entry is about: the transfer of a delivery, not the delivery."""
    return str(row.proposal.get("transfer", row.subject_id))


def _asks(row: WorkRow) -> str:
    """The title, with the words that a task may be answered with."""
    from hub.transfer.tasks import words_of

    words = words_of(row.proposal)
    return f"{row.title} ({' or '.join(words)})" if words else row.title


def print_approvals(rows: Sequence[WorkRow]) -> None:
    """Each with the control totals that are to be agreed: the file's, and those of all that would leave."""
    show.print_table(
        ["entry", "transfer", "proposed by", ">records", ">value", "for", "what"],
        [_approval(row) for row in rows],
        "Nothing to approve.",
    )
    for row in rows:
        for output in row.proposal.get("outputs", ()):
            name, to = output["name"], output["to"]
            show.console().print(f"{row.id}: {name} to {to}: {totals(output)}")


def _approval(row: WorkRow) -> Sequence[object]:
    about, asked = row.subject_id, row.proposal
    return row.id, about, row.proposed_by, asked["count"], asked["value"], asked["business_date"], row.title


def totals(proposal: Mapping[str, Any]) -> str:
    """A file's own totals and its size, in words."""
    named = [f"{name} {value}" for name, value in proposal["totals"].items()]
    return ", ".join([*named, f"{proposal['size']} bytes"])
