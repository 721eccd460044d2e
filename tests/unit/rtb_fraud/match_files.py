"""Match lists as the application might export them, evidently fake: CSV, or a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from xlsxwriter import Workbook

PERSON = ("surname", "forename", "dob", "address", "postcode")
HEADER = (
    *("cycle", "report_no", "report_title", "match_id", "match_group", "risk", "released_at"),
    *("our_dataset", "our_reference", "our_role", *(f"our_{name}" for name in PERSON)),
    *("other_body", "other_dataset", "other_reference", *(f"other_{name}" for name in PERSON)),
    *("match_fields", "status", "outcome", "value_detected", "value_prevented", "recovering"),
    *("investigator", "opened_at", "closed_at", "comment_shared"),
)
WORKED = (
    *("cycle", "report_no", "match_id", "new_status", "outcome", "value_detected", "value_prevented"),
    *("recovering", "investigator", "note"),
)
ADA = {
    "cycle": "2026/27",
    "report_no": "101",
    "report_title": "Housing tenants to housing tenants",
    "match_id": "M0001",
    "match_group": "G1",
    "risk": "H",
    "released_at": "2026-12-14",
    "our_dataset": "Housing tenants",
    "our_reference": "T0004711",
    "our_role": "tenant",
    "our_surname": "TESTERMAN",
    "our_forename": "ADA",
    "our_dob": "1979-06-18",
    "our_address": "Flat 2, 14 Sample Court",
    "our_postcode": "ZZ1 1AB",
    "other_body": "Mockborough Council",
    "other_dataset": "Housing tenants",
    "other_reference": "MB-99",
    "other_surname": "TESTERMAN",
    "other_forename": "A M",
    "other_dob": "1979-06-18",
    "other_address": "1 Elsewhere Road",
    "other_postcode": "ZZ9 9ZZ",
    "match_fields": "NAME+DOB",
    "status": "NEW",
}
BEN = {**ADA, "match_id": "M0002", "our_reference": "T0004712", "our_forename": "BEN", "risk": "L"}
CARA = {**ADA, "match_id": "M0003", "report_no": "102", "our_reference": "T0004713", "our_forename": "CARA"}


def listed(*matches: Mapping[str, str], header: Iterable[str] = HEADER) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(header), restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(matches)
    return out.getvalue().encode()


def workbook(*matches: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Matches")
        for place, name in enumerate(HEADER):
            sheet.write_string(0, place, name)
            for line, match in enumerate(matches, start=1):
                sheet.write_string(line, place, match.get(name, ""))
    return out.getvalue()


def worked(*lines: Mapping[str, str]) -> bytes:
    """What staff decided, as a sheet: `status` of a line is what the match becomes."""
    return listed(*({**line, "new_status": line["status"]} for line in lines), header=WORKED)
