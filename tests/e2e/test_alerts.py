"""People are told: of what, once, in time, whatever the mail server does; and it never stops a transfer."""

from __future__ import annotations

import pytest

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine.alerts import acknowledge
from hub.engine.overdue import overdue
from hub.engine.telling import notice_plugins, tell_people, try_channel
from hub.errors import AuthFailed
from hub.model import Compartment, Urgency
from tests.little import little
from tests.mailing import PASSWORD, Mailbox, mail_server
from tests.world import HUB, World

GOOD, BAD = b"ABC001+0001000\n", b"ABC001+0001001\n"  # the sum is odd, so it is refused


class Killed(BaseException):
    """The process is gone: nothing catches it."""


@pytest.fixture
def box():
    with mail_server(Mailbox()) as box:
        yield box


@pytest.fixture
def world(tmp_path, box):
    world = World(tmp_path)
    tell(world, box, "{by: mail, to: rents@example.invalid}")
    return world


def tell(world, box, *rules, people="", **changes):
    signed = "".join(f", {key}: {value}" for key, value in changes.items())
    server = f"host: 127.0.0.1, port: {box.port}, tls: none, sender: hub@example.invalid{signed}"
    listed = "".join(f"\n    - {rule}" for rule in rules)
    alerts = f"alerts:\n  channels:\n    mail: {{type: email, {server}, timeout: 1s}}\n  tell:{listed}\n"
    world.write("config/hub.yaml", f"{HUB}{people}{alerts}")


def run(world, name=None, content=BAD, **how):
    """A run, with what it finds, then the chore of the service."""
    if name:
        world.arrive(name, content)
    with world.hub(**how) as hub:
        report = hub.run(world.route)
        tell_people(hub.services)
    return report


def later(world, **by):
    world.clock.turn(**by)
    with world.hub() as hub:
        tell_people(hub.services)


def standing(world):
    with world.hub() as hub, hub.look() as look:
        return look.alerts()


def messages(world):
    with world.hub() as hub, hub.look() as look:
        return [(one.state, one.attempts) for one in look.messages()]


def test_a_refused_file_is_told_once(world, box):
    for _ in range(2):
        run(world, "a.txt" if not box.mails else None)
    [mail] = box.mails
    assert mail["To"] == "rents@example.invalid"
    assert box.subjects[0].startswith("[Feed hub] red: a.txt is refused: ")
    assert [(one.urgency, one.owner) for one in standing(world)] == [(Urgency.RED, "tests")]


def test_what_happens_together_is_told_in_one_mail_the_worst_first(world, box):
    world.change_route("hold: {first_file: true}")
    world.arrive("a.txt", GOOD)
    run(world, "b.txt")
    [mail] = box.mails
    assert mail["Subject"] == "[Feed hub] 2 alerts: 1 red, 1 amber"
    lines = mail.get_payload(decode=True).decode().splitlines()
    assert [line[:5] for line in lines[:2]] == ["RED  ", "AMBER"]


def test_runs_that_fail_and_their_dead_endpoint_are_told_once_each_until_one_goes_well(world, box):
    (world.folder / "in").rename(world.folder / "elsewhere")
    for _ in range(5):
        run(world)
        world.clock.turn(minutes=15)
    first, second = box.subjects
    assert "The run of little.payments failed" in first
    assert second.startswith("[Feed hub] red: endpoint in")
    (world.folder / "elsewhere").rename(world.folder / "in")
    run(world)
    assert standing(world) == []


def test_nothing_of_a_mail_server_that_is_gone_stops_a_transfer_and_all_is_told_once_it_is_back(world, box):
    box.answers["CONNECT"] = "421 not now"
    run(world, "a.txt")
    report = run(world, "b.txt", GOOD)
    assert [one.state for one in report.transfers] == ["SENT"]
    with world.hub() as hub, hub.look() as look:
        [due] = [one for one in overdue(hub.services, look) if one.subject == "channel"]
    assert (due.late, due.subject_id, due.next) == (True, "mail", "feedhub alerts test mail")
    assert due.what.startswith("1 message(s) not told over mail: channel mail (127.0.0.1:")
    box.answers.clear()
    later(world, seconds=30)
    assert box.mails == []
    later(world, hours=2)
    assert len(box.mails) == 1
    assert messages(world) == [("SENT", 2)]


def test_the_waits_grow_so_that_a_dead_server_is_left_alone(world, box):
    box.answers["CONNECT"] = "421 not now"
    run(world, "a.txt")
    with world.hub() as hub:
        for _ in range(24 * 12):
            world.clock.turn(minutes=5)
            tell_people(hub.services)
    assert 10 < box.verbs.count("CONNECT") < 25


def test_killed_between_sending_and_noting_it_goes_out_again_as_the_same_mail(world, box):
    def die(point):
        if point == "told_people":
            raise Killed

    with pytest.raises(Killed):
        run(world, "a.txt", boundary=die)
    later(world)
    first, second = box.mails
    assert first.as_bytes() == second.as_bytes()
    assert messages(world) == [("SENT", 1)]
    later(world, days=1)
    assert len(box.mails) == 2


def test_a_mail_that_was_lost_with_its_answer_goes_out_again(world, box):
    box.loses = True
    run(world, "a.txt")
    box.loses = False
    later(world, hours=1)
    assert len({mail["Message-ID"] for mail in box.mails}) == 1
    assert len(box.mails) == 2


