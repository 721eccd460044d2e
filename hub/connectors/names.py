"""Names that come from outside, and the temporary name that an upload goes under.

One rule for every endpoint and system: what Windows cannot hold is refused on Linux too.
"""

from __future__ import annotations

import re

from hub.errors import RemoteRefused

_LONGEST = 200  # bytes; leaves room for the temporary name's prefix and suffix in 255
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_PREFIX, _SUFFIX = ".", ".part"


def safe_name(name: str) -> str:
    """The name itself. Raises RemoteRefused when it is not a plain file name on every system."""
    problem = problem_with(name)
    if problem is not None:
        raise RemoteRefused(
            f"The file name “{printable(name)}” {problem}; the hub does not touch it. "
            "Ask the partner to rename the file."
        )
    return name


def problem_with(name: str) -> str | None:
    """The end of a sentence that starts with the name; None when nothing is wrong with it."""
    if name in ("", ".", ".."):
        return "is not a file name"
    if _FORBIDDEN.search(name):
        return "holds a path separator, a control character or another that no file name may hold"
    if _RESERVED.fullmatch(name.rstrip(" .")):
        return "is reserved by Windows"
    if name != name.strip(" ") or name.endswith("."):
        return "starts or ends with a space or ends with a dot"
    if len(name.encode()) > _LONGEST:
        return f"is longer than {_LONGEST} bytes"
    return None


def printable(name: str) -> str:
    """The name for people: control characters and the like escaped, cut to 100 characters."""
    escaped = name.encode("unicode_escape").decode("ascii") if _FORBIDDEN.search(name) else name
    return escaped if len(escaped) <= 100 else escaped[:99] + "…"


def temporary_name(name: str) -> str:
    """The name that an upload of `name` has until it is complete."""
    return f"{_PREFIX}{name}{_SUFFIX}"


def is_hidden(name: str) -> bool:
    """Dot files, our own temporary names among them. What only looks like one (`../x`) is not."""
    return name.startswith(_PREFIX) and problem_with(name) is None
