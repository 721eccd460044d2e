"""Reading a whole configuration folder, and refusing it whole with every mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

from hub.clock.calendar import CLOSED, HOLIDAY, WORKING, Calendars, Day, WorkingCalendar, read_days
from hub.config.alerting import alert_mistakes
from hub.config.awaiting import money_mistakes
from hub.config.document import Document
from hub.config.endpoints import Endpoint, EndpointFile, FolderEndpoint, HttpsEndpoint, SftpEndpoint
from hub.config.files import ConfigFiles
from hub.config.options import plugin_settings
from hub.config.people import HUB_LOGIN, people_mistakes, scope_mistakes
from hub.config.plugin_files import read_plugin_settings
from hub.config.routes import Route, RouteFile, RouteSettings
from hub.config.secrets import Secrets
from hub.config.sentences import near
from hub.config.settings import AuditSettings, HubSettings
from hub.config.talking import talk_mistakes
from hub.config.values import is_name
from hub.config.waiting import after_mistakes, milestones_of
from hub.config.waivers import WaiverFile, Waivers
from hub.config.wiring import Wiring, endpoint_mistakes, folder_mistakes, source_mistakes, waiver_mistakes
from hub.door.feed import Options
from hub.door.manager import Catalogue
from hub.errors import ConfigError
from hub.rent.calendar import RentCalendar, RentYears
from hub.rent.calendar_files import read_groups, read_years, with_free_weeks
from hub.rent.codes import CodeMap, CodeMaps, parse_codes

HUB, ENDPOINTS, WAIVERS, CHANGES = "hub.yaml", "endpoints.yaml", "waivers.yaml", "calendars/changes.csv"
RENT_YEARS, RENT_GROUPS = "calendars/rent-years.csv", "calendars/rent-groups.csv"
FREE_WEEKS = "calendars/rent-free-weeks.csv"
BACS = "england-and-wales"
"""Whose bank holidays Bacs follows."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the administrator wrote, whole and free of mistakes.

    options:     route id → feed → the options of that feed there (empty without a catalogue)
    settings:    plug-in → what is set for it as a whole (likewise)
    unavailable: route id → why it cannot be worked: a plug-in that it needs is switched off
    version:     SHA-256 over the contents of all files
    files:       those contents, by name
    """

    folder: Path
    hub: HubSettings
    endpoints: Mapping[str, Endpoint]
    routes: Mapping[str, Route]
    options: Mapping[str, Mapping[str, Options]]
    settings: Mapping[str, Options]
    unavailable: Mapping[str, str]
    calendars: Calendars
    codes: CodeMaps
    waivers: Waivers
    secrets: Callable[[str], str]
    version: str
    files: Mapping[str, bytes]

    @property
    def calendar(self) -> WorkingCalendar:
        """The working days of the nation's banks."""
        return self.calendars.nation

    @property
    def milestones(self) -> frozenset[str]:
        """Every milestone that there is."""
        return milestones_of(self.routes, self.hub.milestones)

    @property
    def secret_references(self) -> frozenset[str]:
        """Every secret that endpoints and routes name."""
        kinds = (SftpEndpoint, HttpsEndpoint)
        ways_in = {ref for end in self.endpoints.values() if isinstance(end, kinds) for ref in end.secrets}
        packed = {ref for route in self.routes.values() for ref in route.packing_secrets}
        return frozenset(ways_in | packed)

    def over(self, state: Path) -> Config:
        """The same for another state folder."""
        return replace(self, hub=self.hub.model_copy(update={"state_folder": state}))

    def route(self, name: str) -> Route:
        """A route to be worked. Raises ConfigError as `named`, and when a plug-in that it needs is off."""
        route = self.named(name)
        if route.id in self.unavailable:
            raise ConfigError(f"The route {route.id} cannot be worked. {self.unavailable[route.id]}")
        return route

    def named(self, name: str) -> Route:
        """A route by id (`bacs.submission`) or, where only one has it, by key (`submission`).

        Raises ConfigError when there is none, or more than one.
        """
        return route_named(name, self.routes)


def route_named(name: str, routes: Mapping[str, Route]) -> Route:
    """One of these routes, by id or key. Raises ConfigError."""
    if name in routes:
        return routes[name]
    fitting = [route for route in routes.values() if route.key == name]
    if not fitting:
        raise ConfigError(f"There is no route “{name}”{near(name, routes)}")
    if len(fitting) > 1:
        ids = " or ".join(route.id for route in fitting)
        raise ConfigError(f"More than one route is called “{name}”; write {ids}.")
    return fitting[0]


def holidays_of(nation: str) -> str:
    """The file of a nation's bank holidays, from the configuration folder on."""
    return f"calendars/bank-holidays-{nation}.csv"


def load_hub_settings(folder: Path) -> HubSettings:
    """`hub.yaml` alone, to know which plug-ins to load. If it is wrong, tells every mistake of the folder."""
    files = ConfigFiles(folder.resolve())
    settings = files.model(files.document(HUB), HubSettings)
    if settings is None or files.mistakes:
        load(folder)
        raise ConfigError(*files.mistakes)
    return _absolute(settings, files.folder)


