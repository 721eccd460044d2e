"""What people, partners and the hub's own memory do in `feedhub demo`: each story checked in what it left.

What lies in the folders is read with a few slices and splits; what the hub knows is asked of its commands.
"""

from __future__ import annotations

import json
import re
from collections import Counter

from tests.aes_zip_oracle import opened
from tests.played import csv_rows, discretionary, pence

SUSPENSE_ACCOUNT, PLACED, IN_WORKBOOK = "99999999", "1900000003", "1900000006"
DECEASED, DECEASED_ACCOUNT = "RENT0000000061", "1900000061"
MOVED_OUT = "RENT0000000029"
IN_BREATHING_SPACE, GIVEN_BACK = "1900000398", "0000000034"


def events(shown, *kinds):
    """Kind and person of those events, in order."""
    return [(event["event"], event["who"]) for event in shown["events"] if event["event"] in kinds]


def test_benefit_waits_until_an_operator_says_that_the_rent_is_raised(feedhub, view):
    reached = json.loads(feedhub("milestone", "list", "--json"))
    (milestone,) = (one for one in reached if one["by"] == "demo-operator")
    assert milestone["milestone"] == "debit_raised"
    shown = view("rentpost_000041")
    assert milestone["date"] == shown["business_date"]
    told = [event for event in shown["events"] if event["event"] in ("waits", "accepted")]
    assert [event["event"] for event in told] == ["waits", "accepted"]
    assert told[0]["at"] < milestone["reached"] < told[1]["at"]


def cleared(demo):
    """The file in which what was cleared from suspense lies at the rent system."""
    return demo.one("rent", "import/transactions", "20261202")


def test_what_two_people_placed_is_posted_once_as_a_contra_pair(demo):
    """One by command, one in a workbook that went out and came back."""
    rows = csv_rows(cleared(demo))
    assert [(row[2], pence(row[9])) for row in rows] == [
        (SUSPENSE_ACCOUNT, 16318), (PLACED, -16318), (SUSPENSE_ACCOUNT, 16424), (IN_WORKBOOK, -16424),
    ]  # fmt: skip
    everywhere = [row for path in demo.at("rent", "import/transactions") for row in csv_rows(path)]
    assert len([row for row in everywhere if row[2] == SUSPENSE_ACCOUNT]) == 2


def test_the_clerk_who_placed_it_could_not_clear_it(demo, feedhub, view):
    assert "You (demo-clerk) may not clear what somebody else proposed" in demo.said
    items = view("batch-SUSPENSE_CLEARED")["items"]
    assert [(item["state"], item["account"]) for item in items] == [
        ("POSTED", PLACED),
        ("POSTED", IN_WORKBOOK),
    ]
    assert {item["reason"] for item in items} == {"cleared by demo-approver, proposed by demo-clerk"}
    assert json.loads(feedhub("suspense", "list", "--json"))["items"] == []


def test_what_was_posted_is_held_against_what_was_awarded(demo):
    """Of 136 claims the extract says of four something else than what was posted."""
    told = demo.said.split("posted against awarded")[1].split("Rents change on 28 December")[0]
    found = re.findall(r"\S+: (.+?)\s+1\s+(-?[0-9.]+)\n", told)
    assert re.findall(r"claims that agree\s+(\d+)", told) == ["132"]
    assert [(what, pence(pounds)) for what, pounds in found] == [
        ("awarded is not what was posted", 500),
        ("the award is not in payment", -16848),
        ("no award is known", -16954),
        ("nothing was posted", 14250),
    ]


def test_benefits_is_told_what_it_rejected_and_what_changed_and_nothing_else(demo):
    """The files of events themselves: first of four claimants, then of one who was rejected and of one whose
    rent rose by a little; what rose by too much waits."""
    first, second = (
        [line.split(",")[1:3] for line in path.read_text("utf-8-sig").splitlines()[1:]]
        for path in demo.at("benefits", "incoming/events")
    )
    assert sorted(first) == [["RENT_CHANGE", f"19000000{number:02}"] for number in (6, 9, 12, 15)]
    assert sorted(second) == [["RENT_CHANGE", f"19000000{number:02}"] for number in (6, 9)]
    assert "HB-RENT-INCREASE  line 5: the rent goes from 99.44 to 119.44" in demo.said


