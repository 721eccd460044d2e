"""Scenes of `feedhub demo`."""

from __future__ import annotations

from hub.api import Scene
from plugins.rtb_fraud.rtb_demo import RTB_SCENES

SCENES: tuple[Scene, ...] = RTB_SCENES
