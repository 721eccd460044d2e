"""The little feed over a rent system that is talked with: its payments become postings, two lines a call."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from hub.api import DeliveryState, Output, RentTransaction, Taken
from hub.connectors.folder import FolderConnector
from hub.connectors.http import HttpsConnector
from hub.rent.rest import GENERIC_REST
from tests.little import little, write
from tests.world import World

FILE = b"ABC001-0001000\nABC002-0000200\nABC003-0000300\n"
POSTED = Counter({("ABC001", "-10.00"): 1, ("ABC002", "-2.00"): 1, ("ABC003", "-3.00"): 1})

ENDPOINTS = """
endpoints:
  in: {{type: folder, path: ../in}}
  rent: {{type: https, url: "{url}", timeout: 5s}}
"""
ROUTES = """
partner: Little
routes:
  payments:
    feeds: [little.payments]
    from: {{endpoint: in, pattern: "*.txt", then: "archive:done"}}
    to: [{target}]
    mode: live
    owner: tests
"""
REST = (
    "{output: payments, endpoint: rent, profile: generic.rest, options: {landlord: FAKE, lines_per_call: 2}}"
)
OWN = "{output: payments, endpoint: rent}"


def posting(one: Taken, ctx: Any) -> list[RentTransaction]:
    item = one.item
    return [
        RentTransaction(
            transaction_id=one.id,
            payment_ref=item.reference,
            tenancy_ref=None,
            kind="RECEIPT",
            method_code=None,
            type_code="RCP",
            transaction_date=item.on,
            post_date=item.on,
            amount=item.amount,
        )
    ]


def talking(folder: Path, url: str) -> World:
    """A world whose one route posts to the rent system at `url` by the profile generic.rest."""
    output = Output("payments", ("PAYMENT",), makes=posting)
    return _world(folder, url, output, REST)


def talking_with(folder: Path, url: str, converse: Any, **output: Any) -> World:
    """A world whose one route talks with `url` as its own output says."""
    return _world(
        folder, url, Output("payments", ("PAYMENT",), write=write, converse=converse, **output), OWN
    )


def _world(folder: Path, url: str, output: Output, target: str) -> World:
    world = World(folder, feeds=[little(outputs=(output,))], profiles=[GENERIC_REST])
    world.write("config/endpoints.yaml", ENDPOINTS.format(url=url))
    world.write("config/routes/little.yaml", ROUTES.format(target=target))
    return world


def connectors() -> dict[str, Any]:
    return {"folder": FolderConnector(), "https": HttpsConnector()}


def run(world: World, times: int = 1, **how: Any) -> list[Any]:
    """The deliveries after the route was run so many times, two hours apart, in a hub opened anew."""
    with world.hub(**{**connectors(), **how}) as hub:
        for _ in range(times):
            hub.run("payments")
            world.clock.turn(hours=2)
        return deliveries(hub)


def deliveries(hub: Any) -> list[Any]:
    with hub.look() as look:
        return [delivery for row in look.transfers() for delivery in look.deliveries(row.id)]


def states(found: list[Any]) -> list[DeliveryState]:
    return [delivery.state for delivery in found]
