"""Every feed, format and profile that there is has a golden file, in both directions where both exist.

They are found through the plug-in door: one that comes without a golden file fails here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from hub.checks.base import Context
from hub.door.feed import Format
from hub.door.manager import Door
from hub.formats.delimited import Delimited
from hub.formats.fixed import Fixed
from hub.model import Chunk, Disposition, Facts, ItemState, Mandate, Moment, Taken
from hub.rent.collection_rejects import CollectionReject
from hub.rent.exports import EXPORTS
from hub.rent.mandate_changes import MandateChange
from hub.rent.rentack import acknowledge
from hub.transfer.examine import examine
from tests.golden.catalogue import FEEDS, FORMATS, HERE, files, format_of, golden_of, options_of
from tests.golden.rent.test_cash_golden import CODES as CASH_CODES
from tests.golden.rent.test_cash_golden import NUMBERED, paid
from tests.golden.rent.test_rent_golden import POSTINGS
from tests.unit.rent.cash_files import read as read_cash

PROFILES = Door.load(None).profiles()
MOMENT = replace(NUMBERED, numbers={**NUMBERED.numbers, "sequence": 123})
each_format = pytest.mark.parametrize(("feed", "name"), FORMATS, ids=lambda word: word)


@each_format
def test_every_format_has_a_golden_file_that_reads_without_a_fault(feed: str, name: str) -> None:
    found = golden_of(feed, name)
    assert found, f"no file of tests/golden is a {name} of {feed}"
    for path in found:
        parts = list(format_of(feed, name).decode(BytesIO(path.read_bytes()), options_of(feed, name)))
        assert parts, path
        assert all(isinstance(part, Chunk) for part in parts), path
        assert [one for part in parts for one in part.layout.field_findings(part)] == [], path  # type: ignore[union-attr]


def test_what_a_golden_file_is_only_one_feed_and_format_says() -> None:
    """Those of a format that only a route names are for nobody else, too."""
    for path in files():
        head = path.read_bytes()[:65_536]
        whose = [(feed, name) for feed, name in FORMATS if format_of(feed, name).recognises(head)]
        assert len(whose) <= 1, path


ONLY_READ = {("rent.cash", "card_network")}
"""What a processor makes and nobody here writes: its times are kept as days."""


def again(format: Format, path: Path) -> bytes | None:
    """The golden file as the format writes what it read of it; None where it writes none."""
    if not isinstance(format, Delimited | Fixed):
        return None
    lines: list[str] = []
    for part in format.decode(BytesIO(path.read_bytes())):
        assert isinstance(part, Chunk)
        for row in part.rows():
            values = {field.name: field.kind.read(row[field.name]) for field in part.layout.fields}
            lines.append(
                format.write_row(part.layout, values)
                if isinstance(format, Delimited)
                else part.layout.write(values)
            )
    return format.encode(lines, "\n")


def meaning(format: Format, data: bytes) -> list[Any]:
    """Each record's values, whichever way they are written."""
    return [
        (part.layout.name, field.name, field.kind.read(row[field.name]))
        for part in format.decode(BytesIO(data), None)
        if isinstance(part, Chunk)
        for row in part.rows()
        for field in part.layout.fields
    ]


@each_format
def test_what_a_format_writes_of_what_it_read_means_the_same(feed: str, name: str) -> None:
    """Of formats that can write. The generic CSVs of exports and the files of Bacs are compared byte for byte
    where they are written."""
    format = format_of(feed, name)
    for path in () if (feed, name) in ONLY_READ else golden_of(feed, name):
        written = again(format, path)
        if written is not None:
            read = meaning(format, path.read_bytes())
            assert read
            assert meaning(format, written) == read


def mandate(reference: str, status: str) -> Mandate:
    return Mandate(reference, "1900000011", "A PRETEND", "000299", "40154823", status, date(2029, 4, 1))


def changes() -> Sequence[MandateChange]:
    moved = {"sort_code": "000350", "account_number": "63291013"}
    return [
        MandateChange(mandate("DD00000011", "ACTIVE"), {"status": "CANCELLED", "end_date": date(2030, 6, 4)}),
        MandateChange(mandate("DD00000029", "ACTIVE"), moved),
    ]


def rejects() -> Sequence[CollectionReject]:
    debited, told = date(2030, 6, 3), date(2030, 6, 4)
    return [
        CollectionReject("DD00000011", "1900000011", debited, 9820, "0", told),
        CollectionReject("DD00000029", "1900000029", debited, 11235, "B", told),
    ]


def answers() -> Sequence[Any]:
    outcome = read_cash((HERE / "rent/CashFile20300605.dat").read_bytes())
    return [each for one in outcome.taken for each in acknowledge(one, outcome.ctx)]


