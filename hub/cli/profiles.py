"""`feedhub profiles`: the ways in which a rent system may be told, and what each cannot carry."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import click

from hub.cli import show
from hub.cli.exits import Exit
from hub.cli.place import Place, Verb, pass_place
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.door.feed import Options, Profile


@click.command(cls=Verb)
@click.argument("name", required=False)
@show.JSON
@pass_place
def profiles(place: Place, name: str | None, as_json: bool) -> Exit:
    """List the rent system's profiles; with NAME, show one with its options and what it cannot carry."""
    known = place.catalogue.profiles
    if name is None:
        found = [_brief(profile) for profile in known.values()]
        _print_list(found) if not as_json else show.print_json(found)
        return Exit.OK
    if name not in known:
        raise UsageError(f"There is no profile “{name}”. Known: {', '.join(sorted(known))}.")
    whole = _whole(known[name])
    _print_one(whole) if not as_json else show.print_json(whole)
    return Exit.OK


def _brief(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "writes": profile.of.__name__,
        "way": "file" if profile.converse is None else "conversation",
        "lossy": list(profile.lossy),
    }


def _whole(profile: Profile) -> dict[str, Any]:
    schema = profile.options.model_json_schema()
    required = schema.get("required", [])
    options = {
        name: "must be set" if name in required else field.get("default")
        for name, field in schema.get("properties", {}).items()
    }
    return {**_brief(profile), "options": options, "help": options_help(profile.options)}


def options_help(model: type[Options]) -> str:
    """What the options of a profile or feed mean, those that it shares with others first."""
    from hub.door.feed import Options

    own = [one for one in reversed(model.__mro__) if issubclass(one, Options) and one is not Options]
    return "\n".join(inspect.cleandoc(one.__doc__) for one in own if one.__doc__)


def _print_list(found: list[dict[str, Any]]) -> None:
    rows = [(one["name"], one["writes"], one["way"], "; ".join(one["lossy"]) or "nothing") for one in found]
    show.print_table(["profile", "writes", "way", "cannot carry"], rows, "No profile is installed.")


def _print_one(whole: dict[str, Any]) -> None:
    show.print_facts({key: whole[key] for key in ("name", "writes", "way")})
    show.print_table(["option", "default"], whole["options"].items(), "No options.")
    show.console().print(whole["help"])
    show.print_table(["cannot carry"], [(each,) for each in whole["lossy"]], "It carries everything.")
