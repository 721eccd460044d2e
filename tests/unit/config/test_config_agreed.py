"""Where the files of a route go that names accounts is agreed to by a second person; others may be moved."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from hub.config.agreed import guarded
from hub.config.load import Config
from hub.config.routes import Route


def places(folder: str, **options: Any) -> dict[str, str]:
    target = {"output": "submission", "endpoint": "bureau", "folder": folder}
    told = {"id": "bacs.x", "partner": "P", "feeds": ["f"], "from": {"endpoint": "in"}, "to": [target]}
    route = Route.model_validate({**told, "options": options, "mode": "live", "owner": "o"})
    config = cast(Config, SimpleNamespace(endpoints={}, routes={"bacs.x": route}))
    return {one.name: one.value for one in guarded(config) if one.name.startswith("destinations")}


def test_the_destination_of_a_route_that_names_accounts_is_guarded() -> None:
    told = places("/inbound/dd", service_user_number="654321")
    assert told == {"destinations of route bacs.x": "submission to bureau:/inbound/dd"}
    assert places("/elsewhere", service_user_number="654321") != told
    assert places("/inbound/dd") == {}
