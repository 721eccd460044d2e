"""Several feeds share a route's options: each takes its own, and nobody's is a mistake."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from hub.config.options import WrongOptions, feed_options, unknown_options
from hub.door.feed import Options


class Report(Options):
    a_route_sets: ClassVar[tuple[str, ...]] = ("number",)
    required_for: ClassVar[dict[str, tuple[str, ...]]] = {"nine": ("column",)}
    goes_by: ClassVar[dict[str, str]] = {"least": "addresses", "layout": "own", "other": "nobody's"}
    number: str | None = None
    column: str | None = None
    least: int | None = None
    layout: str | None = None
    other: str | None = None


class Sums(Options):
    limit: int = 0


def feed(name: str, options: type[Options]) -> Any:
    outputs = [SimpleNamespace(name="addresses")]
    return SimpleNamespace(name=name, options=options, formats={"own": None}, outputs=outputs)


def test_each_feed_takes_the_options_that_it_knows() -> None:
    values = {"number": "012345", "limit": "5"}
    assert feed_options(feed("a.report", Report), values) == Report(number="012345")
    assert feed_options(feed("a.sums", Sums), values) == Sums(limit=5)


def test_a_key_that_no_feed_knows_is_named_with_a_near_one() -> None:
    feeds = [feed("a.report", Report), feed("a.sums", Sums)]
    assert unknown_options(feeds, {"number": "1", "limits": "5"}) == {
        "limits": "“limits” is not an option of a.report or a.sums; did you mean “limit”?"
    }


@pytest.mark.parametrize(
    ("named", "missing"), [((), ["number"]), (("six", "nine"), ["number", "column"]), (("six",), ["number"])]
)
def test_what_a_route_must_set_is_asked_for_by_format_and_output(
    named: tuple[str, ...], missing: list[str]
) -> None:
    with pytest.raises(WrongOptions) as error:
        feed_options(feed("a.report", Report), {}, named)
    assert list(error.value.mistakes) == [
        f"the option “{name}” is missing; a.report needs it" for name in missing
    ]


def test_missing_and_wrong_options_are_told_together() -> None:
    with pytest.raises(WrongOptions) as error:
        feed_options(feed("a.report", Report), {"column": ["x"]})
    assert len(error.value.mistakes) == 2


def test_an_option_without_the_format_or_output_that_it_is_about_is_a_mistake() -> None:
    values = {"number": "012345", "least": 90, "layout": "x", "other": "x"}
    assert feed_options(feed("a.report", Report), {**values, "column": "C"}, ("nine", "addresses", "own"))
    with pytest.raises(WrongOptions) as error:
        feed_options(feed("a.report", Report), values, ("six",))
    assert list(error.value.mistakes) == [
        "“least” needs the output “addresses” in the route's `to:`; add it, or leave the option out",
        "“layout” needs `format: own` on the route; add it, or leave the option out",
    ]
