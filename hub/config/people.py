"""Who may do what, and what they may see: start reading at `RIGHTS`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.config.document import Path
from hub.config.login import normal_login
from hub.config.settings import Person, Role
from hub.errors import UsageError
from hub.model import Compartment

HUB_LOGIN = "hub"
"""What the history calls the hub itself."""


class Right(StrEnum):
    """What somebody may do, as sentences say it: “You may not …”."""

    LOOK = "look at what the hub did"
    HAND_IN = "hand files in"
    HOLD = "set or end holds"
    PROPOSE = "propose where suspended money belongs"
    SUGGEST = "propose what a second person must agree to"
    TASK = "do what the worklist asks"
    NOTE = "write notes, or ask partners"
    UNMASK = "see personal values"
    REFUSE_ITEM = "refuse single items"
    RELEASE = "release what is held, or refuse it"
    CLEAR = "clear what somebody else proposed"
    RUN = "run routes"
    SETTLE = "retry, withdraw or settle transfers"
    MILESTONE = "set milestones"
    ACKNOWLEDGE = "acknowledge or test alerts"
    PAUSE = "pause or resume routes and endpoints"
    COUNTERS = "set counters"
    TABLES = "load published tables"
    PURGE = "let go of what is past its keep"
    AGREE = "agree to changed accounts, numbers and addresses"
    AUDIT = "verify the history"
    BACK_UP = "back the hub up and restore it"
    PEOPLE = "let people in, or keep them out"


_LOOKS = frozenset({Right.LOOK})
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: _LOOKS,
    Role.CLERK: _LOOKS
    | {
        Right.HAND_IN,
        Right.HOLD,
        Right.PROPOSE,
        Right.SUGGEST,
        Right.TASK,
        Right.REFUSE_ITEM,
        Right.ACKNOWLEDGE,
        Right.NOTE,
        Right.UNMASK,
    },
    Role.APPROVER: _LOOKS
    | {Right.RELEASE, Right.CLEAR, Right.AGREE, Right.ACKNOWLEDGE, Right.NOTE, Right.UNMASK},
    Role.OPERATOR: _LOOKS
    | {
        Right.RUN,
        Right.SETTLE,
        Right.SUGGEST,
        Right.MILESTONE,
        Right.ACKNOWLEDGE,
        Right.PAUSE,
        Right.NOTE,
        Right.UNMASK,
    },
    Role.ADMINISTRATOR: frozenset(Right),
    Role.AUDITOR: _LOOKS | {Right.AUDIT},
    Role.DWP: _LOOKS,
    Role.FRAUD: _LOOKS,
    Role.SAR: _LOOKS,
}
OPENS: Mapping[Role, Compartment] = {
    Role.DWP: Compartment.DWP,
    Role.FRAUD: Compartment.FRAUD,
    Role.SAR: Compartment.SAR,
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks or acts. What lies in none of their compartments does not exist for them."""

    login: str
    name: str
    roles: frozenset[Role]
    within: frozenset[Right] | None = None
    """With a token of the API: the rights that it has of theirs."""
    routes: frozenset[str] | None = None
    """Those that they are limited to: what belongs to another, or to none, does not exist for them either."""
    at: str | None = None
    """The network address from which they signed in; None = they sit at the hub's own machine."""

    @property
    def compartments(self) -> frozenset[Compartment]:
        return frozenset({Compartment.OPEN, *(OPENS[role] for role in self.roles if role in OPENS)})

    def may(self, right: Right) -> bool:
        within = self.within is None or right in self.within
        return within and any(right in RIGHTS[role] for role in self.roles)

    def sees(self, compartment: Compartment) -> bool:
        return compartment in self.compartments

    def knows(self, route: str | None, inside: Compartment) -> bool:
        """Whether what belongs to a route, or to none, and lies in a compartment is there for them."""
        return self.sees(inside) and (self.routes is None or route in self.routes)

    def has(self, role: Role) -> bool:
        """An administrator has every role but those of closed compartments."""
        return role in self.roles or (Role.ADMINISTRATOR in self.roles and role not in OPENS)


HUB = Viewer(HUB_LOGIN, "the hub", frozenset(Role))
"""The hub itself, when the clock starts it: it sees everything."""


@dataclass(frozen=True, slots=True)
class People:
    """Those who may use the hub (`people:`); with nobody named, whoever may start it."""

    named: Sequence[Person] = ()

    def viewer(self, login: str) -> Viewer:
        """The person of a login. With nobody named, an administrator of what is open.

        Raises UsageError for somebody who is not named."""
        login = normal_login(login)
        if not self.named:
            return Viewer(login, login, frozenset({Role.ADMINISTRATOR}))
        for viewer in self._viewers():
            if viewer.login == login:
                return viewer
        raise UsageError(
            f"You ({login}) may not use this hub: people: in hub.yaml does not name you. "
            f"Who may add you: {_names(self._having(Right.COUNTERS))}."
        )

    def roles(self, login: str) -> frozenset[Role]:
        """Those that a login has; none for somebody who is not named."""
        try:
            return self.viewer(login).roles
        except UsageError:
            return frozenset()

    def routes_of(self, login: str) -> frozenset[str] | None:
        """To which routes a login is limited, whichever way they sign in; None = to none."""
        limits = (one.routes for one in self.named if normal_login(one.login) == normal_login(login))
        routes = next(limits, None)
        return None if routes is None else frozenset(routes)

    def refusal(self, viewer: Viewer, right: Right) -> str:
        """The sentence for somebody who has not the right: which role it needs and who has it."""
        roles = [role for role in Role if right in RIGHTS[role] and role is not Role.ADMINISTRATOR]
        needed = " or ".join(roles or [Role.ADMINISTRATOR])
        return (
            f"You ({viewer.login}) may not {right.value}: that needs the role {needed}. "
            f"Who may: {_names(self._having(right))}."
        )

    def with_role(self, role: Role) -> list[str]:
        """The names of those who have a role; with nobody named, of whoever it may be."""
        if not self.named:
            return [] if role in OPENS else ["whoever may start the hub"]
        return sorted(viewer.name for viewer in self._viewers() if viewer.has(role))

    def may_count(self, right: Right) -> int:
        """How many people have a right."""
        return len(list(self._having(right)))

    def _having(self, right: Right) -> Iterator[Viewer]:
        return (viewer for viewer in self._viewers() if viewer.may(right))

    def _viewers(self) -> Iterator[Viewer]:
        for person in self.named:
            login, roles = normal_login(person.login), frozenset(person.roles)
            yield Viewer(login, person.name, roles, routes=self.routes_of(login))


def people_mistakes(people: Sequence[Person]) -> Iterator[tuple[Path, str]]:
    """One login is one person, or else nobody could say who acted."""
    taken = {HUB_LOGIN: "the hub itself"}
    for index, person in enumerate(people):
        login = normal_login(person.login)
        if login in taken:
            yield ("people", index, "login"), f"the login “{person.login}” is {taken[login]}’s already"
        taken.setdefault(login, person.name)


def scope_mistakes(people: Sequence[Person], routes: Collection[str]) -> Iterator[tuple[Path, str]]:
    """A person who is limited to a route that is not there would see less than was meant."""
    for index, person in enumerate(people):
        for at, route in enumerate(person.routes or ()):
            if route not in routes:
                known = ", ".join(sorted(routes)) or "none"
                yield ("people", index, "routes", at), f"there is no route “{route}”; there are {known}"


def _names(viewers: Iterator[Viewer]) -> str:
    return ", ".join(sorted(viewer.name for viewer in viewers)) or "nobody"
