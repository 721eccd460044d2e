"""Who asks for a page, and what they may: every address of the console says which right it needs.

`May(right)` lets in who is signed in and has the right; `Anyone` is for the pages before that. An address
that says neither is a mistake that the tests find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response

from hub.config.people import Right
from hub.console.console import Console
from hub.console.rendering import rendered
from hub.engine.credentials import digest, new_token
from hub.engine.local import Hub
from hub.engine.rights import demand
from hub.engine.signing_in import Person, SigningIn
from hub.errors import FeedHubError, UsageError
from hub.store.look import Look
from hub.transfer.services import Services

FORM_TOKEN, BACK, FORM = "form_token", "back", "form"
"""Hidden fields of every form: that it is ours, the page that it stands on, which of its forms it is."""
_NEVER_KEPT = (FORM_TOKEN, BACK, FORM, "old", "new", "again", "password", "code")
"""Fields that are not shown again: hidden ones, and secrets."""
_KEPT = 2000
"""Characters of a field that are shown again after a mistake."""


class SignInFirst(FeedHubError):
    """Nobody is signed in, or not any more."""


class NotOurs(FeedHubError):
    """A form that does not come from a page that this person was shown."""


class Visitor:
    """Somebody who is not signed in."""

    def __init__(self, request: Request, console: Console) -> None:
        self.request, self.console = request, console
        self._new_cookie: str | None = None

    @property
    def address(self) -> str:
        return self.request.client.host if self.request.client else ""

    @property
    def cookie(self) -> str:
        """What ties forms to this browser."""
        known = self.request.cookies.get(self._cookie_name)
        if known:
            return known
        self._new_cookie = self._new_cookie or new_token()
        return self._new_cookie

    @property
    def _cookie_name(self) -> str:
        return cookie_name(self.console, "visit")

    def page(self, template: str, status: int = 200, **context: Any) -> Response:
        """`template` with what every page needs."""
        return self.keep_cookie(rendered(template, {**self.context(), **context}, status))

    def keep_cookie(self, response: Response) -> Response:
        """With the cookie that this browser was given, if it had none."""
        if self._new_cookie:
            set_cookie(response, self.console, self._cookie_name, self._new_cookie)
        response.headers["Cache-Control"] = "no-store"
        return response

    def context(self) -> dict[str, Any]:
        return {
            "viewer": None,
            "nav": (),
            "told": {},
            "path": self.request.url.path,
            "back": self.request.url.path,
            "form_token": token_for_forms(self.cookie),
        }


class Here(Visitor):
    """Somebody signed in, with the hub as it is for them."""

    def __init__(self, request: Request, console: Console, person: Person) -> None:
        super().__init__(request, console)
        self.person, self.viewer = person, replace(person.viewer, at=self.address or None)
        self.hub: Hub = console.hub(self.viewer)

    @property
    def services(self) -> Services:
        return self.hub.services

    @property
    def acts(self) -> SigningIn:
        """How people sign in, as far as who asks may act on it."""
        return SigningIn(self.hub.services)

    @property
    def _cookie_name(self) -> str:
        return cookie_name(self.console, "signed_in")

    @contextmanager
    def look(self) -> Iterator[Look]:
        """All that they may see, as it is at this moment."""
        with self.hub.look() as look:
            yield look

    def may(self, right: Right) -> bool:
        return self.viewer.may(right)

    def context(self) -> dict[str, Any]:
        told: Mapping[str, Any] = self.person.row.told
        if told:
            self.console.signing_in.tell(self.person.row, {})
        where = self.request.url
        return {
            **super().context(),
            "viewer": self.viewer,
            "here": self,
            "may": self.may,
            "Right": Right,
            "nav": self.request.app.state.nav,
            "told": told,
            "back": where.path + (f"?{where.query}" if where.query else ""),
        }

    def done(self, to: str, said: str) -> Response:
        """Go on to a page, which says what was done."""
        self.console.signing_in.tell(self.person.row, {"done": said})
        return RedirectResponse(to, 303)

    def problem(self, said: str, form: Mapping[str, Any]) -> Response:
        """Back to the page that the form stands on, which says what is wrong with it."""
        values = {
            name: value
            for name, value in form.items()
            if isinstance(value, str) and len(value) <= _KEPT and name not in _NEVER_KEPT
        }
        shown = {"problem": said, "form": str(form.get(FORM, "")), "values": values}
        self.console.signing_in.tell(self.person.row, shown)
        return RedirectResponse(own_address(str(form.get(BACK, "/"))), 303)


async def _fields(request: Request) -> Mapping[str, Any]:
    """What a form says; nothing where none was sent."""
    return await request.form() if request.method == "POST" else {}


Fields = Annotated[Mapping[str, Any], Depends(_fields)]


class May:
    """Lets in who is signed in and has a right; their forms only where they come from our pages."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(self, request: Request, fields: Fields) -> Here:
        console: Console = request.app.state.console
        here = signed_in(request, console)
        request.state.here, request.state.fields = here, fields
        if request.method == "POST":
            check_form(here, fields)
        demand(here.hub.services, self.right)
        return here


class Anyone:
    """For what is shown before somebody is signed in."""

    def __call__(self, request: Request, fields: Fields) -> Visitor:
        visitor = Visitor(request, request.app.state.console)
        if request.method == "POST":
            check_form(visitor, fields)
        return visitor


Public = Annotated[Visitor, Depends(Anyone())]
Looks = Annotated[Here, Depends(May(Right.LOOK))]


def signed_in(request: Request, console: Console) -> Here:
    """Raises SignInFirst when nobody is."""
    cookie = request.cookies.get(cookie_name(console, "signed_in"))
    person = console.signing_in.who(cookie, console.limits) if cookie else None
    if person is None:
        raise SignInFirst
    return Here(request, console, person)


def check_form(visitor: Visitor, fields: Mapping[str, Any]) -> None:
    """Raises NotOurs for a form that another site made a browser send."""
    fetched = visitor.request.headers.get("sec-fetch-site", "same-origin")
    sent = str(fields.get(FORM_TOKEN, ""))
    if fetched not in ("same-origin", "none") or sent != token_for_forms(visitor.cookie):
        raise NotOurs


def token_for_forms(cookie: str) -> str:
    return digest(f"form {cookie}")


def cookie_name(console: Console, what: str) -> str:
    """Over TLS a browser takes and sends it to this very host only."""
    return f"__Host-feedhub_{what}" if console.secure else f"feedhub_{what}"


def set_cookie(response: Response, console: Console, name: str, value: str) -> None:
    """Gone with the browser's session; no script reads it."""
    response.set_cookie(name, value, path="/", secure=console.secure, httponly=True, samesite="lax")


def own_address(path: str) -> str:
    """A path of ours, whatever somebody wrote there."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path
    return path if safe and "\r" not in path else "/"


def sign_in_address(then: str) -> str:
    return f"/sign-in?{urlencode({'then': then})}" if then not in ("/", "") else "/sign-in"


def words(text: str, what: str = "Say why: it is kept in the history") -> str:
    """Text that says something. Raises UsageError for what is blank."""
    said = text.strip()
    if not said:
        raise UsageError(what)
    return said
