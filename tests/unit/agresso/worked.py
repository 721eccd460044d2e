"""The worked examples of the formats page (agresso.md, sections 11.1 and 11.2): all data invented there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

Record = Mapping[str, object]
DAY, DUE = date(2026, 6, 8), date(2026, 7, 6)

_JOURNAL = (
    (1, "GL", "B1000", "0", 61319857, "D1", "Rent debit week commencing 2026-06-01"),
    (1, "GL", "I2100", "SO", -59610445, "D2", "Dwelling rents wk 10"),
    (1, "GL", "I2200", "SO", -1240812, "D3", "Tenant service charges wk 10"),
    (1, "GL", "I2150", "SO", -318600, "D4", "Garages let with dwelling wk 10"),
    (1, "GL", "I2160", "S1", -125000, "D5", "Garages private net wk 10"),
    (1, "TX", "B8900", "S1", -25000, "D6", "Output VAT garages wk 10"),
    (2, "GL", "B1900", "0", 40210077, "C1", "Rent cash allocated wk 10"),
    (2, "GL", "B1000", "0", -40210077, "C2", "Rent cash allocated wk 10"),
)
_INVOICES = (
    (1, "LI", "AR", None, "0", 128436, "LSC2600000017", "Service charge estimate 2026/27 Q1"),
    (1, "LI", "GL", "I3100", "SO", -104911, "LSC2600000017", "Service charge Q1"),
    (1, "LI", "GL", "I3110", "SO", -18525, "LSC2600000017", "Buildings insurance Q1"),
    (1, "LI", "GL", "I3120", "SO", -5000, "LSC2600000017", "Management fee Q1"),
    (2, "LC", "AR", None, "0", -30000, "LSC2600000018", "Credit to LSC2500000911"),
    (2, "LC", "GL", "I3100", "SO", 30000, "LSC2600000018", "Credit service charge 2025/26 Q4"),
    (3, "RR", "AR", None, "0", 17460, "RCH2600000005", "Rechargeable repair job 4471902"),
    (3, "RR", "GL", "I3300", "S1", -14550, "RCH2600000005", "Lock change job 4471902 net"),
    (3, "RR", "TX", "B8900", "S1", -2910, "RCH2600000005", "Output VAT job 4471902"),
)
_PARTIES: Mapping[int, Record] = {
    1: {"apar_id": "900017", "due_date": DUE},
    2: {"apar_id": "900017", "due_date": DAY, "voucher_ref": 25001234, "sequence_ref": 1},
    3: {"apar_id": "800451", "due_date": DUE},
}

SHA256 = {
    ("gl07-55", "left"): "24d3cc15d77ce763ba44c52647890bc7068d43db6095bee7c2cd56ce7b9e3680",
    ("gl07-55", "right"): "a93cad7dddae76e1cabb2d709ad811003abaf0b635f7406e089936b1714bf155",
    ("gl07-55", "zero"): "f49da47a36ba2fdcea6fea59f994b4a4c0c9f391868fa388a313bf536dfb6690",
    ("gl07-55-wcg", "wcg"): "5309e2b71418c8a0ca8dd216521185511808ba5651725e51608df266c5d0b7a7",
}


def _common(batch: str, voucher: int, kind: str, amount: int, description: str) -> dict[str, object]:
    return {
        "batch_id": batch, "interface": "BI", "voucher_type": kind, "client": "ZZ", "currency": "GBP",
        "cur_amount": amount, "amount": amount, "description": description, "trans_date": DAY,
        "voucher_date": DAY, "voucher_no": voucher, "period": "202603",
    }  # fmt: skip


def journal() -> list[Record]:
    made = []
    for voucher, line, account, tax, amount, key, description in _JOURNAL:
        record = _common("FHRENT260608001", voucher, "RJ", amount, description)
        record |= {"trans_type": line, "account": account, "dim_1": "HRA", "tax_code": tax}
        record["ext_ref"] = f"RENTWK10/{key}"
        made.append(record | _taxed(line, "I2160", -125000))
    return made


def invoices() -> list[Record]:
    made = []
    for voucher, kind, line, account, tax, amount, number, description in _INVOICES:
        record = _common("FHLEAS260608001", voucher, kind, amount, description)
        record |= {"trans_type": line, "account": account, "tax_code": tax, "ext_inv_ref": number}
        if line == "AR":
            record |= {"apar_type": "R", "pay_method": "IP", **_PARTIES[voucher]}
        else:
            record |= {"dim_1": "LEASE", "dim_2": "BLK0042"}
        made.append(record | _taxed(line, "I3300", -14550))
    return made


def _taxed(line: str, account: str, base: int) -> dict[str, object]:
    return {"account2": account, "base_amount": base, "base_curr": base} if line == "TX" else {}