def load(folder: Path, catalogue: Catalogue | None = None) -> Config:
    """Read everything. Without a catalogue, what plug-ins offer is not looked at.

    Raises ConfigError with every mistake, each with its file and line.
    """
    files = ConfigFiles(folder.resolve())
    hub, settings = _hub(files, catalogue)
    endpoints = files.model(files.document(ENDPOINTS), EndpointFile)
    sound = len(files.mistakes)
    entries = list(_entries(files))
    all_known = len(files.mistakes) == sound
    wiring = Wiring(catalogue, hub.plugins if hub else ()) if catalogue else None
    _check_routes(files, entries, endpoints, wiring)
    if all_known and hub is not None:
        _check_waiting(files, entries, hub)
    if hub is not None:
        _check_alerts(files, entries if all_known else (), hub)
    waivers = _waivers(files, entries if all_known else None, wiring)
    calendars = _calendars(files, hub.nation if hub else None)
    codes = _code_maps(files)
    _check_codes(files, entries, codes, wiring)
    if files.mistakes or hub is None or endpoints is None or calendars is None:
        raise ConfigError(*dict.fromkeys(files.mistakes))  # once, though an anchor is used twice
    return Config(
        folder=files.folder,
        hub=_absolute(hub, files.folder),
        endpoints={name: _at(endpoint, files.folder) for name, endpoint in endpoints.endpoints.items()},
        routes={entry.id: entry.route() for entry in entries},
        settings=settings,
        options={entry.id: wiring.options(entry.settings) if wiring else {} for entry in entries},
        unavailable=dict(_unavailable(entries, wiring)),
        calendars=calendars,
        codes=codes,
        waivers=waivers,
        secrets=Secrets.beside(files.folder).read,
        version=files.version,
        files=files.contents,
    )


def _hub(files: ConfigFiles, catalogue: Catalogue | None) -> tuple[HubSettings | None, Mapping[str, Options]]:
    """With what it sets for each plug-in."""
    document = files.document(HUB)
    hub = files.model(document, HubSettings)
    if hub is None or document is None:
        return None, {}
    written = read_plugin_settings(files, hub.settings)
    settings, wrong = plugin_settings(written.values, catalogue) if catalogue else ({}, [])
    found = [*people_mistakes(hub.people), *_state_mistakes(files.folder / hub.state_folder)]
    files.mistakes += [document.mistake(path, text) for path, text in found]
    files.mistakes += [written.mistake(document, path, text) for path, text in wrong]
    return hub, settings


