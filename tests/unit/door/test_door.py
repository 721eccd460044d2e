"""Plug-ins come in one by one: what one gets wrong is said, and the others work."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from hub.cli.plugin_commands import PluginCommands
from hub.door.manager import Door

Install = Callable[..., None]

FEED = """
from hub.api import *

def feed(name):
    return Feed(name=name, title="A feed", direction=Direction.IN, formats={}, tally=Tally,
                items=lambda chunk, tally, ctx: ())

@check("EXTRA", level=Level.FILE)
def extra(tally, ctx):
    \"\"\"Something more.\"\"\"
    return ()
"""
GOOD = FEED + "@hookimpl\ndef feedhub_feeds():\n    return [feed('good.one')]\n"


def failure(name: str) -> str:
    door = Door.load([name])
    assert name not in door.names
    assert not [feed for feed in door.feeds() if feed.startswith(name)]
    return door.failures[name]


def test_the_hubs_own_offerings_come_in_by_the_same_door() -> None:
    door = Door.load([])
    assert door.names == ("core",) and not door.failures
    assert {"rent.accounts", "rent.mandates"} <= set(door.feeds())
    assert {"universal_housing.cash", "generic.renttran"} <= set(door.profiles())
    assert {"folder", "sftp"} <= set(door.connectors())


def test_a_named_plug_in_is_in_the_catalogue(install: Install) -> None:
    install("good", GOOD)
    catalogue = Door.load(["good"]).catalogue()
    assert catalogue.feeds["good.one"].title == "A feed"
    assert not catalogue.failures


@pytest.mark.parametrize(("active", "blocked"), [([], []), (["good"], ["good"])])
def test_a_plug_in_that_is_not_active_is_not_even_imported(
    install: Install, active: list[str], blocked: list[str]
) -> None:
    install("good", GOOD)
    door = Door.load(active, blocked)
    assert "good" not in door.names and "good" not in door.failures
    assert "stranger_good" not in sys.modules


def test_without_a_list_all_that_are_installed_come_in(install: Install) -> None:
    install("good", GOOD)
    assert "good" in Door.load().names


def test_one_bad_plug_in_leaves_the_others_alone(install: Install) -> None:
    install("good", GOOD)
    install("bad", "import no_such_module\n")
    door = Door.load(["bad", "good"])
    assert door.names == ("core", "good")
    assert door.failures == {
        "bad": "The plug-in bad is switched off: it raised ModuleNotFoundError: "
        "No module named 'no_such_module'."
    }


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise SystemExit(3)", "it raised SystemExit: 3"),
        ("def broken(:", "it raised SyntaxError"),
        ("x = 1", "it implements no hook"),
        ("def feedhub_feeds(): return []", "its feedhub_feeds is not marked; put @hookimpl above it"),
        (
            "@hookimpl\ndef feedhub_feed(): return []",
            "it implements feedhub_feed, which is not a hook; did you mean feedhub_feeds?",
        ),
        ("@hookimpl\ndef feedhub_feeds(config): return []", "it raised PluginValidationError"),
        ("@hookimpl\ndef feedhub_feeds(): return 1 / 0", "it raised ZeroDivisionError"),
        ("@hookimpl\ndef feedhub_feeds(): pass", "feedhub_feeds returned NoneType; expected a list of feeds"),
        ("@hookimpl\ndef feedhub_feeds(): return feed('bad.x')", "returned Feed; expected a list of feeds"),
        (
            "@hookimpl\ndef feedhub_feeds(): return [feed('bad.x'), 'y']",
            "returned str as number 2; expected a feed",
        ),
        ("@hookimpl\ndef feedhub_feeds(): return [feed('rent.x')]", "its feed rent.x must be named bad.…"),
        (
            "@hookimpl\ndef feedhub_feeds(): return [feed('bad.x'), feed('bad.x')]",
            "it brings the feed bad.x, which is there already",
        ),
        ("@hookimpl\ndef feedhub_profiles(): return [object()]", "returned object as number 1"),
        ("@hookimpl\ndef feedhub_connectors(): return ['smb']", "returned list; expected connectors"),
        ("@hookimpl\ndef feedhub_connectors(): return {'smb': 1}", "returned int for smb; expected"),
        ("@hookimpl\ndef feedhub_lifecycles(): return ['hold']", "returned str as number 1; expected a life"),
        ("@hookimpl\ndef feedhub_reports(): return ['ages']", "returned str as number 1; expected a report"),
        (
            "from hub.api import Lifecycle\n@hookimpl\ndef feedhub_lifecycles():\n"
            "    return [Lifecycle(kind='hold', title='Mine', begins=('ON',), moves={})]",
            "it brings the life cycle of hold, which is there already",
        ),
        (
            "from hub.api import Deadline, Lifecycle\n@hookimpl\ndef feedhub_lifecycles():\n"
            "    late = Deadline('late', 'OF', len, 'look')\n"
            "    return [Lifecycle(kind='x', title='X', begins=('ON',), moves={}, deadlines=(late,))]",
            "the deadline late is of the state OF, which no x comes into",
        ),
        ("@hookimpl\ndef feedhub_checks(feed): return [len]", "returned builtin_function"),
        (
            "@hookimpl\ndef feedhub_checks(feed): return [extra, extra]",
            "it brings the check EXTRA, which is there already",
        ),
    ],
)  # fmt: skip
def test_what_a_plug_in_gets_wrong_is_said(install: Install, source: str, said: str) -> None:
    install("bad", FEED + source)
    sentence = failure("bad")
    assert sentence.startswith("The plug-in bad is switched off: ") and sentence.endswith((".", "?"))
    assert said in sentence


def test_what_is_there_already_is_refused(install: Install) -> None:
    install(
        "bad",
        FEED + "@hookimpl\ndef feedhub_connectors():\n"
        "    from hub.connectors.folder import FolderConnector\n    return {'folder': FolderConnector()}\n",
    )
    assert "it brings the connector folder, which is there already" in failure("bad")


def test_a_plug_in_that_is_not_installed_is_said_with_a_near_name(install: Install) -> None:
    install("good", GOOD)
    said = failure("goood")
    assert said == (
        "The plug-in goood is switched off: it is named under plugins: in hub.yaml but not installed; "
        "did you mean good?"
    )


def test_two_packages_that_claim_one_name_are_both_left_out(install: Install) -> None:
    install("good", GOOD)
    install("good", GOOD, package="other", module="stranger_other")
    assert "two packages claim its name (feedhub-good and feedhub-other); uninstall one" in failure("good")


def test_checks_are_added_to_the_feeds_of_others_only(install: Install) -> None:
    install("good", GOOD)
    hooks = "@hookimpl\ndef feedhub_feeds(): return [feed('town.one')]\n"
    install("town", FEED + hooks + "@hookimpl\ndef feedhub_checks(feed): return [extra]\n")
    door = Door.load(["good", "town"])
    assert door.checks(door.feeds()["town.one"]) == ()
    assert [check.id for check in door.checks(door.feeds()["good.one"])] == ["EXTRA"]
    assert [check.id for check in door.catalogue().checks(door.feeds()["good.one"])] == ["EXTRA"]


def test_a_plug_in_switched_off_for_its_checks_offers_no_feed_either(install: Install) -> None:
    install("bad", GOOD.replace("good.one", "bad.one") + "@hookimpl\ndef feedhub_checks(feed): return 5\n")
    assert "expected a list of checks" in failure("bad")


def test_an_event_reaches_every_plug_in_though_one_raises(install: Install) -> None:
    hook = "from hub.api import hookimpl\nseen = []\n@hookimpl\ndef feedhub_moved(event): "
    install("bad", hook + "event['id'] = 'changed'\n")
    install("good", hook + "seen.append(event)\n")
    event = {"id": "t1"}
    [said] = Door.load(["bad", "good"]).moved(event)
    assert said == "The plug-in bad raised TypeError when it was told of an event."
    assert sys.modules["stranger_good"].seen == [{"id": "t1"}]
    assert event == {"id": "t1"}


CLOSED = (
    FEED
    + """
