"""What people type after an option, as types of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.config.settings import Role


class Day(click.ParamType[date]):
    """A date as 2026-01-31."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is None or day.isoformat() != value:
            self.fail(f"“{value}” is not a date; write it as 2026-01-31", param, ctx)
        return day


class PartnerCode(click.ParamType[str]):
    """A partners' code: up to eight capital letters and digits."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if re.fullmatch("[A-Z0-9]{1,8}", value) is None:
            self.fail(f"“{value}” is not a code: up to eight capital letters and digits", param, ctx)
        return str(value)


class Moment(click.ParamType[datetime]):
    """A time of council clocks as 2026-01-31T18:00, or a date, whose first minute is meant."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        from hub.clock.now import LONDON

        if isinstance(value, datetime):
            return value
        for form in ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
            with suppress(ValueError):
                return datetime.strptime(value, form).replace(tzinfo=LONDON)
        return self.fail(f"“{value}” is not a time; write it as 2026-01-31T18:00", param, ctx)


class Setting(click.ParamType[tuple[str, str]]):
    """`key=value`."""

    name = "key=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        key, equals, text = value.partition("=")
        if not (key and equals):
            self.fail(f"“{value}” is not a setting; write it as key=value", param, ctx)
        return key, text


def as_mapping(
    ctx: click.Context, param: click.Parameter, pairs: Sequence[tuple[str, str]]
) -> Mapping[str, str]:
    """Refuses a key that is set twice: which of the two was meant?"""
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise click.BadParameter("each key may be set once", ctx, param)
    return mapping


def option_values(settings: Mapping[str, str]) -> Mapping[str, Any]:
    """Settings as a feed's options take them: what starts like a JSON list or object is one.

    >>> option_values({"sun": "123456", "originating": '["A", "B"]'})
    {'sun': '123456', 'originating': ['A', 'B']}
    """
    return {key: _json(key, text) if text[:1] in ("[", "{") else text for key, text in settings.items()}


def _json(key: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"--set {key} is not JSON: {error.msg} at character {error.pos + 1}.") from None


class Pounds(click.ParamType[int]):
    """An amount as 1234.50 or 1234, in whole pence."""

    name = "pounds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{2})?", value) is None:
            self.fail(f"“{value}” is not an amount; write pounds: 1234.50", param, ctx)
        pounds, _, pence = value.partition(".")
        return int(pounds + (pence or "00"))


class RegularFile(click.Path):
    """A file with an end: no device, no pipe."""

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, readable=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(str(super().convert(value, param, ctx)))
        if not path.is_file():
            self.fail(f"“{path}” is not a regular file", param, ctx)
        return path


class Words(click.ParamType[str]):
    """Text that says something: the history cannot be mended later."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip()
        return text or self.fail("it is blank; the history needs it", param, ctx)


FILE = RegularFile()

REASON = click.option("--reason", type=Words(), required=True, help="Why; it is kept in the history.")

SET = click.option(
    "--set",
    "settings",
    type=Setting(),
    multiple=True,
    callback=as_mapping,
    help="An option of the feed or field, as key=value; may be repeated.",
)

REGISTER = click.option(
    "--register",
    "registers",
    type=FILE,
    multiple=True,
    help="An extract of the rent accounts or mandates to match against; may be repeated.",
)


class RoleName(click.ParamType["Role"]):
    """What people may do: a role of `people:`, known only once it is asked for."""

    name = "role"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Role:
        from hub.config.settings import Role

        if value not in [role.value for role in Role]:
            self.fail(f"“{value}” is none of {', '.join(role.value for role in Role)}", param, ctx)
        return Role(value)
