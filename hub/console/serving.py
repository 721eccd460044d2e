"""The console at an address, beside whatever else this process does."""

from __future__ import annotations

import gc
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import uvicorn

from hub.console.app import create_app
from hub.console.console import Console
from hub.errors import UsageError

_STOP = 10


@contextmanager
def serving(console: Console) -> Iterator[str]:
    """Answer while it is entered; gives the address for people's browsers (port 0 takes a free one).

    Raises UsageError, at once, when the address cannot be had or a TLS file cannot be read."""
    listener = bound(*console.settings.address)
    with listener:
        server = uvicorn.Server(_configuration(console))
        gc.freeze()  # what is loaded by now stays: looking through it all would hold a page up by 0.1 s
        thread = Thread(target=server.run, args=([listener],), name="console", daemon=True)
        thread.start()
        try:
            yield _address(console, listener)
        finally:
            server.should_exit = True
            thread.join(_STOP)
            console.close()


def _configuration(console: Console) -> uvicorn.Config:
    settings = console.settings
    logging.getLogger("uvicorn.error").disabled = True  # it would print faults whole; pages log them
    config = uvicorn.Config(
        create_app(console),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.key,
        timeout_graceful_shutdown=5,
    )
    try:
        config.load()
    except OSError as error:
        raise UsageError(
            f"The console cannot speak TLS with {settings.certificate} and {settings.key} (console: in "
            f"hub.yaml): {error.strerror or error}."
        ) from error
    return config


def bound(host: str, port: int) -> socket.socket:
    """Bound, and not listening yet. Raises UsageError where something else is there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # TCP by name: asyncio sets TCP_NODELAY on no other, and without it each answer waits for an ACK (40 ms).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let two listen at one address
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host.strip("[]"), port))
    except OSError as error:
        listener.close()
        raise UsageError(
            f"Nothing can listen at {host}:{port} (console: address: in hub.yaml, --port of the demo): "
            f"{error.strerror}."
        ) from error
    return listener


def _address(console: Console, listener: socket.socket) -> str:
    if console.settings.url is not None:
        return console.settings.url.rstrip("/")
    host, port = listener.getsockname()[:2]
    scheme = "https" if console.settings.certificate else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