from dataclasses import replace

@hookimpl
def feedhub_lifecycles():
    made = {"begins": ("ON",), "moves": {"ON": ()}, "compartment": Compartment.FRAUD}
    return [Lifecycle(kind="secret", title="Secrets", **made)]

@hookimpl
def feedhub_feeds():
    return [replace(feed("closed.one"), compartment=Compartment.FRAUD)]
"""
)
OPEN = (
    FEED
    + """
from dataclasses import replace

def follows(old, new, facts):
    return ()

SECRET = (Lookup("secret"),)

@hookimpl
def feedhub_feeds():
    return [replace(feed("open.one"), **FEED)]

@hookimpl
def feedhub_lifecycles():
    return [Lifecycle(kind="plain", title="Plain", begins=("ON",), moves={"ON": ()}, **LIFE)]
"""
)
NONE = "{}"
REACHES = {
    "a lookup of a feed": ('{"looks_up": SECRET}', NONE),
    "answers of a feed": ('{"answers": Answers("closed.one", "x", ())}', NONE),
    "what a life cycle follows": (NONE, '{"follows": (Follow("secret", follows),)}'),
    "a lookup of a life cycle": (NONE, '{"looks_up": SECRET}'),
    "a lookup of what it follows": (NONE, '{"follows": (Follow("plain", follows, SECRET),)}'),
}


@pytest.mark.parametrize(("feed", "life"), REACHES.values(), ids=REACHES)
def test_what_reaches_into_a_closed_compartment_is_switched_off(
    install: Install, feed: str, life: str
) -> None:
    install("closed", CLOSED)
    install("open", f"{OPEN}\nFEED, LIFE = {feed}, {life}\n")
    door = Door.load(["closed", "open"])
    assert "closed" in door.names and "open" not in door.names
    assert "fraud" in door.failures["open"]
    assert "open" in Door.load(["open"]).names, "alone there is nothing to reach"


COMMANDS = """
import click
from hub.api import ReferenceTables, hookimpl

