"""The files of the financial system beside known ones: what finance is sent, and what it sends back.

`tests/golden/agresso/README.md` says what each shows.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.rent.exports import EXPORTS
from tests.e2e import test_records
from tests.e2e.test_agresso_documents import arrive, customer, invoice, master
from tests.e2e.test_agresso_journal import at_finance, exported
from tests.e2e.test_agresso_orders import accounts, route_says
from tests.e2e.test_records import TENANTS
from tests.e2e.test_rent_exports import rows_of

town = test_records.town  # the fixture
__all__ = ["town"]

GOLDEN = Path(__file__).parents[1] / "golden/agresso"
FOLDERS = ("/import", "/control", "/import_orders", "/refunds", "/import_customers")


@pytest.fixture(autouse=True)
def finance(town):
    for folder in (*FOLDERS, "/export/done"):
        town.council.folder("finance", folder)


def same(path, golden):
    """Byte for byte but for the ends of lines, which git may not keep."""
    return path.read_bytes().replace(b"\r\n", b"\n") == golden.read_bytes().replace(b"\r\n", b"\n")


def come(town, record, folder, rows=None):
    export = next(one for one in EXPORTS if one.record.name == record)
    town.export(export.record.csv, f"/export/{folder}", rows or list(rows_of(export)))
    return town.run(f"rent.{folder}")


def back(town, name):
    return arrive(town, name, (GOLDEN / "back" / name).read_text("utf-8").replace("\r\n", "\n"))


def sent_invoices(town):
    customer(town)
    invoice(town)
    town.run("agresso.invoices")


def sent_credits(town):
    customer(town)
    back(town, "agr_open_20261102.csv")
    come(town, "CREDITNOTE", "credit_notes")
    town.run("agresso.credit_notes")


def sent(record, route, **changes):
    def play(town):
        export = next(one for one in EXPORTS if one.record.name == record)
        rows = [{**row, **next_of(changes, number)} for number, row in enumerate(rows_of(export))]
        come(town, record, route, rows)
        town.run(f"agresso.{route}")

    return play


def next_of(changes, number):
    """`column=(value, ...)`: the value of each column in the row of that number."""
    return {column: values[number] for column, values in changes.items()}


def sent_customers(town):
    path = town.council.config / "routes/agresso.yaml"
    there = '"18:10", days: working}\n    mode: '
    path.write_text(path.read_text("utf-8").replace(f"{there}off", f"{there}live"), "utf-8")
    sent("CUSTOMER", "customers")(town)


def sent_orders_as_lg04(town):
    """The orders, and what was received of one."""
    xml, lg04 = "- {output: orders, endpoint", "- {output: lg04, endpoint"
    in_lg04 = ("&orders {client: ZZ,", "&orders {client: ZZ, lg04: {layout: lg04-52},")
    route_says(town, (xml, lg04), (xml, lg04), in_lg04)
    sent("PORDER", "purchase_orders")(town)
    sent("RECEIPT", "receipts")(town)


FILES = """      - {output: ledger, endpoint: finance, folder: /import}
      - {output: control, endpoint: finance, folder: /control, after: ledger}
    options: &documents
      client: ZZ
"""
ARTICLES = (("I3100", "LSC1"), ("I3110", "LSC2"), ("I3300", "RCH1"))


def sent_as_sales_orders(output):
    """The invoice, which finance is to number and print."""

    def play(town):
        rows = ["account,article,description,valid_from,valid_to", *(f"{a},{b},,," for a, b in ARTICLES)]
        (town.council.config / "codes/agresso_articles.csv").write_text("\n".join(rows) + "\n", "utf-8")
        how = "first_order: 39500001, last_order: 39599999, articles: agresso_articles, layout: lg04-52"
        to = f"      - {{output: {output}, endpoint: finance, folder: /import_orders}}\n"
        options = f"    options: &documents\n      client: ZZ\n      sales_orders: {{{how}}}\n"
        route_says(town, (FILES, to + options))
        sent_invoices(town)

    return play


FILES_OF_SUPPLIERS = """    from: {items: SUPPLIER_INVOICE}
    to:
      - {output: ledger, endpoint: finance, folder: /import}
      - {output: control, endpoint: finance, folder: /control, after: ledger}
"""


def sent_bills_to_match(town):
    """A supplier's invoice that finance matches to its order itself."""
    to = "      - {output: invoices, endpoint: finance, folder: /import_orders}\n"
    route_says(town, (FILES_OF_SUPPLIERS, f"    from: {{items: SUPPLIER_INVOICE}}\n    to:\n{to}"))
    route_says(town, ("      responsible: FEEDHUB\n", "      responsible: FEEDHUB\n      match: none\n"))
    sent("SUPPLIERINV", "supplier_invoices", order_no=("45000017",))(town)


