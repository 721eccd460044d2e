"""The facts of a command that works without a store: a register read from extracts, options from a route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.cli.values import option_values
from hub.errors import UsageError

if TYPE_CHECKING:
    from hub.cli.place import Place
    from hub.config.load import Config
    from hub.config.routes import Route
    from hub.door.feed import Feed, Options
    from hub.door.manager import Catalogue
    from hub.model import Item, Register
    from hub.transfer.inspect import Conversion

    OptionsByFeed = Mapping[str, Options]


def register_from(extracts: Sequence[Path], catalogue: Catalogue) -> Register | None:
    """What extracts of rent accounts and mandates say together; None without any.

    Raises UsageError for a file that is no extract, or is refused."""
    from hub.cli.extracts import Extracts

    return Extracts([_read(extract, catalogue) for extract in extracts]) if extracts else None


def _read(extract: Path, catalogue: Catalogue) -> tuple[Feed, Sequence[Item]]:
    """The feed of an extract, and what it holds."""
    from hub.model import Item, Verdict
    from hub.transfer.inspect import content_of, inspect_content

    inspection = inspect_content(content_of(extract), catalogue, items="all")
    feed = catalogue.feeds.get(inspection.feed or "")
    if feed is None or not feed.is_extract:
        raise UsageError(
            f"{extract} is no extract of rent accounts or mandates. Inspect it to see what it is."
        )
    if inspection.verdict is not Verdict.ACCEPTED:
        first = inspection.findings[0].message if inspection.findings else ""
        raise UsageError(f"{extract} is {inspection.verdict}: {first} Inspect it to see all findings.")
    return feed, [item for item in inspection.items if isinstance(item, Item)]


def convert(
    place: Place,
    file: Path,
    route_name: str,
    registers: Sequence[Path],
    settings: Mapping[str, str],
    day: date | None,
) -> Conversion:
    """The conversion of a file by a route, with the numbers and options of `settings` in place of its own."""
    from hub.clock.now import SystemClock, local_date
    from hub.config.modulus_tables import tables_in_force
    from hub.model import Facts
    from hub.transfer.inspect import convert_file, moment_for

    config, catalogue = place.readable_config, place.catalogue
    route = config.route(route_name)
    day = day or local_date(SystemClock().now())
    numbers, changed = _parted(settings, route, catalogue)
    return convert_file(
        file,
        route,
        catalogue,
        options=_options(config, route, catalogue, option_values(changed)),
        moment=moment_for(day),
        facts=Facts(
            today=day,
            calendar=config.calendar,
            rent_calendar=config.calendars.rent,
            register=register_from(registers, catalogue),
            settings=config.settings.get(catalogue.brought_by.get(route.feeds[0], "")),
            config=config.version,
            codes=config.codes,
            modulus_tables=tables_in_force(config.hub.state_folder, day),
        ),
        numbers=numbers,
        tolerate=lambda finding: config.waivers.tolerate(finding, route.id, day),
    )


def _parted(
    settings: Mapping[str, str], route: Route, catalogue: Catalogue
) -> tuple[Mapping[str, int], Mapping[str, str]]:
    """The settings that are numbers which the route's outputs draw, and those that are options."""
    drawn = _numbers(route, catalogue)
    wrong = [
        key for key, text in settings.items() if key in drawn and not (text.isascii() and text.isdigit())
    ]
    if wrong:
        raise UsageError(f"--set {wrong[0]} must be a whole number.")
    numbers = {key: int(text) for key, text in settings.items() if key in drawn}
    return numbers, {key: text for key, text in settings.items() if key not in drawn}


def _numbers(route: Route, catalogue: Catalogue) -> set[str]:
    feeds = [catalogue.feeds[name] for name in route.feeds]
    of_outputs = {n.name for feed in feeds for output in feed.outputs for n in output.numbers}
    profiles = [catalogue.profiles[target.profile] for target in route.ways if target.profile]
    return of_outputs | {number.name for profile in profiles for number in profile.numbers}


def _options(config: Config, route: Route, catalogue: Catalogue, changed: Mapping[str, Any]) -> OptionsByFeed:
    """The route's options with those changed that were set, checked again."""
    from hub.config.options import feed_options, unknown_options

    feeds = [catalogue.feeds[name] for name in route.feeds]
    unknown = unknown_options(feeds, changed)
    if unknown:
        raise UsageError(f"--set: {'; '.join(unknown.values())}.")
    return {feed.name: feed_options(feed, {**route.options, **changed}, route.names) for feed in feeds}
