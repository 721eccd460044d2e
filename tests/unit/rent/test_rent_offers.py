"""The hub's own offerings come in by the door that plug-ins use."""

from __future__ import annotations

import subprocess
import sys

from hub.door import core
from hub.rent.exports import EXPORTS


def test_the_hub_offers_its_feeds_profiles_and_connectors() -> None:
    assert [feed.name for feed in core.feedhub_feeds()] == [
        "rent.accounts",
        "rent.mandates",
        "rent.suspense",
        "rent.cash",
        "rent.cash_totals",
        "rent.nec_transactions",
        "bank.receipts",
        "rent.reversals",
        "rent.refused_files",
        "finance.bookings",
        "rent.refunds",
        "rent.transfers",
        "rent.write_offs",
        "rent.debit",
        "rent.recharges",
        "rent.invoices",
        "rent.credit_notes",
        "rent.supplier_invoices",
        "rent.purchase_orders",
        "rent.receipts",
        "rent.customers",
        "rent.insurance",
        "rent.services",
        "rent.arrears",
        "rent.arrangements",
        "rent.actions",
        "rent.milestones",
        "rent.tenants",
        "rent.properties",
        "rent.charges",
        "rent.tenancy_changes",
        "rent.benefit_rents",
        "rent.placements",
        "rent.placement_lines",
        "rent.placement_updates",
        "rent.recalls",
        "rent.positions",
        "rent.transactions",
    ]
    assert [profile.name for profile in core.feedhub_profiles()] == [
        "universal_housing.cash",
        "generic.renttran",
        "generic.rest",
        "generic.mandates",
        "generic.ddreject",
        "export43.receipts",
        "allpay.payments",
        "nec.transactions",
        "generic.rentack",
    ]
    assert set(core.feedhub_connectors()) == {"folder", "sftp", "https"}


def test_each_feed_recognises_its_own_file_only() -> None:
    heads = {
        "rent.accounts": [b"H,RENTACC,1.0,", b"R1,RNT,,01-APR-2020,HRA" + b"," * 41 + b"\n"],
        "rent.mandates": [b"H,MANDATE,1.0,"],
        "rent.cash": [b"H,RENTTRAN,1.0,", b"1900000011PAYPOINT 0001       PPT+000112.3504/06/203001\n"],
        "rent.cash_totals": [b"source,business_date,count,total\n"],
        "rent.nec_transactions": [b"04-JUN-2030,R1,04-JUN-2030,Y,PAY,PPT,PP,N,,1.00,,,,,,,,N,,,,,,\n"],
        "bank.receipts": [
            b"account,booked,amount\n",
            b":20:FAKE107\n:25:000199-20000015\n:28C:107/1\n",
            b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>',
        ],
    }
    heads |= {export.feed.name: [f"H,{export.record.name},1.0,".encode()] for export in EXPORTS}
    with_formats = [feed for feed in core.feedhub_feeds() if feed.formats]
    assert {feed.name for feed in with_formats} == heads.keys()
    for name, some in heads.items():
        for head in some:
            assert [feed.name for feed in with_formats if feed.recognise(head)] == [name], head


def test_nothing_heavy_is_loaded_before_a_connection_is_wanted() -> None:
    heavy = {"paramiko", "httpx", "sqlalchemy"}
    code = f"import sys, hub.door.core; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
