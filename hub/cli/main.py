"""The command group, and the one place where an error becomes a sentence and an exit code."""

from __future__ import annotations

import errno
import sys
import tempfile
import traceback
from collections.abc import Sequence

import click

from hub.cli import exits
from hub.cli.alerts import alerts
from hub.cli.approvals import approvals
from hub.cli.audit import audit
from hub.cli.backup import backup, restore
from hub.cli.bank import bank
from hub.cli.calendar import calendar
from hub.cli.check import check
from hub.cli.check_field import check_field
from hub.cli.codes import codes
from hub.cli.config import config
from hub.cli.convert import convert
from hub.cli.counters import counters
from hub.cli.demo import demo
from hub.cli.doctor import doctor
from hub.cli.endpoints import endpoints
from hub.cli.exits import Exit
from hub.cli.feeds import feeds
from hub.cli.holds import holds
from hub.cli.init import init
from hub.cli.inspect import inspect
from hub.cli.items import items
from hub.cli.milestone import milestone
from hub.cli.overdue import overdue
from hub.cli.pause import pause, resume
from hub.cli.people import people
from hub.cli.place import CONFIG, Place
from hub.cli.plugin_commands import Root
from hub.cli.plugins import plugins
from hub.cli.profiles import profiles
from hub.cli.purge import purge
from hub.cli.records import records
from hub.cli.rent import rent
from hub.cli.reports import reports
from hub.cli.routes import routes
from hub.cli.run import put, run
from hub.cli.start import start, status
from hub.cli.suspense import suspense
from hub.cli.timetable import timetable
from hub.cli.tokens import tokens
from hub.cli.transfers import transfers
from hub.cli.worklist import worklist
from hub.errors import FeedHubError

EPILOG = (
    "Plug-ins bring commands of their own, `feedhub NAME …`: see `feedhub plugins`.\n\n\b\nExit codes:\n"
    + exits.table()
)


@click.group(
    cls=Root, epilog=EPILOG, params=[CONFIG], context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="feedhub", prog_name="feedhub")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Move files between a council's rent system and its partners, and say what became of each."""
    ctx.ensure_object(Place)


for verb in (
    demo, init, check, inspect, convert, check_field, start, status, run, put, transfers,
    routes, feeds, profiles, codes, plugins, endpoints, counters,
    timetable, calendar, rent, milestone, overdue, alerts, pause, resume, purge,
    backup, restore, audit, doctor, config, people,
    worklist, approvals, records, holds, suspense, bank, items, reports, tokens,
):  # fmt: skip
    cli.add_command(verb)


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point. Ends the process with a code of `hub.cli.exits`; no traceback reaches a person."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(
            stream, "reconfigure"
        ):  # a console that cannot show a character shows "?" instead of failing
            stream.reconfigure(errors="replace")
    sys.exit(outcome(arguments))


def outcome(arguments: Sequence[str] | None = None, place: Place | None = None) -> int:
    """Run one command line, where it stands or at another place, and return its exit code."""
    try:
        result = cli.main(arguments, prog_name="feedhub", standalone_mode=False, obj=place)
        return result if isinstance(result, int) else Exit.OK
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        return _tell("Stopped. What a route had begun is carried on by its next run.", Exit.INTERRUPTED)
    except FeedHubError as error:
        return _tell(str(error), exits.of_error(error))
    except OSError as error:
        return _tell(_os_sentence(error), Exit.TROUBLE)
    except Exception as error:  # noqa: BLE001 - the last line of defence: whatever it is becomes one sentence
        return _tell(_bug(error), Exit.BUG)


def _tell(sentence: str, code: Exit) -> int:
    click.echo(f"feedhub: {sentence}", err=True)
    return code


def _os_sentence(error: OSError) -> str:
    place = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"A disk is full{place}. Make room, as `feedhub doctor` says, and run the command again."
    return f"The system refused: {error.strerror or error}{place}. Mend that and run the command again."


def _bug(error: Exception) -> str:
    """Write the traceback to a file of its own, readable by this user only, and name it."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="feedhub-fault-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exception(error, file=log)
    return f"Something is wrong in Feed hub itself ({type(error).__name__}). The details are in {log.name}."
