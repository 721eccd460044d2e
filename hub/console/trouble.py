"""Whatever goes wrong becomes a page with a sentence; no traceback reaches a person."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from hub.console.api.problem import answer
from hub.console.here import Here, NotOurs, SignInFirst, Visitor, sign_in_address
from hub.console.shield import headers_for
from hub.console.wording import on_screen
from hub.errors import FeedHubError, NotAllowed, Unknown, UsageError
from hub.model import Compartment
from hub.tell.logs import trace

_NOT_FOUND = "Page not found"
_TITLES = {
    400: "There is a problem",
    403: "You may not do this",
    404: _NOT_FOUND,
    405: _NOT_FOUND,
    409: "There is a problem",
}


def handle_troubles(app: FastAPI) -> None:
    app.add_exception_handler(SignInFirst, _sign_in_first)
    app.add_exception_handler(NotOurs, _not_ours)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(Unknown, _unknown)
    app.add_exception_handler(UsageError, _usage)
    app.add_exception_handler(FeedHubError, _failed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(Exception, _bug)


def page_of(request: Request, status: int, said: str, title: str | None = None) -> Response:
    """A page that says what is wrong, for whoever asked."""
    if request.url.path.startswith("/api/"):
        return answer(status, on_screen(said))
    here = getattr(request.state, "here", None)
    visitor = here if isinstance(here, Here) else Visitor(request, request.app.state.console)
    title = title or _TITLES.get(status, "Sorry, there is a problem with the hub")
    return visitor.page("trouble.html", status, title=title, said=on_screen(said))


def _sign_in_first(request: Request, _: Exception) -> Response:
    where = request.url
    then = where.path + (f"?{where.query}" if where.query else "") if request.method == "GET" else "/"
    return RedirectResponse(sign_in_address(then), 303)


def _not_ours(request: Request, _: Exception) -> Response:
    said = "This form is too old, or was not sent from a page of the hub. Go back and load the page again."
    return page_of(request, 403, said, "Nothing was done")


def _not_allowed(request: Request, error: Exception) -> Response:
    return page_of(request, 403, str(error))


def _unknown(request: Request, _: Exception) -> Response:
    said = "There is nothing at this address, or you may not know of it. Check the address, or search for it."
    return page_of(request, 404, said)


def _usage(request: Request, error: Exception) -> Response:
    """Back to the form, where there is one."""
    here, fields = getattr(request.state, "here", None), getattr(request.state, "fields", {})
    if isinstance(here, Here) and request.method == "POST":
        return here.problem(on_screen(str(error)), fields)
    return page_of(request, 400, str(error))


def _failed(request: Request, error: Exception) -> Response:
    here, fields = getattr(request.state, "here", None), getattr(request.state, "fields", {})
    if isinstance(here, Here) and request.method == "POST":
        return here.problem(on_screen(str(error)), fields)
    return page_of(request, 503, str(error))


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = "If you typed the address, check that it is correct." if status in (404, 405) else "Try again."
    return page_of(request, status, said)


def _not_understood(request: Request, error: Exception) -> Response:
    """A field of an address or form is missing or not of its kind: our own pages send none such."""
    names = _fields_of(error) if isinstance(error, RequestValidationError) else ""
    return page_of(request, 400, f"The hub did not understand {names or 'what was sent'}. Go back and retry.")


def _fields_of(error: RequestValidationError) -> str:
    errors: list[dict[str, Any]] = list(error.errors())
    return ", ".join(sorted({str(one["loc"][-1]) for one in errors}))


def _bug(request: Request, error: Exception) -> Response:
    """Logged by where it was: what it says might be somebody's data. It is answered outside the shield."""
    services = request.app.state.console.newest().services
    number = services.clock.new_id()
    services.log.error("console", fault=number, trace=trace(error, Compartment.DWP))
    said = f"Something is wrong in Feed hub itself. Tell whoever looks after it this number: {number}."
    response = page_of(request, 500, said)
    response.headers.update(headers_for(secure=request.app.state.console.secure))
    return response
