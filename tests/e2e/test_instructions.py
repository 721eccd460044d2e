"""New and cancelled mandates, from the rent system's extract to the bank's word and the first collection.

The council's partners are folders; its clock is the test's."""

from __future__ import annotations

from datetime import date

import pytest

from plugins.bacs.layouts import DDCALL
from tests.e2e import test_records
from tests.e2e.test_bank_reports import NEW, addacs, arrive, tasks
from tests.e2e.test_records import Town

town = test_records.town  # the fixture

DDI = ("bureau", "/inbound/ddi")
FIRST, SECOND, THIRD = "RENT91000010", "RENT91000028", "RENT91000036"
AUDDIS = (
    "<BACSDocument><Data><MessagingAdvices>"
    '<MessagingHeader advice-type="AUDDIS" report-type="7002" user-number="654321"'
    ' report-generation-date="{day}" envelope-sequence-number="{number}"/>'
    '<MessagingAdvice user-number="654321" record-type="N" effective-date="{day}" reference="{reference}"'
    ' payer-sort-code="000299" payer-account-number="40154823" reason-code="{code}"/>'
    "</MessagingAdvices></Data></BACSDocument>"
)
TAKEN = (
    "<BACSDocument><Data><MessagingAdvices>"
    '<MessagingHeader advice-type="{kind}" report-type="700{type}" user-number="654321"'
    ' report-generation-date="{day}"/>'
    '<MessagingAdvice user-number="654321" record-type="{record}" processing-date="{day}"'
    ' originator-file-number="001" file-type="{file_type}" accepted-ddi="{accepted}"'
    ' rejected-ddi="{rejected}" vol-serial-number="{serial}" file-error-code="{error}"/>'
    "</MessagingAdvices></Data></BACSDocument>"
)


@pytest.fixture(autouse=True)
def folders(town):
    for folder in ("/import/dd", "/import/receipts", "/import/transactions"):
        town.council.folder("rent", folder)
    town.council.folder(*DDI)
    town.council.folder("bureau", "/outbound/reports/archive")
    rent = town.council.config / "routes/rent.yaml"
    text = rent.read_text("utf-8")
    assert "# instructions: hub" in text
    rent.write_text(text.replace("# instructions: hub", "instructions: hub"), "utf-8")


def new(town: Town, *accounts: str) -> None:
    """The next day's extract, in which the mandates of these accounts are new."""
    town.clock.turn(days=1)
    town.mandates(**{f"_{ref}": {"status": "NEW", "mandate_ref": f"DDI0{ref}"} for ref in accounts})


def extract(town: Town, **changes: dict) -> None:
    town.clock.turn(days=1)
    town.mandates(**changes)


def instructions(town: Town) -> dict:
    """The one batch of a run."""
    return town.run("bacs.instructions")


def nothing_leaves(town: Town) -> bool:
    return town.command("run", "bacs.instructions", "--json").json["transfers"] == []


def sent(town: Town) -> list[list[tuple[str, str, str]]]:
    """Code, reference and account of each record of each file, by position."""
    files = sorted(town.council.folder(*DDI).iterdir())
    lines = [path.read_text("ascii").splitlines()[4:-3] for path in files]
    return [[(line[15:17], line[64:82].strip(), line[6:14]) for line in file] for file in lines]


def collect(town: Town, reference: str, account: str, day: date, code: str = "01") -> dict:
    row = {
        "mandate_ref": reference,
        "payment_ref": account,
        "collection_date": day,
        "amount": 9900,
        "transaction_code": code,
    }
    town.export(DDCALL, "/export/dd", [row])
    return town.run("bacs.submission")


def state(town: Town, reference: str) -> tuple[str, str | None]:
    record = town.record("mandate", reference)
    return record["state"], record["data"].get("lodged")


LODGED = "DDI091000010"


def test_a_new_mandate_is_lodged_and_collected_from_once_its_lead_time_is_over(town):
    """Lodged for 4 November; five working days after it is 11 November, so debited on the 12th."""
    new(town, "91000010")
    assert instructions(town)["state"] == "SENT"
    assert sent(town) == [[("0N", LODGED, "40154823")]]
    assert state(town, LODGED) == ("NEW", "2026-11-04")
    assert nothing_leaves(town)

    early = collect(town, LODGED, "91000010", date(2026, 11, 11))
    assert "TOO_SOON" in town.command("transfers", "show", early["id"]).out
    collect(town, LODGED, "91000010", date(2026, 11, 12))
    assert state(town, LODGED) == ("ACTIVE", "2026-11-04")
    extract(town, _91000010={"status": "NEW", "mandate_ref": LODGED})  # the rent system lags
    assert state(town, LODGED) == ("ACTIVE", "2026-11-04")
    assert nothing_leaves(town)


