"""Who acts, as the history will say it."""

from __future__ import annotations

import getpass

import click


def system_user() -> str:
    """The name under which the operating system knows this person."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in a bare container
        return "unnamed"


WHO = click.option(
    "--who", default=system_user, show_default="your user name", help="Who acts, for the history."
)
