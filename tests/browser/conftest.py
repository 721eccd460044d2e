"""One console and one browser for a worker's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browsing import chromium
from tests.serving import Served, served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="session")
def console(tmp_path_factory) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hub.transfer.steps.fetch.LOOK_AGAIN", 0)
        with served(tmp_path_factory.mktemp("console")) as made:
            yield made
