"""What is asked at each run's start, and by each page, goes by indexes: nearly all of the store is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Connection

from hub.config.people import HUB
from hub.store import Store, queries
from hub.store.look import Look
from hub.store.queries.slots import routes_due_again
from tests.unit.store.making import a_transfer

WHOLE = ("SCAN transfer", "SCAN event", "SCAN delivery", "SCAN item", "SCAN one")
EVERY_ACCEPTED = ("SEARCH delivery USING INDEX ix_delivery_transfer_id (transfer_id=?)",)
"""To look at the deliveries of each transfer that was ever let go."""
ASKED: dict[str, Callable[[Look, Connection], object]] = {
    "unfinished": lambda look, conn: queries.unfinished_transfers(conn),
    "unfinished of a route": lambda look, conn: queries.unfinished_transfers(conn, "tests.route"),
    "unfinished before": lambda look, conn: queries.unfinished_before(conn, a_transfer("t")),
    "due again": lambda look, conn: routes_due_again(conn),
    "what people did": lambda look, conn: look.newest_events(of_people=True),
    "what somebody did": lambda look, conn: look.newest_events(who="anna"),
    "sums": lambda look, conn: look.moved(date(2026, 11, 1), date(2026, 11, 30)),
    "suspense": lambda look, conn: look.suspense(),
    "suspense in all": lambda look, conn: look.suspense_sums({"all": (None, None)}),
    "items of a transfer": lambda look, conn: look.items_first("t", start=0, limit=50),
}


@pytest.mark.parametrize("name", ASKED)
def test_no_table_is_read_whole(store: Store, name: str) -> None:
    said: list[str] = []
    with store.read() as conn:
        look, driver = Look(conn, store.keys, HUB), conn.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(said.append)
        ASKED[name](look, conn)
        driver.set_trace_callback(None)
        asked = [text for text in said if text.startswith("SELECT")]
        plans = [row.detail for text in asked for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    whole = [one for one in plans if one.startswith(WHOLE) and "INDEX" not in one]
    whole += [one for one in plans if name.startswith("unfinished") and one in EVERY_ACCEPTED]
    assert (whole, bool(plans)) == ([], True)
