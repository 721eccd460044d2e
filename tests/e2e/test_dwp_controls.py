"""Officers are kept from asking too much, about colleagues and about their own; somebody else looks at a
share of what they asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from hub.engine.reports import find_report, made
from hub.engine.reveal import reveal
from hub.errors import UsageError
from hub.model import Compartment
from hub.testing.dwp_api import AWAY, DwpApi
from tests.asking_dwp import (
    ALEX,
    HUB,
    OFFICER,
    OTHER,
    OWNER,
    PEOPLE,
    UNTRAINED,
    Ground,
    enquiries,
    enquiry,
    policy,
)

STAFF = "S,olive,CS100799A,OFFICERSON,ZZ99 1ZZ"


@pytest.fixture
def api():
    with DwpApi(PEOPLE) as server:
        yield server


def ground_at(folder: Path, api: DwpApi, settings: str, staff: Sequence[str] = (), **how) -> Ground:
    ground = Ground(folder, api.url, **how)
    ground.write("hub.yaml", HUB.replace("{sample_percent: 0}", f"{{{settings}}}"))
    *rows, _total = policy().strip().split("\n")
    rows += staff
    ground.agree("\n".join([*rows, f"T,{len(rows)}"]) + "\n")
    return ground


def want(ground: Ground, *rows: str) -> None:
    assert ground.put("wanted", enquiries(*rows)).state == "APPLIED"


def tasks(ground: Ground) -> dict[str, str]:
    """What people are asked, by the name of the task."""
    with ground.hub(OWNER) as hub, hub.look() as look:
        return {one.name: one.id for one in look.worklist() if one.kind == "task"}


def answer(ground: Ground, task: str, text: str, viewer=OWNER) -> None:
    id = tasks(ground)[task]
    with ground.hub(viewer) as hub:
        hub.worklist.answer(id, text)


def states(ground: Ground, *refs: str) -> list[str]:
    return [ground.record(ref).state for ref in refs]


@pytest.mark.parametrize(("driver", "each"), [("citizen_api", True), ("gateway_rest", False)])
def test_who_asks_too_often_is_stopped_until_somebody_else_lets_them_go_on(tmp_path, api, driver, each):
    ground = ground_at(tmp_path, api, "sample_percent: 0, an_hour: 2", driver=driver, each=each)
    refs = [f"R{n}" for n in range(5)]
    want(ground, *(enquiry(ref, ALEX) for ref in refs))
    ground.ask(3, minutes=1)
    assert sorted(states(ground, *refs)) == ["ANSWERED"] * 2 + ["WANTED"] * 3
    ground.ask(2, hours=2)  # the hour is over, and still nobody has said that they may
    assert states(ground, *refs).count("ANSWERED") == 2
    with pytest.raises(UsageError, match="somebody else must"):
        answer(ground, "volume", "go on", OFFICER)
    answer(ground, "volume", "go on")
    ground.ask(2, minutes=1)
    assert states(ground, *refs).count("ANSWERED") == 4


def test_a_day_has_its_own_limit_and_the_next_day_counts_anew(tmp_path, api):
    ground = ground_at(tmp_path, api, "sample_percent: 0, an_hour: 2, a_day: 2")
    refs = [f"R{n}" for n in range(4)]
    want(ground, enquiry(refs[0], ALEX))
    ground.ask(hours=24)
    for ref in refs[1:]:
        want(ground, enquiry(ref, ALEX))
        ground.ask(2, hours=1)
    assert states(ground, *refs) == ["ANSWERED"] * 3 + ["WANTED"]
    assert list(tasks(ground)) == ["volume"]


@pytest.mark.parametrize("number", [ALEX.nino, f"{ALEX.nino[:8]}D"])
def test_nobody_of_the_council_is_looked_up(tmp_path, api, number):
    ground = ground_at(tmp_path, api, "sample_percent: 0", [f"S,,{number},WHOEVER,"])
    want(ground, enquiry("R1", ALEX), enquiry("R2", OTHER))
    ground.ask(2)
    assert states(ground, "R1", "R2") == ["WANTED", "ANSWERED"]
    assert [one.surname for one in api.asked] == ["OTHERLY"]


def test_who_may_be_family_of_the_officer_is_looked_at_by_somebody_else(tmp_path, api):
    own = f"S,olive,CS100799A,{ALEX.surname.title()},{ALEX.postcode.replace(' ', '')}"
    ground = ground_at(tmp_path, api, "sample_percent: 0", [own])
    want(ground, enquiry("R1", ALEX), enquiry("R2", OTHER))
    ground.ask(2)
    with ground.hub(OWNER) as hub, hub.look() as look:
        (entry,) = [one for one in look.worklist() if one.name == "management check"]
    assert entry.title == "R1: was there a business reason to ask? (same surname and postcode as the officer)"
    with pytest.raises(UsageError, match="somebody else must"):
        answer(ground, "management check", "yes", OFFICER)
    answer(ground, "management check", "no")
    assert "breach" in tasks(ground)


def test_the_first_of_a_month_are_looked_at_and_overdue_checks_stop_their_purpose(tmp_path, api):
    ground = ground_at(tmp_path, api, "sample_percent: 1, sample_at_least: 1, check_days: 3")
    want(ground, enquiry("R1", ALEX), enquiry("R2", OTHER))
    ground.ask(2, hours=2)
    assert list(tasks(ground)) == ["management check"], "one of the two"
    ground.clock.turn(days=5)
    want(
        ground,
        enquiry("R3", ALEX),
        enquiry("R4", ALEX, purpose="UC_HOUSING_VERIFY", scopes="IDENTITY UC_APA"),
    )
    ground.ask(2)
    assert states(ground, "R3", "R4") == ["WANTED", "ANSWERED"], "another purpose goes on"
    answer(ground, "management check", "yes")
    ground.ask(2)
    assert states(ground, "R3") == ["ANSWERED"]


def test_the_list_of_staff_is_sealed_and_says_nothing_when_a_row_is_wrong(tmp_path, api):
    ground = ground_at(tmp_path, api, "sample_percent: 0", [STAFF])
    *rows, _total = policy(mou="MOU-2").strip().split("\n")
    bad = "\n".join([*rows, "S,,CS10079,OFFICERSON,", f"T,{len(rows) + 1}"]) + "\n"
    outcome = ground.put("policy", bad)
    assert outcome.state == "REJECTED"
    assert "CS10079" not in str(outcome.reason)
    state = tmp_path / "config/state"
    left = b"".join(
        path.read_bytes() for path in state.rglob("*") if path.is_file() and "keys" not in path.parts
    )
    assert b"CS100799A" not in left and b"OFFICERSON" not in left


BREACH = "breach_ref,found_on,check_ref,what\r\nBR-1,2026-11-02,R1,a screen was left open\r\n"


def test_a_breach_stops_every_purpose_until_dwp_is_told_and_somebody_else_lets_it_go_on(tmp_path, api):
    ground = ground_at(tmp_path, api, "sample_percent: 0")
    want(ground, enquiry("R1", ALEX))
    ground.put("breach", BREACH, name="breach.csv")
    ground.ask(2)
    assert (states(ground, "R1"), api.asked) == (["WANTED"], [])
    assert list(tasks(ground)) == ["tell DWP"], "nobody lets it go on before DWP is told"
    answer(ground, "tell DWP", "told on 2 November, to the post that the memorandum names", OFFICER)
    ground.ask()
    assert states(ground, "R1") == ["WANTED"], "that DWP was told is not enough"
    with pytest.raises(UsageError, match="somebody else must"):
        answer(ground, "breach", "go on", OFFICER)
    with ground.hub(OWNER) as hub:
        hub.worklist.answer(tasks(ground)["breach"], "go on", "screens lock themselves now")
    ground.ask(2)
    assert states(ground, "R1") == ["ANSWERED"]
    with ground.hub() as hub, hub.look() as look:
        last = look.moves("dwp_breach", "BR-1")[-1]
        assert look.record("dwp_breach", "BR-1").data["reporter"] == "olive"
    assert (last.to_state, last.who, last.reason) == ("CLOSED", "oscar", "screens lock themselves now")


def test_that_dwp_is_told_of_a_breach_is_promised(tmp_path, api):
    ground = ground_at(tmp_path, api, "sample_percent: 0, breach_days: 2")
    ground.put("breach", BREACH, name="breach.csv")
    with ground.hub(OWNER) as hub, hub.look() as look:
        (promise,) = [one for one in look.promises() if one.name == "breach told"]
    assert f"{promise.due_at:%Y-%m-%d %H:%M}" == "2026-11-05 00:00"


HOME, ABROAD = replace(OFFICER, at="::ffff:10.1.2.3"), replace(OFFICER, at="203.0.113.9")
NETWORKS = 'sample_percent: 0, networks: ["10.0.0.0/8"]'


def test_who_is_somewhere_else_asks_nothing_and_the_record_says_from_where_one_asked(tmp_path, api):
    ground = ground_at(tmp_path, api, NETWORKS)
    refused = ground.put("wanted", enquiries(enquiry("R1", ALEX)), ABROAD)
    assert (refused.state, "NETWORK" in refused.reason) == ("REJECTED", True)
    assert ground.put("wanted", enquiries(enquiry("R2", ALEX)), HOME).state == "APPLIED"
    assert ground.record("R2").data["wanted_at"] == HOME.at
    ground.write("hub.yaml", HUB.replace("{sample_percent: 0}", '{networks: ["192.0.2.0/24"]}'))
    ground.ask(2)
    assert (states(ground, "R2"), api.asked) == (["WANTED"], []), "asked once more at the call"
    ground.write("hub.yaml", HUB.replace("{sample_percent: 0}", f"{{{NETWORKS}}}"))
    ground.ask(2)
    assert states(ground, "R2") == ["ANSWERED"]


@pytest.mark.parametrize(("officer", "state"), [(HOME, "ASKED"), (ABROAD, "WANTED")])
def test_nobody_takes_an_enquiry_to_the_screens_from_somewhere_else(tmp_path, api, officer, state):
    ground = ground_at(tmp_path, api, NETWORKS, driver="manual", each=False)
    want(ground, enquiry("R1", ALEX))
    ground.ask()
    (tmp_path / "out").mkdir()
    with ground.hub(officer) as hub, hub.look() as look:
        (entry,) = [one for one in look.worklist() if one.kind == "hand_over"]
    with ground.hub(officer) as hub:
        taken = hub.worklist.take(entry.id, tmp_path / "out")
    assert taken.stopped == (officer is ABROAD) == ("NETWORK" in str(taken.transfer.reason))
    assert states(ground, "R1") == [state]
    assert ground.record("R1").data.get("by_hand_at") == (HOME.at if officer is HOME else None)


def test_who_hands_in_from_where_is_kept_when_somebody_else_lets_it_go(tmp_path, api):
    """The officer's enquiries, handed in by a colleague, wait for a second person."""
    ground = ground_at(tmp_path, api, NETWORKS)
    held = ground.put("wanted", enquiries(enquiry("R1", ALEX)), replace(UNTRAINED, at=HOME.at))
    assert (held.state, "olive" in held.reason) == ("HELD", True)
    with ground.hub(OWNER) as hub:
        hub.acts.release(held.id, "olive asked me to")
    assert ground.record("R1").data["wanted_at"] == HOME.at


