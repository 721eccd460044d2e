"""`alerts:` of hub.yaml: what can be told to nobody is a mistake, with its line."""

from __future__ import annotations

import re

import pytest

from hub.config.load import load

HUB = "hub.yaml"
BEFORE = "state_folder:"
CHANNELS = """alerts:
  channels:
    mail: {type: email, host: smtp.example.invalid, sender: hub@example.invalid}
    teams: {type: webhook, url: env:HOOK}
  tell:
"""
PEOPLE = "people:\n  - {login: ann, name: Ann, roles: [clerk]}\n"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{by: post, to: a@example.invalid}", "there is no channel “post”; there is mail, teams"),
        ("{by: mail}", "mail is e-mail: say to whom, with to (addresses) or role"),
        ("{by: mail, to: nobody}", "to[1]: this is not an e-mail address"),
        ('{by: mail, to: "a@example.invalid\\nBcc: b@example.invalid"}', "this is not an e-mail address"),
        ("{by: mail, role: clerk}", "nobody in people: has the role clerk and an email"),
        ("{by: mail, role: clark}", "nobody in people: has the role clark and an email"),
        ("{by: teams, to: a@example.invalid}", "teams is a webhook: whoever reads there reads it"),
        (
            "{by: teams, owners: [rent-team]}",
            "“rent-team” is no owner of a route; did you mean “rents-team”?",
        ),
        ("{by: teams, partners: [Bacs bureu]}", "“Bacs bureu” is no partner; did you mean “Bacs bureau”?"),
        ("{by: teams, urgency: orange}", "urgency is “orange”; expected amber or red"),
        (
            '{by: teams, digest: ["03:00"], quiet: ["19:00", "07:00"]}',
            "digest at 03:00 is in the quiet hours",
        ),
        ('{by: teams, quiet: ["19:00"]}', "expected two times of day"),
        ("{by: teams, at_once: red}", "has at_once, which goes with digest or quiet"),
        ("{by: teams, unless_acknowledged: soon}", "“soon” is not a duration"),
    ],
)
def test_a_rule_that_tells_nobody_is_a_mistake(rewrite, mistakes, folder, rule, said):
    rewrite(HUB, BEFORE, f"{PEOPLE}{CHANNELS}    - {rule}\n{BEFORE}")
    (mistake,) = mistakes()
    assert said in mistake
    lines = (folder / HUB).read_text("utf-8").splitlines()
    assert mistake.startswith(f"config/hub.yaml line {lines.index(f'    - {rule}') + 1}: ")


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        (
            "{type: email, host: h, sender: a@b.c, tls: none}",
            "tls: none is for a mail server on this very machine",
        ),
        ("{type: email, host: h, sender: a@b.c, username: u}", "needs username and password together"),
        (
            "{type: email, host: h, sender: a@b.c, username: u, password: hunter2}",
            "must name a secret, not hold",
        ),
        ("{type: webhook, url: https://hooks.example/T0/sesame}", "must name a secret, not hold it"),
        ("{type: webhook, url: env:H, body: '{}'}", "the body tells nothing; it needs {title} or {text}"),
        ("{type: webhook, url: env:H, body: '{title'}", "the body is not JSON"),
        ("{type: pager}", "there is no type “pager”"),
    ],
)
def test_a_channel_that_cannot_tell_is_a_mistake_and_no_secret_is_repeated(rewrite, mistakes, channel, said):
    rewrite(HUB, BEFORE, f"alerts:\n  channels:\n    it: {channel}\n{BEFORE}")
    (mistake,) = mistakes()
    assert said in mistake
    assert "hunter2" not in mistake
    assert "sesame" not in mistake


def test_the_example_that_is_commented_out_is_right(folder, catalogue):
    text = (folder / HUB).read_text("utf-8")
    [alerts] = re.findall(r"^# alerts:\n(?:#   .*\n)+", text, re.M)
    [people] = re.findall(r"^# people:\n(?:#   .*\n)+", text, re.M)
    wanted = re.sub("^# ?", "", alerts + people, flags=re.M)
    wanted = wanted.replace("[approver, fraud]", "[administrator], email: b@example.invalid")
    (folder / HUB).write_text(text + "\n" + wanted, "utf-8")
    config = load(folder, catalogue)
    assert set(config.hub.alerts.channels) == {"mail", "teams"}
    assert len(config.hub.alerts.tell) == 4
