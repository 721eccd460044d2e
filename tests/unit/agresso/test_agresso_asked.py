"""What is open, how orders stand and finance's lists are asked for by calls, whole or not at all."""

from __future__ import annotations

import pytest

from hub.connectors.http import HttpsConnector
from hub.finance.documents import DOCUMENT_LIFE
from hub.finance.parties import PARTY_LIFE
from hub.store import queries
from plugins.agresso.feeds import LIFECYCLES, MASTER_DATA, OPEN_ITEMS, ORDER_FEEDBACK
from tests.unit4_soap import ACCOUNT, Unit4Soap, answered
from tests.world import World

INVOICES, BILLS = "/v1/objects/customer-invoices", "/v1/objects/supplier-invoices"
ORDERS = "/v1/purchase-orders"
ROUTES = """
partner: Finance
routes:
  open_items:
    feed: agresso.open_items
    from: {asks: rest_lists, endpoint: erp}
    options:
      client: ZZ
      page: 2
      lists:
        - path: /v1/objects/customer-invoices
          query: {filter: "changed ge {since}", orderBy: number}
          columns: &there
            {apar_id: party.id, voucher_no: number, ext_inv_ref: invoiceNumber, voucher_type: type,
             voucher_date: invoiceDate}
          always: {apar_type: R, currency: GBP}
        - path: /v1/objects/supplier-invoices
          columns: *there
          always: {apar_type: P, currency: GBP}
    mode: live
    owner: tests
  orders:
    feed: agresso.order_feedback
    from: {asks: rest_lists, endpoint: erp}
    options: {client: ZZ, lists: [{path: "/v1/purchase-orders/{order_id}", inside: lines}]}
    mode: live
    owner: tests
  all_orders:
    feed: agresso.order_feedback
    from: {asks: rest_lists, endpoint: erp}
    options:
      client: ZZ
      lists: [{path: "/v1/purchase-orders", inside: lines, always: {supplier_id: "700123"}}]
    mode: live
    owner: tests
  accounts:
    feed: agresso.master_data
    from: {asks: soap_lists, endpoint: erp}
    options:
      client: ZZ
      lists: [{template: 4711, columns: {value: account}, words: {status: {P: C}}, always: {kind: ACCOUNT}}]
    mode: live
    owner: tests
"""


class Unit4(Unit4Soap):
    """`lists`: what lies at an address; `templates`: what a browser query shows, as XML."""

    def __init__(self):
        super().__init__()
        self.lists, self.templates, self.queries = {BILLS: []}, {}, []

    def answer(self, method, path, query, body):
        if method == "POST":
            (number,) = [one for one in self.templates if f"<TemplateId>{one}<".encode() in body]
            return 200, {}, answered("GetTemplateResultAsXML", self.templates[number])
        self.queries.append({name: values[0] for name, values in query.items()})
        if path not in self.lists:
            return 404, {}, {"code": 4040, "message": "MRS A EXAMPLE"}
        told = self.lists[path]
        first = int(query.get("offset", ["0"])[0])
        return 200, {}, told if isinstance(told, dict) else told[first : first + int(query["limit"][0])]


@pytest.fixture
def erp():
    with Unit4() as system:
        yield system


@pytest.fixture
def world(tmp_path, erp, monkeypatch):
    monkeypatch.setenv("P", ACCOUNT[1])
    lives = [*LIFECYCLES, DOCUMENT_LIFE, PARTY_LIFE]
    made = World(tmp_path, feeds=[OPEN_ITEMS, ORDER_FEEDBACK, MASTER_DATA], lifecycles=lives)
    account = f"username: {ACCOUNT[0]}, password: 'env:P', proof_in: body"
    made.write(
        "config/endpoints.yaml",
        f"endpoints:\n  erp: {{type: https, url: '{erp.url}', timeout: 5s, {account}}}\n",
    )
    made.write("config/routes/little.yaml", ROUTES)
    return made


def run(world, route):
    with world.hub(https=HttpsConnector()) as hub:
        return hub.run(f"little.{route}")


