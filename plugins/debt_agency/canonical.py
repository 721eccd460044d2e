"""The eight kinds of file, as data: every record with its fields. Source: debt_agency.md, section 3.

This is the project's own layout [project layout]; agencies that want another have it mapped (`mapping.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from hub.api import Code, Direction, Field, FieldType, Layout, Literal, column
from plugins.debt_agency import codes
from plugins.debt_agency.canonical_file import CanonicalFormat
from plugins.debt_agency.types import (
    ACCOUNT,
    AGENCY_REF,
    COUNT,
    DAY,
    FLAG,
    HASH,
    INSTANT,
    JUDGMENT,
    MONEY,
    PARTNER,
    PLACEMENT_REF,
    PLAN,
    POSTCODE,
    RATE,
    REMITTANCE,
    SEQUENCE,
    TXN,
    UPRN,
    VAT_NUMBER,
    upto,
)

VERSION = "FHDA1.0"
HEADER, TRAILER = "H", "T"


def _must(name: str, kind: FieldType, *, personal: bool = False) -> Field:
    return column(name, kind, personal=personal)


def _may(name: str, kind: FieldType, *, personal: bool = False) -> Field:
    return column(name, kind, required=False, personal=personal)


def _record(tag: str, *fields: Field) -> Layout:
    return Layout(tag, (column("rec_type", Literal(tag)), *fields), tag=tag)


def _address(prefix: str, *, postcode_required: bool) -> tuple[Field, ...]:
    line, last = f"{prefix}line", (_must if postcode_required else _may)
    others = (_may(f"{line}{number}", upto(60), personal=True) for number in (2, 3, 4))
    postcode = "prop_postcode" if prefix == "prop_" else "postcode"
    return _must(f"{line}1", upto(60), personal=True), *others, last(postcode, POSTCODE, personal=True)


ACCOUNT_LINE = _record(
    "A",
    _must("placement_ref", PLACEMENT_REF),
    _must("client_account_ref", ACCOUNT),
    _must("debt_type", Code(*codes.DEBT_TYPES)),
    _must("stage", Code("1", "2", "3")),
    _may("tenancy_start", DAY),
    _may("tenancy_end", DAY),
    _must("debt_from", DAY),
    _must("debt_to", DAY),
    _must("limitation_date", DAY),
    _must("principal", MONEY),
    _must("costs", MONEY),
    _must("interest", MONEY),
    _must("total_due", MONEY),
    _may("last_payment_date", DAY),
    _may("last_payment_amount", MONEY),
    *_address("prop_", postcode_required=True),
    _may("uprn", UPRN),
    _must("commission_plan", PLAN),
    _must("planned_recall", DAY),
    _may("judgment_ref", JUDGMENT),
    _may("judgment_date", DAY),
    _may("vuln_code", Code(*codes.VULNERABILITIES), personal=True),
    _must("party_count", Code(*"123456789")),
)
PARTY_LINE = _record(
    "P",
    _must("placement_ref", PLACEMENT_REF),
    _must("party_no", Code(*"123456789")),
    _must("role", Code(*codes.ROLES)),
    _may("title", upto(10), personal=True),
    _may("forenames", upto(60), personal=True),
    _must("surname", upto(60), personal=True),
    _may("dob", DAY, personal=True),
    *_address("addr_", postcode_required=False),
    _must("addr_status", Code(*codes.ADDRESS_STATUSES)),
    _may("phone1", upto(20), personal=True),
    _may("phone2", upto(20), personal=True),
    _may("email", upto(254), personal=True),
)
CHARGE_LINE = _record(
    "C",
    _must("placement_ref", PLACEMENT_REF),
    _must("charge_from", DAY),
    _must("charge_to", DAY),
    _may("description", upto(40)),
    _must("amount", MONEY),
)
NOTE_LINE = _record(
    "N",
    _must("placement_ref", PLACEMENT_REF),
    _must("note_date", DAY),
    _must("text", upto(300), personal=True),
)
ACK_LINE = _record(
    "K",
    _must("placement_ref", PLACEMENT_REF),
    _must("in_file_kind", Code("PLC", "UPD", "HLD")),
    _must("in_file_seq", COUNT),
    _must("in_line_no", COUNT),
    _must("result", Code(*codes.RESULTS)),
    _may("reason", Code(*codes.REJECT_REASONS)),
    _may("agency_ref", AGENCY_REF),
    _may("balance_loaded", MONEY),
    _must("received_date", DAY),
)
UPDATE_LINE = _record(
    "U",
    _must("placement_ref", PLACEMENT_REF),
    _must("update_type", Code(*codes.UPDATE_TYPES)),
    _must("effective_date", DAY),
    _must("amount", MONEY),
    _must("new_balance", MONEY),
    _may("txn_id", TXN),
    _may("method", Code(*codes.METHODS)),
    _may("text", upto(300), personal=True),
)
HOLD_LINE = _record(
    "L",
    _must("placement_ref", PLACEMENT_REF),
    _must("action", Code(*codes.ACTIONS)),
    _may("hold_code", Code(*codes.HOLD_CODES)),
    _must("effective_from", INSTANT),
    _may("review_date", DAY),
    _may("end_date", DAY),
    _may("reference", upto(30)),
    _may("text", upto(80), personal=True),
)
EVENT_LINE = _record(
    "G",
    _must("placement_ref", PLACEMENT_REF),
    _may("agency_ref", AGENCY_REF),
    _must("event_id", TXN),
    _must("event_at", INSTANT),
    _must("event_type", Code(*codes.EVENTS)),
    _may("party_no", Code(*"123456789")),
    _may("code", upto(20)),
    *(_may(f"value_{number}", upto(254), personal=True) for number in range(1, 7)),
    _may("text", upto(300), personal=True),
)
PAYMENT_LINE = _record(
    "Y",
    _must("placement_ref", PLACEMENT_REF),
    _may("agency_ref", AGENCY_REF),
    _must("txn_id", TXN),
    _must("txn_type", Code(*codes.TXN_TYPES)),
    _may("reverses_txn_id", TXN),
    _must("receipt_date", DAY),
    _may("cleared_date", DAY),
    _may("method", Code(*codes.METHODS)),
    _must("gross", MONEY),
    _must("commission_rate", RATE),
    _must("commission", MONEY),
    _must("commission_vat", MONEY),
    _must("net_remitted", MONEY),
    _may("balance_after", MONEY),
)
REMITTANCE_LINE = _record(
    "M",
    _must("remittance_ref", REMITTANCE),
    _must("value_date", DAY),
    _must("basis", Code("N", "G")),
    _must("bank_amount", MONEY),
    _must("gross_total", MONEY),
    _must("cash_total", MONEY),
    _must("commission_total", MONEY),
    _must("vat_total", MONEY),
    _may("commission_invoice_no", upto(20)),
    _may("agency_vat_no", VAT_NUMBER),
)
RETURN_LINE = _record(
    "X",
    _must("placement_ref", PLACEMENT_REF),
    _may("agency_ref", AGENCY_REF),
    _must("close_code", Code(*codes.CLOSE_CODES)),
    _must("close_date", DAY),
    _must("final_balance", MONEY),
    _may("evidence_ref", upto(30)),
    _may("text", upto(200), personal=True),
)
INVENTORY_LINE = _record(
    "V",
    _must("placement_ref", PLACEMENT_REF),
    _may("agency_ref", AGENCY_REF),
    _may("client_account_ref", ACCOUNT),
    _must("placed_date", DAY),
    _must("amount_placed", MONEY),
    _must("payments_to_date", MONEY),
    _must("adjustments_to_date", MONEY),
    _must("current_balance", MONEY),
    _must("status", upto(20)),
    _may("last_activity_date", DAY),
    _may("last_payment_date", DAY),
    _may("last_payment_amount", MONEY),
)
TRAILER_LINE = _record(
    TRAILER,
    _must("record_count", COUNT),
    _must("account_count", COUNT),
    _must("total_1", MONEY),
    _must("total_2", MONEY),
    _must("hash_total", HASH),
)


def _header(kind: str) -> Layout:
    return _record(
        HEADER,
        _must("layout_version", upto(8)),
        _must("file_kind", Literal(kind)),
        _must("sender_id", PARTNER),
        _must("receiver_id", PARTNER),
        _must("file_seq", SEQUENCE),
        _must("created_at", INSTANT),
        _must("business_date", DAY),
        _must("currency", upto(3)),
        _must("test_flag", FLAG),
        _may("client_code", upto(10)),
    )


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of file.

    main:    its main record, which `account_count` and `hash_total` are about
    records: all between header and trailer
    totals:  the columns that `total_1` and `total_2` of the trailer sum; "" = 0.00
    """

    code: str
    title: str
    direction: Direction
    main: Layout
    records: tuple[Layout, ...]
    totals: tuple[str, str] = ("", "")

    @cached_property
    def header(self) -> Layout:
        return _header(self.code)

    @cached_property
    def layouts(self) -> Mapping[str, Layout]:
        """By their letter, in the order of a file."""
        return {one.name: one for one in (self.header, *self.records, TRAILER_LINE)}

    @cached_property
    def format(self) -> CanonicalFormat:
        return CanonicalFormat(self.code, tuple(self.layouts.values()))