def _state_mistakes(state: Path) -> Iterator[tuple[tuple[str], str]]:
    if state.exists() and not state.is_dir():
        yield ("state_folder",), f"{state} is a file; name a folder, which is made when it is not there"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One route as written, and where."""

    id: str
    partner: str
    settings: RouteSettings
    document: Document

    def route(self) -> Route:
        return Route.model_construct(id=self.id, partner=self.partner, **dict(self.settings))

    def mistake(self, path: Sequence[str | int], text: str) -> str:
        key = self.id.rpartition(".")[2]
        return self.document.mistake(("routes", key, *path), text)


def _entries(files: ConfigFiles) -> Iterator[_Entry]:
    for name in files.names("routes", ".yml"):
        files.mistakes.append(f"{files.place(name)}: only files that end in .yaml are read; rename it")
    for name in files.names("routes", ".yaml"):
        stem, document = Path(name).stem, files.document(name)
        if not is_name(stem):
            files.mistakes.append(f"{files.place(name)}: name the file with small letters, digits and _ only")
        found = files.model(document, RouteFile)
        if found and document:
            for key, settings in found.routes.items():
                yield _Entry(f"{stem}.{key}", found.partner, settings, document)


def _check_routes(
    files: ConfigFiles, entries: Sequence[_Entry], endpoints: EndpointFile | None, wiring: Wiring | None
) -> None:
    for entry in entries:
        files.mistakes += [entry.mistake(path, text) for path, text in folder_mistakes(entry.settings)]
        if endpoints is not None:
            found = endpoint_mistakes(entry.settings, endpoints.endpoints)
            files.mistakes += [entry.mistake(path, text) for path, text in found]
        if wiring is not None and wiring.unavailable(entry.settings) is None:
            found = wiring.mistakes(entry.settings)
            files.mistakes += [entry.mistake(path, text) for path, text in found]
            if endpoints is not None:
                found = talk_mistakes(entry.settings, endpoints.endpoints, wiring.catalogue)
                files.mistakes += [entry.mistake(path, text) for path, text in found]
    if endpoints is not None:
        by_id = {entry.id: entry for entry in entries}
        settings = {id: entry.settings for id, entry in by_id.items()}
        twice = source_mistakes(settings, endpoints.endpoints)
        files.mistakes += [by_id[id].mistake(path, text) for id, (path, text) in twice]


def _check_waiting(files: ConfigFiles, entries: Sequence[_Entry], hub: HubSettings) -> None:
    """Only where no mistake in a route file hides some of the routes."""
    by_id = {entry.id: entry for entry in entries}
    routes = {id: entry.settings for id, entry in by_id.items()}
    found = chain(after_mistakes(routes, hub.milestones), money_mistakes(routes))
    files.mistakes += [by_id[id].mistake(path, text) for id, path, text in found]


def _check_alerts(files: ConfigFiles, entries: Sequence[_Entry], hub: HubSettings) -> None:
    document = files.document(HUB)
    owners = {HUB_LOGIN, *(entry.settings.owner for entry in entries)} if entries else set()
    found = [*alert_mistakes(hub.alerts, hub.people, owners, {entry.partner for entry in entries})]
    if entries:
        found += scope_mistakes(hub.people, {entry.id for entry in entries})
    files.mistakes += [document.mistake(path, text) for path, text in found] if document else []


def _unavailable(entries: Sequence[_Entry], wiring: Wiring | None) -> Iterator[tuple[str, str]]:
    for entry in entries:
        reason = wiring.unavailable(entry.settings) if wiring else None
        if reason is not None:
            yield entry.id, reason


def _waivers(files: ConfigFiles, entries: Sequence[_Entry] | None, wiring: Wiring | None) -> Waivers:
    """Held against the routes, unless a mistake in a route file hides some of them (`entries` is None)."""
    document = files.document(WAIVERS) if files.exists(WAIVERS) else None
    found = files.model(document, WaiverFile)
    if document is None or entries is None:
        return Waivers()
    routes = {entry.id: entry.settings for entry in entries}
    for index, check, route in _named(document):
        mistakes = waiver_mistakes(check, route, routes, wiring)
        files.mistakes += [document.mistake(("waivers", index, *path), text) for path, text in mistakes]
    return Waivers(found.waivers if found else ())


def _named(document: Document) -> Iterator[tuple[int, str, str]]:
    """Which check and route each waiver names, as written: whatever else of it is wrong."""
    written = document.value.get("waivers") if isinstance(document.value, dict) else None
    for index, waiver in enumerate(written if isinstance(written, list) else ()):
        match waiver:
            case {"check": str(check), "route": str(route)}:
                yield index, check, route


def _calendars(files: ConfigFiles, nation: str | None) -> Calendars | None:
    """None when something is wrong; the nation is None when `hub.yaml` is."""
    holidays = files.parse(holidays_of(nation), read_days) if nation else None
    england = None if nation in (None, BACS) else files.parse(holidays_of(BACS), read_days)
    changes: list[Day] | None = []
    if files.exists(CHANGES):
        changes = files.parse(CHANGES, partial(read_days, statuses=(*HOLIDAY, WORKING, CLOSED)))
    rent = _rent_calendar(files)
    if holidays is None or changes is None or rent is None:
        return None
    return Calendars.of(holidays, england, changes, rent)


def _rent_calendar(files: ConfigFiles) -> RentCalendar | None:
    """Each of its files may be missing; None when something is wrong in one."""
    years = files.parse(RENT_YEARS, read_years) if files.exists(RENT_YEARS) else RentYears()
    groups = files.parse(RENT_GROUPS, read_groups) if files.exists(RENT_GROUPS) else {}
    if years is not None and groups is not None and files.exists(FREE_WEEKS):
        groups = files.parse(FREE_WEEKS, partial(with_free_weeks, groups, years))
    return RentCalendar(years, groups) if years is not None and groups is not None else None


def _code_maps(files: ConfigFiles) -> CodeMaps:
    """By the stem of their file; one with a mistake is there without its codes."""
    found = {Path(name).stem: files.parse(name, _codes) for name in files.names("codes", ".csv")}
    return CodeMaps({name: one or CodeMap(name, {}) for name, one in found.items()})


def _codes(place: str, text: str) -> CodeMap:
    return parse_codes(text, place)


def _check_codes(
    files: ConfigFiles, entries: Sequence[_Entry], codes: CodeMaps, wiring: Wiring | None
) -> None:
    for entry in entries if wiring else ():
        found = wiring.code_map_mistakes(entry.settings, codes.maps) if wiring else ()
        files.mistakes += [entry.mistake(path, text) for path, text in found]


def _absolute(hub: HubSettings, folder: Path) -> HubSettings:
    log = hub.log.model_copy(update={"file": folder / hub.log.file if hub.log.file else None})
    audit = AuditSettings(copy_to=folder / hub.audit.copy_to) if hub.audit.copy_to else hub.audit
    backup = hub.backup and hub.backup.model_copy(update={"to": folder / hub.backup.to})
    absolute = {
        "state_folder": folder / hub.state_folder,
        "log": log,
        "alerts": hub.alerts.below(folder),
        "audit": audit,
        "backup": backup,
        "console": hub.console and hub.console.below(folder),
    }
    return hub.model_copy(update=absolute)


def _at(endpoint: Endpoint, folder: Path) -> Endpoint:
    """An endpoint's own paths, from the configuration folder on."""
    if isinstance(endpoint, FolderEndpoint):
        return endpoint.model_copy(update={"path": folder / endpoint.path})
    if isinstance(endpoint, HttpsEndpoint) and endpoint.ca_file is not None:
        return endpoint.model_copy(update={"ca_file": folder / endpoint.ca_file})
    return endpoint
