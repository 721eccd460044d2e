"""What benefits is told of rents: only what changed, only of claimants; and what becomes of a rejection."""

from __future__ import annotations

import csv
import io
from datetime import date
from hashlib import sha256

import pytest

from hub.model import Account, ItemState
from hub.rent.exports.homes import TENCHANGE
from hub.rent.generic_csv import Envelope
from plugins.housing_benefit.rents_told import RENT
from tests.benefits import EXPORT, configure, exported, know, rent, world_of

FIRST, SECOND, THIRD = "1900000011", "1900000029", "1900000037"
PAID = {FIRST: "2026-10-25", SECOND: "2026-10-25"}


@pytest.fixture
def world(tmp_path):
    made = world_of(tmp_path)
    know(made, *(Account(ref, f"T{ref[-4:]}") for ref in (FIRST, SECOND, THIRD)), claims=PAID)
    return made


def send(world, *rows, number=1):
    """The rents are exported and gathered; the batch."""
    exported(world, rows, number)
    with world.hub() as hub:
        (came,) = hub.run("exports").transfers
        assert came.state == "APPLIED", came.reason
        (batch,) = hub.run("rents").transfers
    return batch


def reply(world, *lines):
    text = "\r\n".join(["event_id,status,reason_code,claim_ref", *lines, ""])
    world.arrive(f"{lines[0][:10]}.reply", text.encode())
    with world.hub() as hub:
        (came,) = hub.run("replies").transfers
    return came


def told(world):
    """The rows of the newest event file."""
    files = sorted(name for name in world.delivered() if name.startswith("HBEVENTS"))
    return list(csv.DictReader(io.StringIO(world.delivered()[files[-1]].decode())))


def states(world, transfer_id):
    with world.hub() as hub, hub.look() as look:
        return {item.reference: item.state for item in look.items(transfer_id)}


def known(world, account=FIRST):
    with world.hub() as hub, hub.look() as look:
        return next(one for one in look.records(RENT) if one.key == account)


def test_a_rent_is_told_once_and_again_only_when_it_changes(world):
    send(world, rent(FIRST, 110_00), rent(SECOND, 98_20))
    first = told(world)
    assert [(row["rent_ref"], row["event_type"], row["new_weekly"]) for row in first] == [
        (FIRST, "RENT_CHANGE", "110.00"),
        (SECOND, "RENT_CHANGE", "98.20"),
    ]
    assert {row["previous_weekly"] for row in first} == {""}
    batch = send(world, rent(FIRST, 115_28), rent(SECOND, 98_20), number=2)
    (row,) = told(world)
    assert (row["rent_ref"], row["previous_weekly"], row["new_weekly"]) == (FIRST, "110.00", "115.28")
    assert states(world, batch.id)[FIRST] is ItemState.SENT
    ids = [one["event_id"] for one in [*first, row]]
    assert ids == ["R000000001", "R000000002", "R000000003"]


def test_what_benefits_rejects_comes_back_and_is_sent_again_though_it_did_not_change(world):
    batch = send(world, rent(FIRST, 110_00), rent(SECOND, 98_20))
    came = reply(world, "R000000001,REJECTED,NO_CLAIM,", "R000000002,ACCEPTED,,90000029X")
    assert came.state == "APPLIED", came.reason
    assert states(world, batch.id) == {FIRST: ItemState.ANSWERED, SECOND: ItemState.ANSWERED}
    with world.hub() as hub, hub.look() as look:
        (task,) = [entry for entry in look.worklist() if entry.name == "rejected"]
        (found,) = look.findings(came.id)
    assert FIRST in task.title
    assert (found.check, found.message) == ("HB-REPLY-REJECTED", "benefits rejected 1 of 2 events")
    send(world, rent(FIRST, 110_00), rent(SECOND, 98_20), number=2)
    assert [row["rent_ref"] for row in told(world)] == [FIRST]


def test_after_a_rejection_the_last_accepted_rent_is_what_benefits_knows(world):
    send(world, rent(FIRST, 110_00))
    reply(world, "R000000001,ACCEPTED,,")
    send(world, rent(FIRST, 115_00), number=2)
    reply(world, "R000000002,REJECTED,BAD_DATE,")
    assert known(world).data["accepted"]["gross"] == 110_00
    send(world, rent(FIRST, 116_00), number=3)
    assert [row["previous_weekly"] for row in told(world)] == ["110.00"]


def test_only_claimants_are_told_of(world):
    """The third account was never paid for and the rent system knows no claim of it."""
    batch = send(world, rent(FIRST, 110_00), rent(THIRD, 99_00, claim_ref=None))
    assert [row["rent_ref"] for row in told(world)] == [FIRST]
    assert "no live or recent claim" in item(world, THIRD).reason
    assert batch.state == "SENT"


def item(world, reference):
    with world.hub() as hub, hub.look() as look:
        (found,) = [one for one in look.find(reference) if one.kind == "BENEFIT_RENT"]
    return found


