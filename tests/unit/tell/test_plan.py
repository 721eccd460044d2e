"""Who is told of what, and when: by the rules of `alerts:`, in council time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from hub.clock.now import LONDON
from hub.config.settings import HubSettings
from hub.model import Compartment, Urgency
from hub.store.alert_rows import AlertRow
from hub.tell.plan import readers

PEOPLE = [
    {"login": "anna", "name": "Anna", "roles": ["operator"], "email": "anna@example.invalid"},
    {"login": "fay", "name": "Fay", "roles": ["clerk", "fraud"], "email": "fay@example.invalid"},
    {"login": "bob", "name": "Bob", "roles": ["clerk", "operator"]},
]
ALL = {"by": "mail", "to": ["all@example.invalid"]}


def alert(urgency=Urgency.RED, **changes):
    own = {"subject": "transfer", "subject_id": "t1", "says": "look", "owner": "rents-team"}
    return AlertRow(
        **{"id": "a1", "about": "work:w1", "urgency": urgency, "made_at": at("09:00"), **own, **changes}
    )


def at(shown, day=2, month=11):
    return datetime.combine(date(2026, month, day), time.fromisoformat(shown), LONDON).astimezone(UTC)


def told(rules, one, now="09:00", partner="Bacs bureau", **when):
    hub = HubSettings.model_validate({"people": PEOPLE, "alerts": {"tell": rules}})
    return list(readers(hub, one, partner, at(now, **when)))


def to(rules, one, **how):
    return [reader.recipient for reader in told(rules, one, **how)]


@pytest.mark.parametrize(
    ("rule", "one", "is_told"),
    [
        ({}, alert(Urgency.AMBER), True),
        ({"urgency": "red"}, alert(Urgency.AMBER), False),
        ({"urgency": "red"}, alert(), True),
        ({"owners": ["rents-team"]}, alert(), True),
        ({"owners": ["income-team"]}, alert(), False),
        ({"partners": ["Bacs bureau"]}, alert(), True),
        ({"partners": ["Insurer"]}, alert(), False),
    ],
)
def test_a_rule_is_about_what_it_names(rule, one, is_told):
    assert to([{**ALL, **rule}], one) == (["all@example.invalid"] if is_told else [])


def test_a_role_reaches_everybody_who_has_it_and_an_address():
    assert to([{"by": "mail", "role": "operator"}], alert()) == ["anna@example.invalid"]


def test_a_webhook_has_one_reader():
    assert to([{"by": "teams"}], alert()) == [""]


def test_whoever_two_rules_name_is_told_once():
    assert to([ALL, {**ALL, "to": ["all@example.invalid", "b@example.invalid"]}], alert()) == [
        "all@example.invalid",
        "b@example.invalid",
    ]


def test_what_is_closed_is_told_to_people_with_its_role_alone():
    rules = [ALL, {"by": "teams"}, {"by": "mail", "role": "operator"}, {"by": "mail", "role": "clerk"}]
    closed = alert(compartment=Compartment.FRAUD)
    assert to(rules, closed) == ["fay@example.invalid"]
    assert to(rules, alert(compartment=Compartment.DWP)) == []


NIGHT = {"quiet": ["19:00", "07:00"]}
DIGEST = {"digest": ["08:00", "15:30"]}


@pytest.mark.parametrize(
    ("rule", "now", "due"),
    [
        ({}, "03:00", at("03:00")),
        (NIGHT, "09:00", at("09:00")),
        (NIGHT, "19:00", at("07:00", 3)),
        (NIGHT, "23:59", at("07:00", 3)),
        (NIGHT, "06:59", at("07:00")),
        (NIGHT, "07:00", at("07:00")),
        ({"quiet": ["12:00", "13:00"]}, "12:30", at("13:00")),
        (DIGEST, "07:10", at("08:00")),
        (DIGEST, "08:00", at("08:00")),
        (DIGEST, "08:01", at("15:30")),
        (DIGEST, "16:00", at("08:00", 3)),
        ({"unless_acknowledged": "4h"}, "09:00", at("13:00")),
        ({"unless_acknowledged": "4h"}, "15:00", at("15:00")),
        ({"unless_acknowledged": "11h", **NIGHT}, "09:00", at("07:00", 3)),
    ],
)
def test_when_it_is_told(rule, now, due):
    [reader] = told([{**ALL, **rule}], alert(), now)
    assert reader.due_at == due
    assert reader.escalates == ("unless_acknowledged" in rule)


def test_red_at_once_passes_the_quiet_hours_and_amber_does_not():
    rule = {**ALL, **NIGHT, "at_once": "red"}
    assert [one.due_at for one in told([rule], alert(), "23:00")] == [at("23:00")]
    assert [one.due_at for one in told([rule], alert(Urgency.AMBER), "23:00")] == [at("07:00", 3)]


@pytest.mark.parametrize(("day", "month", "due"), [(24, 10, time(7)), (28, 3, time(6))])
def test_quiet_hours_end_by_the_clock_on_the_wall_when_the_clocks_change(day, month, due):
    """In the night after 24 October the clocks go back, in that after 28 March forward."""
    [reader] = told([{**ALL, **NIGHT}], alert(), "23:00", day=day, month=month)
    assert reader.due_at.astimezone(LONDON).time() == time(7)
    assert reader.due_at.time() == due
