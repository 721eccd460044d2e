"""What all pages share, for as long as the console is served."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from fastapi import Request

from hub.clock.due import Slot
from hub.clock.now import local_date
from hub.clock.ring import Timeline
from hub.config.people import Viewer
from hub.config.settings import ConsoleSettings
from hub.console.attempts import Attempts
from hub.engine.credentials import digest, new_token
from hub.engine.health import Health
from hub.engine.local import Hub
from hub.engine.signing_in import Limits, SigningIn
from hub.engine.slots import timeline_of
from hub.errors import FeedHubError

if TYPE_CHECKING:
    from hub.console.oidc import Oidc

T = TypeVar("T")
_AT_HAND = 8
"""Months of what runs."""
_PATIENCE = 4.0
"""Seconds that a page waits for work which may take longer."""


@dataclass(slots=True)
class Console:
    """`newest`: the hub as the configuration now has it; `health`: what monitors are told, of a service."""

    newest: Callable[[], Hub]
    settings: ConsoleSettings
    health: Health | None = None
    attempts: Attempts = field(init=False)
    oidc: Oidc | None = field(init=False, default=None)
    _once: dict[str, str] = field(default_factory=dict)
    _runs: dict[tuple[str, datetime, datetime], Mapping[date, Mapping[str, int]]] = field(
        default_factory=dict
    )
    _timeline: tuple[str, Timeline] | None = None
    _looking_ahead: Lock = field(default_factory=Lock)
    _workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "console"))

    def __post_init__(self) -> None:
        clock, oidc = self.newest().services.clock, self.settings.oidc
        self.attempts = Attempts(clock.now)
        if oidc is not None:
            from hub.console.oidc import Oidc  # 150 modules that most councils do without

            self.oidc = Oidc(oidc, lambda: self.newest().services.secrets(oidc.client_secret), clock.now)

    def hub(self, viewer: Viewer) -> Hub:
        """The hub for somebody."""
        newest = self.newest()
        hub = Hub(replace(newest.services, viewer=viewer))
        hub.stopping = newest.stopping
        return hub

    def address_for(self, request: Request) -> str:
        """What people's browsers put before a path."""
        if self.settings.url is not None:
            return self.settings.url.rstrip("/")
        return f"{request.url.scheme}://{request.url.netloc}"

    def let_in_once(self, login: str) -> str:
        """The token of a link that lets in as somebody, without password or code. The demo has such."""
        token = new_token()
        self._once[digest(token)] = login
        return token

    def whom(self, token: str) -> str | None:
        """Whom a link lets in, that was not used yet."""
        return self._once.get(digest(token))

    def use_up(self, token: str) -> str | None:
        return self._once.pop(digest(token), None)

    @property
    def signing_in(self) -> SigningIn:
        return SigningIn(self.newest().services)

    @property
    def limits(self) -> Limits:
        return Limits(timedelta(seconds=self.settings.idle), timedelta(seconds=self.settings.longest))

    @property
    def secure(self) -> bool:
        """Whether browsers come over TLS."""
        return self.settings.certificate is not None or bool(self.settings.proxies)

    def ahead(self, within: timedelta) -> Mapping[str, list[Slot]]:
        """By route, what is due from now on, as the configuration now has it."""
        services = self.newest().services
        version, now = services.config.version, services.clock.now()
        with self._looking_ahead:
            if self._timeline is None or self._timeline[0] != version:
                self._timeline = version, timeline_of(services)
            return self._timeline[1].between(now, now + within)

    def runs(self, begin: datetime, end: datetime) -> Mapping[date, Mapping[str, int]]:
        """By day and route, how often it is due from one instant until before the other. Asked for again it
        is at hand."""
        services = self.newest().services
        asked = services.config.version, begin, end
        with self._looking_ahead:
            if asked not in self._runs:
                while len(self._runs) >= _AT_HAND:
                    self._runs.pop(next(iter(self._runs)))
                self._runs[asked] = by_day(timeline_of(services).between(begin, end))
            return self._runs[asked]

    def work(self, what: str, act: Callable[[], T]) -> T | None:
        """What `act` came to; None when it goes on in the background, where what fails is logged.

        Raises FeedHubError when it failed at once."""
        done = self._workers.submit(act)
        try:
            return done.result(_PATIENCE)
        except Late:
            done.add_done_callback(lambda ended: self._tell(what, ended))
            return None

    def _tell(self, what: str, ended: Future[T]) -> None:
        error = ended.exception()
        log = self.newest().services.log
        if isinstance(error, FeedHubError):
            log.error(what, reason=type(error).__name__)
        elif error is not None:
            log.error(what, trouble=type(error).__name__)

    def close(self) -> None:
        """Wait for what goes on in the background."""
        self._workers.shutdown()


def by_day(due: Mapping[str, list[Slot]]) -> Mapping[date, Mapping[str, int]]:
    """How often each route is due on each day, in London."""
    found: dict[date, Counter[str]] = {}
    for route, slots in due.items():
        for day, times in Counter(local_date(slot.at) for slot in slots).items():
            found.setdefault(day, Counter())[route] = times
    return found
