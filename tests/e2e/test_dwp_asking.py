"""DWP is asked by each way there is, only under a policy, and an outage is never "no match"."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from hub.engine.reports import find_report, made
from hub.errors import UsageError
from hub.testing.dwp_api import AWAY, FORBIDDEN, LOST, PAGE, SLOW_DOWN, STRANGE, DwpApi
from tests.asking_dwp import (
    ALEX,
    DEAD,
    HIDDEN,
    HOUSING,
    OFFICER,
    OTHER,
    OWNER,
    PEOPLE,
    SAM,
    STRANGER,
    UNTRAINED,
    Citizen,
    Ground,
    all_states,
    enquiries,
    enquiry,
    policy,
)

NOBODY = Citizen("CS999999D", "NOBODYSON", "NOEL", "1950-05-05")
WAYS = [("citizen_api", True), ("gateway_rest", False), ("gateway_xml", False)]


@pytest.fixture
def api():
    with DwpApi(PEOPLE) as server:
        yield server


@pytest.fixture
def ground(tmp_path, api):
    made = Ground(tmp_path, api.url)
    made.agree()
    return made


def wanted(ground, *rows):
    outcome = ground.put("wanted", enquiries(*rows))
    assert outcome.state == "APPLIED", outcome
    return outcome


@pytest.mark.parametrize(("driver", "each"), WAYS)
def test_each_way_brings_the_outcomes(tmp_path, api, driver, each):
    api.looks = 1
    ground = Ground(tmp_path, api.url, driver=driver, each=each)
    ground.agree()
    people = (ALEX, DEAD, HIDDEN, OTHER, NOBODY)
    wanted(ground, *(enquiry(f"R{n}", who, **HOUSING) for n, who in enumerate(people)))
    ground.ask(3)
    found = [ground.record(f"R{n}") for n in range(5)]
    assert [(one.state, one.data["outcome"]) for one in found] == [
        ("ANSWERED", "MATCHED"),
        ("ANSWERED", "DECEASED"),
        ("ANSWERED", "RESTRICTED"),
        ("ANSWERED", "MATCHED"),
        ("ANSWERED", "NO_MATCH"),
    ]
    housing = found[0].personal.get("housing_element")
    assert housing == (None if driver == "citizen_api" else "513.33")


def test_claims_are_asked_with_the_id_that_came_last(ground, api):
    wanted(ground, enquiry("R1", ALEX))
    ground.ask(2)
    assert api.calls == ["token", "match", "details", "claims"]
    told = ground.record("R1").personal["benefits"]
    assert told == "universal_credit:in_payment:2025-09-11::calendar_monthly:90634"


def test_the_headers_are_those_of_the_published_clients(ground, api):
    wanted(ground, enquiry("R1", ALEX))
    ground.ask()
    told = dict(api.headers)
    correlation = ground.record("R1").data["correlation_id"]
    assert {told[step]["correlation-id"] for step in ("match", "details", "claims")} == {correlation}
    assert (told["match"]["context"], told["match"]["policy-id"]) == ("EXAMPLE-HOUSING", "example-policy")
    assert (told["details"]["access-level"], "policy-id" in told["details"]) == ("1", False)
    assert api.asked[0].fragment == ALEX.nino[4:8]


def test_a_detail_that_is_held_is_sent_once_it_is_wanted(ground, api):
    wanted(ground, enquiry("R1", SAM), enquiry("R2", SAM, postcode=""))
    ground.ask(2)
    assert [ground.record(ref).data["outcome"] for ref in ("R1", "R2")] == ["MATCHED", "AMBIGUOUS"]
    assert ground.record("R2").data["detail"] == "WANTS POSTCODE"


def test_another_name_or_number_is_told_without_the_other(ground, api):
    api.people[0] = Citizen("AB123457D", "TESTERSON", "ALEXANDRINE", ALEX.born)
    wanted(ground, enquiry("R1", ALEX), enquiry("R2", OTHER, surname="ANOTHER"))
    ground.ask(2)
    first, second = ground.record("R1"), ground.record("R2")
    assert (first.data["outcome"], first.data["detail"]) == ("NO_MATCH", "NINO_DIFFERS")
    assert "AB123457D" not in str((first, second))
    assert second.data["outcome"] == "MATCHED_NAME_VARIES"


@pytest.mark.parametrize(
    ("driver", "step", "instead"),
    [
        *(("citizen_api", "match", instead) for instead in (AWAY, PAGE, STRANGE, SLOW_DOWN, LOST)),
        *(("gateway_rest", "look", instead) for instead in (AWAY, SLOW_DOWN, LOST)),
    ],
)
def test_an_outage_is_never_no_match(tmp_path, api, driver, step, instead):
    ground = Ground(tmp_path, api.url, driver=driver)
    ground.agree()
    api.instead[step].append(instead)
    wanted(ground, enquiry("R1", ALEX, **HOUSING))
    ground.ask(minutes=1)
    record = ground.record("R1")
    assert (record.state, record.data.get("outcome")) == ("ASKED", None)
    ground.ask(2)
    assert ground.record("R1").data["outcome"] == "MATCHED"


def test_a_refusal_waits_for_a_person_and_is_no_answer(ground, api):
    api.instead["match"] = [FORBIDDEN] * 9
    wanted(ground, enquiry("R1", ALEX))
    ground.ask(3)
    assert api.calls.count("match") == 1
    with ground.hub() as hub, hub.look() as look:
        (entry,) = [one for one in look.worklist() if one.kind == "settle"]
    assert "403" in entry.title or "403" in str(entry.proposal)


def test_told_to_slow_down_the_hub_waits_and_goes_on(tmp_path, api):
    ground = Ground(tmp_path, api.url, patience="3s")
    ground.agree()
    api.a_second = 4
    wanted(ground, *(enquiry(f"R{n}", who) for n, who in enumerate((ALEX, DEAD, OTHER))))
    ground.ask(2)
    assert api.refused > 0
    assert [ground.record(f"R{n}").state for n in range(3)] == ["ANSWERED"] * 3
    assert [ground.record(f"R{n}").data["asked"] for n in range(3)] == [1, 1, 1]


def test_what_was_not_asked_for_is_dropped_and_told(tmp_path, api):
    ground = Ground(tmp_path, api.url, driver="gateway_rest")
    ground.agree()
    api.answers_more = True
    wanted(ground, enquiry("R1", ALEX))
    (outcome,) = ground.ask(2)
    assert "housing_element" not in ground.record("R1").personal
    with ground.hub() as hub, hub.look() as look:
        found = look.findings(outcome.id)
    assert [one.check for one in found] == ["DWP-RESULT-DROPPED"]


def test_nothing_is_asked_without_a_policy(tmp_path, api):
    ground = Ground(tmp_path, api.url)
    wanted(ground, enquiry("R1", ALEX))
    assert ground.ask(3) == []
    assert (api.calls, ground.states("R1")) == ([], ["WANTED"])
    assert ground.put("policy", policy()).state == "HELD"  # nobody has agreed yet
    assert ground.ask() == [] and api.calls == []


def test_who_hands_a_policy_in_cannot_agree_to_it(ground):
    outcome = ground.put("policy", policy(mou="MOU-2"))
    with ground.hub(OFFICER) as hub, pytest.raises(UsageError):
        hub.acts.release(outcome.id, "mine")


@pytest.mark.parametrize(
    "changes",
    [
        {"ends": "2026-10-31"},
        {"starts": "2026-12-01"},
        {"trained": "2025-10-01"},
        {"suspended": "YES"},
        {"signed": "2026-12-01"},
        {"purposes": "U,NINO_VERIFY,IDENTITY"},
        {"purposes": "U,HB_ADMIN,IDENTITY"},
    ],
)
def test_a_policy_that_does_not_allow_it_lets_nothing_out(tmp_path, api, changes):
    ground = Ground(tmp_path, api.url)
    ground.agree(policy(**changes))
    wanted(ground, enquiry("R1", ALEX))
    assert ground.ask(2) == []
    assert (api.calls, ground.states("R1")) == ([], ["WANTED"])


def test_a_policy_that_ends_after_gathering_stops_it_at_the_door(tmp_path, api):
    """The call is intended, the partner is away, and the next day the memorandum is over."""
    ground = Ground(tmp_path, api.url)
    ground.agree(policy(ends="2026-11-02"))
    api.instead["match"].append(AWAY)
    wanted(ground, enquiry("R1", ALEX))
    ground.ask(hours=30)
    ground.ask(2)
    assert api.calls == ["token", "match"]
    assert ground.record("R1").state != "ANSWERED"
    told = [(move.from_state, move.to_state) for move in ground.moves("R1")]
    assert ("WANTED", "ASKED") in told


def test_the_access_record_holds_each_attempt(ground, api):
    api.instead["match"].append(AWAY)
    wanted(ground, enquiry("R1", ALEX))
    ground.ask(3)
    moves = ground.moves("R1")
    assert [move.to_state for move in moves] == ["WANTED", "ASKED", "ASKED", "ANSWERED"]
    data = ground.record("R1").data
    assert (data["asked"], data["mou_ref"], data["officer"]) == (2, "MOU-EXAMPLE-2026", "olive")
    assert len({one.correlation_id for one in api.asked}) == 1


def sheet_of(folder):
    (path,) = folder.glob("dwp-enquiries-*.csv")
    return path, list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def entry_of(ground, viewer=OFFICER):
    with ground.hub(viewer) as hub, hub.look() as look:
        return next(one.id for one in look.worklist() if one.kind == "hand_over")


def test_an_officer_looks_up_and_keys_the_outcome(tmp_path):
    ground = Ground(tmp_path, driver="manual", each=False)
    ground.agree()
    wanted(ground, enquiry("R1", ALEX, **HOUSING), enquiry("R2", NOBODY, **HOUSING))
    ground.ask()
    out = tmp_path / "olives_own"
    out.mkdir()
    id = entry_of(ground)
    with ground.hub() as hub:
        hub.worklist.take(id, out)
    path, rows = sheet_of(out)
    rows[0] |= {"outcome": "MATCHED", "housing_element": "513.33", "managed_payment": "YES"}
    rows[1] |= {"outcome": "NO_MATCH"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with ground.hub() as hub:
        for row in hub.worklist.handed_over(id, "2 November", path):
            hub.advance(row.id)
    assert [ground.record(ref).data["outcome"] for ref in ("R1", "R2")] == ["MATCHED", "NO_MATCH"]
    assert [move.who for move in ground.moves("R1")][1] == "olive"
    assert ground.record("R1").personal["housing_element"] == "513.33"


def test_what_could_not_be_asked_waits_again_and_is_no_outcome(tmp_path):
    """The screens were away. The same enquiry is handed over once more, and then it has its answer."""
    ground = Ground(tmp_path, driver="manual", each=False)
    ground.agree()
    wanted(ground, enquiry("R1", ALEX))
    for number, (keyed, state) in enumerate([("NOT_RUN", "WANTED"), ("NO_MATCH", "ANSWERED")]):
        ground.ask()
        out = tmp_path / f"out{number}"
        out.mkdir()
        id = entry_of(ground)
        (tmp_path / "back.csv").write_text(f"check_ref,outcome\nR1,{keyed}\n")
        with ground.hub() as hub:
            hub.worklist.take(id, out)
            for row in hub.worklist.handed_over(id, "x", tmp_path / "back.csv"):
                hub.advance(row.id)
        assert ground.record("R1").state == state
    assert ground.states("R1") == ["WANTED", "ASKED", "WANTED", "ASKED", "ANSWERED"]
    with ground.hub() as hub:
        rows = made(hub, find_report(hub, "dwp_cis.outcomes"), date(2026, 11, 1), date(2026, 11, 30))
    assert rows == [{"purpose": "HB_ADMIN", "outcome": "NO_MATCH", "enquiries": "1"}]


def test_an_officer_without_training_takes_nothing_to_the_screens(tmp_path):
    ground = Ground(tmp_path, driver="manual")
    ground.agree()
    wanted(ground, enquiry("R1", ALEX))
    ground.ask()
    id = entry_of(ground, UNTRAINED)
    out = tmp_path / "umas_own"
    out.mkdir()
    with ground.hub(UNTRAINED) as hub:
        taken = hub.worklist.take(id, out)
    assert taken.stopped and "USER_NOT_TRAINED" in str(taken.transfer.reason)
    assert list(out.iterdir()) == []
    assert "ASKED" not in ground.states("R1")


@pytest.mark.parametrize(
    ("answer", "check"),
    [
        ("check_ref,outcome\nR9,MATCHED\n", "DWP-RESULT-UNKNOWN"),
        ("check_ref,outcome\nR1,MATCHED\nR1,NO_MATCH\n", "DWP-RESULT-REF"),
        ("check_ref,outcome,benefits\nR1,MATCHED,universal_credit:in_payment::::1\n", "DWP-RESULT-SCOPE"),
        ("check_ref,outcome,housing_element\nR1,NO_MATCH,513.33\n", "DWP-RESULT-SCOPE"),
        ("check_ref,outcome\nR1,PERHAPS\n", "FIELD"),
    ],
)
def test_answers_that_cannot_be_ours_are_refused_whole(tmp_path, answer, check):
    ground = Ground(tmp_path, driver="manual")
    ground.agree()
    wanted(ground, enquiry("R1", ALEX, **HOUSING))
    ground.ask()
    (tmp_path / "out").mkdir()
    id = entry_of(ground)
    with ground.hub() as hub:
        hub.worklist.take(id, tmp_path / "out")
        (tmp_path / "back.csv").write_text(answer)
        outcomes = [hub.advance(row.id) for row in hub.worklist.handed_over(id, "x", tmp_path / "back.csv")]
    assert outcomes[-1].state == "REJECTED"
    assert ground.record("R1").state == "ASKED"
    with ground.hub() as hub, hub.look() as look:
        assert check in {found.check for found in look.findings(outcomes[-1].id)}


def test_enquiries_of_another_than_who_hands_them_in_wait(ground, api):
    outcome = ground.put("wanted", enquiries(enquiry("R1", ALEX)), OWNER)
    assert (outcome.state, "olive" in outcome.reason) == ("HELD", True)
    assert ground.ask() == [] and api.calls == []


def test_rows_that_may_not_be_asked_are_refused_one_by_one(ground, api):
    rows = [
        enquiry("R1", ALEX, nino="QQ123456C"),
        enquiry("R2", ALEX, nino="TN123456C"),
        enquiry("R3", ALEX, date_of_birth="2027-01-01"),
        enquiry("R4", ALEX, justification="test"),
        enquiry("R5", ALEX, justification="asdf"),
        enquiry("R6", ALEX, scopes="IDENTITY UC_APA"),
        enquiry("R7", OTHER),
    ]
    outcome = ground.put("wanted", enquiries(*rows))
    assert {state.value: count for state, (count, _) in outcome.money.items()} == {
        "REJECTED": 6,
        "WAITING": 1,
    }
    ground.ask()
    assert [one.surname for one in api.asked] == ["OTHERLY"]


def test_a_test_gateway_takes_numbers_that_nobody_has(tmp_path, api):
    ground = Ground(tmp_path, api.url, nino_check="warn")
    ground.agree()
    wanted(ground, enquiry("R1", ALEX, nino="QQ123456C"))


def test_a_reference_is_used_once(ground):
    wanted(ground, enquiry("R1", ALEX))
    outcome = ground.put("wanted", enquiries(enquiry("R1", OTHER)), name="again.csv")
    assert [state.value for state in outcome.money] == ["DUPLICATE"]


def test_nobody_outside_the_compartment_knows(ground, api):
    wanted(ground, enquiry("R1", ALEX))
    ground.ask(2)
    with ground.hub(STRANGER) as hub, hub.look() as look:
        assert list(look.transfers()) == []
        assert list(look.records(None)) == []
        assert list(look.worklist()) == []


def test_the_dead_and_the_restricted_are_tasks(ground):
    wanted(ground, enquiry("R1", DEAD), enquiry("R2", HIDDEN))
    ground.ask(2)
    with ground.hub() as hub, hub.look() as look:
        names = sorted(one.name for one in look.worklist() if one.kind == "task")
    assert names == ["deceased", "restricted"]


def test_all_states_of_a_run_are_told(ground):
    wanted(ground, enquiry("R1", ALEX))
    assert all_states(ground.ask()) == ["SENT"]
    assert all_states(ground.ask()) == ["APPLIED"]
