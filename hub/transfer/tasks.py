"""Tasks as entries of the worklist keep them: the choices with their moves, or the fact that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from hub.config.people import HUB_LOGIN, Right, Viewer
from hub.config.settings import Role
from hub.door.lifecycle import Task
from hub.errors import UsageError
from hub.model import Move, Urgency, WorkKind
from hub.store.rows import TransferRow, WorkRow
from hub.transfer import worklist
from hub.transfer.services import Services

ANSWERS = "answers"
FACT = "fact"
REASONED = "reasoned"
ROLE = "role"
NOT_BY = "not_by"
FOREIGN = "somebody else's file"
"""The name of the task about a file that is not for us."""


def proposal_of(task: Task) -> Mapping[str, Any]:
    """What the entry of a task keeps; nothing for one that anybody answers with any words."""
    kept = {
        FACT: task.fact,
        ANSWERS: {word: _kept(move) for word, move in task.answers.items()},
        NOT_BY: task.not_by,
        REASONED: task.reasoned,
    }
    return {name: value for name, value in kept.items() if value}


def ask_administrator(conn: Connection, services: Services, row: TransferRow, title: str) -> None:
    """A task about a transfer that only an administrator may answer: it may be a data breach."""
    worklist.ask(
        conn,
        services,
        kind=WorkKind.TASK,
        name=FOREIGN,
        subject="transfer",
        subject_id=row.id,
        title=title,
        owner=services.route(row.route).owner,
        proposed_by=HUB_LOGIN,
        proposal={ROLE: Role.ADMINISTRATOR.value},
        urgency=Urgency.RED,
        compartment=row.compartment,
    )


def may_answer(viewer: Viewer, proposal: Mapping[str, Any]) -> bool:
    """Whether a task is for somebody: the right for tasks, and nothing that speaks against them."""
    return viewer.may(Right.TASK) and why_not_by(viewer, proposal) is None


def why_not_by(viewer: Viewer, proposal: Mapping[str, Any]) -> str | None:
    """Why somebody who answers tasks may not answer this one; None when they may."""
    role = proposal.get(ROLE)
    if role is not None and not viewer.has(Role(role)):
        return f"it is for people with the role {role}"
    if viewer.login == proposal.get(NOT_BY):
        return f"it is about what you ({viewer.login}) did, so somebody else must"
    return None


def move_for(entry: WorkRow, text: str, reason: str | None = None) -> Move | None:
    """The move that an answer makes, if any. Raises UsageError when it is none of the choices, or needs a
    reason and has none."""
    choices, fact = entry.proposal.get(ANSWERS), entry.proposal.get(FACT)
    if entry.proposal.get(REASONED) and reason is None:
        raise UsageError(f"“{entry.title}” needs a reason: add --reason …. Nothing was done.")
    if fact is not None:
        kind, _, key = entry.subject_id.partition(":")
        return Move(kind=kind, key=key, data={fact: text}, reason=reason or entry.title)
    if choices is None:
        return None
    if text not in choices:
        raise UsageError(
            f"“{text}” is no answer to “{entry.title}”. Say one of: {', '.join(choices)}. Nothing was done."
        )
    move = Move(**choices[text])
    return replace(move, reason=reason) if reason else move


def words_of(proposal: Mapping[str, Any]) -> list[str]:
    """The words that a task may be answered with; none where any will do."""
    return list(proposal.get(ANSWERS, ()))


def _kept(move: Move) -> Mapping[str, Any]:
    named = {"kind": move.kind, "key": move.key, "to": move.to, "account": move.account}
    return {**named, "data": dict(move.data), "reason": move.reason}
