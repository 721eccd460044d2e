"""Layouts that are ready to be named: the records of AIM and YGC whose positions were published.

`data/positions.csv` has the positions, as facts; which canonical field stands where is this project's own
reading of them [assumed], and nobody's official format: agree it with the agency, or write another layout.
Source: debt_agency.md, sections 0 and 4.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from plugins.debt_agency.mapping_spec import AgencyLayout

Fields = Mapping[str, Any]
"""By the record's own field: the canonical one, or what a column says of it beside its place."""

NINE = {"from": "placement_ref", "digits": "nine", "pad": "0", "side": "left"}


@dataclass(frozen=True, slots=True)
class Preset:
    """records: by canonical record, the published one; fields: by published record; trailer: its totals."""

    source: str
    kind: str
    records: Mapping[str, str]
    fields: Mapping[str, Fields]
    totals: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    below_zero: Mapping[str, str] = field(default_factory=dict)
    identity: tuple[str, ...] = ()
    sign: str = "leading"
    width: int = 0
    short: bool = False


PRESETS: Mapping[str, Preset] = {
    "aim-plc": Preset(
        "AIM",
        "PLC",
        {"A": "CACT", "N": "CNOT", "T": "CTRL-placement"},
        {
            "CACT": {
                "file_number": NINE,
                "account": "client_account_ref",
                "principal": "principal",
                "interest": "interest",
                "other3": "costs",
                "last_charge": "debt_to",
                "last_paid": "last_payment_date",
                "userdate1": "debt_from",
                "userdate2": "limitation_date",
                "userdate3": "planned_recall",
            },
            "CNOT": {
                "file_number": NINE,
                "created_datetime": {"from": "note_date", "dates": "%Y%m%d000000"},
                "note_comment": "text",
            },
        },
        totals={
            "records": {"func": "count"},
            "placement_total": {"func": "sum", "of": ["principal", "interest", "costs"]},
        },
        width=3000,
    ),
    "aim-hld": Preset(
        "AIM",
        "HLD",
        {"L": "CPEN|CFIN"},
        {
            "CPEN|CFIN": {
                "record_type": {"from": "action", "lookup": {"RECALLP": "CPEN", "RECALLF": "CFIN"}},
                "file_number": NINE,
                "objection_date": "review_date",
            }
        },
    ),
    "aim-ack": Preset(
        "AIM",
        "ACK",
        {"K": "AACK"},
        {
            "AACK": {
                "record_type": {"value": "AACK"},
                "file_number": NINE,
                "original_balance": "balance_loaded",
                "received_date": "received_date",
            }
        },
        defaults={"in_file_kind": "PLC", "result": "A"},
    ),
    "aim-pay": Preset(
        "AIM",
        "PAY",
        {"Y": "APAY"},
        {
            "APAY": {
                "record_type": {"value": "APAY"},
                "file_number": NINE,
                "payment_amount": "gross",
                "payment_date": "receipt_date",
                "payment_type": "txn_type",
                "payment_identifier": "txn_id",
            }
        },
        sign="type_code",
    ),
    "aim-inv": Preset(
        "AIM",
        "INV",
        {"V": "AREC"},
        {
            "AREC": {
                "record_type": {"value": "AREC"},
                "file_number": NINE,
                "account": "client_account_ref",
                "original_balance": "amount_placed",
                "received_date": "placed_date",
                "current_balance": "current_balance",
                "last_payment_date": "last_payment_date",
                "last_payment_amount": "last_payment_amount",
            }
        },
    ),
    "aim-objections": Preset(
        "AIM",
        "AUP",
        {"G": "AOBJ"},
        {
            "AOBJ": {
                "record_type": {"value": "AOBJ"},
                "file_number": NINE,
                "objection_reason_code": "code",
                "objection_date": "event_at",
            }
        },
        defaults={"event_type": "OBJ"},
    ),
    "aim-addresses": Preset(
        "AIM",
        "AUP",
        {"G": "AUAD"},
        {
            "AUAD": {
                "record_type": {"value": "AUAD"},
                "file_number": NINE,
                "new_street1": "value_1",
                "new_street2": "value_2",
                "new_city": "value_3",
                "new_zipcode": "value_5",
                "date_updated": "event_at",
            }
        },
        defaults={"event_type": "TRC", "code": "N"},
    ),
    "aim-bankruptcies": Preset(
        "AIM",
        "AUP",
        {"G": "ABKP"},
        {
            "ABKP": {
                "record_type": {"value": "ABKP"},
                "file_number": NINE,
                "date_filed": "event_at",
                "case_number": "text",
            }
        },
        defaults={"event_type": "STS", "code": "INSOLVENT"},
    ),
    "aim-upd": Preset(
        "AIM",
        "UPD",
        {"U": "CPAY"},
        {
            "CPAY": {
                "record_type": {"value": "CPAY"},
                "file_number": NINE,
                "principal": "amount",
                "payment_date": "effective_date",
                "payment_identifier": "txn_id",
            }
        },
        defaults={"update_type": "DPY"},
        sign="reversed",
    ),
    "ygc-upd": Preset(
        "YGC",
        "UPD",
        {"U": "12"},
        {
            "12": {
                "RECORD_CODE": {"value": "12"},
                "FILENO": "placement_ref",
                "DP_DATE": "effective_date",
                "DP_CMT": "txn_id",
                "DP_CASH": "amount",
            }
        },
        defaults={"update_type": "DPY"},
        sign="reversed",
    ),
    "ygc-pay": Preset(
        "YGC",
        "PAY",
        {"Y": "30"},
        {
            "30": {
                "RECORD_CODE": {"value": "30"},
                "FILENO": "placement_ref",
                "MASCO_FILE": "agency_ref",
                "RET_CODE": {
                    "from": "txn_type",
                    "lookup": {"PA": "1", "DP": "6", "CST": "33"},
                    "also": {"3": "PA", **{str(code): "CST" for code in range(34, 82)}},
                    "pad": "0",
                    "side": "left",
                },
                "PAY_DATE": "receipt_date",
                "GROSS_PAY": "gross",
            }
        },
        below_zero={"PA": "PAR", "DP": "DPR"},
        identity=("placement_ref", "txn_type", "receipt_date", "gross"),
    ),
    "ygc-notes": Preset(
        "YGC",
        "AUP",
        {"G": "39"},
        {
            "39": {
                "RECORD_CODE": {"value": "39"},
                "FILENO": "placement_ref",
                "MASCO_FILE": "agency_ref",
                "PDATE": "event_at",
                "PCODE": "code",
                "PCMT": {"from": "text", "max": 300, "overlong": "truncate"},
            }
        },
        defaults={"event_type": "NTE"},
        short=True,
    ),
    "ygc-plans": Preset(
        "YGC",
        "AUP",
        {"G": "43"},
        {
            "43": {
                "RECORD_CODE": {"value": "43"},
                "FILENO": "placement_ref",
                "MASCO_FILE": "agency_ref",
                "PLAN_DATE": "event_at",
                "FIRST_DATE": "value_1",
                "PAY_AMT": "value_2",
                "FREQUENCY": "value_3",
                "NO_PMTS": "value_4",
                "LAST_AMT": "value_5",
            }
        },
        defaults={"event_type": "ARR"},
    ),
    "ygc-inv": Preset(
        "YGC",
        "INV",
        {"V": "38"},
        {
            "38": {
                "RECORD_CODE": {"value": "38"},
                "FILENO": "placement_ref",
                "FORW_FILE": "client_account_ref",
                "MASCO_FILE": "agency_ref",
                "DPLACED": "placed_date",
                "D1_BAL": "current_balance",
                "PAID": "payments_to_date",
            }
        },
    ),
}


