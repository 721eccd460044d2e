"""The console as an ASGI application."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from hub.console.api import create_api
from hub.console.console import Console
from hub.console.pages import PAGES
from hub.console.rendering import STATIC
from hub.console.shield import Shield
from hub.console.trouble import handle_troubles


def create_app(console: Console) -> FastAPI:
    """All pages, each for whoever may see it."""
    largest = int(console.newest().services.config.hub.max_file_size)
    shield = Middleware(Shield, secure=console.secure, largest=largest)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, middleware=[shield])
    app.state.console = console
    app.state.nav = tuple(page.NAV for page in PAGES if page.NAV is not None)
    for page in PAGES:
        app.include_router(page.router)
    app.mount("/api/v1", create_api(console))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    handle_troubles(app)
    return app
