"""What the exit code of every command says. `feedhub --help` and `hub/docs/cli.md` print this table."""

from __future__ import annotations

from enum import IntEnum

from hub.errors import ConfigError, FeedHubError, PluginError, StoreError, TransportError
from hub.errors import UsageError as WronglyCalled
from hub.model import Verdict


class Exit(IntEnum):
    """The codes."""

    OK = 0
    NOT_SO = 1
    USAGE = 2
    UNREADABLE = 3
    TROUBLE = 4
    BUG = 70
    INTERRUPTED = 130


MEANING = {
    Exit.OK: "done; for a file: accepted",
    Exit.NOT_SO: "held or rejected, or what was asked for did not happen; the reason is printed",
    Exit.USAGE: "called wrongly, or the configuration has mistakes; nothing was done",
    Exit.UNREADABLE: "the file is not what any feed can read",
    Exit.TROUBLE: "an endpoint, the disk or the hub's own database failed; may be tried again",
    Exit.BUG: "a fault in Feed hub itself; the message says which file holds the details",
    Exit.INTERRUPTED: "stopped from the keyboard",
}

_OF_VERDICT = {
    Verdict.ACCEPTED: Exit.OK,
    Verdict.HELD: Exit.NOT_SO,
    Verdict.REJECTED: Exit.NOT_SO,
    Verdict.UNREADABLE: Exit.UNREADABLE,
}


def of_verdict(verdict: Verdict) -> Exit:
    return _OF_VERDICT[verdict]


def of_error(error: FeedHubError) -> Exit:
    match error:
        case ConfigError() | WronglyCalled() | PluginError():
            return Exit.USAGE
        case TransportError() | StoreError():
            return Exit.TROUBLE
        case _:
            return Exit.NOT_SO


def table() -> str:
    """One line a code."""
    return "\n".join(f"{code.value:>3}  {meaning}" for code, meaning in MEANING.items())
