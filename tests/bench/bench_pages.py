"""Every page of the console and the API, over a hub with a million transfers while a thousand rows a second
are written: from the request until the whole answer is there, over loopback.

`uv run python -m tests.bench.bench_pages [TRANSFERS] [FOLDER]`, as `bench_search`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeVar
from urllib.parse import urlencode

import httpx

from hub.config.people import HUB
from hub.config.settings import ConsoleSettings
from hub.console.console import Console
from hub.console.here import token_for_forms
from hub.console.serving import serving
from hub.console.sought import hidden
from hub.engine.tokens import add_token
from hub.store.keys import Keys
from tests.bench import million
from tests.bench.bench_search import TARGET, TRANSFERS, writing
from tests.bench.measure import Measure, show
from tests.serving import HUB_YAML, LIMITED
from tests.world import World

TIMES = 20
PERSON = "clerk"
Address = Callable[[int], str]
T = TypeVar("T")


def pages(of: int, keys: Keys) -> Mapping[str, Address]:
    """Of the transfer of a number."""
    until = million.END.date()
    return {
        "today": lambda n: "/",
        "transfers": lambda n: "/transfers",
        "transfers of a route": lambda n: f"/transfers?route={million.route_of(n)}",
        "transfers in doubt": lambda n: "/transfers?state=IN_DOUBT",
        "transfers by a text": lambda n: f"/transfers?{urlencode(hidden(keys, _text(n)))}",
        "transfers with a finding": lambda n: f"/transfers?check={million.CHECKS[n % 29]}",
        "a transfer": lambda n: f"/transfers/{million.id_of(n - n % 50 + 1, of)}",
        "a transfer's files": lambda n: f"/transfers/{million.id_of(n - n % 50 + 1, of)}/files",
        "an item": lambda n: f"/items/{million.item_of(n - n % 50 + 1, of)}",
        "worklist": lambda n: "/worklist",
        "suspense": lambda n: "/suspense",
        "routes": lambda n: "/routes",
        "a route": lambda n: "/routes/little.payments",
        "endpoints": lambda n: "/endpoints",
        "an endpoint": lambda n: "/endpoints/out",
        "calendar": lambda n: f"/calendar?month={until:%Y-%m}",
        "reports of four weeks": lambda n: "/reports",
        "audit": lambda n: "/audit",
        "people": lambda n: "/people",
        "help": lambda n: "/help/alerts",
        "API: a transfer": lambda n: f"/api/v1/transfers/{million.id_of(n - n % 50 + 1, of)}",
        "API: worklist": lambda n: "/api/v1/worklist",
    }


def measures(folder: Path, transfers: int, *, times: int = TIMES) -> Iterator[Measure]:
    if not (folder / "made.txt").exists():
        million.make_hub(folder, transfers)
    with TemporaryDirectory(prefix="feedhub-bench-") as council:
        world = World(Path(council), clock=million.Clock())
        world.write("config/hub.yaml", HUB_YAML.replace(LIMITED["limited"], ""))
        with world.hub(viewer=HUB, state=folder) as hub, writing(hub.store):
            console = Console(lambda: hub, ConsoleSettings(address="127.0.0.1:9464"))
            console.settings = console.settings.model_copy(update={"address": ("127.0.0.1", 0)})
            token, _ = add_token(hub.services, PERSON, "bench", scopes=(), days=1)
            with serving(console) as address, httpx.Client(base_url=address, timeout=60) as client:
                cookie = console.signing_in.let_in(PERSON, "127.0.0.1")
                client.cookies.set("feedhub_signed_in", cookie)
                client.headers["Authorization"] = f"Bearer {token}"
                numbers = _numbers(transfers, times)
                for name, at in pages(transfers, hub.store.keys).items():
                    yield _measure(name, [_took(client.get, at(number)) for number in numbers])
                for name, ask in posts(client, cookie).items():
                    yield _measure(name, [_took(ask, number) for number in numbers])


def posts(client: httpx.Client, cookie: str) -> Mapping[str, Callable[[int], httpx.Response]]:
    """What is asked for by a body, of the transfer of a number."""
    token = token_for_forms(cookie)

    def find(n: int) -> httpx.Response:
        form = {"form_token": token, "reference": f"{n % million.ACCOUNTS:08d}"}
        return client.post("/find", data=form)

    return {
        "find a reference": find,
        "API: transfers by a text": lambda n: client.post("/api/v1/transfers/search", json=_text(n)),
    }


def _text(number: int) -> Mapping[str, str]:
    return {"text": f"{number:07d}.csv"}


def _numbers(transfers: int, times: int) -> list[int]:
    return [(number * 7_919 % 1_000 * transfers // 1_000) + 1 for number in range(1, times + 1)]


def _took(ask: Callable[[T], httpx.Response], of: T) -> float:
    """Milliseconds."""
    start = perf_counter()
    answer = ask(of)
    took = (perf_counter() - start) * 1000
    if answer.status_code != 200:
        raise AssertionError(f"{answer.url}: {answer.status_code}; the figure would mean nothing")
    return took


def _measure(name: str, took: list[float]) -> Measure:
    slowest = sorted(took)[max(0, int(len(took) * 0.95) - 1)]
    return Measure(name, "ms", slowest, None, TARGET, most=True)


def main(transfers: str = str(TRANSFERS), folder: str = "") -> int:
    with TemporaryDirectory(prefix="feedhub-bench-") as temporary:
        return 0 if show(measures(Path(folder or temporary), int(transfers))) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