def for_allpay() -> Sequence[Any]:
    back = replace(paid("60000123457", "DDN", 9820), kind="REVERSAL")
    return [paid("60000123457", "PPT", -11235), paid("60000123469", "CRD", -8000), back]


def in_43_bytes() -> Sequence[Any]:
    return [paid("91000010G", "PPT", -11235), paid("91000028J", "CRD", -8000)]


Made = tuple[Callable[[], Sequence[Any]], dict[str, Any], str]
WRITTEN: dict[str, Made] = {
    "universal_housing.cash": (lambda: POSTINGS, {"source_code": "03"}, "rent/written/CashFile20300605.dat"),
    "generic.renttran": (
        lambda: POSTINGS,
        {"landlord": "FAKESHIRE", "source": "INCOME"},
        "rent/RENTTRAN_FAKESHIRE_20300604_000123.csv",
    ),
    "generic.rest": (lambda: POSTINGS, {"landlord": "FAKESHIRE"}, "rent/written/batch_FAKESHIRE_000123.json"),
    "generic.mandates": (
        changes,
        {"landlord": "FAKESHIRE"},
        "rent/written/MANDATE_FAKESHIRE_20300604_000123.csv",
    ),
    "generic.ddreject": (
        rejects,
        {"landlord": "FAKESHIRE"},
        "rent/written/DDREJECT_FAKESHIRE_20300604_000123.csv",
    ),
    "export43.receipts": (
        in_43_bytes,
        {"methods": "methods43", "check": {"engine": "letter"}},
        "rent/cash/export43.txt",
    ),
    "allpay.payments": (for_allpay, {}, "rent/written/allpay.txt"),
    "nec.transactions": (lambda: POSTINGS, {}, "rent/cash/DL_HRA_TRANSACTIONS_FH20300604-000001.csv"),
    "generic.rentack": (
        answers,
        {"landlord": "FAKESHIRE"},
        "rent/cash/RENTACK_FAKESHIRE_20300604_000012.csv",
    ),
}
"""By profile: what is told, the target's options, and the golden file of it."""


def same(data: bytes, path: Path) -> bool:
    """Byte for byte but for the ends of lines, which git may not keep."""
    return data.replace(b"\r\n", b"\n") == path.read_bytes().replace(b"\r\n", b"\n")


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_writes_its_golden_file(name: str) -> None:
    assert name in WRITTEN, f"no golden file shows what {name} writes"
    made, options, path = WRITTEN[name]
    profile = PROFILES[name]
    ctx = Context(profile.options.model_validate(options), Facts(codes=CASH_CODES), "", MOMENT)
    assert same(profile.write(made(), ctx).data, HERE / path)


LEDGER_FEEDS = ("journal", "invoices", "credit_notes", "supplier_invoices", "write_offs")
COUNCIL_TAX_FILE = "NFI_202627_council_tax_FAKESHIRE_20261005_1"
EXTRACTS = {
    "rent.positions": "RentPosition_20261102.csv",
    "rent.transactions": "rent.transactions20261102.csv",
    **{
        f"rent.{name}": f"extracts/{record}_20261102.csv"
        for name, record in (
            ("arrears", "BALANCE"),
            ("arrangements", "ARRANGE"),
            ("actions", "ACTION"),
            ("milestones", "MILESTONE"),
            ("tenants", "TENANT"),
            ("properties", "PROPERTY"),
            ("charges", "CHARGE"),
            ("tenancy_changes", "TENCHANGE"),
            ("placement_lines", "FTALINE"),
        )
    },
}
"""What partners outside are told of the rows of an export: of the first two in columns of their own, of the
others in all of them."""