def test_a_hold_after_the_release_stops_the_file_at_the_door_and_its_approval_falls(view):
    told = events(view("20261203_000003"), "released", "stopped_at_the_door", "sent")
    released = ("released", "demo-approver")
    assert told == [released, ("stopped_at_the_door", "hub"), released, ("sent", "hub")]


def test_the_file_left_without_the_debit_that_is_on_hold(demo, feedhub, view):
    holds = json.loads(feedhub("holds", "list", "--all", "--json"))
    assert {one["account"]: (one["kind"], one["state"]) for one in holds} == {
        DECEASED_ACCOUNT: ("DECEASED", "ENDED"),  # a week later it turned out to be somebody else
        IN_BREATHING_SPACE: ("BREATHING_SPACE", "ACTIVE"),
    }
    (held,) = (item for item in view("20261203_000003")["items"] if item["state"] == "HELD")
    assert held["reference"] == DECEASED
    files = demo.at("bureau", "inbound/dd_collections")
    assert [path.name for path in files if "_20261209_" in path.name and DECEASED in path.read_text()] == []


def test_what_failed_before_the_door_stopped_it_is_not_told_of_the_file_that_left(demo):
    assert ") is ACCEPTED: endpoint bureau" in demo.said
    assert ") is SENT" in demo.said.split("The bureau is back.")[1]
    assert ") is SENT: " not in demo.said


def test_what_came_after_the_held_file_waited_for_it(view):
    first, second = (
        [event["at"] for event in view(f"20261203_{number}")["events"] if event["event"] == "sent"]
        for number in ("000003", "000004")
    )
    assert first < second


def test_the_history_of_a_mandate_tells_who_moved_it(feedhub, view):
    shown = json.loads(feedhub("records", "show", "mandate", MOVED_OUT, "--json"))
    assert [(move["from"], move["to"]) for move in shown["history"]] == [
        (None, "ACTIVE"),
        ("ACTIVE", "CANCELLED"),
    ]
    by = [move["transfer"] for move in shown["history"]]
    assert by == [view("MANDATE_FAKESHIRE_20261102")["id"], view("MANDATE_FAKESHIRE_20261215")["id"]]
    assert (shown["state"], shown["intact"]) == ("CANCELLED", True)


def test_a_cancelled_mandate_that_is_active_again_is_a_finding_and_moves_nothing(view):
    shown = view("MANDATE_FAKESHIRE_20261216")
    (finding,) = shown["findings"]
    assert (finding["severity"], finding["line"], shown["moves"]) == ("hold_item", 2, 0)
    assert MOVED_OUT in finding["message"]


def test_an_extract_that_would_end_too_many_accounts_is_held(demo, feedhub, view):
    shown = view("RENTACC_FAKESHIRE_20261216")
    rows = csv_rows(demo.one("rent", "export/accounts", "20261216"))
    ended = len([row for row in rows if row[6] == "ENDED"])
    assert (shown["state"], shown["reason"].split()[:3]) == ("HELD", [str(ended), "of", str(len(rows))])
    (asked,) = (
        entry
        for entry in json.loads(feedhub("approvals", "list", "--json"))
        if entry["subject_id"] == shown["id"]
    )
    assert asked["state"] == "OPEN"


def test_a_person_uploaded_the_garages_and_entered_the_reference(demo, view):
    made = demo.one("rent", "export/garages/done", "950").read_bytes()
    (taken,) = (demo.folder / "desks" / "demo-clerk").glob("*_collections_*")
    assert taken.read_bytes() == made
    shown = view("garages_dd_950")
    (delivery,) = shown["deliveries"]
    assert (delivery["state"], delivery["seen_there"]["reference"]) == ("SENT", "BANK-SITE-0001")
    assert events(shown, "sending", "sent") == [("sending", "hub"), ("sent", "demo-clerk")]


