"""Scenes of `feedhub demo`."""

from __future__ import annotations

from hub.api import Scene

SCENES: tuple[Scene, ...] = ()
