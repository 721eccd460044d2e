"""What the financial system is told by calls, byte for byte: the first call of each conversation, and how a
lost answer is looked for. The endpoint alone puts an account into SOAP bodies: its places are shown so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hub.api import PASSWORD, USERNAME, Ask, Call
from plugins.agresso import abw, rest, rest_lines, soap
from plugins.agresso.feeds import CUSTOMERS, INVOICES, PURCHASE_ORDERS
from plugins.agresso.settings import CustomerOptions, DocumentOptions, OrderOptions
from tests.unit.agresso.making import context, customer, invoice, order, taken
from tests.unit.agresso.worked import invoices

HERE = Path(__file__).parent / "calls"
SOAP = {"look_template": 7, "variant": 26, "criteria": [{"columnName": "period", "fromValue": "##PERIOD##"}]}
LOOK = "/v1/financial-transaction-batch/{batch_id}/{interface}"
SALES = {"first_order": 39500001, "last_order": 39599999, "articles": "articles"}
BATCH = {"batch": "FHLEAS260608001", "interface": "BI", "client": "ZZ"}


def by_rest() -> Call:
    ctx = context(DocumentOptions, rest={"look_path": LOOK})
    content = {**BATCH, "vouchers": rest_lines.vouchers(invoices(), ctx)}
    return _first(rest.converse(json.dumps(content).encode(), ctx))


def by_soap() -> Call:
    ctx = context(DocumentOptions, soap=SOAP)
    content = {**BATCH, "vouchers": rest_lines.vouchers(invoices(), ctx)}
    xml = abw.written(invoices()).decode().partition("\n")[2]
    return _first(soap.converse(json.dumps({**content, "xml": xml}).encode(), ctx))


def imported(feed: Any, name: str, options: Any, item: Any, **told: Any) -> Call:
    output, ctx = next(one for one in feed.outputs if one.name == name), context(options, soap=SOAP, **told)
    return _first(output.converse(output.write(taken(item), ctx).data, ctx))


def _first(talk: Any) -> Call:
    call: Call = next(talk)
    return call


CALLS = {
    "batch": by_rest,
    "import_GL07": by_soap,
    "import_LG04": lambda: imported(PURCHASE_ORDERS, "soap", OrderOptions, order()),
    "import_LG04_sales": lambda: imported(
        INVOICES, "orders_soap", DocumentOptions, invoice(), customers="own", sales_orders=SALES
    ),
    "import_CS15": lambda: imported(CUSTOMERS, "soap", CustomerOptions, customer()),
}


def shown(call: Call) -> bytes:
    """Method, address and body; then the call that looks for it."""
    told = [
        f"{call.method} {call.path}\n".encode(),
        call.body.replace(USERNAME, b"(user)").replace(PASSWORD, b"(word)"),
    ]
    if isinstance(call.again, Ask):
        told += [b"\n\n", shown(call.again.call)]
    return b"".join(told)


@pytest.mark.parametrize("name", CALLS)
def test_the_financial_system_is_told_the_known_calls(name: str) -> None:
    known = (HERE / f"{name}.http").read_bytes().replace(b"\r\n", b"\n")
    assert shown(CALLS[name]()).rstrip(b"\n") == known.rstrip(b"\n")
