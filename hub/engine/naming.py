"""Writing a person into `people:` of hub.yaml: the one place that says who may do what."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from hub.config.load import HUB, load
from hub.config.login import normal_login, system_login
from hub.config.people import People, Right
from hub.config.settings import Person, Role
from hub.door.manager import Catalogue
from hub.errors import ConfigError, UsageError
from hub.store.files import disk_errors


def name_person(
    folder: Path, catalogue: Catalogue | None, login: str, name: str | None, roles: Sequence[Role]
) -> Iterator[str]:
    """Sentences about what was written; nothing where the person is named already.

    Raises UsageError when who runs this may not, or does not say who that is; the file is then as it was."""
    named = load(folder, catalogue).hub.people
    if any(normal_login(one.login) == normal_login(login) for one in named):
        return
    if not name or not roles:
        raise UsageError(f"hub.yaml does not name {login} yet: say --name and --role, too.")
    me = system_login()
    if named:
        viewer = People(named).viewer(me)
        if not viewer.may(Right.PEOPLE):
            raise UsageError(People(named).refusal(viewer, Right.PEOPLE))
    new = [Person(login=login, name=name, roles=tuple(roles))]
    if not named and normal_login(login) != me:
        new.append(Person(login=me, name=me, roles=(Role.ADMINISTRATOR,)))
    _write(folder, catalogue, new, first=not named)
    for person in new:
        yield f"{person.login} is named in {folder / HUB}: {', '.join(person.roles)}."


def _write(folder: Path, catalogue: Catalogue | None, new: Sequence[Person], *, first: bool) -> None:
    """The rest of the file stays as it is. What it was is put back when it cannot be read any more."""
    path = folder / HUB
    with disk_errors(path):
        before = path.read_bytes()
    lines = before.decode("utf-8").splitlines()
    entries = [f"  - {_entry(person)}" for person in new]
    if first:
        lines += ["", "people:", *entries]
    else:
        at = next((n for n, line in enumerate(lines) if line.rstrip() == "people:"), None)
        if at is None:
            raise UsageError(f"{path} has people: in a form of its own. Add this line there:\n{entries[0]}")
        indent = lines[at + 1][: len(lines[at + 1]) - len(lines[at + 1].lstrip())]
        lines[at + 1 : at + 1] = [indent + entry.lstrip() for entry in entries]
    _replace(path, ("\n".join(lines) + "\n").encode())
    try:
        written = load(folder, catalogue).hub.people
        sound = all(person in written for person in new)
    except ConfigError:
        sound = False
    if not sound:
        _replace(path, before)
        raise UsageError(f"{path} could not be added to. Write this below people: there:\n{entries[0]}")


def _replace(path: Path, content: bytes) -> None:
    """All of it or nothing, with the rights that the file has."""
    part = path.with_name(f".{path.name}.part")
    with disk_errors(path):
        part.write_bytes(content)
        shutil.copymode(path, part)
        part.replace(path)


def _entry(person: Person) -> str:
    """JSON is YAML, whatever stands in a name."""
    told = {"login": person.login, "name": person.name}
    fields = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in told.items()]
    return f"{{{', '.join(fields)}, roles: [{', '.join(person.roles)}]}}"
