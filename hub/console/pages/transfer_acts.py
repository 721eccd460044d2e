"""What people do about a transfer, each with a reason: the same acts as those of the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from hub.config.people import Right
from hub.console.forms import pence_of, whole_of
from hub.console.here import Here, May, words
from hub.console.wording import STATES, on_screen
from hub.engine.carrying import carry_on
from hub.errors import UsageError
from hub.store.rows import TransferRow
from hub.transfer.release import Agreed

NAV = None
router = APIRouter()
Text = Annotated[str, Form()]
Settles = Annotated[Here, Depends(May(Right.SETTLE))]
Releases = Annotated[Here, Depends(May(Right.RELEASE))]
Suggests = Annotated[Here, Depends(May(Right.SUGGEST))]


def decided(here: Here, to: str, act: Callable[[], TransferRow]) -> Response:
    """The decision is committed; then the transfer goes as far as it goes now, for a while at least."""
    row = act()
    came = here.console.work(f"carrying {row.route}", lambda: carry_on(here.hub, row))
    if came is None:
        return here.done(to, f"Done. {row.name} is being worked; this page shows how far it has come.")
    outcome, trouble = came
    state = STATES.get(outcome.state, (outcome.state, ""))[0]
    said = trouble or f"{row.name}: {state}{f' ({outcome.reason})' if outcome.reason else ''}"
    return here.done(to, on_screen(said))


@router.post("/transfers/{id}/retry")
def retry(here: Settles, id: str, reason: Text = "") -> Response:
    why = words(reason)
    return decided(here, f"/transfers/{id}", lambda: here.hub.acts.retry(id, why))


@router.post("/transfers/{id}/release")
def release(here: Releases, id: str, reason: Text = "", count: Text = "", value: Text = "") -> Response:
    why, agreed = words(reason), agreed_totals(count, value)
    return decided(here, f"/transfers/{id}", lambda: here.hub.acts.release(id, why, agreed))


@router.post("/transfers/{id}/refuse")
def refuse(here: Releases, id: str, reason: Text = "") -> Response:
    why = words(reason)
    return decided(here, f"/transfers/{id}", lambda: here.hub.acts.refuse(id, why))


@router.post("/transfers/{id}/withdraw")
def withdraw(here: Settles, id: str, reason: Text = "", undone: Text = "") -> Response:
    why = words(reason)
    return decided(here, f"/transfers/{id}", lambda: here.hub.acts.withdraw(id, why, undone=undone == "yes"))


@router.post("/transfers/{id}/settle")
def settle(here: Settles, id: str, reason: Text = "", sent: Text = "") -> Response:
    why = words(reason)
    if sent not in ("yes", "no"):
        raise UsageError("Say whether the partner has it, once you have asked them")
    return decided(here, f"/transfers/{id}", lambda: here.hub.acts.settle(id, sent=sent == "yes", reason=why))


@router.post("/transfers/{id}/reverse")
def reverse(here: Suggests, id: str, reason: Text = "", lines: Text = "") -> Response:
    entry = here.hub.agreements.propose_reversal(id, words(reason), _lines(lines))
    return here.done(
        f"/transfers/{id}", f"Proposed: {entry.title}. Somebody else agrees or not, on the worklist."
    )


def agreed_totals(count: str, value: str) -> Agreed:
    """The control totals that somebody typed: both, because who agrees must have looked."""
    records = whole_of(count, "Enter the number of records that you agreed, in figures")
    return Agreed(records, pence_of(value, "Enter the value that you agreed in pounds, such as 1234.50"))


def _lines(text: str) -> list[int]:
    """Of a file, as people write them: 3, 17."""
    parts = text.replace(",", " ").split()
    if not all(part.isdigit() and part != "0" for part in parts):
        raise UsageError("Write lines as numbers with commas between them: 3, 17")
    return [int(part) for part in parts]
