"""Names that come from outside, and the temporary name that an upload goes under.

One rule for every endpoint and system (`hub.fields.file_name`).
"""

from __future__ import annotations

from hub.errors import RemoteRefused
from hub.fields import file_name
from hub.fields.problem import FieldProblem

_PREFIX, _SUFFIX, _LEAVING = ".", ".part", ".leaving"


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
    try:
        file_name.validate(name)
    except FieldProblem as problem:
        return problem.reason
    return None


def printable(name: str) -> str:
    """The name for people: control characters and the like escaped, cut to 100 characters."""
    return file_name.format(name)


def temporary_name(name: str) -> str:
    """The name that an upload of `name` has until it is complete."""
    return f"{_PREFIX}{name}{_SUFFIX}"


def leaving_name(temporary: str) -> str:
    """The name of a complete upload that is being given its own: from here on the partner may have it."""
    return f"{temporary}{_LEAVING}"


def is_temporary(name: str) -> bool:
    return is_hidden(name) and name.endswith(_SUFFIX)


def is_hidden(name: str) -> bool:
    """Dot files, our own temporary names among them. What only looks like one (`../x`) is not."""
    return name.startswith(_PREFIX) and problem_with(name) is None
