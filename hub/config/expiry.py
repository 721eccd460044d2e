"""Until when secrets and host keys are good, as `endpoints.yaml` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hub.config.endpoints import Endpoint, HttpsEndpoint, SftpEndpoint

SOON, VERY_SOON = timedelta(days=30), timedelta(days=7)
"""So long before are people warned, and so long before is it urgent."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """What of an endpoint is good to the end of which day."""

    endpoint: str
    what: str
    until: date

    def sentence(self, today: date) -> str:
        days = (self.until - today).days
        when = f"ended on {self.until}" if days < 0 else f"ends on {self.until}, {_in(days)}"
        return f"{self.what} of {self.endpoint} {when}; agree the next one with the partner"

    def is_near(self, today: date, within: timedelta = SOON) -> bool:
        return self.until - today <= within


def _in(days: int) -> str:
    return "today" if days == 0 else f"in {days} day{'s' if days > 1 else ''}"


def expiries(endpoints: Mapping[str, Endpoint]) -> list[Expiry]:
    """All that end some day, the next first."""
    found = [one for name, endpoint in endpoints.items() for one in _of(name, endpoint)]
    return sorted(found, key=lambda one: one.until)


def _of(name: str, endpoint: Endpoint) -> Iterator[Expiry]:
    if not isinstance(endpoint, SftpEndpoint | HttpsEndpoint):
        return
    yield from (Expiry(name, f"the {secret}", until) for secret, until in endpoint.expires)
    if isinstance(endpoint, HttpsEndpoint):
        if endpoint.oauth2 is not None and endpoint.oauth2.expires is not None:
            yield Expiry(name, "the client_secret", endpoint.oauth2.expires)
    else:
        yield from _host_keys(name, endpoint)


def _host_keys(name: str, endpoint: SftpEndpoint) -> Iterator[Expiry]:
    """The last day on which any host key is trusted; none where one is trusted for ever."""
    ends = [key.until for key in endpoint.host_keys if key.until is not None]
    if ends and len(ends) == len(endpoint.host_keys):
        yield Expiry(name, "the last host key", max(ends))
