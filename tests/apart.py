"""A function in a process of its own, which may be killed: begun from one that has loaded the hub already,
where the system can (Linux), or else from the beginning."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping
from typing import Any

from tests.product import PLUGINS

LIMIT = 300
"""Seconds, for a child that hangs: far above what any takes."""


def _context() -> Any:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    plugins = (f"plugins.{name}" for name in PLUGINS)
    context.set_forkserver_preload(["hub.engine.local", "hub.engine.service", "tests.world", *plugins])
    return context


_CONTEXT = _context()


def exit_code(target: Callable[..., None], *args: object) -> int:
    """Run it, and how it ended: negative, the signal that killed it."""
    child = _CONTEXT.Process(target=_begin, args=(dict(os.environ), target, args))
    child.start()
    child.join(LIMIT)
    assert child.exitcode is not None, "it hangs"
    return int(child.exitcode)


def _begin(environment: Mapping[str, str], target: Callable[..., None], args: tuple[Any, ...]) -> None:
    os.environ.update(environment)
    target(*args)
