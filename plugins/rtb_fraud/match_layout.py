"""The match list of the NFI's application, as a file (formats page rtb_fraud.md, section 4) [project layout].

CSV or a workbook; the columns may stand in any order and be called otherwise (option `columns`). What is the
other body's is nobody's business outside the compartment, and sealed within.
"""

from __future__ import annotations

from hub.api import Code, Day, Field, Layout, Matching, Pence, Table, Text, column

DAY = Day("%Y-%m-%d")
SERVICES = ("RECHECK", "APPCHECK", "FRAUDHUB")
REFERENCE = Matching(r"[^\x00-\x1f]{1,20}", expected="up to 20 characters")
OURS = ("our_surname", "our_forename", "our_dob", "our_address", "our_postcode")
OTHERS = ("other_surname", "other_forename", "other_dob", "other_address", "other_postcode")


def _text(name: str, *, required: bool = False, personal: bool = False) -> Field:
    return column(name, Text(), required=required, personal=personal)


MATCH = Layout(
    "match",
    (
        column(
            "cycle",
            Matching(rf"20[0-9]{{2}}/[0-9]{{2}}|{'|'.join(SERVICES)}", "a cycle as 2026/27, or a service"),
        ),
        column("report_no", Matching(r"[A-Za-z0-9._/-]{1,10}", "up to 10 letters and digits")),
        _text("report_title"),
        column("match_id", REFERENCE),
        column("match_group", REFERENCE, required=False),
        _text("risk", required=True),
        column("released_at", DAY),
        _text("our_dataset", required=True),
        column("our_reference", REFERENCE),
        _text("our_role"),
        *(_text(name, personal=True) for name in OURS),
        _text("other_body"),
        _text("other_dataset"),
        _text("other_reference", personal=True),
        *(_text(name, personal=True) for name in OTHERS),
        _text("match_fields"),
        _text("status", required=True),
        _text("outcome"),
        column("value_detected", Pence(), required=False),
        column("value_prevented", Pence(), required=False),
        column("recovering", Code("Y", "N"), required=False),
        _text("investigator"),
        column("opened_at", DAY, required=False),
        column("closed_at", DAY, required=False),
        _text("comment_shared", personal=True),
    ),
)
MATCHES = Table(MATCH)
PERSONAL = tuple(field.name for field in MATCH.fields if field.personal)
WORK = Layout(
    "work",
    (
        column("cycle", Text()),
        column("report_no", Text()),
        column("match_id", REFERENCE),
        _text("new_status", required=True),
        _text("outcome"),
        column("value_detected", Pence(), required=False),
        column("value_prevented", Pence(), required=False),
        column("recovering", Code("Y", "N"), required=False),
        _text("investigator"),
        _text("note", personal=True),
    ),
)
WORKED = Table(WORK)
STATUS = Layout(
    "status",
    (
        _text("cycle"),
        _text("report_no"),
        _text("match_id"),
        _text("status"),
        _text("outcome"),
        column("value_detected", Pence(), required=False),
        column("value_prevented", Pence(), required=False),
        column("recovering", Code("Y", "N"), required=False),
        column("closed_at", DAY, required=False),
    ),
)


def key_of(cycle: str, report_no: str, match_id: str) -> str:
    """How a match is known: unique in its cycle and report."""
    return f"{cycle}:{report_no}:{match_id}"
