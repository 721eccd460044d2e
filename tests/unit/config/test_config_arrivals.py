"""What a route expects to come, and what is usual on it: mistakes are told with their line."""

from __future__ import annotations

from datetime import time

import pytest

from hub.config.load import load

ROUTES, BACS = "routes/housing_benefit.yaml", "routes/bacs.yaml"
ARRIVES = '# arrives: {by: "11:00", days: mon, moved: later, count: 1, amber: 1h}'
DRIFT = "# drift: {value: 50%, count: 30%, of: 8}"


def test_the_examples_that_are_commented_out_are_right(rewrite, folder, catalogue):
    rewrite(ROUTES, ARRIVES, ARRIVES.removeprefix("# "))
    rewrite(ROUTES, DRIFT, DRIFT.removeprefix("# "))
    route = load(folder, catalogue).routes["housing_benefit.postings"]
    assert (route.arrives.at, route.arrives.count, route.arrives.amber) == ((time(11),), 1, 3600)
    assert (route.hold.drift.value, route.hold.drift.count, route.hold.drift.of) == (50, 30, 8)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (ARRIVES, "arrives: {days: mon}", "“by” is missing; add it"),
        (ARRIVES, "arrives: {at: 09:00}", "“at” is not known here"),
        (ARRIVES, "arrives: {by: 9am}", "“9am” is not a time of day"),
        (ARRIVES, "arrives: {by: 09:00, days: monday}", "“monday” is not understood"),
        (ARRIVES, "arrives: {by: 09:00, count: 0}", "count is “0”; expected 1 or more"),
        (ARRIVES, "arrives: {by: 09:00, every: 15m}", "needs exactly one of at, every or cron"),
        (ARRIVES, "arrives: {by: 09:00, days: mon, dates: 1}", "names its days twice"),
        (DRIFT, "drift: {value: 0.5}", "“0.5” is not a share; write a whole percentage: 50%"),
        (DRIFT, "drift: {of: 8}", "needs value or count, such as value: 50%"),
        (DRIFT, "drift: {count: 30%, of: 3}", "of is “3”; expected 4 or more"),
        (DRIFT, "drift: {values: 30%}", "“values” is not known here; did you mean “value”?"),
    ],
)
def test_a_mistake_is_told_with_its_line(rewrite, mistakes, folder, old, new, said):
    rewrite(ROUTES, old, new)
    found = mistakes()
    line = next(
        n for n, text in enumerate((folder / ROUTES).read_text("utf-8").splitlines(), 1) if new in text
    )
    assert any(said in one and one.startswith(f"config/{ROUTES} line {line}: ") for one in found), found


def test_a_route_that_gathers_takes_no_files(rewrite, mistakes, folder):
    gathers = next(
        line for line in (folder / BACS).read_text("utf-8").splitlines() if "from: {items: " in line
    )
    rewrite(BACS, gathers, f'{gathers}\n    arrives: {{by: "09:00"}}')
    (mistake,) = mistakes()
    assert "has arrives, but takes no files: it gathers what waits in the hub" in mistake