def by_name(value: Any) -> Any:
    """The ready layout of that name, which may hold for some days only; what is no name stays as it is, and
    is read as a layout."""
    if isinstance(value, dict) and "layout" in value and set(value) <= {"layout", "valid_from", "valid_to"}:
        ready = by_name(value["layout"])
        return AgencyLayout.model_validate({**ready.model_dump(by_alias=True), **value})
    if not isinstance(value, str):
        return value
    if value not in PRESETS:
        raise ValueError(f"is no ready layout; there are {', '.join(sorted(PRESETS))}")
    return preset(value)


@cache
def preset(name: str) -> AgencyLayout:
    one = PRESETS[name]
    tags = {letter: record.partition("-")[0] for letter, record in one.records.items()}
    several = len(tags) > 1
    first = next(iter(_places()[one.source, next(iter(one.records.values()))].values()))
    return AgencyLayout.model_validate(
        {
            "layout": name,
            "kind": one.kind,
            "physical": {
                "form": "fixed",
                "encoding": "cp1252",
                "width": one.width or _longest(one),
                "short": one.short,
            },
            "dates": "%Y%m%d",
            "empty_dates": ["19000101"],
            "money": {"unit": "pounds", "sign": one.sign},
            "record_selector": {"start": first.start, "end": first.end, "map": tags} if several else None,
            "columns": list(_columns(one)),
            "totals": list(_totals(one)),
            "defaults": one.defaults,
            "below_zero": one.below_zero,
            "identity": one.identity,
            "file_name": "{sender}_{kind}_{receiver}_{date}_{seq}.txt",
        }
    )


def _columns(one: Preset) -> Iterator[dict[str, Any]]:
    for letter, record in one.records.items():
        places = _places()[one.source, record]
        for name, told in one.fields.get(record, {}).items():
            place, said = places[name], {"from": told} if isinstance(told, str) else told
            side = "left" if place.is_amount else "right"
            yield {
                "record": letter,
                "start": place.start,
                "end": place.end,
                "name": name,
                "side": side,
                **said,
            }


def _totals(one: Preset) -> Iterator[dict[str, Any]]:
    places = _places().get((one.source, one.records.get("T", "")), {})
    for name, told in one.totals.items():
        place = places[name]
        yield {"record": "T", "start": place.start, "end": place.end, "side": "left", **told}


def _longest(one: Preset) -> int:
    return max(
        place.end for record in one.records.values() for place in _places()[one.source, record].values()
    )


class Place(NamedTuple):
    """Positions of a published field, and whether it is an amount."""

    start: int
    end: int
    is_amount: bool


@cache
def _places() -> Mapping[tuple[str, str], Mapping[str, Place]]:
    """By source and record, where its fields stand."""
    table = resources.files(__package__).joinpath("data/positions.csv").read_text("utf-8")
    found: dict[tuple[str, str], dict[str, Place]] = {}
    for row in csv.DictReader(table.splitlines()):
        places = found.setdefault((row["layout"], row["record"]), {})
        places[row["field"]] = Place(int(row["start"]), int(row["end"]), row["type"].startswith("decimal"))
    return found
