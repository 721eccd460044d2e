"""Who may do what: roles, compartments, refusals; and that nobody chooses who they are."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.config.login import sam_name, system_login
from hub.config.people import HUB, RIGHTS, People, Right, Viewer
from hub.config.settings import Person, Role
from hub.errors import UsageError
from hub.model import Compartment

ANNA = Person(login="anna", name="Anna Example", roles=(Role.CLERK,))
BEN = Person(login="COUNCIL\\Ben", name="Ben Example", roles=(Role.APPROVER, Role.FRAUD))
CARA = Person(login="cara", name="Cara Example", roles=(Role.ADMINISTRATOR,))
PEOPLE = People((ANNA, BEN, CARA))


def test_each_role_has_its_rights_and_every_right_has_a_role() -> None:
    assert all(Right.LOOK in rights for rights in RIGHTS.values())
    assert set(RIGHTS) == set(Role)
    assert RIGHTS[Role.ADMINISTRATOR] == set(Right)
    assert not RIGHTS[Role.APPROVER] & {Right.HAND_IN, Right.PROPOSE, Right.RUN}
    assert not RIGHTS[Role.CLERK] & {Right.RELEASE, Right.CLEAR, Right.SETTLE}
    assert [role for role in Role if Right.COUNTERS in RIGHTS[role]] == [Role.ADMINISTRATOR]


def test_a_person_has_the_rights_and_compartments_of_all_their_roles() -> None:
    ben = PEOPLE.viewer("council\\BEN")
    assert (ben.may(Right.RELEASE), ben.may(Right.RUN)) == (True, False)
    assert ben.compartments == {Compartment.OPEN, Compartment.FRAUD}
    assert not PEOPLE.viewer("cara").sees(Compartment.FRAUD)


def test_a_windows_login_is_one_person_however_it_is_spelt() -> None:
    assert PEOPLE.viewer("council\\BEN").login == PEOPLE.viewer("Council\\ben").login
    with pytest.raises(UsageError):
        PEOPLE.viewer("ANNA")


def test_somebody_who_is_not_named_is_told_who_could_name_them() -> None:
    with pytest.raises(UsageError, match=r"You \(eve\) may not use this hub.*Cara Example"):
        PEOPLE.viewer("eve")


def test_with_nobody_named_whoever_may_start_it_is_administrator_of_what_is_open() -> None:
    viewer = People().viewer("anna")
    assert all(viewer.may(right) for right in Right)
    assert viewer.compartments == {Compartment.OPEN}


def test_a_refusal_names_the_role_and_who_has_it() -> None:
    anna = PEOPLE.viewer("anna")
    assert PEOPLE.refusal(anna, Right.RELEASE) == (
        "You (anna) may not release what is held, or refuse it: that needs the role approver. "
        "Who may: Ben Example, Cara Example."
    )
    assert "needs the role administrator" in PEOPLE.refusal(anna, Right.COUNTERS)


def test_who_is_limited_to_some_routes_knows_of_no_other_nor_of_what_belongs_to_none() -> None:
    people = People((Person(login="dan", name="Dan", roles=(Role.CLERK,), routes=("bacs.reports",)), ANNA))
    dan = people.viewer("dan")
    known = [dan.knows(route, Compartment.OPEN) for route in ("bacs.reports", "hb.schedule", None)]
    assert known == [True, False, False]
    assert not dan.knows("bacs.reports", Compartment.FRAUD)
    assert people.viewer("anna").knows(None, Compartment.OPEN)


def test_the_hub_itself_sees_and_may_do_everything() -> None:
    assert HUB.compartments == set(Compartment)
    assert all(HUB.may(right) for right in Right)
    assert Viewer("hub", "x", frozenset()).may(Right.LOOK) is False


@pytest.mark.parametrize("name", ["LOGNAME", "USER", "LNAME", "USERNAME", "USERDOMAIN", "SUDO_USER"])
def test_the_environment_does_not_say_who_acts(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    before = system_login()
    monkeypatch.setenv(name, "somebody-else")
    assert system_login() == before != "somebody-else"


@pytest.mark.skipif(os.name == "nt", reason="on Windows no account is without a name")
def test_an_account_without_a_name_has_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4_200_000_001)
    assert system_login() == "uid-4200000001"


def answering(name: str) -> Callable[..., int]:
    """Windows' `GetUserNameExW`, as far as it is used: fills the buffer that it is given."""

    def get_user_name(form: int, buffer: Any, size: Any) -> int:
        assert form == 2  # NameSamCompatible
        buffer.value = name
        return ctypes.c_int(bool(name)).value

    return get_user_name


def test_windows_says_domain_and_name() -> None:
    assert sam_name(answering("COUNCIL\\anna")) == "COUNCIL\\anna"
    with pytest.raises(UsageError, match="does not say who you are"):
        sam_name(answering(""))


@pytest.mark.parametrize(
    ("people", "line", "said"),
    [
        (
            ["{login: anna, name: A, roles: [clerk]}", "{login: anna, name: B, roles: [viewer]}"],
            3,
            "is A’s already",
        ),
        (
            ["{login: C\\a, name: A, roles: [clerk]}", "{login: c\\A, name: B, roles: [viewer]}"],
            3,
            "is A’s already",
        ),
        (["{login: hub, name: A, roles: [clerk]}"], 2, "is the hub itself’s already"),
        (["{login: anna, name: A, roles: [clerk], routes: [no.such]}"], 2, "there is no route “no.such”"),
        (["{login: anna, name: A, roles: [clark]}"], 2, "did you mean “clerk”?"),
        (["{login: anna, name: A, roles: []}"], 2, "at least 1"),
        (["{login: anna, roles: [clerk]}"], 2, "“name” is missing"),
    ],
)
def test_mistakes_about_people_are_told_with_their_line(
    folder: Path, mistakes: Callable[[], list[str]], people: list[str], line: int, said: str
) -> None:
    hub = folder / "hub.yaml"
    text = hub.read_text("utf-8")
    hub.write_text(text + "people:\n" + "".join(f"  - {person}\n" for person in people), "utf-8")
    (mistake,) = mistakes()
    assert f"hub.yaml line {text.count(chr(10)) + line}: " in mistake
    assert said in mistake