OUT: dict[tuple[str, str], str] = {
    **{(feed, "extract"): f"rent/written/{path}" for feed, path in EXTRACTS.items()},
    ("bacs.submission", "submission"): "bacs/submission/dd-collection-daily.txt",
    ("bacs.instructions", "instructions"): "bacs/submission/auddis-daily.txt",
    ("bacs.advance_notice", "notices"): "bacs/notices/654321_advance_notice_20261124.csv",
    ("debt_agency.placement", "placements"): "debt_agency/acme/MIDBC_PLC_ACMEDCA_20260302_000041.csv",
    ("debt_agency.hold", "holds"): "debt_agency/acme/MIDBC_HLD_ACMEDCA_20260302_000001.csv",
    ("debt_agency.update", "updates"): "debt_agency/acme/MIDBC_UPD_ACMEDCA_20260302_000001.csv",
    ("debt_agency.agency_update", "addresses"): "debt_agency/acme/TRACED_MIDBC_ACMEDCA_20260310_000007.csv",
    ("rent.insurance", "members"): "rent/written/INSURE_20261102.csv",
    ("rent.insurance", "totals"): "rent/written/INSURE_totals_20261102.csv",
    ("rent.services", "members"): "rent/written/SERVICE_20261102.csv",
    ("rent.services", "totals"): "rent/written/SERVICE_totals_20261102.csv",
    ("housing_benefit.rent_changes", "rents"): "housing_benefit/rent_changes/HBRENT_20261102_000007.txt",
    (
        "housing_benefit.rent_changes",
        "rents_control",
    ): "housing_benefit/rent_changes/HBRENT_20261102_000007.ctl",
    (
        "housing_benefit.rent_changes",
        "companion",
    ): "housing_benefit/rent_changes/THI_REFERENCES_20261102_000007.csv",
    ("housing_benefit.rent_changes", "increases"): "housing_benefit/rent_changes/THI_20261102_000007.csv",
    ("housing_benefit.rent_changes", "events"): "housing_benefit/rent_changes/HBEVENTS_20261102_000007.csv",
    ("agresso.journal", "ledger"): "agresso/out/journal/FHRENT261102001.dat",
    ("agresso.journal", "control"): "agresso/out/journal/FHRENT261102001.ctl.json",
    ("agresso.invoices", "ledger"): "agresso/out/invoices/FHSALE261102001.dat",
    ("agresso.invoices", "control"): "agresso/out/invoices/FHSALE261102001.ctl.json",
    ("agresso.credit_notes", "ledger"): "agresso/out/credit_notes/FHSALE261102001.dat",
    ("agresso.credit_notes", "control"): "agresso/out/credit_notes/FHSALE261102001.ctl.json",
    ("agresso.supplier_invoices", "ledger"): "agresso/out/supplier_invoices/FHPURC261102001.dat",
    ("agresso.supplier_invoices", "control"): "agresso/out/supplier_invoices/FHPURC261102001.ctl.json",
    ("agresso.supplier_invoices", "invoices"): "agresso/out/bills_to_match/FHPURC261102001.xml",
    ("agresso.write_offs", "ledger"): "agresso/out/write_offs/FHWOFF261102001.dat",
    ("agresso.write_offs", "control"): "agresso/out/write_offs/FHWOFF261102001.ctl.json",
    ("agresso.purchase_orders", "orders"): "agresso/out/purchase_orders/FHPORD261102001.xml",
    ("agresso.purchase_orders", "lg04"): "agresso/out/orders_as_lg04/FHP261102001.dat",
    ("agresso.invoices", "orders"): "agresso/out/sales_orders/FHSALE261102001.xml",
    ("agresso.invoices", "lg04"): "agresso/out/sales_as_lg04/FHS261102001.dat",
    ("agresso.customers", "customers"): "agresso/out/customers/FHCUST261102001.dat",
    **{
        (
            f"rtb_fraud.nfi_{dataset}",
            output,
        ): f"rtb_fraud/written/NFI_202627_{dataset}_FAKESHIRE_20261005_1{end}.txt"
        for output, end, datasets in (
            ("extract", "", ("tenants", "rtb", "waiting_list", "creditors", "payments", "payroll")),
            ("lookup", "_lookup", ("tenants", "rtb", "creditors", "payments")),
        )
        for dataset in datasets
    },
    **{
        ("rtb_fraud.nfi_other", output): f"rtb_fraud/written/{COUNCIL_TAX_FILE}{end}.txt"
        for output, end in (("extract", ""), ("lookup", "_lookup"))
    },
    ("rtb_fraud.nfi_status", "sheet"): "rtb_fraud/written/NFI_status_20270201.csv",
    ("agresso.refund_requests", "requests"): "agresso/out/refund_requests/FHREFU261103001.csv",
    ("rtb_fraud.referral", "csv"): "rtb_fraud/referral/RFR-2026-000017.csv",
    ("rtb_fraud.referral", "json"): "rtb_fraud/referral/RFR-2026-000017.json",
    ("rtb_fraud.referral", "xml"): "rtb_fraud/referral/RFR-2026-000017.xml",
}
"""By output that feeds write themselves. Those of Bacs and Housing Benefit are compared in their folders,
those of the financial system in `e2e/test_agresso_golden.py`, those of debt agencies in
`e2e/test_debt_agency.py` and `unit/debt_agency/test_events.py`."""

