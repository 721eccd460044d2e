"""What is sealed is shown to whoever may know of it, with a reason, and the record says that they looked."""

from __future__ import annotations

import pytest

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine.reveal import reveal
from hub.errors import UsageError
from hub.testing.dwp_api import DwpApi
from tests.asking_dwp import ALEX, OFFICER, PEOPLE, STRANGER, Ground, enquiries, enquiry

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
