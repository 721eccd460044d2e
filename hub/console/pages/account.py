"""One's own account: what one may do, where one is signed in, and the password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from hub.config.people import Right
from hub.console.here import Looks
from hub.console.wording import moment
from hub.errors import UsageError

NAV = None
router = APIRouter()
Text = Annotated[str, Form()]


@router.get("/account")
def account(here: Looks) -> Response:
    mine = next((row for row in here.acts.accounts() if row.login == here.viewer.login), None)
    return here.page(
        "account.html",
        rights=sorted(right.value for right in Right if here.may(right)),
        compartments=", ".join(sorted(here.viewer.compartments)),
        has_password=mine is not None and mine.password is not None,
        left=len(mine.recovery) if mine else 0,
        places=[
            (
                moment(row.made_at),
                moment(row.seen_at),
                row.address,
                "this one" if row.token == here.person.row.token else "",
            )
            for row in here.acts.where()
        ],
    )


@router.post("/account/password")
def change_password(here: Looks, old: Text = "", new: Text = "", again: Text = "") -> Response:
    if new != again:
        raise UsageError("The two new passwords are not the same")
    here.acts.change_password(old, new)
    return RedirectResponse("/sign-in", 303)


@router.post("/account/sign-out-everywhere")
def everywhere(here: Looks) -> Response:
    here.acts.sign_out_everywhere(here.viewer.login)
    return RedirectResponse("/sign-in", 303)