def _kind(
    code: str, title: str, direction: Direction, *records: Layout, totals: tuple[str, str] = ("", "")
) -> Kind:
    return Kind(code=code, title=title, direction=direction, main=records[0], records=records, totals=totals)


PLC = _kind(
    "PLC",
    "placement",
    Direction.OUT,
    ACCOUNT_LINE,
    PARTY_LINE,
    CHARGE_LINE,
    NOTE_LINE,
    totals=("total_due", ""),
)
UPD = _kind("UPD", "update", Direction.OUT, UPDATE_LINE, PARTY_LINE, totals=("amount", ""))
HLD = _kind("HLD", "hold", Direction.OUT, HOLD_LINE)
ACK = _kind("ACK", "acknowledgement", Direction.IN, ACK_LINE)
AUP = _kind("AUP", "agency update", Direction.IN, EVENT_LINE)
PAY = _kind("PAY", "payment", Direction.IN, PAYMENT_LINE, REMITTANCE_LINE, totals=("gross", "net_remitted"))
RTN = _kind("RTN", "return", Direction.IN, RETURN_LINE)
INV = _kind("INV", "inventory", Direction.IN, INVENTORY_LINE, totals=("current_balance", "amount_placed"))
KINDS: Mapping[str, Kind] = {kind.code: kind for kind in (PLC, UPD, HLD, ACK, AUP, PAY, RTN, INV)}
