"""Hours of maintenance: written in the words of schedules, and mistakes are told with their line."""

from __future__ import annotations

import pytest

from hub.config.load import load

ENDPOINTS = "endpoints.yaml"
AT = '    # maintenance:\n    #   - {between: ["22:00", "02:00"], days: sun}\n'


def test_the_example_that_is_commented_out_is_right(rewrite, folder):
    rewrite(ENDPOINTS, AT, AT.replace("    # ", "    "))
    assert len(load(folder).endpoints["bureau"].maintenance) == 1


@pytest.mark.parametrize(
    ("window", "said"),
    [
        ('{between: ["22:00"]}', "expected two times of day"),
        ('{between: ["22:00", "2am"]}', "“2am” is not a time of day"),
        ('{between: ["22:00", "02:00"], days: sunday}', "“sunday” is not understood"),
        ('{between: ["22:00", "02:00"], dates: 31}', "“31” is not understood"),
        ("{days: sun}", "“between” is missing"),
    ],
)
def test_a_mistake_is_told_with_its_line(rewrite, mistakes, folder, window, said):
    rewrite(ENDPOINTS, AT, f"    maintenance:\n      - {window}\n")
    (mistake,) = mistakes()
    assert said in mistake
    line = (folder / ENDPOINTS).read_text("utf-8").splitlines().index(f"      - {window}") + 1
    assert mistake.startswith(f"config/endpoints.yaml line {line}: ")
