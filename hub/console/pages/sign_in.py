"""Signing in and out, and the link by which somebody sets up how they do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from hub.console.here import Looks, Public, Visitor, cookie_name, own_address, set_cookie
from hub.console.qr import qr_code
from hub.engine.credentials import app_address
from hub.errors import Unknown, UsageError

NAV = None
router = APIRouter()
Field = Annotated[str, Form()]


@router.get("/sign-in")
def sign_in(visitor: Public, then: str = "/") -> Response:
    return _page(visitor, then)


def _page(visitor: Visitor, then: str, problem: str | None = None, login: str = "") -> Response:
    return visitor.page(
        "sign_in.html",
        400 if problem else 200,
        then=own_address(then),
        problem=problem,
        login=login[:128],
        vouches=visitor.console.oidc is not None,
    )


@router.get("/sign-in/elsewhere")
def elsewhere(visitor: Public, then: str = "/") -> Response:
    """To the service that vouches for people."""
    if visitor.console.oidc is None:
        raise Unknown("Nobody vouches for people here.")
    try:
        visitor.console.attempts.count(visitor.address)
        address = visitor.console.oidc.address(visitor.cookie, _back(visitor), own_address(then))
    except UsageError as error:
        return _page(visitor, then, str(error))
    return visitor.keep_cookie(RedirectResponse(address, 303))


@router.get("/sign-in/back")
def back(visitor: Public, code: str = "", state: str = "") -> Response:
    """From there."""
    if visitor.console.oidc is None:
        raise Unknown("Nobody vouches for people here.")
    try:
        vouched, then = visitor.console.oidc.came_back(visitor.cookie, _back(visitor), code, state)
    except UsageError as error:
        return _page(visitor, "/", str(error))
    acts = visitor.console.signing_in
    return _let_in(visitor, acts.vouched(vouched.login, vouched.name, vouched.roles, visitor.address), then)


def _back(visitor: Visitor) -> str:
    return f"{visitor.console.address_for(visitor.request)}/sign-in/back"


@router.post("/sign-in")
def sign_in_now(
    visitor: Public, login: Field = "", password: Field = "", code: Field = "", then: Field = "/"
) -> Response:
    try:
        visitor.console.attempts.count(visitor.address)
        token = visitor.console.signing_in.sign_in(login, password, code, visitor.address)
    except UsageError as error:
        return _page(visitor, then, str(error), login)
    visitor.console.attempts.forget(visitor.address)
    return _let_in(visitor, token, then)


@router.get("/once/{token}")
def once(visitor: Public, token: str) -> Response:
    login = visitor.console.whom(token)
    if login is None:
        raise UsageError("This link is used, or none of this hub. Ask for a new one.")
    return visitor.page("once.html", login=login, token=token)


@router.post("/once/{token}")
def once_now(visitor: Public, token: str) -> Response:
    login = visitor.console.use_up(token)
    if login is None:
        raise UsageError("This link is used, or none of this hub. Ask for a new one.")
    return _let_in(visitor, visitor.console.signing_in.let_in(login, visitor.address), "/")


def _let_in(visitor: Visitor, token: str, then: str) -> Response:
    response = RedirectResponse(own_address(then), 303)
    set_cookie(response, visitor.console, cookie_name(visitor.console, "signed_in"), token)
    return response


@router.post("/sign-out")
def sign_out(here: Looks) -> Response:
    here.console.signing_in.sign_out(here.person.row)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(cookie_name(here.console, "signed_in"), path="/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@router.get("/set-up/{token}")
def set_up(visitor: Public, token: str) -> Response:
    return _set_up_page(visitor, token)


def _set_up_page(visitor: Visitor, token: str, problem: str | None = None) -> Response:
    viewer, secret = visitor.console.signing_in.invited(token)
    address = app_address(secret, viewer.login, "Feed hub")
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return visitor.page(
        "set_up.html",
        400 if problem else 200,
        person=viewer,
        token=token,
        qr=qr_code(address),
        secret=grouped,
        problem=problem,
    )


@router.post("/set-up/{token}")
def set_up_now(
    visitor: Public, token: str, password: Field = "", again: Field = "", code: Field = ""
) -> Response:
    try:
        visitor.console.attempts.count(visitor.address)
        if password != again:
            raise UsageError("The two passwords are not the same")
        codes = visitor.console.signing_in.set_up(token, password, code)
    except UsageError as error:
        return _set_up_page(visitor, token, str(error))
    return visitor.page("recovery_codes.html", codes=codes)
