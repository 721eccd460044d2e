"""What is sealed is shown to whoever may know of it, with a reason, and the record says that they looked."""

from __future__ import annotations

import io
import json

import pytest

from hub.cli.main import outcome
from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine.purge import purge
from hub.engine.reveal import reveal
from hub.engine.subject import about
from hub.errors import UsageError
from hub.testing.dwp_api import DwpApi
from tests.asking_dwp import ALEX, OFFICER, OTHER, PEOPLE, STRANGER, Ground, enquiries, enquiry

ONLOOKER = Viewer("lou", "Lou Example", frozenset({Role.VIEWER, Role.DWP}))


@pytest.fixture
def ground(tmp_path):
    with DwpApi(PEOPLE) as api:
        made = Ground(tmp_path, api.url)
        made.agree()
        made.put("wanted", enquiries(enquiry("R1", ALEX)))
        made.ask(2)
        yield made


def test_an_officer_sees_it_and_the_record_says_so(ground):
    with ground.hub(OFFICER) as hub:
        told = reveal(hub.services, "dwp_enquiry", "R1", "the claimant rang")
    assert (told["nino"], "universal_credit" in told["benefits"]) == (ALEX.nino, True)
    last = ground.moves("R1")[-1]
    assert (last.who, last.reason, dict(last.data)) == ("olive", "the claimant rang", {"seen": 1})
    assert ground.record("R1").state == "ANSWERED"


@pytest.mark.parametrize(("who", "key"), [(STRANGER, "R1"), (ONLOOKER, "R1"), (OFFICER, "R2")])
def test_nobody_else_sees_anything(ground, who, key):
    before = len(ground.moves("R1"))
    with ground.hub(who) as hub, pytest.raises(UsageError):
        reveal(hub.services, "dwp_enquiry", key, "curious")
    assert len(ground.moves("R1")) == before


DPO = Viewer("dora", "Dora Example", frozenset({Role.AUDITOR, Role.DWP}))
AUDITOR = Viewer("audrey", "Audrey Example", frozenset({Role.AUDITOR}))
KEEPER = Viewer("keeper", "Kim Example", frozenset({Role.ADMINISTRATOR, Role.DWP}))


def test_a_person_is_told_for_good_who_asked_and_who_looked(ground):
    """Also once the number itself is let go: a keyed digest of it stays in the chained history."""
    with ground.hub(OFFICER) as hub:
        reveal(hub.services, "dwp_enquiry", "R1", "the claimant rang")
    ground.clock.turn(days=40)
    with ground.hub(KEEPER) as hub:
        purge(hub.services)
    assert dict(ground.record("R1").personal) == {}
    with ground.hub(DPO) as hub:
        assert about(hub.services, "nino", OTHER.nino, "SAR-2") == []
        (told,) = about(hub.services, "nino", f" {ALEX.nino[:2].lower()} {ALEX.nino[2:]} ", "SAR-1")
    assert (told.record.key, told.record.data["purpose"], told.record.data["outcome"]) == (
        "R1",
        "HB_ADMIN",
        "MATCHED",
    )
    assert ("olive", "the claimant rang") in [(move.who, move.reason) for move in told.moves]
    assert (told.moves[-1].who, told.moves[-1].reason) == ("dora", "SAR-1")
    assert ALEX.nino not in str(told)
    assert told.moves[0].data["nino_digest"], "it stands in the chain"


@pytest.mark.parametrize("who", [STRANGER, OFFICER, AUDITOR])
def test_who_may_not_is_told_of_nobody(ground, who):
    before = len(ground.moves("R1"))
    with ground.hub(who) as hub, pytest.raises(UsageError):
        about(hub.services, "nino", ALEX.nino, "curious")
    assert len(ground.moves("R1")) == before


PEOPLE_NAMED = "  - {login: dora, name: Dora Example, roles: [auditor, dwp]}\n"


def test_the_command_takes_the_number_from_the_input_and_shows_it_nowhere(ground, monkeypatch, capsys):
    path = ground.folder / "config/hub.yaml"
    path.write_text(path.read_text("utf-8") + PEOPLE_NAMED, "utf-8")
    monkeypatch.setattr("hub.config.login.system_login", lambda: "dora")
    words = ["--config", str(path.parent), "records", "about", "nino", "--reason", "SAR-1", "--json"]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ALEX.nino}\n"))
    assert outcome(words) == 0
    said = capsys.readouterr().out
    (told,) = json.loads(said)
    assert (told["key"], told["data"]["purpose"], told["history"][-1]["reason"]) == (
        "R1",
        "HB_ADMIN",
        "SAR-1",
    )
    assert ALEX.nino not in said
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{OTHER.nino}\n"))
    assert outcome(words[:-1]) == 0
    assert "Nobody has asked or looked." in capsys.readouterr().out