@hookimpl
def feedhub_commands(cli):
    cli.add_command(click.Command("greet", callback=lambda: click.echo("hello")))
    cli.tables(ReferenceTables("words", "words", read=len))
"""


def groups(door: Door) -> dict[str, list[str]]:
    made = door.commands(PluginCommands)
    return {name: sorted(group.commands) for name, group in made.items()}


def test_a_plug_in_brings_commands_of_its_own(install: Install) -> None:
    install("good", COMMANDS)
    assert groups(Door.load(["good"])) == {"good": ["greet", "tables"]}


def test_a_plug_in_whose_commands_fail_is_switched_off_and_the_others_stay(install: Install) -> None:
    install("good", COMMANDS)
    install("bad", "from hub.api import hookimpl\n@hookimpl\ndef feedhub_commands(cli):\n    cli.verbs()\n")
    door = Door.load(["bad", "good"])
    assert set(groups(door)) == {"good"}
    assert "it raised AttributeError" in door.failures["bad"]


SETTINGS = (
    GOOD
    + """
class Clocks(Options):
    days: int = 28

@hookimpl
def feedhub_lifecycles():
    return [Lifecycle(kind="case", title="Cases", begins=("ON",), moves={"ON": ()})]

@hookimpl
def feedhub_settings():
    return RETURNED
"""
)


def test_settings_are_known_by_plug_in_and_what_it_brings(install: Install) -> None:
    install("good", SETTINGS.replace("RETURNED", "Clocks"))
    catalogue = Door.load(["good"]).catalogue()
    assert catalogue.settings["good"]().model_dump() == {"days": 28}
    assert (catalogue.brought_by["good.one"], catalogue.brought_by["case"]) == ("good", "good")
    assert catalogue.brought_by["rent.accounts"] == "core"


@pytest.mark.parametrize("returned", ["Clocks()", "dict", "[Clocks]", "None"])
def test_settings_that_are_no_model_switch_the_plug_in_off(install: Install, returned: str) -> None:
    install("good", SETTINGS.replace("RETURNED", returned))
    assert "expected a class made from Options" in failure("good")
