"""Whatever goes wrong becomes a problem (RFC 9457) with a sentence; no traceback reaches a program."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from hub.errors import FeedHubError, LostRace, NotAllowed, Unknown, UsageError
from hub.model import Compartment
from hub.tell.logs import trace

CONTENT = "application/problem+json"
_NOWHERE = "There is nothing at this address, or you may not know of it."


class Problem(BaseModel):
    """`detail`: what was wrong and what to do; `errors`: the fields that were not understood."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[str] = []


class Refused(FeedHubError):
    """What is answered instead."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        super().__init__(detail)
        self.status, self.headers = status, headers


def told_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How the document tells of them."""
    content = {CONTENT: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def handle_problems(api: FastAPI) -> None:
    for kind in (FeedHubError, Refused, NotAllowed, Unknown, UsageError, LostRace):
        api.add_exception_handler(kind, _hub)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(RequestValidationError, _not_understood)
    api.add_exception_handler(Exception, _bug)


def answer(status: int, detail: str, *errors: str, **headers: str) -> Response:
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=list(errors))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse(told.model_dump(), status, named, media_type=CONTENT)


def status_of(error: FeedHubError) -> int:
    """409: as things stand it cannot be done, and nothing was; 503: the hub could not, and may later."""
    if isinstance(error, Refused):
        return error.status
    for kind, status in ((NotAllowed, 403), (Unknown, 404), (UsageError, 409), (LostRace, 409)):
        if isinstance(error, kind):
            return status
    return 503


def _hub(request: Request, error: Exception) -> Response:
    if not isinstance(error, FeedHubError):
        return _bug(request, error)
    status = status_of(error)
    headers = error.headers if isinstance(error, Refused) else {}
    return answer(status, _NOWHERE if status == 404 else str(error), **headers)


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    allowed = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    told = {404: _NOWHERE, 405: "This address does not take that method."}
    return answer(status, told.get(status, "It was not understood."), **allowed)


def _not_understood(request: Request, error: Exception) -> Response:
    """Which fields, and not what stood in them: it might be somebody's data."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    errors = [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in found]
    return answer(422, "The request was not understood; the document tells what each field is.", *errors)


def _bug(request: Request, error: Exception) -> Response:
    services = request.app.state.console.newest().services
    number = services.clock.new_id()
    services.log.error("api", fault=number, trace=trace(error, Compartment.DWP))
    return answer(500, f"Something is wrong in Feed hub itself. Tell whoever looks after it: {number}.")
