"""An API that has documents for us, as a place to fetch files from.

`GET FOLDER` lists them as JSON, `GET FOLDER/NAME` reads one, `DELETE FOLDER/NAME` says that we have it
(`then: remove`). How the list looks is the endpoint's `documents:`. Nothing is ever written this way: what
goes to an API is handed over by calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO, NoReturn, cast
from urllib.parse import quote

from hub.config.endpoints import Documents, Endpoint, HttpsEndpoint
from hub.connectors.base import (
    ApiSession,
    Listing,
    Presence,
    Receipt,
    Refusal,
    RemoteFile,
    Session,
    Sink,
)
from hub.connectors.names import is_hidden, printable, problem_with
from hub.door.conversation import Again, Call
from hub.errors import RemoteRefused, Unreachable

_TAKEN = (200, 202, 204)
_GONE = (404, 410)


class ApiDocuments:
    """`hub.connectors.base.Session` of an endpoint that is talked with."""

    def __init__(self, name: str, api: ApiSession, documents: Documents) -> None:
        self._title, self._api, self._documents = f"endpoint {name}", api, documents

    def describe(self) -> str:
        return self._api.describe()

    def listing(self, folder: str) -> Listing:
        reply = self._api.call(_call(f"list {folder}", "GET", _path(folder)), "")
        entries = self._inside(reply.json())
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            inside = f"“{self._documents.inside}” of " if self._documents.inside else ""
            raise RemoteRefused(
                f"{self._title}: {inside}the answer to “list {folder}” is no list of documents. Correct "
                "`documents:` of the endpoint, or ask the partner what they changed."
            )
        files, refused = [], []
        for entry in entries:
            file = self._file(folder, entry)
            problem = problem_with(file.name) if file.name else "has no name"
            if problem is not None:
                refused.append(_refusal(file.name, folder, problem))
            elif not is_hidden(file.name):
                files.append(file)
        return Listing(tuple(sorted(files, key=lambda file: file.name)), tuple(refused))

    def fetch(self, file: RemoteFile, sink: Sink) -> None:
        reply = self._api.call(_call(f"read {file.name}", "GET", file.path), "")
        if file.size and len(reply.body) != file.size:
            raise Unreachable(
                f"{self._title}: “{file.path}” has {len(reply.body)} bytes, {file.size} when it was listed. "
                "It is probably still being made; the hub tries again."
            )
        sink(reply.body)

    def remove(self, file: RemoteFile) -> None:
        call = _call(f"have {file.name}", "DELETE", file.path, (*_TAKEN, *_GONE))
        self._api.call(call, "")

    def move(self, file: RemoteFile, folder: str) -> str:
        self._no("moved to another folder")

    def put(self, folder: str, name: str, source: BinaryIO, size: int, sha256: str) -> Receipt:
        self._no("written there")

    def probe(self, folder: str, name: str, size: int, sha256: str) -> Presence:
        self._no("looked for under a name of ours")

    def tidy(self, folder: str, name: str) -> None:
        self._no("written there")

    def _file(self, folder: str, entry: Mapping[str, Any]) -> RemoteFile:
        told = self._documents
        name, size = str(entry.get(told.name) or ""), entry.get(told.size or "")
        known = size if isinstance(size, int) and not isinstance(size, bool) else 0
        return RemoteFile(
            f"{_path(folder)}/{quote(name, safe='')}",
            name and name + told.ending,
            known,
            str(entry.get(told.changed or "") or ""),
        )

    def _inside(self, answer: Any) -> Any:
        for key in filter(None, self._documents.inside.split(".")):
            answer = answer.get(key) if isinstance(answer, dict) else None
        return answer

    def _no(self, what: str) -> NoReturn:
        raise RemoteRefused(f"{self._title}: documents of an API are only read; nothing can be {what}.")


def _call(name: str, method: str, path: str, takes: tuple[int, ...] = (200,)) -> Call:
    return Call(name=name, method=method, path=path, again=Again.SAFE, takes=takes)


def _path(folder: str) -> str:
    return "/" + quote(folder.strip("/"))


def _refusal(name: str, folder: str, problem: str) -> Refusal:
    shown = printable(name)
    reason = f"The document “{shown}” of {folder} {problem}; the hub does not touch it. Ask the partner."
    return Refusal(shown, reason)


def as_files(name: str, endpoint: Endpoint, session: Session | ApiSession) -> Session:
    """An open line to an endpoint, as routes fetch files from it."""
    if isinstance(endpoint, HttpsEndpoint) and endpoint.documents is not None:
        return ApiDocuments(name, cast(ApiSession, session), endpoint.documents)
    return cast(Session, session)
