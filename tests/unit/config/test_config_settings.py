"""What the values of a configuration mean."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from hub.config.routes import Source
from hub.config.values import Duration, Pence

DURATION: TypeAdapter[int] = TypeAdapter(Duration)
PENCE: TypeAdapter[int] = TypeAdapter(Pence)


@pytest.mark.parametrize(
    ("written", "pence"), [("0", 0), ("250000", 25_000_000), ("250000.50", 25_000_050), ("0.05", 5)]
)
def test_amounts_are_written_in_pounds_and_held_in_pence(written: str, pence: int) -> None:
    assert PENCE.validate_python(written) == pence


@pytest.mark.parametrize(
    "written", ["1.5", "1.005", "-1", "1,000", "£5", "1e3", "", "0.1.2", "1234567890123"]
)
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="is not an amount; write pounds"):
        PENCE.validate_python(written)


@pytest.mark.parametrize(("written", "seconds"), [("0s", 0), ("30s", 30), ("15m", 900), ("2h", 7200)])
def test_durations_are_held_in_seconds(written: str, seconds: int) -> None:
    assert DURATION.validate_python(written) == seconds


@pytest.mark.parametrize("written", ["30", "1d", "-5s", "1.5h", "5 m", ""])
def test_what_is_no_duration_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="is not a duration"):
        DURATION.validate_python(written)


@pytest.mark.parametrize(
    ("then", "archive"), [("keep", None), ("remove", None), ("archive:/outbound/done", "/outbound/done")]
)
def test_only_an_archive_has_a_folder(then: str, archive: str | None) -> None:
    assert Source(endpoint="bureau", then=then).archive == archive


@pytest.mark.parametrize("written", ["*.csv", "[ab]*.mt940", "[!a]x", "[]]", "[[]x", "a[0-9][0-9]"])
def test_a_pattern_is_as_a_shell_has_it(written: str) -> None:
    assert Source(endpoint="in", pattern=written).pattern == written


@pytest.mark.parametrize("written", ["[*.mt940", "a[", "[]", "[!]", "[ab]["])
def test_a_bracket_that_is_not_closed_is_told_because_it_would_find_nothing(written: str) -> None:
    for key in ("pattern", "done"):
        with pytest.raises(ValidationError, match="has a \\[ that is not closed"):
            Source.model_validate({"endpoint": "in", key: written})