def test_nobody_asks_who_has_not_the_role_any_more(tmp_path, api):
    ground = ground_at(tmp_path, api, "sample_percent: 0")
    want(ground, enquiry("R1", ALEX))
    ground.write("hub.yaml", HUB.replace("[clerk, operator, dwp]", "[clerk, operator]"))
    ground.ask(2)
    assert (states(ground, "R1"), api.asked) == (["WANTED"], [])


def access_rows(ground: Ground, viewer=OFFICER) -> list[dict[str, str]]:
    with ground.hub(viewer) as hub:
        report = find_report(hub, "dwp_cis.access")
        return [dict(row) for row in made(hub, report, date(2026, 11, 1), date(2026, 11, 30))]


def test_the_access_record_goes_out_as_a_table_with_every_call_and_its_hashes(tmp_path, api):
    """Wanted, asked in vain, asked, answered by three calls; then somebody looks at the answer."""
    ground = ground_at(tmp_path, api, "sample_percent: 100")
    api.instead["match"].append(AWAY)
    want(ground, enquiry("R1", ALEX))
    ground.ask(3)
    with ground.hub() as hub:
        reveal(hub.services, "dwp_enquiry", "R1", "the case is decided")
        details = ground.record("R1").data["calls"][1]
        kept = hub.store.blobs(Compartment.DWP).read(details["response_sha256"])
    assert (details["call"], details["duration_ms"], b"second-0" in kept) == ("details", 0, True)
    assert sha256(kept).hexdigest() == details["response_sha256"]
    rows = access_rows(ground)
    told = ("step", "actor_type", "actor_id", "role", "driver", "http_status", "outcome", "scopes_returned")
    roles, way = "clerk dwp operator", "citizen_api"
    asked = ("ASKED", "schedule", "hub", roles, way, None, None, None)
    assert [tuple(row[name] for name in told) for row in rows] == [
        ("WANTED", "user", "olive", None, None, None, None, None),
        asked,
        asked,
        ("ANSWERED", "schedule", "hub", roles, way, "200 200 200", "MATCHED", "BENEFITS IDENTITY"),
        ("VIEWED", "user", "olive", None, way, None, None, None),
    ]
    assert [row["prev_hash"] for row in rows] == ["", *(row["this_hash"] for row in rows[:-1])]
    assert {row["endpoint"] for row in rows} == {None, "dwp"}
    assert [row["check_result"] for row in rows] == ["OPEN"] * 5
    assert rows[-1]["justification"] == "the case is decided"
    assert not [text for text in (ALEX.nino, ALEX.surname, "claim notified") if text in str(rows)]
