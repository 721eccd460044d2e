"""When a file at an endpoint is complete."""

from __future__ import annotations

from fnmatch import fnmatchcase

from hub.connectors.base import Listing, RemoteFile


def settled(
    now: Listing, before: Listing, *, pattern: str = "*", done: str | None = None
) -> list[RemoteFile]:
    """The files that match `pattern` and are complete.

    With a done-marker (`*.ok`), FILE.csv is complete when FILE.csv.ok or FILE.ok stands beside it; markers
    themselves are never files to fetch. Without one, a file is complete when its size and time are as in
    `before`, a listing made some seconds earlier.
    """
    wanted = [file for file in now.files if fnmatchcase(file.name, pattern)]
    if done is None:
        unchanged = set(before.files)
        return [file for file in wanted if file in unchanged]
    names = {file.name for file in now.files}
    files = [file for file in wanted if not fnmatchcase(file.name, done)]
    return [file for file in files if names & _markers(file.name, done)]


def _markers(name: str, done: str) -> set[str]:
    stem = name.rpartition(".")[0] or name
    return {done.replace("*", name), done.replace("*", stem)}