NOT_FILES = {
    *(("dwp_cis.enquiry", way) for way in ("manual", "citizen_api", "gateway_rest", "gateway_xml")),
    *((f"agresso.{feed}", way) for feed in LEDGER_FEEDS for way in ("rest", "soap")),
    *(
        ("agresso.purchase_orders", "soap"),
        ("agresso.invoices", "orders_soap"),
        ("agresso.customers", "soap"),
    ),
    *(("rtb_fraud.referral", way) for way in ("api_json", "api_xml")),
    *((f"debt_agency.{feed}", "rest") for feed in ("placement", "hold", "update")),
}
"""What is said in a conversation, or laid before an officer: `e2e/test_dwp_asking.py` and
`e2e/test_agresso_rest.py` hear and read it, `agresso/test_agresso_calls.py` has the calls,
`e2e/test_rtb_cases.py` hears referrals,
`e2e/test_debt_agency_rest.py` what agencies are told."""


def test_every_output_that_a_feed_writes_itself_has_a_golden_file() -> None:
    outputs = [(feed.name, one) for feed in FEEDS.values() for one in feed.outputs]
    own = {(feed, one.name) for feed, one in outputs if one.write or one.rewrite}
    assert own - NOT_FILES == OUT.keys()
    assert [path for path in OUT.values() if not (HERE / path).is_file()] == []


POSITION = ("payment_ref", "tenancy_ref", "property_ref", "balance", "as_of", "universal_credit")
TRANSACTION = ("transaction_ref", "payment_ref", "transaction_date", "post_date", "type_code", "amount")
TITLES = ("Account", "Tenancy", "Property", "Balance", "Date", "UC", "HB claim", "Breathing space until")
LAYOUTS: dict[str, dict[str, Any]] = {
    "rent.positions": {
        "columns": (*POSITION, "hb_claim_ref", "breathing_space_until"),
        "titles": TITLES,
        "dates": "DD/MM/YYYY",
        "file_name": "RentPosition_{date:%Y%m%d}.csv",
    },
    "rent.transactions": {
        "columns": (*TRANSACTION, "narrative"),
        "blanks": {"narrative": "."},
        "last_days": 180,
        "file_name": "rent.transactions{date:%Y%m%d}.csv",
    },
}


@pytest.mark.parametrize("name", EXTRACTS)
def test_partners_outside_are_told_the_rows_of_an_export_in_their_own_columns(name: str) -> None:
    (export,) = (one for one in EXPORTS if one.feed.name == name)
    every = {"columns": [field.name for field in export.record.columns]}
    told = {"extract": {export.record.name: LAYOUTS.get(name, every)}}
    moment = Moment(datetime(2026, 11, 2, 7, tzinfo=UTC), date(2026, 11, 2), "t1")
    ctx = Context(export.feed.options.model_validate(told), Facts(), "generic-csv", moment)
    (came,) = golden_of(name, "generic-csv")
    rewrite = export.feed.output("extract").rewrite
    assert rewrite is not None
    made, path = rewrite(BytesIO(came.read_bytes()), (), ctx), HERE / "rent/written" / EXTRACTS[name]
    assert made.name == path.name
    assert same(made.data, path)


COLUMNS = {
    "columns": ["event", "contract_ref", "surname", "-", "cover", "amount", "effective_date"],
    "titles": ["Type", "Reference", "Name", "Excess", "Cover", "Charged", "From"],
    "words": {"event": {"JOIN": "NEW", "LEAVE": "CANCEL"}},
    "dates": "DD/MM/YYYY",
}


@pytest.mark.parametrize("output", ["members", "totals"])
@pytest.mark.parametrize("name", ["rent.insurance", "rent.services"])
def test_what_partners_of_contracts_are_sent(name: str, output: str) -> None:
    feed = FEEDS[name]
    moment = Moment(datetime(2026, 11, 2, 7, tzinfo=UTC), date(2026, 11, 2), "t1")
    ctx = Context(feed.options.model_validate(COLUMNS), Facts(), "generic-csv", moment)
    (came,) = golden_of(name, "generic-csv")
    items = examine(feed, BytesIO(came.read_bytes()), ctx).items
    taken = [Taken(f"t.{item.line}", item, Disposition(ItemState.TAKEN)) for item in items]
    writes = feed.output(output)
    assert writes.write is not None
    rendered = writes.write([one for one in taken if writes.carries(one.item.kind)], ctx)
    assert rendered.name == Path(OUT[name, output]).name
    assert same(rendered.data, HERE / OUT[name, output])


def test_the_batch_of_calls_is_one_that_people_can_read() -> None:
    batch = json.loads((HERE / "rent/written/batch_FAKESHIRE_000123.json").read_text("utf-8"))
    assert (batch["batch"]["declaredCount"], batch["batch"]["declaredTotal"]) == (3, "-264.15")
