"""The hub's own index of applications: what several have in common is noticed, and forgotten in its time."""

from __future__ import annotations

from datetime import timedelta

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine.purge import purge
from tests.rtb_ground import Ground, application, lines, steps

KEEPER = Viewer("ann", "Ann Example", frozenset({Role.ADMINISTRATOR, Role.FRAUD}))
UNCLE = {
    "type": "gift",
    "amount": "11000.00",
    "source_name": "Mr  Gift TESTER",
    "source_relationship": "sibling",
    "evidence_status": "verified",
}


def helped(number, name="Mr Gift Tester", on="2026-03-02"):
    """An application with a funder, and nothing else in common with another."""
    funding = [application()["funding"][0], {**UNCLE, "source_name": name}]
    home = {**application()["property"], "uprn": f"10009999{number:04}"}
    own = {"rtb_ref": f"RTB-{number}", "tenancy_ref": f"T{number}", "property": home}
    return application(**own, received_at=on, funding=funding, adviser=None)


ACCOUNTS = ("00-02-99 40154823", "000299/40154823", "GB82 FAKE 0002 9940 1548 23", "00029940154823")


def test_one_bank_account_behind_four_applications_is_noticed_however_it_is_written(tmp_path):
    ground = Ground(tmp_path)
    paid = [helped(number, f"Somebody Else {number}") for number in range(4)]
    for one, account in zip(paid, ACCOUNTS, strict=True):
        one["funding"][1]["account"] = account
    ground.put("applications", lines(*paid))
    said = "The same bank_account stands on 3 other applications of 12 months."
    assert [told(ground, number)[::2] for number in (0, 3)] == [("FIRED", said)] * 2
    (entry,) = [one for one in ground.records("rtb_index") if one.key.startswith("bank_account:")]
    assert "40154823" not in f"{entry.key}{entry.data}{entry.personal}"


def test_who_has_bought_before_and_does_not_say_so_is_noticed(tmp_path):
    ground = Ground(tmp_path)
    ground.put("applications", lines(helped(1), helped(2, "Someone Else")))
    sale = ("ADMITTED", "OFFERED", "ACCEPTED", "COMPLETED")
    ground.put("steps", steps(*(f"S{n},RTB-1,{step},2026-03-1{n}," for n, step in enumerate(sale))))
    assert ground.record("RTB-1").state == "ENDED"
    ground.put("applications", lines(helped(3, "A New One")), name="again.txt")
    assert told(ground, 3, "F17")[::2] == (
        "FIRED",
        "An earlier Right to Buy discount is recorded and not declared.",
    )
    assert told(ground, 2, "F17")[0] == "NOT_EVALUATED"
    entries = [one for one in ground.records("rtb_index") if one.key.startswith("buyer:")]
    assert entries and "testerman" not in f"{entries}".casefold()


def told(ground, number, id="F09"):
    case = ground.record(f"RTB-{number}")
    (rule,) = [
        one
        for one in ground.record(f"RTB-{number}/{case.data['assessments']}", "rtb_assessment").data["results"]
        if one["rule_id"] == id
    ]
    return rule["outcome"], case.data["assessments"], rule["reason"]


def test_the_fourth_application_with_one_funder_is_noticed_and_so_are_the_three_before(tmp_path):
    ground = Ground(tmp_path)
    ground.put("applications", lines(*(helped(number) for number in (1, 2, 3)), helped(5, "Someone Else")))
    assert told(ground, 1)[0] == "CLEAR"
    assert told(ground, 5)[:2] == ("NOT_EVALUATED", 1)
    ground.put("applications", lines(helped(4, "MR GIFT TESTER")), name="fourth.txt")
    said = "The same funder stands on 3 other applications of 12 months."
    assert told(ground, 4) == ("FIRED", 1, said)
    assert told(ground, 1)[0] == "FIRED" and told(ground, 1)[2] == said
    assert told(ground, 5)[:2] == ("NOT_EVALUATED", 1)
    (entry,) = [one for one in ground.records("rtb_index") if len(one.personal) == 4]
    assert "tester" not in f"{entry.key}{entry.data}".casefold()

    ground.put("applications", lines(helped(4, "Somebody New")), name="corrected.txt")
    assert told(ground, 4)[0] == "CLEAR"
    assert told(ground, 1)[0] == "CLEAR"

    ground.clock.at += timedelta(days=367)
    with ground.hub(KEEPER) as hub:
        purge(hub.services)
    assert [one.personal for one in ground.records("rtb_index")] == [{}] * len(ground.records("rtb_index"))


def test_an_application_of_two_years_ago_is_no_other_one(tmp_path):
    ground = Ground(tmp_path)
    old = [helped(number, on="2024-03-02") for number in (1, 2, 3)]
    ground.put("applications", lines(*old, helped(4)))
    assert told(ground, 4)[0] == "NOT_EVALUATED"
    assert told(ground, 1)[0] == "CLEAR"
