"""From what the operating system or a server answered to a sentence that a person can act on."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hub.connectors.names import printable
from hub.errors import RemoteRefused, TransportError, Unreachable

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_SHARE_LOST = {errno.EIO, errno.ENOTCONN, errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH}
_SHARE_LOST |= {getattr(errno, name) for name in ("ESTALE", "EHOSTDOWN") if hasattr(errno, name)}
_WINDOWS_LOST = {32, 33, 53, 59, 64}  # in use by another program, locked; path, network or share name gone


@contextmanager
def told(title: str, doing: str, let: Callable[[OSError], bool]) -> Iterator[None]:
    """Turns an OSError into a sentence about `title` and what was being done; those that `let` names pass."""
    try:
        yield
    except OSError as error:
        if let(error):
            raise
        raise _sentence(error, f"{title}: could not {doing}") from error


def is_line_lost(error: OSError) -> bool:
    """Whether the way to the place is gone, or busy, so that a later attempt may work."""
    if isinstance(error, ConnectionError | TimeoutError) or error.errno in _SHARE_LOST:
        return True
    return getattr(error, "winerror", None) in _WINDOWS_LOST


def reason(error: OSError) -> str:
    """What was answered, fit to print."""
    return printable(error.strerror or str(error) or "no answer within the time-out")


def _sentence(error: OSError, start: str) -> TransportError:
    if is_line_lost(error):
        return Unreachable(f"{start}: {reason(error)}. The hub tries again.")
    if isinstance(error, FileNotFoundError):
        return RemoteRefused(f"{start}: it does not exist. Create it or correct the folder.")
    if isinstance(error, PermissionError):
        return RemoteRefused(f"{start}: permission denied. Ask for the right or correct the folder.")
    if error.errno in _FULL:
        return RemoteRefused(f"{start}: the place is full. Make room, then retry.")
    return RemoteRefused(
        f"{start}: the answer was “{reason(error)}”. Look for a full disk, a quota or a missing right."
    )
