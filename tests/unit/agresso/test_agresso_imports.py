"""Orders and customers by SOAP: which server process each is for, and how one is found whose answer was lost.
Search criteria of templates: all are kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from hub.api import PASSWORD, USERNAME, Again, Ask, Call, Context, DeliveryState, Item, Record, Reply
from plugins.agresso.feeds import CUSTOMERS, INVOICES, PURCHASE_ORDERS
from plugins.agresso.query_criteria import Criterion, elements
from plugins.agresso.settings import CustomerOptions, DocumentOptions, OrderOptions
from tests.unit.agresso.making import DAY, context, customer, invoice, order, taken
from tests.unit4_soap import answered, row_of

SOAP = {"look_template": 7, "ledger_template": 8}
RANGE = {"first_order": 45000000, "last_order": 45999999}
SALES = {"first_order": 39500001, "last_order": 39599999, "articles": "articles"}
RECEIPT = Item("RECEIPT", 2, "GR1", 46000, DAY, {"order_no": "45000017", "order_line": 1})
ORDERED = Record(
    kind="agresso_order",
    key="45000017",
    state="SENT",
    data={"lines": {"1": {"ordered": 184000, "ordered_qty": "1", "unit": "EA"}}},
)


def talked(feed: Any, name: str, ctx: Context[Any], *items: Item) -> tuple[Any, Call, dict[str, str]]:
    """The conversation with its first call, and what that says, read without the hub's code."""
    output = next(one for one in feed.outputs if one.name == name)
    talk = output.converse(output.write(taken(*items), ctx).data, ctx)
    call = next(talk)
    body = call.body.replace(USERNAME, b"").replace(PASSWORD, b"")
    told = {one.tag.partition("}")[2]: one.text or "" for one in etree.fromstring(body).iter()}
    return talk, call, told


@pytest.mark.parametrize(
    ("feed", "name", "options", "items", "process", "document", "known_by"),
    [
        (PURCHASE_ORDERS, "soap", (OrderOptions, RANGE), [order(), RECEIPT],
         "LG04 SO103", "ABWOrder", "45000017"),
        (PURCHASE_ORDERS, "soap", (OrderOptions, RANGE), [RECEIPT], "LG04 SO103", "ABWOrder", None),
        (INVOICES, "orders_soap", (DocumentOptions, {"customers": "own", "sales_orders": SALES}), [invoice()],
         "LG04 SO103", "ABWOrder", "39500001"),
        (CUSTOMERS, "soap", (CustomerOptions, {}), [customer()],
         "CS15 BI192", "ABWSupplierCustomer", "RL0004471"),
    ],
)  # fmt: skip
def test_a_document_is_imported_by_its_own_process_and_found_by_its_own_number(
    feed: Any, name: str, options: Any, items: list[Item], process: str, document: str, known_by: str | None
) -> None:
    talk, call, told = talked(feed, name, context(options[0], ORDERED, soap=SOAP, **options[1]), *items)
    assert f"{told['ServerProcessId']} {told['MenuId']}" == process
    assert etree.QName(etree.fromstring(told["Xml"])).localname == document
    if known_by is None:
        assert call.again is Again.NEVER  # a receipt cannot be told from another: a person asks
    else:
        assert isinstance(call.again, Ask)
        assert f"<FromValue>{known_by}</FromValue>".encode() in call.again.call.body
    with pytest.raises(StopIteration) as end:  # its answer ends it: nothing of it stands in the ledger
        talk.send(Reply(200, answered("ExecuteServerProcessAsynchronously", "<OrderNumber>12</OrderNumber>")))
    assert (end.value.value.state, end.value.value.reference) == (DeliveryState.SENT, "12")


def test_an_order_that_is_found_there_is_not_imported_again() -> None:
    _, call, _ = talked(PURCHASE_ORDERS, "soap", context(OrderOptions, soap=SOAP, **RANGE), order())
    assert isinstance(call.again, Ask)
    rows = f"<Agresso>{row_of({'externalReference': 'x'})}</Agresso>".replace("<", "&lt;")
    shown = Reply(200, answered("GetTemplateResultAsXML", f"<TemplateResult>{rows}</TemplateResult>"))
    assert call.again.found(shown) is not None


SAMPLES = Path(__file__).parents[2] / "golden/agresso/query_criteria"


@pytest.mark.parametrize(
    ("name", "columns", "periods"),
    [
        (
            "81656",
            ["wf_state=", "client=", "last_update<=", "last_update>=", "period=", "period>="],
            ["202608"],
        ),
        ("81882", ["client=", "period>=", "period<="], ["202608", "202609"]),
    ],
)
def test_published_criteria_are_kept_and_the_period_is_filled_in(
    name: str, columns: list[str], periods: list[str]
) -> None:
    text = (SAMPLES / f"oslo_search_criteria_{name}.json").read_text("utf-8")
    criteria = [Criterion.model_validate(one) for one in json.loads(text)]
    told = etree.fromstring(f"<a>{elements(criteria, ['202608', '202609'])}</a>")
    assert [f"{one.findtext('ColumnName')}{one.findtext('RestrictionType')}" for one in told] == columns
    filled = [one.findtext("FromValue") for one in told if one.findtext("ColumnName") == "period"]
    assert [one for one in filled if one] == periods
    assert b"##PERIOD##" not in etree.tostring(told)
    assert {one.findtext("FromValue") for one in told if one.findtext("ColumnName") == "client"} == {"96"}
