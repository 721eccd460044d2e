"""An NFI extract, from the export to the receipt: refused with its findings, mended, packed, handed to the
person who is named, and confirmed with reference, day and count."""

from __future__ import annotations

from datetime import date

import pytest

from hub.engine.passphrases import passphrases
from hub.engine.purge import purge
from hub.errors import UsageError
from hub.model import PromiseState, Severity
from tests.aes_zip_oracle import opened
from tests.nfi_ground import CALENDAR, EVE, FAY, UMA, nfi_world, works
from tests.unit.rtb_fraud.nfi_files import ADA, BEN, CARA, changed, file

EXTRACT = (
    "Tenancy reference|Tenant status flag|Title|Surname|Forename|Middle name(s)|Date of birth|"
    "National Insurance number|Address line 1|Address line 2|Address line 3|Address line 4|Postcode|UPRN|"
    "Home telephone number|Mobile telephone number|Email address|Tenancy start date|"
    "Housing Benefit reference|Passport number|Tenancy type|Department/landlord code\r\n"
    "T0004711|F|Mrs|TESTERMAN|ADA|MAY|18061979||Flat 2|14 Sample Court|Fakeley||ZZ1 1AB|100099990001|"
    "01632960001||ada@example.org|08042019||||\r\n"
    "T0004711|F|Mr|TESTERMAN|BEN||02021981||Flat 2|14 Sample Court|Fakeley||ZZ1 1AB|100099990001|"
    "|07700900001||08042019||||\r\n"
)
"""The worked rows of the formats page."""


@pytest.fixture
def world(tmp_path):
    made = nfi_world(tmp_path)
    made.arrive("calendar.csv", CALENDAR.encode())
    with made.hub(viewer=FAY) as hub:
        hub.run("calendar")
        (declare,) = (row for row in works(hub, "nfi step") if "privacy" in row.title)
        hub.worklist.answer(declare.id, "done")
    return made


def run(world, data, name="tenants.txt"):
    world.arrive(name, data)
    with world.hub(viewer=FAY) as hub:
        (outcome,) = hub.run("tenants").transfers
        with hub.look() as look:
            return outcome, look.findings(outcome.id)


def taken(world, who=UMA):
    with world.hub(viewer=who) as hub:
        (entry,) = works(hub, "hand_over")
        return entry, hub.worklist.take(entry.id, world.folder / "desk")


def test_a_refused_extract_names_each_row_and_column_and_the_mended_one_leaves(world):
    outcome, found = run(
        world, file(ADA, changed(BEN, date_of_birth="02022012"), changed(CARA, uprn="1.0E+11"))
    )
    assert outcome.state == "REJECTED"
    stops = {(one.check, one.line, one.field) for one in found if one.severity is Severity.ERROR}
    assert stops == {("NFI-Q08", 3, "Date of birth"), ("NFI-Q15", 4, "UPRN")}
    outcome, found = run(world, file(ADA, BEN), "tenants_2.txt")
    assert (outcome.state, found) == ("ACCEPTED", [])


def test_it_leaves_as_the_page_has_it_and_its_upload_is_confirmed(world):
    run(world, file(ADA, BEN, changed(CARA, asset_type="GARAGE"), ADA))
    entry, there = taken(world)
    (path,) = (world.folder / "desk").iterdir()
    assert path.name == "NFI_202627_tenants_FAKESHIRE_20261005_1.zip"
    with world.hub(viewer=UMA) as hub:
        told = passphrases(hub.services, there.delivery.transfer_id, "the key contact was told by telephone")
    assert opened(path.read_bytes(), told[path.name]) == {
        path.with_suffix(".txt").name: EXTRACT.encode("ascii")
    }
    with world.hub(viewer=UMA) as hub:
        hub.worklist.handed_over(entry.id, "DFU-0017", on=date(2026, 10, 5), count=2)
        with hub.look() as look:
            record = look.record("nfi_extract", "2026/27:tenants")
        (asks,) = works(hub, "nfi upload")
        hub.worklist.answer(asks.id, "accepted")
        with hub.look() as look:
            assert look.record("nfi_extract", "2026/27:tenants").state == "ACCEPTED"
    told = record.data
    assert record.state == "UPLOADED"
    assert (told["receipt"], told["uploaded_on"], told["counted"]) == ("DFU-0017", "2026-10-05", 2)
    assert told["uploaded_by"] == UMA.login
    assert (told["count"], told["rows"], told["left_out_by_Q09"], told["left_out_by_Q12"]) == (2, 4, 1, 1)
    assert (told["query"], told["columns"]) == ("tenants.sql v4", record.data["columns"])
    assert len(told["plain_sha256"]) == 64
    assert "TESTERMAN" not in str(record)
    extract = there.delivery.transfer_id
    with world.hub(viewer=FAY) as hub:
        hub.run("tenants")  # which tidies the export away
    assert extract not in let_go_after(world, days=30)
    assert extract in let_go_after(world, days=1)


