"""People: who may do what, as the configuration says, and how each signs in here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from hub.config.login import normal_login
from hub.config.people import Right, Viewer
from hub.console.here import Here, Looks, May, words
from hub.console.marks import lines, link, small, tag
from hub.console.wording import moment
from hub.errors import Unknown, UsageError
from hub.store.account_rows import AccountRow

NAV = ("People", "/people")
router = APIRouter()
Text = Annotated[str, Form()]
LetsIn = Annotated[Here, Depends(May(Right.PEOPLE))]


@router.get("/people")
def people(here: Looks) -> Response:
    accounts = {row.login: row for row in here.acts.accounts()}
    rows = [_row(viewer, accounts.get(viewer.login)) for viewer in _named(here)]
    return here.page("people.html", rows=rows)


def _named(here: Here) -> list[Viewer]:
    found = here.services.people
    return sorted((found.viewer(one.login) for one in found.named), key=lambda viewer: viewer.name)


def _row(viewer: Viewer, account: AccountRow | None) -> Sequence[object]:
    who = lines([link(_at(viewer), viewer.name), viewer.login])
    return who, lines([", ".join(sorted(viewer.roles)), *_limits(viewer)]), _state(account), _last(account)


def _limits(viewer: Viewer) -> list[object]:
    return [small(f"only {', '.join(sorted(viewer.routes))}")] if viewer.routes is not None else []


def _at(viewer: Viewer) -> str:
    return f"/people/{quote(viewer.login, safe='')}"


def _state(account: AccountRow | None) -> object:
    if account is None:
        return tag("Does not sign in here")
    if account.closed_at is not None:
        return tag("Closed", "red")
    return tag("Signs in", "green") if account.password else tag("Has a link to set it up", "yellow")


def _last(account: AccountRow | None) -> str:
    return moment(account.signed_in_at) if account and account.signed_in_at else "never"


@router.get("/people/{login}")
def person(here: Looks, login: str) -> Response:
    return _page(here, login)


def _page(here: Here, login: str, invitation: str | None = None) -> Response:
    viewer = _known(here, login)
    account = next((row for row in here.acts.accounts() if row.login == viewer.login), None)
    return here.page(
        "person.html",
        person=viewer,
        rights=sorted(right.value for right in Right if viewer.may(right)),
        compartments=", ".join(sorted(viewer.compartments)),
        routes=", ".join(sorted(viewer.routes)) if viewer.routes is not None else None,
        state=_state(account),
        last=_last(account),
        account=account,
        invitation=invitation,
        itself=viewer.login == here.viewer.login,
    )


def _known(here: Here, login: str) -> Viewer:
    for viewer in _named(here):
        if viewer.login == normal_login(login):
            return viewer
    raise Unknown(f"{login} is not named.")


@router.post("/people/{login}/invite")
def invite(here: LetsIn, login: str) -> Response:
    """The link is shown this once, and nowhere kept."""
    viewer = _known(here, login)
    if viewer.login == here.viewer.login:
        raise UsageError("Somebody else must do that for your own account.")
    token = here.acts.invite(viewer.login)
    return _page(here, login, f"{here.console.address_for(here.request)}/set-up/{token}")


@router.post("/people/{login}/close")
def close(here: LetsIn, login: str, reason: Text = "") -> Response:
    viewer = _known(here, login)
    here.acts.close(viewer.login, words(reason))
    return here.done(f"/people/{viewer.login}", f"{viewer.name} signs in no more.")


@router.post("/people/{login}/reopen")
def reopen(here: LetsIn, login: str, reason: Text = "") -> Response:
    viewer = _known(here, login)
    here.acts.reopen(viewer.login, words(reason))
    return here.done(_at(viewer), f"{viewer.name} may sign in again.")


@router.post("/people/{login}/sign-out")
def sign_out(here: LetsIn, login: str) -> Response:
    viewer = _known(here, login)
    here.acts.sign_out_everywhere(viewer.login)
    return here.done(_at(viewer), f"{viewer.name} is signed out everywhere.")
