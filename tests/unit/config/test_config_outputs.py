"""An output that cannot be written without an option is told when the configuration is read, not at night."""

from __future__ import annotations

import pytest

from tests.unit.config.conftest import Mistakes, Rewrite

ROUTES = "routes/agresso.yaml"
ORDERS = "- {output: orders, endpoint"
INVOICES = "from: {items: INVOICE}\n    to:\n      - {output: ledger"
ZZ = "options: &orders {client: ZZ, "


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (ORDERS, ORDERS.replace("orders", "lg04"), "the option “lg04” is missing"),
        (ZZ, "options: &orders {client: ZZ25, lg04: {layout: lg04-52}, ", "more than two characters"),
        (INVOICES, INVOICES.replace("ledger", "lg04"), "the option “sales_orders” is missing"),
    ],
)
def test_what_lg04_needs_is_asked_for_with_the_configuration(
    mistakes: Mistakes, rewrite: Rewrite, old: str, new: str, told: str
) -> None:
    rewrite(ROUTES, old, new)
    assert told in "\n".join(mistakes())
