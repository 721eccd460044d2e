"""What monitors ask: `/health`, `/ready` and `/metrics`. They tell nothing that a stranger may not know."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from hub.console.here import Public
from hub.engine.health import answer

NAV = None
router = APIRouter()


def _answer(visitor: Public) -> Response:
    health = visitor.console.health
    if health is None:
        return Response("this is no service that a monitor could ask after\n", 404, media_type="text/plain")
    status, content_type, body = answer(health, visitor.request.url.path)
    return Response(body, status, {"Content-Type": content_type})


for path in ("/health", "/ready", "/metrics"):
    router.add_api_route(path, _answer, methods=["GET"])
