"""Each failing that other bodies name is found in the row and column where it was planted, by a fixed seed
and a fresh one; sound exports pass."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from datetime import date
from io import BytesIO
from random import Random

import pytest

from hub.model import Facts, History, LastTransfer, Severity
from plugins.rtb_fraud.nfi_extracts import OTHER
from tests.golden.catalogue import COUNCIL_TAX
from tests.nfi_mutator import KINDS, MONEY_KINDS, SEED, plant
from tests.unit.rtb_fraud.golden_nfi import CASES, HERE, context, read, status_sheet, write
from tests.unit.rtb_fraud.nfi_files import (
    ADA,
    BEN,
    CARA,
    TENANT_HEADER,
    changed,
    file,
    findings,
    preflight,
    refused,
    told,
)

FRESH = int(os.environ.get("FEEDHUB_SEED", "0"))
SEEDS = [SEED, SEED + 1, FRESH, FRESH + 1]
STOP, TOLD = True, False
EXPECTED = {
    "blank": ("Q02", STOP),
    "too_old": ("Q03", TOLD),
    "stock_date": ("Q03", TOLD),
    "temporary_nino": ("Q04", TOLD),
    "broken_nino": ("Q04", TOLD),
    "nino_of_another": ("Q04", TOLD),
    "no_surname": ("Q05", TOLD),
    "swapped": ("Q06", TOLD),
    "not_ascii": ("Q07", TOLD),
    "control": ("Q07", TOLD),
    "under_age": ("Q08", STOP),
    "no_home": ("Q09", TOLD),
    "start_in_future": ("Q10", TOLD),
    "start_long_ago": ("Q10", TOLD),
    "unknown_flag": ("Q11", STOP),
    "no_first": ("Q11", STOP),
    "twice": ("Q12", TOLD),
    "named_twice": ("Q12", TOLD),
    "suppressed": ("Q13", STOP),
    "unknown_code": ("Q14", STOP),
    "lost_zero": ("Q15", STOP),
    "scientific": ("Q15", STOP),
    "spreadsheet_day": ("Q15", STOP),
    "short_day": ("Q15", STOP),
    "price": ("Q16", TOLD),
    "no_day": ("DATE", STOP),
    "year_first": ("DATE", STOP),
    "pounds": ("MONEY", STOP),
    "zero": ("MONEY", STOP),
    "unknown_stage": ("Q14", STOP),
    "no_completion": ("Q02", STOP),
    "too_long": ("LENGTH", STOP),
    "one_cell_more": ("FILE", STOP),
}
"""By failing: the check that names it, and whether it refuses the file."""
STAYS_BEHIND = {"no_home", "start_in_future", "start_long_ago", "twice", "named_twice", "price"}


def test_every_failing_has_a_check():
    assert EXPECTED.keys() == KINDS.keys() | MONEY_KINDS.keys()


@pytest.mark.parametrize("dataset", CASES)
def test_sound_exports_pass(dataset):
    examined = read(dataset)
    assert not refused(examined)
    expected = {"waiting_list": {"NFI-LIVE"}, "creditors": {"NFI-LIVE", "NFI-Q07"}}
    assert {one.check for one in examined.reading.findings.kept} == expected.get(dataset, set())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", EXPECTED)
def test_each_published_failing_is_named_with_its_row_and_column(kind, seed):
    dataset, delimiter = ("rtb", ",") if kind in MONEY_KINDS else ("tenants", "|")
    data = (HERE / CASES[dataset][1]).read_bytes()
    spoiled, fault = plant(data, kind, seed, delimiter)
    assert spoiled != data
    examined = read(dataset, spoiled)
    found = [(one.check, one.line, one.field) for one in examined.reading.findings.kept]
    check, stops = EXPECTED[kind]
    assert (f"NFI-{check}", fault.line, fault.column) in found, found
    assert refused(examined) is stops
    assert examined.tally.rows - examined.tally.records == (kind in STAYS_BEHIND or kind in _DROPPED_TOO)


_DROPPED_TOO = {"suppressed", "no_day", "year_first"}
"""Of these the row stays behind, and the file is refused besides."""


@pytest.mark.parametrize("seed", [SEED, FRESH])
def test_no_message_tells_what_stands_in_a_field(seed):
    data = (HERE / CASES["tenants"][1]).read_bytes()
    for kind in KINDS:
        spoiled, fault = plant(data, kind, seed)
        row = spoiled.decode().split("\r\n")[fault.line - 1].split("|")
        said = " ".join(one.message for one in read("tenants", spoiled).reading.findings.kept)
        private = [row[place] for place in (3, 4, 6, 7, 8, 13, 14, 15, 16) if len(row[place]) > 4]
        assert not [value for value in private if value in said], kind


@pytest.mark.parametrize("dataset", CASES)
def test_what_leaves_is_written_byte_for_byte(dataset):
    for output in CASES[dataset][0].outputs:
        made = write(dataset, output.name)
        assert made.data == (HERE / "written" / made.name).read_bytes()
    assert write(dataset).data.isascii()


def test_the_status_sheet_is_written_byte_for_byte_with_the_last_word_on_each_match():
    made = status_sheet()
    assert made.data == (HERE / "written" / made.name).read_bytes()


def test_columns_may_stand_in_any_order_and_under_other_names():
    order = list(range(len(TENANT_HEADER.split("|"))))
    Random(FRESH).shuffle(order)  # noqa: S311 - repeatable on purpose
    header = TENANT_HEADER.replace("Surname", "FAMILY_NAME")

    def shuffled(row):
        cells = row.split("|")
        return ",".join(cells[place] for place in order)

    data = file(shuffled(ADA), shuffled(CARA), header=shuffled(header))
    assert findings(data, sources={"surname": "family name"}) == []
    (missing,) = findings(data)
    assert (missing.check, missing.line) == ("NFI-FILE", 1)
    assert "lacks Surname" in missing.message


def test_columns_of_the_routes_own_are_checked_for_what_they_are():
    """Checks of fields that the route has not say nothing; the others do."""
    columns = [
        {"field": "tenancy_ref", "header": "Ref", "presence": "M", "filled": 100},
        {"field": "surname", "header": "Family name", "presence": "M"},
        {"field": "tenancy_start", "header": "From", "format": "date"},
    ]
    data = file("T1|SPECIMEN LTD|08042019", "T2|SPECIMEN|31022019", header="Ref|Family name|From")
    assert told(data, columns=columns) == {
        ("NFI-Q05", 2, "Family name"),
        ("NFI-DATE", 3, "From"),
        ("NFI-DATE", None, "From"),
    }


def test_any_other_data_set_has_the_columns_that_its_route_says():
    header, sound = "Account,Surname,Forename,Date of birth,Discount", "C1,SPECIMEN,ADA,18061979,SPD"
    spoiled = file(sound, sound, "C4,LETS LTD,X,14022015,ZZZ", ",TESTER,BEN,,", header=header)
    assert told(spoiled, OTHER, **COUNCIL_TAX) >= {
        ("NFI-Q12", 3, "Surname"),
        ("NFI-Q05", 4, "Surname"),
        ("NFI-Q08", 4, "Date of birth"),
        ("NFI-Q14", 4, "Discount"),
        ("NFI-Q02", 5, "Account"),
    }
    with pytest.raises(ValueError, match="columns"):
        preflight(file(sound, header=header), OTHER, data_set="council_tax")


def test_it_may_leave_without_a_header_row():
    ctx = context("council_tax")
    bare = replace(ctx, options=ctx.options.model_copy(update={"header_row": False}))
    data = (HERE / "nfi_council_tax.txt").read_bytes()
    made = OTHER.output("extract").rewrite(BytesIO(data), (), bare)
    assert made.data.splitlines()[0] == b"C1,SPECIMEN,ADA,18061979,SPD"


PUBLISHED = {
    "draft_specifications": ("", "2026-04-01"),
    "final_specifications": ("", "2026-06-30"),
    "application_open": ("2026-07-03", "2026-07-10"),
    "data_sets": ("2026-07-03", "2026-08-28"),
    "instructions": ("2026-08-10", "2026-08-14"),
    "uploader_accounts": ("2026-07-03", "2026-08-28"),
    "privacy_notice": ("2026-07-03", "2026-08-28"),
}
"""The timetable of 2026/27 as it was published (formats page, section 1); all else in the file is assumed."""


def test_the_timetable_that_is_shipped_has_the_published_days():
    path = HERE.parents[2] / "config/calendars/nfi-2026-27.csv"
    with path.open(encoding="utf-8", newline="") as rows:
        steps = list(csv.DictReader(rows))
    published = [one for one in steps if one["note"].startswith("published")]
    assert {one["activity"]: (one["from"], one["to"]) for one in published} == PUBLISHED
    assert all("assumed" in one["note"] for one in steps if one not in published)
    assert {one["activity"] for one in steps} >= {"extract", "submit", "matches", "council_tax"}


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_workbook_under_another_name_is_refused(start):
    (found,) = findings(start + b"\0" * 100)
    assert (found.check, found.severity) == ("NFI-FILE", Severity.ERROR)
    assert "is a workbook" in found.message


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (ADA.replace("Fakeley", '"Fake\nley"'), 2),
        (ADA.replace("Fakeley", '"Fakeley'), 2),
        (ADA.replace("TESTERMAN", "TESTER|MAN"), 2),
    ],
)
def test_a_line_break_a_quote_or_a_delimiter_too_many_refuses_the_file(row, line):
    assert ("NFI-FILE", line) in {(check, at) for check, at, _ in told(file(row, CARA))}
    assert refused(preflight(file(row, CARA)))


def test_the_level_of_a_check_is_the_routes_to_set():
    data = file(ADA, changed(BEN, surname="SPECIMEN LTD"))
    assert not refused(preflight(data))
    assert refused(preflight(data, quality={"Q05": "stop"}))
    assert preflight(data, quality={"Q05": "drop"}).tally.records == 1
    assert findings(data, quality={"Q05": "off"}) == []
    with pytest.raises(ValueError, match="quality"):
        preflight(data, quality={"Q13": "off"})


def test_suppressed_persons_leave_as_the_decision_says():
    data = file(ADA, changed(BEN, suppressed="Y"))
    assert refused(preflight(data))
    assert preflight(data, decision="DEC-17").tally.records == 1
    assert not refused(preflight(data, decision="DEC-17"))
    assert preflight(data, decision="DEC-17", suppressed="include").tally.records == 2


def test_a_tenancy_that_ended_stays_behind_and_one_that_ends_later_leaves():
    ended, going = changed(CARA, tenancy_end="05102026"), changed(ADA, tenancy_end="06102026")
    examined = preflight(file(going, ended))
    assert (examined.tally.records, dict(examined.tally.left)) == (1, {"LIVE": 1})


def test_a_tenancy_that_ends_before_it_starts_stays_behind():
    row = changed(CARA, tenancy_start_date="01052026", tenancy_end="01042027")
    assert findings(file(ADA, row)) == []
    row = changed(CARA, tenancy_start_date="01082028", tenancy_end="01042027")
    assert ("NFI-Q10", 3, "Tenancy start date") in told(file(ADA, row))


def test_temporary_accommodation_is_a_setting():
    data = file(ADA, changed(BEN, asset_type="HOSTEL"))
    assert preflight(data, temporary=["HOSTEL"]).tally.records == 1
    assert preflight(data, temporary=["HOSTEL"], with_temporary=True).tally.records == 2


def test_small_letters_and_blanks_of_a_nino_are_put_right():
    assert findings(file(changed(ADA, national_insurance_number="ab 12 34 57 c"))) == []


def test_the_day_of_the_extract_lies_in_the_autumn_of_the_cycle():
    (found,) = findings(file(ADA), today=date(2026, 6, 5))
    assert (found.check, found.severity) == ("NFI-Q17", Severity.WARNING)
    assert findings(file(ADA), today=date(2027, 1, 5)) == []


def last_cycle(rows):
    before = LastTransfer("t0", date(2024, 10, 5), rows, 0, {"cycle": "2024/25", "rows": rows})
    same = LastTransfer("t1", date(2026, 10, 4), 1, 0, {"cycle": "2026/27", "rows": 1})
    return History(last=same, recent=[same, before])


@pytest.mark.parametrize(("rows", "found"), [(2, set()), (3, {"NFI-Q01"}), (1, {"NFI-Q01"})])
def test_the_count_is_held_against_the_last_cycle(rows, found):
    facts = Facts(today=date(2026, 10, 5), history=last_cycle(rows))
    examined = preflight(file(ADA, BEN), facts=facts)
    examined.reading.history(examined.reading._ctx)
    assert {one.check for one in examined.reading.findings.kept} == found
    assert refused(examined) is bool(found)


class Register:
    def __init__(self, live):
        self._live = live

    def live(self):
        return [str(number) for number in range(self._live)]


@pytest.mark.parametrize(("live", "found"), [(0, set()), (2, set()), (4, {"NFI-Q01"})])
def test_the_count_is_held_against_live_tenancies(live, found):
    facts = Facts(today=date(2026, 10, 5), history=History(), register=Register(live))
    examined = preflight(file(ADA, BEN), facts=facts)
    examined.reading.history(examined.reading._ctx)
    assert {one.check for one in examined.reading.findings.kept} == found


def test_few_days_that_are_none_leave_rows_behind_and_many_refuse_the_file():
    rows = [changed(CARA, tenancy_reference=f"T{number:07d}", forename=f"C{number}") for number in range(400)]
    rows = [row.replace("AB123457C", "") for row in rows]
    one, many = list(rows), list(rows)
    one[7] = changed(one[7], date_of_birth="31021976")
    for place in range(3):
        many[place] = changed(many[place], date_of_birth="31021976")
    assert not refused(preflight(file(*one)))
    assert preflight(file(*one)).tally.records == 399
    assert refused(preflight(file(*many)))