def test_nobody_uploads_what_was_left_lying_beyond_its_last_input_day(demo, view):
    shown = view("garages_dd_951")
    assert (shown["state"], [one["state"] for one in shown["deliveries"]]) == ("REJECTED", ["WITHDRAWN"])
    assert "2026-12-10: the last input day was 2026-12-09" in shown["reason"]
    assert [
        path.name for path in (demo.folder / "desks" / "demo-clerk").iterdir() if "951" in path.name
    ] == []


def test_the_report_that_never_came_for_them_is_late(demo, view):
    shown = view("garages_dd_950")
    assert [kind for kind, _ in events(shown, "promised", "promise_kept", "promise_broken")] == [
        "promised",
        "promise_broken",
    ]
    assert {item["state"] for item in shown["items"]} == {"UNANSWERED"}
    assert shown["id"] in demo.said.split("feedhub overdue")[1]


def account_of(tenancy):
    return f"19{int(tenancy.partition('/')[0]):08}"


def ledger(demo):
    """What the rent system posted of what came by its API."""
    _, *lines = (demo.folder / "partners/rent_api/posted.csv").read_text().splitlines()
    return Counter((line.split(",")[0], pence(line.split(",")[1])) for line in lines)


def asked(demo):
    return Counter((account_of(tenancy), -owed) for tenancy, owed in discretionary(demo))


def test_each_payment_of_the_bundle_was_posted_once_though_an_answer_got_lost(demo, view):
    assert ledger(demo) == asked(demo)
    assert ledger(demo).total() > 0
    shown = view("rentpost_dhp_000001")
    (stopped,) = (event for event in shown["events"] if event["event"] == "stopped")
    assert "the answer to “post” did not come" in stopped["data"]["reason"]
    called = [event["data"]["call"] for event in shown["events"] if event["event"] == "called"]
    assert called == ["create batch", "lines 1 to 3", "validate", "post", "look at batch"]
    assert shown["state"] == "CONFIRMED"


def test_the_bundle_is_the_parent_of_its_files(view):
    bundle = view("dhp_202612")
    children = [view(f"rentpost_dhp_00000{number}") for number in (1, 2)]
    assert [child["id"] for child in bundle["children"]] == [child["id"] for child in children]
    assert {child["parent"]["id"] for child in children} == {bundle["id"]}


def test_the_rehearsal_wrote_what_was_posted_later_and_kept_its_numbers_to_itself(demo, view):
    batches = [json.loads(path.read_text()) for path in (demo.state / "rehearsal").rglob("*.json")]
    lines = [(line["paymentRef"], pence(line["amount"])) for batch in batches for line in batch["lines"]]
    assert Counter(lines) == asked(demo)
    rehearsed = sorted(batch["batch"]["sequence"] for batch in batches)
    live = [view(f"rentpost_dhp_00000{number}")["numbers"] for number in (1, 2)]
    assert rehearsed == sorted(number for numbers in live for number in numbers.values())


def test_the_demo_tells_each_story(demo):
    for sentence in (
        "waits for debit_raised",
        "-163.18 goes to 1900000003",
        "stopped at the door by S18-025",
        "399 of 399 are answered: 397 accepted, 1 amended, 1 refused",
        "nothing was sent to rent_api",
        "the answer to “post” did not come",
        "The rent system's own books have 6 postings from its API",
        "a bundle of 2 files",
        "late ",
    ):
        assert sentence in demo.said