def sent_customers_as_xml(town):
    route_says(town, ("party_layout: cs15-52", "party_layout: abw-2007"))
    sent_customers(town)


def sent_journal_as_csv(town):
    as_csv = "batch_code: RENT\n      write_as: gl07-csv\n      amount_unit: pounds"
    route_says(town, ("batch_code: RENT", as_csv))
    sent_journal(town)


def sent_refund_request(town):
    accounts(town, -5000)
    export = next(one for one in EXPORTS if one.record.name == "REFUND")
    row = {
        **list(rows_of(export))[1],
        "payment_ref": TENANTS[0],
    }  # by cheque, and Housing Benefit has cleared it
    come(town, "REFUND", "refunds", [row])
    town.run("agresso.refund_requests")


def sent_journal(town):
    exported(town)
    town.run("agresso.journal")


def sent_write_off_of_an_invoice(town):
    """Of an invoice that the ledger has under a number; the other row is of a rent account."""
    back(town, "agr_open_20261102.csv")
    invoice_no = ("LSC2600000017", None)
    sent("WRITEOFF", "write_offs", payment_ref=TENANTS, invoice_no=invoice_no)(town)


def sent_parked_voucher(town):
    """One of its accounts is closed in the ledger: it stops in batch input, where finance decides."""
    master(town, "ZZ,ACCOUNT,B1000,N,,,,,2026-11-02", "ZZ,ACCOUNT,I2100,C,,,,,2026-11-02")
    route_says(town, ("batch_code: RENT\n", "batch_code: RENT\n      park_voucher_type: XX\n"))
    sent_journal(town)


def sent_week_by_days(town):
    """The ledger's period ends on the Wednesday: four of seven days of income are the next one's."""
    master(
        town,
        "ZZ,PERIOD,202608,N,,2026-10-05,2026-11-04,,2026-11-02",
        "ZZ,PERIOD,202609,N,,2026-11-05,2026-12-02,,2026-11-02",
    )
    by_days = "value_day: days\n      accrued_accounts: [I2100, I2200]\n      accrual_account: B1400\n"
    route_says(town, ("batch_code: RENT\n", f"batch_code: RENT\n      {by_days}"))
    sent_journal(town)


SENT = {
    "journal": sent_journal,
    "transfers": sent("TRANSFER", "transfers", payment_ref=TENANTS),
    "invoices": sent_invoices,
    "credit_notes": sent_credits,
    "supplier_invoices": sent("SUPPLIERINV", "supplier_invoices"),
    "write_offs": sent("WRITEOFF", "write_offs", payment_ref=TENANTS),
    "write_off_of_an_invoice": sent_write_off_of_an_invoice,
    "parked_voucher": sent_parked_voucher,
    "week_by_days": sent_week_by_days,
    "purchase_orders": sent("PORDER", "purchase_orders"),
    "orders_as_lg04": sent_orders_as_lg04,
    "sales_orders": sent_as_sales_orders("orders"),
    "sales_as_lg04": sent_as_sales_orders("lg04"),
    "customers": sent_customers,
    "customers_as_xml": sent_customers_as_xml,
    "bills_to_match": sent_bills_to_match,
    "journal_as_csv": sent_journal_as_csv,
    "refund_requests": sent_refund_request,
}


@pytest.mark.parametrize("name", SENT)
def test_finance_is_sent_the_known_files(town, name):
    SENT[name](town)
    there = [path for folder in FOLDERS for path in at_finance(town, folder)]
    known = sorted((GOLDEN / "out" / name).iterdir())
    assert sorted(path.name for path in there) == [path.name for path in known]
    assert there
    assert [path.name for path in there if not same(path, GOLDEN / "out" / name / path.name)] == []


def test_what_comes_back_is_known_from_then_on(town):
    assert back(town, "agr_open_20261102.csv")["state"] == "APPLIED"
    open_now = town.record("finance_document", "LSC2600000017")
    assert (open_now["state"], open_now["data"]["number"], open_now["data"]["rest"]) == (
        "POSTED", "26004411", 40896,
    )  # fmt: skip
    assert back(town, "agr_order_20261102.csv")["state"] == "APPLIED"
    order = town.record("agresso_order", "45000017")
    received = {number: line["received_qty"] for number, line in order["data"]["lines"].items()}
    assert (order["state"], received) == ("OPEN", {"1": "0.25", "2": "2"})
    assert town.record("agresso_order", "45000009")["state"] == "FINISHED"
    assert back(town, "agr_master_20261102.csv")["state"] == "APPLIED"
    assert town.record("finance_party", "RL0004471")["data"]["number"] == "900017"