def let_go_after(world, days):
    """Which transfers would go by now: the extract is kept as long as the plug-in is set to."""
    world.clock.turn(days=days)
    with world.hub(viewer=FAY) as hub:
        return purge(hub.services, dry_run=True).ids


def test_nobody_but_a_named_uploader_takes_it(world):
    run(world, file(ADA, BEN))
    _, there = taken(world, FAY)
    assert there.stopped
    assert "fay is not one of the uploaders named" in (there.delivery.reason or there.transfer.reason)
    assert list((world.folder / "desk").iterdir()) == []


def test_before_the_declaration_and_the_window_nothing_is_handed_over(world):
    world.arrive(
        "calendar_2.csv", CALENDAR.replace("2026-10-05,2026-10-16", "2026-10-12,2026-10-16").encode()
    )
    with world.hub(viewer=FAY) as hub:
        hub.run("calendar")
    run(world, file(ADA, BEN))
    _, there = taken(world)
    assert "the web application takes files of 2026/27 from 2026-10-12 on" in there.transfer.reason


def test_an_extract_of_another_cycle_is_not_handed_over(world):
    run(world, file(ADA, BEN))
    hub = (world.folder / "config/hub.yaml").read_text("utf-8")
    world.write("config/hub.yaml", hub.replace("uploaders: [uma]", "uploaders: [uma], cycle: 2028/29"))
    _, there = taken(world)
    assert "the extract is of the cycle 2026/27, and 2028/29 is set" in there.transfer.reason


def test_the_day_of_the_extract_is_held_against_the_timetable(world):
    days = "2026/27,extract,2026-09-28,2026-10-02,fraud-team,extract the data sets,\n"
    world.arrive("calendar_2.csv", (CALENDAR + days).encode())
    with world.hub(viewer=FAY) as hub:
        hub.run("calendar")
    outcome, found = run(world, file(ADA, BEN))
    assert [(one.check, one.severity, one.expected) for one in found] == [
        ("NFI-Q17", Severity.WARNING, "2026-09-28 to 2026-10-02")
    ]
    assert outcome.state == "ACCEPTED"


def test_a_step_that_is_not_done_in_time_is_a_broken_promise_and_a_new_day_moves_it(world):
    def promised(hub):
        hub.run("calendar")
        with hub.look() as look:
            states = (PromiseState.OPEN, PromiseState.BROKEN)
            return {(one.says, one.state.value) for one in look.promises(states=states)}

    world.arrive(
        "calendar_2.csv", CALENDAR.replace("2026-10-05,2026-10-16", "2026-10-05,2026-10-20").encode()
    )
    with world.hub(viewer=FAY) as hub:
        hub.run("calendar")
        world.clock.turn(days=12)
        assert promised(hub) == {("NFI 2026/27: upload the data sets", "OPEN")}
        world.clock.turn(days=4)
        assert promised(hub) == {("NFI 2026/27: upload the data sets", "BROKEN")}


def test_who_has_not_the_role_sees_no_trace(world):
    run(world, file(ADA, BEN))
    with world.hub(viewer=EVE) as hub, hub.look() as look:
        assert (look.transfers(limit=9), look.worklist(), look.records(), look.promises()) == ([], [], [], [])
        with pytest.raises(UsageError, match="There is no"):
            look.record("nfi_extract", "2026/27:tenants")
