"""What a page offers is what is legal: what it does not offer is refused, and nothing is done by that."""

from __future__ import annotations

import pytest

from hub.engine.explain import Act, legal_acts, safe_again
from hub.errors import UsageError

OFFERED = {
    "small": set(),
    "held": {Act.RELEASE, Act.RETRY, Act.WITHDRAW},
    "refused": {Act.RETRY},
    "given": {Act.WITHDRAW},
}
SAFE = {
    "small": "There is no need to",
    "held": "It waits for a person",
    "refused": "Yes, but it helps only once",
    "given": "Yes. Nothing of it has left yet",
}


def do(hub, act, id):
    acts = {
        Act.RETRY: lambda: hub.acts.retry(id, "why"),
        Act.RELEASE: lambda: hub.acts.release(id, "why"),
        Act.WITHDRAW: lambda: hub.acts.withdraw(id, "why"),
        Act.SETTLE: lambda: hub.acts.settle(id, sent=True, reason="why"),
        Act.REVERSE: lambda: hub.agreements.propose_reversal(id, "why"),
    }
    return acts[act]()


def view_of(hub, id):
    with hub.look() as look:
        return look.transfer(id)


def test_what_is_not_offered_is_refused_and_what_is_can_be_done(console):
    hub = console.acting("administrator")
    for name, offered in OFFERED.items():
        id = console.made[name]
        before = view_of(hub, id)
        assert set(legal_acts(hub.services, before)) == offered, name
        assert safe_again(before).startswith(SAFE[name])
        for act in set(Act) - offered:
            with pytest.raises(UsageError):
                do(hub, act, id)
        assert view_of(hub, id).events == before.events
    for name, act in {"held": Act.RELEASE, "refused": Act.RETRY, "given": Act.WITHDRAW}.items():
        assert do(hub, act, console.made[name]).id == console.made[name]


def test_who_may_nothing_is_offered_nothing(console):
    hub = console.acting("viewer")
    assert all(not legal_acts(hub.services, view_of(hub, console.made[name])) for name in OFFERED)
