"""The pages of hub/docs that are written from the code: cli.md, checks.md, profiles.md and rent_feeds.md.

uv run .ci/pages.py check  fail when a page is not what the code says
uv run .ci/pages.py write  write them
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import click
from rent_feeds import rent_feeds_page

from hub.checks.base import Check
from hub.cli.exits import MEANING
from hub.cli.main import cli
from hub.cli.plugin_commands import plugin_commands
from hub.cli.profiles import options_help
from hub.door.feed import Feed, Profile
from hub.door.manager import Door
from hub.fields.kinds import KINDS

DOCS = Path(__file__).resolve().parent.parent / "hub" / "docs"


def main(arguments: Sequence[str]) -> int:
    if arguments not in (["check"], ["write"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = [name for name, page in PAGES.items() if _text(DOCS / name) != page()]
    for name in stale:
        if arguments == ["write"]:
            (DOCS / name).write_text(PAGES[name](), "utf-8", newline="\n")
        else:
            print(
                f"hub/docs/{name} is not what the code says: run `uv run .ci/pages.py write`", file=sys.stderr
            )
    return 1 if stale and arguments == ["check"] else 0


def _text(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None


def cli_page() -> str:
    intro = (
        "# The command line\n\nWritten from the code by `.ci/pages.py`. "
        "Every command that prints takes `--json`; its shapes and the exit codes are kept stable.\n"
    )
    codes = "\n".join(f"| {code.value} | {meaning} |" for code, meaning in MEANING.items())
    table = f"## Exit codes\n\n| code | meaning |\n|---|---|\n{codes}\n"
    return "\n".join([intro, table, _kinds(), *_commands(cli, None)])


def _kinds() -> str:
    """What `check-field` knows, with the settings of each kind."""
    rows = "\n".join(
        f"| `{name}` | {', '.join(kind.parts)} | "
        f"{'; '.join(f'`{key}`: {meaning}' for key, meaning in kind.settings.items())} |"
        for name, kind in KINDS.items()
    )
    return f"## Kinds of field\n\n| kind | parts | settings |\n|---|---|---|\n{rows}\n"


def _commands(command: click.Command, parent: click.Context | None) -> Iterator[str]:
    """A command's help, then its subcommands'."""
    ctx = click.Context(command, parent, info_name="feedhub" if parent is None else command.name)
    ctx.terminal_width = 100
    yield f"## `{ctx.command_path}`\n\n```\n{command.get_help(ctx)}\n```\n"
    if isinstance(command, click.Group):
        brought = plugin_commands(Door.load()) if parent is None else {}
        for name in sorted({*command.list_commands(ctx), *brought}):
            found = command.get_command(ctx, name)
            yield from _commands(found, ctx) if found else ()


def checks_page() -> str:
    door = Door.load()
    if door.failures:
        raise SystemExit("\n".join(door.failures.values()))
    intro = (
        "# Every check of every feed\n\nWritten from the code by `.ci/pages.py`. A check's id is what "
        "findings carry and what `waivers.yaml` names. FIELD findings come from the layouts.\n"
    )
    return "\n".join([intro, *(_feed(feed) for feed in door.feeds().values())])


def _feed(feed: Feed) -> str:
    rows = "\n".join(_row(check) for check in sorted(feed.checks, key=lambda check: (check.level, check.id)))
    table = f"| check | level | severity | needs | what it checks |\n|---|---|---|---|---|\n{rows}\n"
    return f"## {feed.name}: {feed.title}\n\n{table}"


def _row(check: Check) -> str:
    needs = ", ".join(need.value for need in check.needs) + (" (again when sending)" if check.at_send else "")
    text = " ".join(check.help.split()).replace("|", "\\|")
    return f"| {check.id} | {check.level.name} | {check.severity.value} | {needs} | {text} |"


def profiles_page() -> str:
    profiles = sorted(Door.load().profiles().values(), key=lambda profile: profile.name)
    intro = (
        "# The rent system's profiles\n\nWritten from the code by `.ci/pages.py`. A profile is one rent "
        "system's own way of being told; a route names it beside the output that it writes. What a profile "
        "cannot carry is said here, and `feedhub profiles` says it too.\n"
    )
    return "\n".join([intro, *map(_profile, profiles)])


def _profile(profile: Profile) -> str:
    module = sys.modules[profile.write.__module__]
    about = inspect.cleandoc(module.__doc__ or "")
    lossy = "\n".join(f"- {each}" for each in profile.lossy) or "- nothing is lost"
    options = options_help(profile.options)
    whole = [f"## `{profile.name}`", about, "Cannot carry:", lossy, "Options:", f"```\n{options}\n```\n"]
    return "\n\n".join(whole)


PAGES: Mapping[str, Callable[[], str]] = {
    "cli.md": cli_page,
    "checks.md": checks_page,
    "profiles.md": profiles_page,
    "rent_feeds.md": rent_feeds_page,
}

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
