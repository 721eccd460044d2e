"""`feedhub alerts`: what stands, who was told, and trying a channel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mailing import Mailbox, mail_server
from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub, Ran


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as box:
        yield box


@pytest.fixture
def at(feedhub: Feedhub, council: Council, box: Mailbox) -> Feedhub:
    """The command at a council that has a mail server, and a run that failed."""
    channel = f"{{type: email, host: 127.0.0.1, port: {box.port}, tls: none, sender: hub@example.invalid}}"
    with (council.config / "hub.yaml").open("a", encoding="utf-8") as file:
        file.write(f"\nalerts:\n  channels:\n    mail: {channel}\n")

    def run(*arguments: object) -> Ran:
        return feedhub("--config", council.config, *arguments)

    run("run", "bacs.submission")
    return run


def test_a_failed_run_stands_until_somebody_acknowledges_it(at: Feedhub) -> None:
    [alert] = at("alerts", "list", "--json").json
    assert (alert["urgency"], alert["owner"], alert["subject"]) == ("red", "rents-team", "route")
    assert at("alerts", "acknowledge", alert["id"]).out.strip() == "1 acknowledged."
    assert at("alerts", "acknowledge", "--all").out.strip() == "0 acknowledged."
    [alert] = at("alerts", "list", "--json").json
    assert alert["acknowledged_by"] is not None
    assert alert["acknowledged_by"] in at("alerts", "list").out


def test_an_alert_that_is_not_there_is_told(at: Feedhub) -> None:
    ran = at("alerts", "acknowledge", "a1")
    assert "There is no alert a1. `feedhub alerts list` shows" in ran.err
    assert at("alerts", "acknowledge").code == 2


def test_a_test_goes_over_the_channel_and_says_so(at: Feedhub, box: Mailbox) -> None:
    ran = at("alerts", "test", "mail", "--to", "me@example.invalid")
    assert (ran.code, ran.out.strip()) == (0, "mail: the test message was taken.")
    assert box.subjects == ["[Feed hub] a test"]
    assert at("alerts", "messages", "--json").json == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mail",), "--to says where a test goes over e-mail"),
        (("male",), "There is no channel “male”; did you mean “mail”?"),
    ],
)
def test_a_test_that_can_reach_nobody_is_refused(at: Feedhub, arguments: tuple[str, ...], said: str) -> None:
    ran = at("alerts", "test", *arguments)
    assert ran.code == 2
    assert said in ran.err


def test_a_channel_that_fails_is_told_plainly(at: Feedhub, box: Mailbox) -> None:
    box.answers["MAIL"] = "550 no"
    ran = at("alerts", "test", "mail", "--to", "me@example.invalid")
    assert ran.code == 4
    assert "channel mail (127.0.0.1:" in ran.err
    assert "status 550" in ran.err
