"""Entries of the worklist as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.console.here import Here
from hub.console.wording import name_words, on_screen, told_totals
from hub.engine.worklist import may_do
from hub.model import WorkKind, WorkState
from hub.store.rows import WorkRow
from hub.transfer.tasks import REASONED, why_not_by, words_of

KINDS: Mapping[WorkKind, tuple[str, str]] = {
    WorkKind.SETTLE: ("Stopped", "These go on only when somebody says how."),
    WorkKind.RELEASE: ("To approve", "Held files: agree the control totals, then let each go or not."),
    WorkKind.AGREE: ("To agree", "Somebody has proposed these; a second person agrees or not."),
    WorkKind.SUSPENSE: ("Suspense to clear", "Somebody has proposed where this money belongs."),
    WorkKind.HAND_OVER: ("To hand over", "Files that a person takes to a partner."),
    WorkKind.TASK: ("To look at", "Find out, decide, and write the answer down."),
}
"""In the order of the worklist: what stops money first."""


_OWN = ("count", "value")
"""Totals that every file has, and a page says first."""


@dataclass(frozen=True, slots=True)
class Work:
    """An entry with what a page says of it. `may`: whether who looks could do it now; `why_not`: else why."""

    row: WorkRow
    title: str
    transfer: str | None
    may: bool
    why_not: str | None
    choices: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.row.kind.value

    @property
    def words(self) -> str:
        return KINDS[self.row.kind][0]

    @property
    def is_query(self) -> bool:
        return "question" in self.row.proposal

    @property
    def reasoned(self) -> bool:
        """Whether an answer needs a reason."""
        return bool(self.row.proposal.get(REASONED))

    @property
    def options(self) -> list[tuple[str, str]]:
        """The words that it may be answered with."""
        return [(word, name_words(word)) for word in self.choices]

    @property
    def totals(self) -> list[tuple[str, str]]:
        """Control totals that are to be agreed."""
        return told_totals({name: value for name, value in self._totals.items() if name not in _OWN})

    @property
    def _totals(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.row.proposal.get("totals", {})
        return found


def works(here: Here, entries: Iterable[WorkRow]) -> list[Work]:
    return [work(here, entry) for entry in entries]


def work(here: Here, row: WorkRow) -> Work:
    may = row.state in (WorkState.OPEN, WorkState.TAKEN) and may_do(here.services, row)
    transfer = row.proposal.get("transfer") or (row.subject_id if row.subject == "transfer" else None)
    return Work(
        row,
        on_screen(row.title),
        str(transfer) if transfer else None,
        may,
        None if may else _why_not(here, row),
        tuple(words_of(row.proposal)),
    )


def _why_not(here: Here, row: WorkRow) -> str:
    if row.state not in (WorkState.OPEN, WorkState.TAKEN):
        return "It is over."
    if row.proposed_by == here.viewer.login and row.kind is not WorkKind.TASK:
        return "You proposed this or handed it in, so somebody else must decide."
    if (wrong := why_not_by(here.viewer, row.proposal)) is not None:
        return f"{wrong[0].upper()}{wrong[1:]}."
    if row.taken_by not in (None, here.viewer.login):
        return f"{row.taken_by} has taken it."
    return "Your roles do not let you do this."
