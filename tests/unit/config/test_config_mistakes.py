"""Each mistake that an administrator is likely to make: told with its line, its remedy, and a near word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

BACS, RENT, ENDPOINTS = "routes/bacs.yaml", "routes/rent.yaml", "endpoints.yaml"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (
            "hub.yaml",
            "state_folder:",
            "state_foldre:",
            "“state_foldre” is not known here; did you mean “state_folder”?",
        ),
        (
            "hub.yaml",
            "max_file_size: 200MB",
            "max_file_size: huge",
            "max_file_size is “huge”; expected a size such as 200MB",
        ),
        (
            "hub.yaml",
            "nation: england-and-wales",
            "nation: england",
            "nation is “england”; expected england-and-wales, scotland or northern-ireland",
        ),
        (
            "hub.yaml",
            "level: info",
            "level: [info]",
            "level is a list; expected debug, info, warning or error",
        ),
        (
            BACS,
            "folder: /outbound/reports",
            "folder: /outbound/../../reports",
            "“/outbound/../../reports” leads out of its endpoint; name a folder below it, without ..",
        ),
        (ENDPOINTS, "port: 22", "port: twenty", "port is “twenty”; expected a whole number"),
        (ENDPOINTS, "port: 22", "port: 0", "port is “0”; expected 1 or more"),
        (ENDPOINTS, "port: 22", "prot: 22", "“prot” is not known here; did you mean “port”?"),
        (ENDPOINTS, "type: sftp", "type: stfp", "bureau: there is no type “stfp”; did you mean “sftp”?"),
        (ENDPOINTS, "type: sftp", "# no type", "bureau: “type” is missing; add it"),
        (ENDPOINTS, "username: example-council", "username:", "username is empty; expected text"),
        (ENDPOINTS, "username: example-council", "", "“username” is missing; add it"),
        (
            ENDPOINTS,
            "timeout: 30s",
            "timeout: 30",
            "timeout: “30” is not a duration; write a number and a unit",
        ),
        (ENDPOINTS, "sweeps: true", "sweeps: perhaps", "sweeps is “perhaps”; expected true or false"),
        (
            ENDPOINTS,
            "AAAAC3NzaC1lZDI1NTE5AAAAIAAB",
            "AAAAB3NzaC1yc2EAAAAIAAB",
            "host_keys[1]: this is not a host key",
        ),
        (
            ENDPOINTS,
            "key_file: file:bureau_key",
            "agent: false",
            "bureau: needs exactly one of key_file, password",
        ),
        (ENDPOINTS, "bureau:", "Bureau 1:", "Bureau 1: a name is made of small letters, digits and _"),
        (RENT, "then: keep", "then: delete", "then: write keep, remove, or archive: and a folder"),
        (
            RENT,
            "mode: live",
            "mode: lvie",
            "mode is “lvie”; expected off, rehearse or live; did you mean “live”?",
        ),
        (
            RENT,
            "feed: rent.accounts",
            "feed: rent.acounts",
            "there is no feed “rent.acounts”; did you mean “rent.acc",
        ),
        (
            RENT,
            "feed: rent.accounts",
            "feed: payroll.journal",
            "there is no feed “payroll.journal”; plugins: in hub.yaml names no plug-in payroll",
        ),
        (
            RENT,
            "feed: rent.accounts",
            "feed: bcas.submission",
            "plugins: in hub.yaml names no plug-in bcas; did you mean “bacs”?",
        ),
        (RENT, "endpoint: rent", "endpoint: rnet", "there is no endpoint “rnet”; did you mean “rent”?"),
        (
            RENT,
            "stale_after_days: 5",
            "stale_days: 5",
            "“stale_days” is not an option of rent.accounts; did you mean",
        ),
        (
            RENT,
            "stale_after_days: 5",
            "stale_after_days: soon",
            "stale_after_days is “soon”; expected a whole number",
        ),
        (
            BACS,
            "format: standard18",
            "format: standard-18",
            "there is no format “standard-18” of bacs.submission; did you mean",
        ),
        (
            ENDPOINTS,
            "ssh-ed25519 AAAA",
            "ssh-rsa AAAA",
            "host_keys[1]: this is not a host key",
        ),
        (
            ENDPOINTS,
            "password: file:benefits_password",
            "password: file:benefits_password\n    passphrase: file:x",
            "benefits: has a passphrase but no key_file that it would open",
        ),
        (
            BACS,
            "output: submission, ",
            "output: submission, profile: generic.renttran, ",
            "the output submission is not written by a profile; leave it out",
        ),
        (
            BACS,
            "output: submission, ",
            "output: submission, options: {x: 1}, ",
            "only a profile has options here",
        ),
        (
            BACS,
            "output: reversals",
            "output: reversal",
            "there is no output “reversal”; did you mean “reversals”?",
        ),
        (
            BACS,
            "profile: universal_housing.cash",
            "",
            "“profile” is missing; say how the rent system wants to be told",
        ),
        (
            BACS,
            "universal_housing.cash",
            "universal.cash",
            "there is no profile “universal.cash”; did you mean “universal_",
        ),
        (BACS, "landlord: FAKESHIRE", "land: FAKESHIRE", "“landlord” is missing; add it"),
        (
            BACS,
            'sort_code: "000199"',
            'sort_code: "0199"',
            "sort_code is “0199”; expected the form ^[0-9]{6}$",
        ),
        (
            BACS,
            "above_value: 2000000.00",
            "above_value: 2m",
            "above_value: “2m” is not an amount; write pounds",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_a_remedy(
    folder: Path, rewrite: Any, mistakes: Any, name: str, old: str, new: str, said: str
) -> None:
    written = (folder / name).read_text("utf-8")
    line = written[: written.index(old)].count("\n") + 1
    rewrite(name, old, new)
    [(place, text)] = [mistake.split(": ", 1) for mistake in mistakes() if said in mistake]
    if "missing" in text or text.startswith(("bureau:", "benefits:")):
        assert line_of(place, name) <= line  # the entry that the key belongs in
    else:
        assert line_of(place, name) == line


def line_of(place: str, name: str) -> int:
    assert place.startswith(f"config/{name} line ")
    return int(place.rsplit(" ", 1)[1])


def test_one_bad_host_key_is_one_mistake(rewrite: Any, mistakes: Any) -> None:
    rewrite(ENDPOINTS, "ssh-ed25519 AAAA", "ssh-rsa AAAA")
    [mistake] = mistakes()
    assert "host_keys[1]: this is not a host key" in mistake


def test_an_endpoint_without_a_host_key_is_a_mistake(folder: Path, mistakes: Any) -> None:
    (folder / ENDPOINTS).write_text(
        "endpoints:\n  bureau: {type: sftp, host: h, username: u, agent: true, host_keys: []}\n"
    )
    assert any("host_keys is a list; expected a list with at least 1" in mistake for mistake in mistakes())


def test_two_routes_that_take_the_same_files_are_a_mistake(folder: Path, rewrite: Any, mistakes: Any) -> None:
    text = (folder / RENT).read_text("utf-8")
    taken = text[text.index("from: {endpoint: rent") :].split("\n")[0]
    other = text[text.index("from: {endpoint: rent", text.index(taken) + len(taken)) :].split("\n")[0]
    rewrite(RENT, other, taken)
    [mistake] = [one for one in mistakes() if "takes the same files as rent." in one]
    assert "so whichever runs first would have them" in mistake
