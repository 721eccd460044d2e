"""Who acts and why, as the history will say it."""

from __future__ import annotations

import getpass
from typing import Any

import click


def system_user() -> str:
    """The name under which the operating system knows this person."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in a bare container
        return "unnamed"


class Words(click.ParamType[str]):
    """Text that says something: the history cannot be mended later."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value).strip()
        return text or self.fail("it is blank; the history needs it", param, ctx)


WHO = click.option(
    "--who",
    type=Words(),
    default=system_user,
    show_default="your user name",
    help="Who acts, for the history.",
)

REASON = click.option("--reason", type=Words(), required=True, help="Why; it is kept in the history.")