def record(world, kind, key):
    with world.hub(https=HttpsConnector()) as hub, hub.store.read() as conn:
        return queries.get_record(conn, hub.store.keys, kind, key)


def findings(world, transfer):
    with world.hub(https=HttpsConnector()) as hub, hub.store.read() as conn:
        return {(one.line, one.field) for one in queries.findings_of(conn, transfer.id)}


def invoice(number, amount, rest, **more):
    return {
        "party": {"id": "900017"}, "type": "LI", "number": number, "sequenceNo": 1, "amount": amount,
        "restAmount": rest, "invoiceNumber": f"LSC26{number}", "invoiceDate": "2026-06-08T00:00:00",
        "dueDate": "2026-07-06T00:00:00Z", **more,
    }  # fmt: skip


def test_what_is_open_is_read_page_by_page_and_known_from_then_on(world, erp):
    erp.lists[INVOICES] = [invoice(1, 1284.36, 1284.36), invoice(2, 100.1, 0.1), invoice(3, 50, 0)]
    (came,) = run(world, "open_items").transfers
    assert (came.state, came.records) == ("APPLIED", 3)
    assert [one["offset"] for one in erp.queries] == ["0", "2", "0"]
    assert erp.queries[0]["filter"] == "changed ge 2026-10-26"
    known = [record(world, "finance_document", f"LSC26{number}").data for number in (1, 2, 3)]
    told = [(one["gross"], one["rest"], one["status"], one["as_at"]) for one in known]
    assert told == [
        (128436, 128436, "OPEN", "2026-11-02"),
        (10010, 10, "PART", "2026-11-02"),
        (5000, 0, "PAID", "2026-11-02"),
    ]


def test_what_cannot_be_read_is_refused_whole_with_its_place(world, erp):
    erp.lists[INVOICES] = [invoice(1, 1284.36, 0), invoice(2, "1,2", 0, invoiceDate="8 June")]
    (came,) = run(world, "open_items").transfers
    assert came.state == "REJECTED"
    assert {(3, "amount"), (3, "voucher_date")} <= findings(world, came)
    assert record(world, "finance_document", "LSC261") is None


def test_nothing_counts_before_all_is_told(world, erp):
    erp.lists = {INVOICES: [invoice(1, 1284.36, 1284.36)]}
    told = run(world, "open_items")
    assert told.transfers == []
    assert f"does not tell {BILLS} (404: 4040)" in told.trouble
    assert "EXAMPLE" not in told.trouble


def test_each_order_that_is_not_finished_is_asked_about(world, erp):
    line = {"lineNumber": 1, "quantity": 1, "deliveredNumber": 0.25, "originalQuantity": 0, "unitPrice": 1840}
    lines = [{**line, "postedInvoiceAmount": 0}]
    order = {"orderNumber": 45000017, "orderStatus": "O", "workflowState": "N", "lines": lines}
    erp.lists[ORDERS] = [order]
    run(world, "all_orders")
    assert record(world, "agresso_order", "45000017").data["lines"]["1"]["ordered"] == 184000
    erp.lists[f"{ORDERS}/45000017"] = {**order, "orderStatus": "F"}
    run(world, "orders")
    found = record(world, "agresso_order", "45000017")
    assert (found.state, found.data["supplier"]) == ("FINISHED", "700123")
    asked = len(erp.queries)
    run(world, "orders")
    assert len(erp.queries) == asked


def test_finance_s_lists_come_by_a_browser_query(world, erp):
    rows = "".join(
        f"<AgressoQE><_section>D</_section><account>{account}</account><status>{status}</status></AgressoQE>"
        for account, status in (("I2100", "N"), ("I9999", "P"))
    )
    told = f"<Agresso>{rows}</Agresso>".replace("<", "&lt;")
    erp.templates[4711] = f"<TemplateResult>{told}</TemplateResult>"
    run(world, "accounts")
    states = [record(world, "agresso_account", f"ZZ/{account}").state for account in ("I2100", "I9999")]
    assert states == ["ACTIVE", "CLOSED"]
