"""The REST API, `/api/v1`: what the console shows and does, for programs. `hub/docs/api.md` says how it is
used."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi

from hub.console.api import acts, look, routes, work
from hub.console.api.asking import Rate
from hub.console.api.problem import Problem, handle_problems, told_problems
from hub.console.attempts import Attempts
from hub.console.console import Console

A_MINUTE = 600
"""Requests of one token."""
_ABOUT = (
    "What the hub did, what waits for somebody, and what may be done about it. Money is in pence, instants "
    "are in UTC. Personal values are never given. Every act needs an Idempotency-Key."
)


def create_api(console: Console, *, a_minute: int | None = None) -> FastAPI:
    """To be mounted. `a_minute`: how often each token may ask."""
    api = FastAPI(title="Feed hub", version="1", openapi_url=None, docs_url=None, redoc_url=None)
    now = console.newest().services.clock.now
    api.state.console, api.state.rate, api.state.attempts = (
        console,
        Rate(now, a_minute or A_MINUTE),
        Attempts(now),
    )
    inside = APIRouter(responses=told_problems(401, 403, 422, 429, 503))
    for part in (look, routes, work, acts):
        inside.include_router(part.router)
    api.include_router(inside)

    @api.get("/openapi.json", include_in_schema=False)
    def _document() -> dict[str, Any]:
        return document(api)

    handle_problems(api)
    return api


def document(api: FastAPI) -> dict[str, Any]:
    """What the API offers, as OpenAPI."""
    made = get_openapi(
        title=api.title,
        version=api.version,
        description=_ABOUT,
        routes=api.routes,
        servers=[{"url": "/api/v1"}],
    )
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    return made
