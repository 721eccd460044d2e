"""Whatever a program sends, the API answers as its document says, and never with a fault of its own.

`python -m tests.long.api [EXAMPLES]` asks more of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from starlette.routing import Mount

from hub.console.app import create_app
from hub.door.milestone import MILESTONE
from hub.rent.holds import HOLD_LIFE
from tests.calling import Calling, calling
from tests.world import World


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calling]:
    yield from serving(tmp_path_factory.mktemp("world"))


def serving(folder: Path) -> Iterator[Calling]:
    """A hub with one transfer that is held."""
    world = World(folder, lifecycles=[MILESTONE, HOLD_LIFE])
    world.change_route("hold: {first_file: true}")
    world.arrive("held.txt", b"ABC001+0001000\nABC002+0000200\n")
    with calling(world) as api:
        api.hub.run("little.payments")
        yield api


@pytest.fixture(scope="module")
def document(api: Calling) -> Any:
    return document_of(api)


def document_of(api: Calling) -> Any:
    app = create_app(api.console)
    (made,) = (one.app for one in app.routes if isinstance(one, Mount) and one.path == "/api/v1")
    made.state.rate.a_minute = 10**9
    made.state.attempts = SimpleNamespace(count=lambda _: None)  # it tries wrong tokens on purpose
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


def ask(api: Calling, document: Any, examples: int) -> int:
    """Every address of a document, so many times each; how many addresses there are."""
    operations = [found.ok() for found in document.get_all_operations()]
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
        def asked(case: Any) -> None:
            case.call_and_validate(headers=api.headers("adam"))

        asked()
    return len(operations)


def test_an_answer_is_as_the_document_says(api: Calling, document: Any) -> None:
    assert ask(api, document, 3) > 30


def test_every_address_says_which_problems_it_answers(api: Calling) -> None:
    document = api.client.get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            wanted = {"200", "401", "403", "422", "429", "503"} | (
                {"404", "409"} if method == "post" and "/search" not in path else set()
            )
            assert wanted <= set(told["responses"]), (method, path)
            assert told["security"] == [{"HTTPBearer": []}], (method, path)
