"""The codes of the canonical files. Source: debt_agency.md, sections 3 and 5."""

from __future__ import annotations

DEBT_TYPES = {
    "FTA": "former tenant arrears",
    "RCG": "recharge",
    "CTC": "court costs",
    "GAR": "garage",
    "UOC": "use and occupation",
    "HBO": "Housing Benefit overpayment",
    "LHC": "leaseholder charge",
    "SUN": "other sundry",
}
OF_A_TENANCY = frozenset({"FTA", "UOC"})
"""Debts that have the end of a tenancy."""

ROLES = {
    "D": "debtor",
    "J": "joint tenant",
    "G": "guarantor",
    "X": "executor or administrator",
    "R": "representative, no contact of the debtor",
}
ADDRESS_STATUSES = {"C": "confirmed", "L": "last known", "G": "known gone away", "W": "withheld"}

ACCEPTED, REJECTED, WARNED, DUPLICATE = "A", "R", "W", "D"
RESULTS = {
    ACCEPTED: "accepted",
    REJECTED: "rejected",
    WARNED: "accepted with warning",
    DUPLICATE: "duplicate ignored",
}
REJECT_REASONS = {
    "R01": "duplicate placement_ref",
    "R02": "unknown client or plan code",
    "R03": "missing mandatory field",
    "R04": "bad amount",
    "R05": "below the agency's minimum",
    "R06": "out of limitation",
    "R07": "debtor deceased on a suppression file",
    "R08": "debtor insolvent",
    "R09": "in moratorium",
    "R10": "address unusable and no trace authority",
    "R11": "conflict of interest",
    "R12": "unknown placement_ref",
    "R13": "account already closed",
    "R99": "other",
}

UPDATE_TYPES = {
    "DPY": "direct payment to the council",
    "DPR": "direct payment reversed",
    "ADJ-": "adjustment down",
    "ADJ+": "adjustment up",
    "WOF": "write-off",
    "CST": "cost awarded",
    "COR": "correction of name, address or birth",
    "NTE": "note",
}
SIGNS = {"DPY": -1, "DPR": 1, "ADJ-": -1, "ADJ+": 1, "WOF": -1, "CST": 1, "COR": 0, "NTE": 0}
"""By type of update, what it does to the balance."""

HELD, RELEASED, RECALL_PENDING, RECALL_FINAL = "HOLD", "RELEASE", "RECALLP", "RECALLF"
ACTIONS = (HELD, RELEASED, RECALL_PENDING, RECALL_FINAL)
HOLD_CODES = {
    "BSP": "breathing space, standard",
    "MHC": "mental health crisis moratorium",
    "DEC": "deceased",
    "BKR": "bankrupt",
    "DRO": "debt relief order",
    "IVA": "individual voluntary arrangement",
    "DIS": "dispute",
    "VUL": "vulnerability",
    "CMP": "complaint",
    "DBT": "debt adviser's 30-day hold",
    "LEG": "legal with the council",
    "FRD": "fraud alleged",
}
MORATORIA = frozenset({"BSP", "MHC"})
VULNERABILITIES = {
    "MH": "mental health",
    "PH": "physical health",
    "LN": "learning need",
    "BR": "bereavement",
    "DA": "domestic abuse",
    "CH": "in or leaving care",
    "LG": "language need",
    "OT": "other",
}

EVENTS = {
    "TRC": "trace result",
    "CON": "contact details",
    "ARR": "arrangement",
    "STS": "status",
    "OBJ": "objection to recall",
    "NTE": "note",
    "CMP": "complaint",
    "DSR": "data subject request",
}
STATUSES = (
    "CONTACTED",
    "LETTER_SENT",
    "PROMISE",
    "DISPUTE",
    "REFUSED",
    "VULNERABLE",
    "DECEASED",
    "INSOLVENT",
    "IMPRISONED",
    "ABROAD",
    "BREATHING_SPACE",
)

TXN_TYPES = {
    "PA": "paid to the agency",
    "PAR": "reversal of a PA",
    "DP": "direct payment recognised",
    "DPR": "reversal of a DP",
    "CST": "cost recovered",
}
METHODS = ("DD", "DC", "CC", "CA", "CQ", "SO", "BT", "PO")

CLOSE_CODES = {
    "PIF": "paid in full",
    "SIF": "settled for less",
    "GNA": "gone away, no trace",
    "DEC": "deceased",
    "INS": "insolvent",
    "BSP": "breathing space",
    "DIS": "disputed",
    "UNC": "uncollectable, no means",
    "UNE": "uneconomical",
    "VUL": "vulnerable, unsuitable",
    "PRI": "in prison",
    "ABR": "abroad",
    "SBL": "statute barred",
    "RCL": "recalled by the client",
    "EXP": "placement term over",
    "DUP": "duplicate",
    "ERR": "placed in error",
}
