"""A hub that runs one route and kills itself at one point of it: a boundary of the pipeline, or `mid_upload`,
when a part of the content lies at the partner."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from hub.config.load import load
from hub.connectors.names import temporary_name
from hub.connectors.place import FileSession
from hub.demo.clock import StoryClock
from hub.door.manager import Door
from hub.engine.local import open_hub

KILLED = 137 if os.name == "nt" else -signal.SIGKILL
"""What the process that waited for it is told."""


def die() -> None:
    """The end, at once: no clean-up, no buffer written. Windows has no such signal to send oneself."""
    if os.name == "nt":
        os._exit(KILLED)
    os.kill(os.getpid(), signal.SIGKILL)


class Death:
    """A boundary that kills when a point is reached for the n-th time."""

    def __init__(self, point: str, occasion: int) -> None:
        self.point, self.left = point, occasion

    def __call__(self, point: str) -> None:
        if self.is_due(point):
            die()

    def is_due(self, point: str) -> bool:
        self.left -= point == self.point
        return point == self.point and self.left == 0


class Torn:
    """Content that ends the process when its last third is wanted. Its first third is at the partner then."""

    def __init__(self, source: BinaryIO, size: int, wait: Callable[[], object]) -> None:
        self.source, self.piece, self.wait = source, size // 3, wait
        self.pieces_left = 2

    def read(self, size: int) -> bytes:
        if not self.pieces_left:
            self.wait()
            die()
        self.pieces_left -= 1
        return self.source.read(self.piece)


def tear_upload(death: Death) -> None:
    """Make the upload that is due to be torn end in the middle."""
    whole = FileSession.put

    def put(self: FileSession, folder: str, name: str, source: Any, size: int, sha256: str) -> Any:
        def look() -> object:
            # A partner answers in the order it was asked: what was written before is there then.
            return self._place.look(self._place.path(folder, temporary_name(name)))

        torn = Torn(source, size, look) if death.is_due("mid_upload") else source
        return whole(self, folder, name, torn, size, sha256)

    FileSession.put = put


def main(config_folder: Path, route: str, day: str, point: str, occasion: int = 1) -> None:
    death, door, clock = Death(point, occasion), Door.load(), StoryClock()
    clock.turn_to(date.fromisoformat(day))
    tear_upload(death)
    with open_hub(load(config_folder, door.catalogue()), door, clock=clock, boundary=death) as hub:
        hub.run(route)