def test_a_log_in_that_was_refused_is_not_tried_again_until_the_secret_is_another(world, box, monkeypatch):
    rule = "{by: mail, to: rents@example.invalid}"
    tell(world, box, rule, username="hub", password="env:SMTP_FAKE")
    monkeypatch.setenv("SMTP_FAKE", "wrong")
    run(world, "a.txt")
    for _ in range(10):
        later(world, hours=5)
    assert box.verbs.count("AUTH") == 1
    monkeypatch.setenv("SMTP_FAKE", PASSWORD)
    later(world, hours=1)
    assert box.verbs.count("AUTH") == 2
    assert len(box.mails) == 1


def test_a_person_may_try_a_channel_that_was_refused_and_then_all_goes_out(world, box, monkeypatch):
    tell(world, box, "{by: mail, to: r@example.invalid}", username="hub", password="env:SMTP_FAKE")
    monkeypatch.setenv("SMTP_FAKE", PASSWORD)
    box.answers["AUTH"] = "535 locked"
    run(world, "a.txt")
    with world.hub() as hub, pytest.raises(AuthFailed):
        try_channel(hub.services, "mail", "me@example.invalid")
    box.answers.clear()
    with world.hub() as hub:
        try_channel(hub.services, "mail", "me@example.invalid")
        tell_people(hub.services)
    assert [mail["To"] for mail in box.mails] == ["me@example.invalid", "r@example.invalid"]


def test_one_address_that_is_refused_holds_up_no_other(world, box):
    tell(world, box, '{by: mail, to: ["a@example.invalid", "b@example.invalid"]}')
    box.answers["RCPT"] = "550 unknown"
    run(world, "a.txt")
    box.answers.clear()
    later(world, seconds=1)
    assert [mail["To"] for mail in box.mails] == ["b@example.invalid"]


def test_what_nobody_acknowledged_is_told_to_somebody_else(world, box):
    tell(
        world,
        box,
        "{by: mail, to: team@example.invalid}",
        "{by: mail, to: head@example.invalid, unless_acknowledged: 4h}",
    )
    run(world, "a.txt")
    later(world, hours=3)
    assert [mail["To"] for mail in box.mails] == ["team@example.invalid"]
    later(world, hours=1)
    assert [mail["To"] for mail in box.mails] == ["team@example.invalid", "head@example.invalid"]


def test_what_somebody_acknowledged_is_told_to_nobody_else(world, box):
    tell(world, box, "{by: mail, to: head@example.invalid, unless_acknowledged: 4h}")
    run(world, "a.txt")
    with world.hub(who="anna") as hub, hub.look() as look:
        assert acknowledge(hub.services, look.alerts()) == 1
        assert acknowledge(hub.services, hub_alerts(hub)) == 0
    later(world, hours=5)
    assert box.mails == []
    assert messages(world) == [("VOID", 0)]
    [alert] = standing(world)
    assert alert.acknowledged_by == "anna"
    with world.hub() as hub, hub.look() as look:
        assert look.events("transfer", alert.subject_id)[-1].kind == "alert_acknowledged"


def hub_alerts(hub):
    with hub.look() as look:
        return look.alerts()


def test_what_is_over_before_its_digest_is_not_told(world, box):
    tell(world, box, '{by: mail, to: rents@example.invalid, digest: ["15:00"]}')
    world.change_route("hold: {first_file: true}")
    run(world, "a.txt", GOOD)
    [alert] = standing(world)
    run(world, "b.txt")
    with world.hub(who="bob") as hub:
        hub.acts.release(alert.subject_id, "agreed")
    later(world, hours=5)
    assert box.mails == []
    later(world, hours=1)
    [mail] = box.mails
    assert "b.txt is refused" in mail["Subject"]


def test_what_is_closed_is_told_to_people_with_its_role_and_says_only_that_it_is_there(tmp_path, box):
    world = World(tmp_path, feeds=[little(compartment=Compartment.FRAUD)])
    people = (
        "people:\n  - {login: fay, name: Fay, roles: [clerk, fraud], email: fay@example.invalid}\n"
        "  - {login: ann, name: Ann, roles: [clerk], email: ann@example.invalid}\n"
    )
    rules = "{by: mail, to: all@example.invalid}", "{by: mail, role: clerk}"
    tell(world, box, *rules, people=people)
    run(world, "SECRET-CASE.txt")
    [mail] = box.mails
    assert mail["To"] == "fay@example.invalid"
    assert "something in the compartment fraud asks for you" in mail["Subject"]
    assert "SECRET" not in mail.as_string() + mail.get_payload(decode=True).decode()
    with world.hub(viewer=Viewer("ann", "Ann", frozenset({Role.CLERK}))) as hub, hub.look() as look:
        assert look.alerts() == []
        assert look.messages() == []


def test_a_plug_in_that_is_switched_off_is_told_once_and_no_more_when_it_is_in(world, box):
    with world.hub() as hub:
        for failures in ({"late": "The plug-in late is switched off."}, {"late": "again"}):
            hub.services.catalogue.failures.update(failures)
            notice_plugins(hub.services)
            tell_people(hub.services)
        assert box.subjects == ["[Feed hub] red: The plug-in late is switched off."]
        hub.services.catalogue.failures.clear()
        notice_plugins(hub.services)
    assert standing(world) == []
