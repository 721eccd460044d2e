"""What people type after an option."""

from __future__ import annotations

import os
from datetime import date

import click
import pytest

from hub.cli.values import FILE, Day, Setting, as_mapping


def test_a_date_is_read_as_iso() -> None:
    assert Day().convert("2026-03-31", None, None) == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["31/03/2026", "20260331", "2026-W13-2", "2026-02-30", ""])
def test_a_date_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="write it as 2026-01-31"):
        Day().convert(text, None, None)


@pytest.mark.parametrize(("text", "pair"), [("a=b", ("a", "b")), ("a=", ("a", "")), ("a=b=c", ("a", "b=c"))])
def test_a_setting_is_cut_at_its_first_equals_sign(text: str, pair: tuple[str, str]) -> None:
    assert Setting().convert(text, None, None) == pair


@pytest.mark.parametrize("text", ["a", "=b", ""])
def test_what_is_no_setting_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="write it as key=value"):
        Setting().convert(text, None, None)


def test_a_key_that_is_set_twice_is_refused() -> None:
    ctx = click.Context(click.Command("any"))
    with pytest.raises(click.BadParameter, match="once"):
        as_mapping(ctx, click.Option(["--set"]), [("a", "1"), ("a", "2")])


def test_a_device_is_no_file() -> None:
    with pytest.raises(click.BadParameter, match="is not a regular file"):
        FILE.convert(os.devnull, None, None)