def test_what_a_bank_returned_is_answered_and_ends_the_mandate_without_another_word_to_it(town):
    new(town, "91000010")
    batch = instructions(town)
    town.clock.turn(days=2)
    arrive(town, "auddis1.xml", AUDDIS.format(day=town.clock.at.date(), number=1, reference=LODGED, code="5"))
    shown = town.command("transfers", "show", batch["id"], "--json").json
    assert [(item["state"], item["reference"]) for item in shown["items"]] == [("ANSWERED", LODGED)]
    assert state(town, LODGED)[0] == "CANCELLED"
    assert nothing_leaves(town)
    assert collect(town, LODGED, "91000010", date(2026, 11, 20))["state"] == "REJECTED"


def taken(town: Town, serial: str = "000001", **changes: object) -> dict:
    told = {"kind": "AUDACC", "type": 3, "record": "V", "accepted": 1, "rejected": 0, "error": 0}
    told |= {"file_type": "LIVE", "serial": serial, "day": town.clock.at.date(), **changes}
    return arrive(town, f"taken{serial}{told['kind']}.xml", TAKEN.format(**told))


def deliveries(town: Town, batch: dict) -> list[str]:
    shown = town.command("transfers", "show", batch["id"], "--json").json
    return [delivery["state"] for delivery in shown["deliveries"]]


def test_a_file_that_bacs_took_is_confirmed_and_keeps_its_promise(town):
    new(town, "91000010")
    batch = instructions(town)
    assert promises(town) == [batch["id"]]
    town.clock.turn(days=1)
    assert taken(town)["state"] == "APPLIED"
    assert deliveries(town, batch) == ["CONFIRMED"]
    assert promises(town) == []


def promises(town: Town) -> list[str]:
    """The transfers that still wait for word on the whole, ten days later."""
    town.clock.turn(days=10)
    late = town.command("overdue", "--json").json
    town.clock.turn(days=-10)
    return [entry["id"] for entry in late if "bacs.auddis_file" in entry["what"]]


def test_a_file_that_bacs_rejected_is_lodged_again_once_a_person_has_seen_it(town):
    new(town, "91000010")
    batch = instructions(town)
    town.clock.turn(days=1)
    rejected = {"kind": "AUDREJ", "type": 4, "record": "R", "accepted": 0, "rejected": 1, "error": 30264}
    held = taken(town, **rejected)
    assert held["state"] == "HELD"
    assert state(town, LODGED) == ("NEW", "2026-11-04")
    said = town.command("transfers", "release", held["id"], "--reason", "the status was put right")
    assert said.code == 0, said.err
    assert deliveries(town, batch) == ["REFUSED"]
    assert state(town, LODGED) == ("NEW", None)
    instructions(town)
    assert [file[0][:2] for file in sent(town)] == [("0N", LODGED)] * 2


def test_a_report_of_a_test_file_changes_nothing(town):
    new(town, "91000010")
    batch = instructions(town)
    assert taken(town, file_type="TEST", accepted=0, rejected=1, error=30264)["state"] == "APPLIED"
    assert deliveries(town, batch) == ["SENT"]
    assert state(town, LODGED) == ("NEW", "2026-11-04")


def test_what_the_rent_system_cancels_is_ended_at_the_bank_and_what_a_bank_cancelled_is_not(town):
    extract(town)
    addacs(town, ("91000028", "1", ""))
    town.clock.turn(days=4)
    extract(town, _91000010={"status": "CANCELLED"}, _91000028={"status": "CANCELLED"})
    instructions(town)
    assert sent(town) == [[("0C", FIRST, "40154823")]]
    assert town.record("mandate", FIRST)["data"]["withdrawn"] == "2026-11-10"
    extract(town, _91000010={"status": "CANCELLED"}, _91000028={"status": "CANCELLED"})
    assert nothing_leaves(town)


def test_a_mandate_that_was_never_lodged_is_not_ended_either(town):
    new(town, "91000010")
    extract(town, _91000010={"status": "CANCELLED", "mandate_ref": LODGED})
    batch = instructions(town)
    assert (batch["state"], sent(town)) == ("APPLIED", [])
    shown = town.command("transfers", "show", batch["id"], "--json").json
    assert [(item["state"], item["reason"]) for item in shown["items"]] == [
        ("REJECTED", f"mandate {LODGED} needs no 0N now")
    ]


def test_an_account_that_moved_to_another_bank_is_lodged_there_and_not_ended_at_the_old_one(town):
    extract(town)
    addacs(town, ("91000028", "3", NEW))
    instructions(town)
    assert sent(town) == [[("0N", SECOND, "63291013")]]
    (task,) = tasks(town)
    assert "The hub sends a 0N for the new account" in task
    assert "send a 0N" not in task
    assert "MANDATE_NOT_ACTIVE" not in str(collect(town, SECOND, "91000028", date(2026, 11, 13)))
    assert state(town, SECOND) == ("ACTIVE", "2026-11-04")


def test_an_account_that_moved_without_its_new_details_is_not_lodged_anywhere(town):
    extract(town)
    addacs(town, ("91000028", "3", ""))
    assert nothing_leaves(town)
    assert state(town, SECOND)[0] == "SUSPENDED"


def test_paper_mandates_are_converted_once(town):
    rent = town.council.config / "routes/rent.yaml"
    text = rent.read_text("utf-8").replace("# convert_paper: true", "convert_paper: true")
    rent.write_text(text, "utf-8")
    extract(town)
    assert instructions(town)["state"] == "SENT"
    assert sent(town) == [[("0S", ref, "40154823") for ref in (FIRST, SECOND, THIRD)]]
    extract(town)
    assert nothing_leaves(town)


