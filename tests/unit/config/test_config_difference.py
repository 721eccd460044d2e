"""A change of the configuration is said so that whoever must agree to it understands it."""

from __future__ import annotations

import pytest

from hub.config.difference import differences

ROUTE = """
partner: Bureau
routes:
  submission:
    feed: bacs.submission
    from: {endpoint: rent, folder: /out}
    to:
      - {output: submission, endpoint: bureau}
    schedule: {at: "06:00", days: working}
    options: {service_user_number: "654321"}
    mode: live
    owner: rents
"""
ENDPOINT = "endpoints:\n  bureau: {type: sftp, host: old.invalid, host_keys: [a, b]}\n"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("routes/bacs.yaml", '"06:00"', '"06:30"',
         ["route bacs.submission: `schedule.at` becomes 06:30, was 06:00"]),
        ("routes/bacs.yaml", ', days: working', "",
         ["route bacs.submission: `schedule.days` is gone, was working"]),
        ("routes/bacs.yaml", "owner: rents", "owner: rents\n    in_order: true",
         ["route bacs.submission: `in_order` is new: true"]),
        ("routes/bacs.yaml", "endpoint: bureau", "endpoint: other",
         ["route bacs.submission: `to[1].endpoint` becomes other, was bureau"]),
        ("routes/bacs.yaml", "partner: Bureau", "partner: Another",
         ["partner file bacs: `partner` becomes Another, was Bureau"]),
        ("routes/bacs.yaml", "mode: live", "mode: live   # as agreed", []),
        ("endpoints.yaml", "old.invalid", "new.invalid",
         ["endpoint bureau: `host` becomes new.invalid, was old.invalid"]),
        ("endpoints.yaml", "[a, b]", "[b]", ["endpoint bureau: `host_keys` becomes b, was a, b"]),
        ("routes/bacs.yaml", "  submission:\n", "  renamed:\n",
         ["route bacs.renamed is new (feed bacs.submission, mode live)", "route bacs.submission is gone"]),
    ],
)  # fmt: skip
def test_a_change_is_one_sentence(name: str, old: str, new: str, said: list[str]) -> None:
    before = {"routes/bacs.yaml": ROUTE, "endpoints.yaml": ENDPOINT}
    assert old in before[name]
    after = {**before, name: before[name].replace(old, new, 1)}
    assert differences(before, after) == said


def test_rows_of_tables_and_whole_files() -> None:
    old = {"codes/a.csv": "code,means\nX,1\n", "hub.yaml": "keep: 7y\n"}
    new = {"codes/a.csv": "code,means\nX,2\n", "hub.yaml": "keep: 6y\n", "routes/new.yaml": ROUTE}
    assert differences(old, new) == [
        "codes/a.csv: the row “X,2” is new",
        "codes/a.csv: the row “X,1” is gone",
        "the hub: `keep` becomes 6y, was 7y",
        "partner file new is new",
        "route new.submission is new (feed bacs.submission, mode live)",
    ]


def test_a_broken_file_is_told_as_broken_and_not_as_routes_that_are_gone() -> None:
    broken = ROUTE + "broken: [1"
    (said,) = differences({"routes/bacs.yaml": ROUTE}, {"routes/bacs.yaml": broken})
    assert said.startswith("routes/bacs.yaml line ") and "bracket" in said
    assert said.endswith("So what would be there cannot be compared")
    (said,) = differences({"routes/bacs.yaml": broken}, {"routes/bacs.yaml": ROUTE})
    assert said.endswith("So what was there cannot be compared")
