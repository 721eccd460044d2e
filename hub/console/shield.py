"""What every answer says to browsers, and how long a question may be."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.console.api.problem import answer

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_A_YEAR = "max-age=31536000"
_FIELDS = 1_000_000
"""Bytes of a form beside the file in it."""


def headers_for(*, secure: bool) -> Mapping[str, str]:
    """`secure`: whether browsers come over TLS."""
    return _HEADERS | ({"Strict-Transport-Security": _A_YEAR} if secure else {})


class Shield:
    """`largest`: bytes of a file that somebody hands in."""

    def __init__(self, app: ASGIApp, *, secure: bool, largest: int) -> None:
        self._app = app
        self._headers = headers_for(secure=secure)
        self._largest = largest + _FIELDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if too_long := self._refusal(scope):
            await too_long(scope, receive, shielded)
        else:
            await self._app(scope, receive, shielded)

    def _refusal(self, scope: Scope) -> Response | None:
        """Before anything of it is read: a body says how long it is."""
        headers = dict(scope["headers"])
        told = headers.get(b"content-length", b"" if b"transfer-encoding" in headers else b"0")
        if not told.isdigit():
            return _refused(scope, 411, "Say how long the content is (Content-Length).")
        if int(told) > self._largest:
            return _refused(scope, 413, "That is longer than the hub takes.")
        return None


def _refused(scope: Scope, status: int, said: str) -> Response:
    """A program is told a problem, a person a sentence."""
    is_api = scope["path"].startswith("/api/")
    return answer(status, said) if is_api else PlainTextResponse(f"{said}\n", status)