def test_a_claim_that_ended_long_ago_is_told_of_no_more(world):
    world.clock.turn(days=70)
    send(world, rent(FIRST, 110_00), rent(THIRD, 99_00, claim_ref="90000037X"))
    assert [row["rent_ref"] for row in told(world)] == [THIRD]


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ({"gross": 109_99}, "goes from 110.00 to 109.99"),
        ({"gross": 118_48}, "goes from 110.00 to 118.48"),
        ({"gross": 112_00, "effective_from": date(2026, 11, 3)}, "Tuesday"),
    ],
)
def test_a_rent_that_is_not_plausible_waits(world, second, why):
    send(world, rent(FIRST, 110_00))
    gross = second.pop("gross")
    batch = send(world, rent(FIRST, gross, **second), number=2)
    assert len([name for name in world.delivered() if name.startswith("HBEVENTS")]) == 1
    with world.hub() as hub, hub.look() as look:
        waiting = [one for one in look.find(FIRST) if one.state is ItemState.WAITING]
        told = [finding.message for finding in look.findings(batch.id)]
    assert len(waiting) == 1
    assert len(told) == 1
    assert why in told[0]


def test_the_ceiling_itself_is_no_surprise(world):
    send(world, rent(FIRST, 110_00))
    send(world, rent(FIRST, 118_47), number=2)
    assert [row["new_weekly"] for row in told(world)] == ["118.47"]


def test_a_charge_that_benefit_does_not_meet_is_a_change_of_charges(world):
    send(world, rent(FIRST, 112_24, eligible=110_00, water=2_24))
    send(world, rent(FIRST, 112_50, eligible=110_00, water=2_50), number=2)
    (row,) = told(world)
    assert row["event_type"] == "CHARGE_CHANGE"
    assert row["charges_json"] == '{"eligible":"110.00","water":"2.50"}'


def test_the_export_has_its_control_file_beside_it(world):
    configure(world, EXPORT)
    send(world, rent(SECOND, 98_20), rent(FIRST, 112_24, eligible=110_00, water=2_24, bedrooms=2))
    files = world.delivered()
    data = files["HBRENT_20261102_000001.txt"]
    (control,) = csv.DictReader(io.StringIO(files["HBRENT_20261102_000001.ctl"].decode()))
    assert control["sha256"] == sha256(data).hexdigest()
    assert (control["file"], control["count"], control["rent_amt"]) == (
        "HBRENT_20261102_000001.txt",
        "2",
        "210.44",
    )
    lines = data.decode("latin-1").split("\r\n")
    assert [len(line) for line in lines] == [362, 362, 0]
    assert [line[2:26].strip() for line in lines[:2]] == [FIRST, SECOND]
    assert (lines[0][250:258], lines[0][258:266], lines[0][338:342]) == ("  112.24", "    2.24", "  2N")


def test_what_happens_to_a_claimants_tenancy_is_told(world):
    """The end of one tenancy, with the postcode of the new address; and one of nobody who claims."""
    now = world.clock.at
    row = {"event": "END", "effective_date": date(2026, 11, 1), "new_value": "1 New Road, ZZ9 9ZZ"}
    rows = [
        {**row, "tenancy_ref": "T0011", "payment_ref": FIRST},
        {**row, "tenancy_ref": "T0037", "payment_ref": THIRD},
    ]
    envelope = Envelope("FAKESHIRE", "RENTS", now, now.date(), 1)
    world.arrive("changes.csv", TENCHANGE.csv.write(rows, envelope))
    with world.hub() as hub:
        (came,) = hub.run("exports").transfers
        assert came.state == "APPLIED", came.reason
        (batch,) = hub.run("tenancies").transfers
    (event,) = told(world)
    assert batch.state == "SENT"
    assert event["event_id"] == "E000000001"
    assert (event["event_type"], event["rent_ref"], event["claim_ref"]) == ("TEN_END", FIRST, "90000011X")
    assert (event["effective_date"], event["forwarding_postcode"]) == ("2026-11-01", "ZZ9 9ZZ")
    assert event["new_weekly"] == ""
    reply(world, "E000000001,IGNORED,LATE,")
    assert states(world, batch.id) == {FIRST: ItemState.ANSWERED}


def test_a_reply_to_no_event_is_held(world):
    send(world, rent(FIRST, 110_00))
    came = reply(world, "R000000009,ACCEPTED,,")
    with world.hub() as hub, hub.look() as look:
        (row,) = look.items(came.id)
    assert (row.state, "NO_EVENT" in str(row.reason)) == (ItemState.HELD, True)


def test_without_the_landlords_code_nothing_is_sent(tmp_path):
    world = world_of(tmp_path, EXPORT, "")
    know(world, Account(FIRST, "T1"), claims=PAID)
    batch = send(world, rent(FIRST, 110_00))
    assert batch.state == "REJECTED"
    assert "ha_code" in str(batch.reason)
