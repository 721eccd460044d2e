"""One console for a module's tests: each of them finds it as the one before has left it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.serving import Served, served


@pytest.fixture(scope="module")
def console(tmp_path_factory) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hub.transfer.steps.fetch.LOOK_AGAIN", 0)
        with served(tmp_path_factory.mktemp("console")) as made:
            yield made
