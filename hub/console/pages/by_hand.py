"""Files that a person takes to a partner: taken, downloaded, handed over or not."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path, PurePath
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import Response, StreamingResponse

from hub.config.people import Right
from hub.console.here import Here, May, words
from hub.console.wording import on_screen
from hub.engine.carrying import carry_on
from hub.errors import UsageError
from hub.model import WorkKind

NAV = None
router = APIRouter()
Text = Annotated[str, Form()]
Looker = Annotated[Here, Depends(May(Right.LOOK))]
_PIECE = 1 << 20


@router.post("/worklist/{id}/take")
def take(here: Looker, id: str) -> Response:
    """Who may is decided by the endpoint's role, so the act itself refuses others."""
    with tempfile.TemporaryDirectory() as folder:
        taken = here.hub.worklist.take(id, Path(folder))
    if taken.stopped:
        carry_on(here.hub, taken.transfer)
        reason = taken.delivery.reason or taken.transfer.reason or ""
        return here.done(f"/transfers/{taken.transfer.id}", on_screen(f"It may not leave: {reason}"))
    said = f"{taken.delivery.name} is yours to hand over. Download it, then enter what you were given for it."
    return here.done(f"/worklist/{id}", said)


@router.get("/worklist/{id}/file")
def file(here: Looker, id: str) -> Response:
    """To whoever has taken it, and nobody else."""
    entry = here.hub.worklist.entry(id, WorkKind.HAND_OVER)
    if entry.taken_by != here.viewer.login:
        raise UsageError("Take it first: from then on it counts as being sent, by you.")
    with here.look() as look:
        transfer = look.transfer_row(str(entry.proposal["transfer"]))
        (delivery,) = (one for one in look.deliveries(transfer.id) if one.id == entry.subject_id)

    def pieces() -> Iterator[bytes]:
        with here.services.store.blobs(transfer.compartment).open(delivery.blob) as source:
            while piece := source.read(_PIECE):
                yield piece

    name = "".join(letter if letter.isascii() and letter not in '"\\' else "_" for letter in delivery.name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces(), 200, headers, "application/octet-stream")


@router.post("/worklist/{id}/handed-over")
def handed_over(
    here: Looker,
    id: str,
    reference: Text = "",
    on: Text = "",
    count: Text = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    given = words(reference, "Enter what the partner gave you for it")
    with uploaded(file) as path:
        rows = here.hub.worklist.handed_over(id, given, path, on=_day(on), count=_number(count))
    for row in rows:
        here.console.work(f"carrying {row.route}", lambda row=row: carry_on(here.hub, row))  # type: ignore[misc]
    return here.done(f"/transfers/{rows[0].id}", "It is handed over, and counts as sent.")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise UsageError(f"“{text.strip()}” is no day; write it as 2026-10-05. Nothing was done.") from None


def _number(text: str) -> int | None:
    if text.strip() and not text.strip().isdecimal():
        raise UsageError(f"“{text.strip()}” is no number of records. Nothing was done.")
    return int(text) if text.strip() else None


@router.post("/worklist/{id}/not-done")
def not_done(here: Looker, id: str, reason: Text = "") -> Response:
    here.hub.worklist.not_done(id, words(reason))
    return here.done(f"/worklist/{id}", "It is not handed over. Somebody may take it again.")


@contextmanager
def uploaded(file: UploadFile | None) -> Iterator[Path | None]:
    """A file as it was sent, under its own name, for as long as it is read; None where none was."""
    name = PurePath((file.filename or "").replace("\\", "/")).name if file else ""
    if file is None or not name or name in (".", ".."):
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        with path.open("wb") as kept:
            while piece := file.file.read(_PIECE):
                kept.write(piece)
        yield path
