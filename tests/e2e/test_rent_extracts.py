"""Partners outside are told the rows of the rent system's exports in their own columns; the hub knows them
as well, or keeps none of them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from hub.errors import ConfigError
from hub.rent.exports.arrears import ARREARS, BALANCE_LIFE
from hub.rent.exports.extracts import TRANSACTIONS
from hub.store import queries
from tests.world import World

EXPORTS = Path(__file__).parents[1] / "golden/rent/exports"
BALANCES = (EXPORTS / "BALANCE_FAKESHIRE_20261102_000001.csv").read_bytes()
PAID = (EXPORTS / "TRANSACTION_FAKESHIRE_20261102_000001.csv").read_bytes()
ROUTE = """
partner: Analysts
routes:
  payments:
    feeds: [rent.arrears, rent.transactions]
    from: {endpoint: in, pattern: "*.csv", then: "archive:done"}
    to: [{output: extract, endpoint: out, pack: {type: gzip}}]
    options:
      extract:
        BALANCE: {columns: [payment_ref, balance], titles: [Account, Balance], file_name: "balances.csv"}
        TRANSACTION: {columns: [transaction_ref, amount], last_days: 180, file_name: "transactions.csv"}
    mode: live
    owner: tests
"""


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, feeds=[ARREARS.feed, TRANSACTIONS.feed], lifecycles=[BALANCE_LIFE])
    made.write("config/routes/little.yaml", ROUTE)
    return made


def test_a_partner_has_its_columns_packed_and_the_hub_knows_what_it_knew(world):
    world.arrive("a.csv", BALANCES)
    world.arrive("b.csv", PAID)
    with world.hub() as hub:
        states = [one.state for one in hub.run("payments").transfers]
        with hub.store.read() as conn:
            known = queries.get_record(conn, hub.store.keys, "arrears", "1900000011")
    sent = {name: gzip.decompress(data).decode().splitlines() for name, data in world.delivered().items()}
    assert states == ["SENT", "SENT"]
    assert sent == {
        "balances.csv.gz": ["Account,Balance", "1900000011,412.36", "1900000029,-75.00"],
        "transactions.csv.gz": ["LT00004471,128.64", "LT00004472,-128.64"],
    }
    assert known.data["balance"] == 41236


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("BALANCE: {", "OTHER: {", "extract names no columns of BALANCE, which this route reads"),
        ("[payment_ref, balance]", "[payment_ref, blance]", "blance is no column of BALANCE"),
    ],
)
def test_an_extract_names_columns_of_each_record_type_of_its_route(world, old, new, told):
    world.write("config/routes/little.yaml", ROUTE.replace(old, new))
    with pytest.raises(ConfigError, match=told), world.hub():
        pass