def test_an_agency_was_told_of_the_breathing_space_and_gave_the_other_debt_back(demo, feedhub):
    (told,) = (path for path in demo.at("acme_dca", "in") if "_HLD_" in path.name)
    lines = [line.split(",") for line in told.read_text("utf-8").splitlines()]
    assert [line[1:4] for line in lines[1:-1]] == [["0000000018", "HOLD", "BSP"]]
    placed = json.loads(feedhub("records", "list", "--kind", "placement", "--json"))
    assert {one["key"]: one["state"] for one in placed} == {
        "0000000018": "HELD", "0000000026": "DRAFT", GIVEN_BACK: "RETURNED",
    }  # fmt: skip


def test_a_right_to_buy_case_is_decided_by_a_person_and_referred_once(demo):
    """Assessed three times, each time as it comes out again; an answer was lost; who has not the role sees
    nothing, and the history of what everybody may see tells nothing."""
    told, others_see = demo.said.split("An application for the Right to Buy is assessed")[1].split(
        "demo-clerk$", 1
    )
    assert "recommended: REFER" in told
    assert told.count("the answer to “post referral” did not come") == 1
    assert "3 assessments: all come out as they were made." in told
    assert others_see.split("feedhub:")[1].strip().startswith("There is no rtb_case RTB-DEMO-1.")
    assert "PRETENDER" not in told
    assert "Nowhere Homes" not in told


def test_an_nfi_extract_is_refused_mended_packed_and_confirmed_and_a_match_is_worked(demo, feedhub):
    for said in (
        "2 findings refuse the file",
        "UPRN stands in scientific notation",
        "the person is under 16",
    ):
        assert said in demo.said
    assert "the privacy notice declaration of 2026/27 is not recorded as done" in demo.said
    (path,) = (demo.folder / "desks/demo-investigator").glob("*.zip")
    told = demo.said.partition("transfers passphrase")[2]
    (passphrase,) = re.findall(rf"{re.escape(path.name)}\s+(\S+)", told.partition("worklist answer")[0])
    (rows,) = opened(path.read_bytes(), passphrase).values()
    lines = rows.decode("ascii").split("\r\n")
    count = len(lines) - 2
    assert f"holds {count} records, and {count - 1} were counted" in demo.said
    assert not [line for line in lines if "GARAGE" in line]
    assert "CLOSED_FRAUD" in demo.said
    assert json.loads(feedhub("records", "list", "--kind", "nfi_match", "--json")) == []


def test_a_journal_of_a_closed_period_waits_and_is_not_moved(demo):
    """It goes once finance has opened the period again and somebody has agreed the totals."""
    closed, opened = demo.said.split("Finance opens the period again")
    assert "2733: period 202608 is closed" in closed
    assert ") is SENT" in opened.split("demo-approver$")[1]
    (waited,) = (path for path in demo.at("finance", "import") if path.name[:12] == "FHRENT261112")
    assert {line[776:782] for line in waited.read_text("cp1252").splitlines()} == {"202608"}


def test_a_batch_whose_answer_was_lost_is_found_and_not_sent_again(demo):
    told = demo.said.split("The financial system takes the next batch")[1].split("feedhub reports")[0]
    assert "the answer to “lines 1” did" in told
    assert "of which 5 of 5 are answered" in " ".join(told.split())
    assert told.count("-post.csv   APPLIED") == 1


def test_a_bad_day_of_dwps_is_never_no_match_and_each_mismatch_has_its_outcome(demo):
    bad, other = demo.said.split("DWP has a bad day")[1].split("Five enquiries that do not simply match")
    for trouble in ("answered with status 503", "did not come (ReadTimeout)", "status 429: slow down"):
        assert bad.count(trouble) == 1
    assert bad.count("ACCEPTED         1") == 3
    assert ("asked            4" in bad, "outcome          MATCHED" in bad) == (True, True)
    told = re.findall(r"    HB_ADMIN  (\S+)\s+(\d)", other)
    assert told == [
        ("AMBIGUOUS", "1"), ("DECEASED", "1"), ("MATCHED", "2"), ("MATCHED_NAME_VARIES", "1"),
        ("NO_MATCH", "2"), ("RESTRICTED", "1"),
    ]  # fmt: skip
