"""A second person of the pretend council, who agrees to where its configuration now sends money."""

from __future__ import annotations

from pathlib import Path

from hub.config.load import load
from hub.config.people import People
from hub.door.manager import Door
from hub.engine import config_life
from hub.engine.local import open_hub


def agree(folder: Path) -> None:
    """What one person has brought, another agrees to; nothing where nothing is new."""
    door = Door.load()
    config = load(folder, door.catalogue())
    with open_hub(config, door):
        pass
    second = People(config.hub.people).viewer("demo-approver")
    with open_hub(config, door, viewer=second) as hub:
        if config_life.pending(hub.services):
            config_life.agree(hub.services, "the partner confirmed it by telephone")