def test_bank_details_that_cannot_be_sent_wait_alone_until_they_are_mended(town):
    new(town, "91000010", "91000028")
    extract(
        town,
        _91000010={"status": "NEW", "mandate_ref": LODGED, "account_name": "李"},
        _91000028={"status": "NEW", "mandate_ref": "DDI091000028"},
    )
    instructions(town)
    extract(
        town,
        _91000010={"status": "NEW", "mandate_ref": LODGED},
        _91000028={"status": "NEW", "mandate_ref": "DDI091000028"},
    )
    instructions(town)
    assert [[record[1] for record in file] for file in sent(town)] == [["DDI091000028"], [LODGED]]


def test_a_batch_that_the_night_overtook_is_made_anew_for_the_next_day(town):
    """Held for a person until its last input day was over."""
    route = town.council.config / "routes/bacs.yaml"
    before = "    from: {items: INSTRUCTION}\n"
    route.write_text(
        route.read_text("utf-8").replace(before, before + "    hold: {above_count: 0}\n"), "utf-8"
    )
    new(town, "91000010")
    held = instructions(town)
    town.clock.turn(days=1)
    said = town.command("transfers", "release", held["id"], "--reason", "agreed", "--json").json
    assert (said["state"], sent(town)) == ("REJECTED", [])
    route.write_text(route.read_text("utf-8").replace("    hold: {above_count: 0}\n", ""), "utf-8")
    instructions(town)
    assert state(town, LODGED) == ("NEW", "2026-11-05")


def test_a_file_of_the_rent_systems_own_lodges_its_mandates_too(town):
    """Forwarded byte for byte; the extract names the mandate as new, and the rent system made its 0N."""
    rent = town.council.config / "routes/rent.yaml"
    rent.write_text(
        rent.read_text("utf-8").replace("instructions: hub", "instructions: rent_system"), "utf-8"
    )
    new(town, "91000010")
    assert nothing_leaves(town)
    data = own_file(LODGED)
    path = town.council.folder("rent", "/export/ddi") / "ddi.txt"
    path.write_bytes(data)
    import os

    earlier = town.clock.at.timestamp() - 3600
    os.utime(path, (earlier, earlier))
    assert town.run("bacs.forward_instructions")["state"] == "SENT"
    assert [path.read_bytes() for path in town.council.folder(*DDI).iterdir()] == [data]
    assert state(town, LODGED) == ("NEW", "2026-11-05")
    early = collect(town, LODGED, "91000010", date(2026, 11, 12))
    assert "TOO_SOON" in town.command("transfers", "show", early["id"]).out
    collect(town, LODGED, "91000010", date(2026, 11, 13))
    assert state(town, LODGED)[0] == "ACTIVE"


def own_file(reference: str) -> bytes:
    """Made on 3 November 2026 (26307) for the 5th (26309)."""
    label = f"A654321S  {'':1}654321000777{'':0}00010001{'':6} 26307 26316 000000{'':20}"
    record = f"F0200000100{'':35}00{'':28}"
    lines = [
        f"VOL1000777{'':31}654321{'':32}1",
        f"HDR1{label}",
        f"HDR2{record}",
        f"UHL1 26309999999    000000001 DAILY  077{'':40}",
        f"0002994015482300N00019920000015{'':4}{0:011d}{'EXAMPLE COUNCIL':18}{reference:18}{'A TENANT':18}"[
            :100
        ],
        f"EOF1{label}",
        f"EOF2{record}",
        f"UTL1{0:013d}{0:013d}{0:07d}{0:07d}{'':8}{1:07d}{'':21}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def test_a_mandate_that_was_not_used_for_two_years_sleeps_until_it_is_lodged_anew(town):
    new(town, "91000010")
    instructions(town)
    collect(town, LODGED, "91000010", date(2026, 11, 12))
    years_later(town)
    late = collect(town, LODGED, "91000010", date(2028, 11, 14), "17")
    (item,) = town.command("transfers", "show", late["id"], "--json").json["items"]
    assert item["state"] == "NOTED"
    assert "was not used since 2026-11-11" in item["reason"]
    assert state(town, LODGED)[0] == "DORMANT"
    (task,) = tasks(town)
    assert "Lodge it anew (0N)" in task
    extract(town, _91000010={"status": "NEW", "mandate_ref": LODGED})
    instructions(town)
    assert [file[0][:2] for file in sent(town)] == [("0N", LODGED)] * 2


def test_a_mandate_that_was_used_within_two_years_is_collected_from(town):
    new(town, "91000010")
    instructions(town)
    collect(town, LODGED, "91000010", date(2026, 11, 12))
    years_later(town)
    collect(town, LODGED, "91000010", date(2028, 11, 10), "17")
    assert state(town, LODGED)[0] == "ACTIVE"
    assert tasks(town) == []


def years_later(town: Town) -> None:
    town.clock.turn(days=730)
