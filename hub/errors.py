"""Every error that Feed hub raises on purpose.

    FeedHubError
    ├── ConfigError            fix the file; never retried
    ├── UsageError             the command was called wrongly; nothing was done
    │   ├── NotAllowed         whoever acts has not the right to
    │   └── Unknown            there is none of that id, for whoever asks
    ├── PluginError            the plug-in is switched off
    ├── StoreError             the hub's own database or disk; the next run carries on
    ├── TransportError
    │   ├── Unreachable        retry with backoff
    │   ├── Throttled          retry after what the peer said
    │   ├── AnswerLost         whether it was done there is unknown; the call says whether to call again
    │   ├── LeftAlone          nothing was tried: paused, in maintenance, or it did not answer lately
    │   ├── AuthFailed         never: repeated log-ins lock council accounts
    │   ├── HostKeyChanged     never: stop the endpoint, tell security
    │   ├── PeerIncompatible   never: says which algorithm is missing
    │   └── RemoteRefused      never: permission, quota, unsafe names
    ├── DataError
    │   ├── FieldProblem       one value is not of its kind (hub.fields.problem)
    │   ├── IllegalMove        a record's life cycle does not allow it
    │   └── CannotRender       an output cannot carry what it is given
    ├── InDoubt                outcome unknown; a person decides
    └── LostRace               someone else moved it; quietly stop

A message is a sentence that a person can act on: what, where, what was expected, what to do.
It never holds personal data.
"""

from __future__ import annotations

from datetime import datetime


class FeedHubError(Exception):
    """Base of all. Which of them the hub tries again by itself is decided in `hub/transfer/retry.py`."""


class ConfigError(FeedHubError):
    """What the administrator wrote cannot be used. Holds one sentence a mistake, each with file and line."""

    def __init__(self, *mistakes: str) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class UsageError(FeedHubError):
    """The command was called wrongly; nothing was done."""


class NotAllowed(UsageError):
    """Whoever acts has not the right to."""


class Unknown(UsageError):
    """There is none of that id; or whoever asks may not know of it."""


class PluginError(FeedHubError):
    """A plug-in cannot be loaded or broke its contract; it is switched off."""


class StoreError(FeedHubError):
    """The hub's own database or disk did not do its work."""


class TransportError(FeedHubError):
    """Something between the hub and an endpoint failed."""


class Unreachable(TransportError):
    """The endpoint does not answer, or stopped answering."""


class Throttled(TransportError):
    """The peer asked us to slow down. `wait` is in seconds."""

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class AnswerLost(TransportError):
    """A call may have been done at the peer, and its answer did not come back."""


class LeftAlone(TransportError):
    """Nothing was tried: paused, in its hours of maintenance, or it did not answer lately. `until`: for so
    long; None = until somebody does something about it."""

    def __init__(self, message: str, until: datetime | None) -> None:
        super().__init__(message)
        self.until = until


class AuthFailed(TransportError):
    """The peer refused our credentials."""


class HostKeyChanged(TransportError):
    """The peer's host key is not the one that is pinned, or none is pinned."""


class PeerIncompatible(TransportError):
    """No algorithm in common with the peer."""


class RemoteRefused(TransportError):
    """The peer said no: permission, quota, an unsafe name."""


class DataError(FeedHubError):
    """The content is wrong."""


class IllegalMove(DataError):
    """A record cannot come into the state that it was to come into; nothing was moved."""


class CannotRender(DataError):
    """An output format cannot carry what it is given; nothing was written."""


class InDoubt(FeedHubError):
    """Whether the other side has it is unknown; a person decides."""


class LostRace(FeedHubError):
    """Somebody else moved it first; nothing to undo."""
