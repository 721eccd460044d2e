"""Sealing the history, and finding where it is not as it was written.

Each event and each move of a record carries the hash of the one before: a change breaks its chain, unless
whoever made it reckons all hashes anew. The seals, signed with a key that is not in the database, show that
too, and what was cut off; and copies of them in a folder elsewhere (`audit.copy_to`) show when the database
itself was put back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection

from hub.config.people import Right, Viewer
from hub.engine.rights import demand
from hub.store import queries
from hub.store.files import disk_errors, durable_write
from hub.store.merkle import SIZE, root
from hub.store.queries import seals as sealing
from hub.store.queries.restored import Restored
from hub.store.queries.seals import Place, Seal
from hub.store.signing import Signer, Witness
from hub.transfer.services import Services

PUBLIC = "feedhub-audit-key.pem"
Told = Callable[[str, int, int], None]
_EVERY = 5000
"""So many entries between two words of progress."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One place where the history is not as it was written; `place` is None when nothing names it any
    more."""

    what: str
    place: Place | None = None

    def sentence(self, viewer: Viewer) -> str:
        """What lies in a compartment that is closed to who looks has no name for them."""
        if self.place is None:
            return self.what
        if not viewer.sees(self.place.compartment):
            return f"{self.what} (in a closed compartment)"
        number = f", entry {self.place.number}" if self.place.number else ""
        return f"{self.place.subject} {self.place.id}{number}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at and what was found. `notes`: what a restore explains."""

    entries: int
    seals: int
    copies: int
    broken: Sequence[Broken]
    notes: Sequence[str] = ()


def seal(services: Services) -> Seal | None:
    """Seal what was appended since the last seal, and copy seals that are not copied yet; None when there was
    nothing. Also what the service calls from time to time."""
    state = services.config.hub.state_folder

    def commit(conn: Connection) -> Seal | None:
        last, until = sealing.last_seal(conn), sealing.ends(conn)
        after = (last.events, last.moves) if last else (0, 0)
        if until == after:
            return None
        leaves = [one for _, one in sealing.leaves_of(conn, after, until)]
        signer = Signer.open(state, make=last is None)
        made = Seal(
            number=last.number + 1 if last else 1,
            at=services.clock.now(),
            events=until[0],
            moves=until[1],
            root=root(leaves).hex(),
            previous=last.digest() if last else "",
            leaves=b"".join(leaves),
            key_id=signer.witness.id,
            signature=b"",
        )
        made = replace(made, signature=signer.sign(made.message()))
        sealing.keep_seal(conn, made)
        return made

    made = services.commit(commit)
    copy_out(services)
    return made


def last_seal(services: Services) -> Seal | None:
    """The newest, if any was made."""
    with services.store.read() as conn:
        return sealing.last_seal(conn)


def copy_out(services: Services) -> None:
    """Copy to the folder elsewhere every seal that is not there. Raises StoreError when that cannot be
    written."""
    folder, state = services.config.hub.audit.copy_to, services.config.hub.state_folder
    if folder is None:
        return
    with services.store.read() as conn:
        made = sealing.seals(conn)
    if not made:
        return
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / PUBLIC).exists():
            durable_write(folder / PUBLIC, Signer.open(state, make=False).witness.pem)
        for one in made:
            path = folder / _name(one)
            if not path.exists():
                durable_write(path, _written(one).encode())


def _name(one: Seal) -> str:
    return f"seal-{one.number:07}-{one.root[:8]}.json"


def _written(one: Seal) -> str:
    told = {"number": one.number, "message": one.message().decode(), "signature": one.signature.hex()}
    return json.dumps({**told, "at": one.at.isoformat(), "key_id": one.key_id}, indent=1) + "\n"


def verify(services: Services, told: Told, witness: Witness | None = None) -> Verified:
    """Look at every entry of every chain, every seal, and every copy of one. `witness`: the public key to
    believe; else the hub's own. Raises UsageError when the person may not."""
    demand(services, Right.AUDIT)
    with services.store.read() as conn:
        broken = list(_chains(conn, told))
        made = sealing.seals(conn)
        if made:
            believed = witness or Signer.open(services.config.hub.state_folder, make=False).witness
            broken += _seals(conn, made, believed)
        copies = list(_copies(services.config.hub.audit.copy_to))
        lost, notes = _against_copies(made, copies, queries.restored(conn))
        return Verified(sealing.history_size(conn), len(made), len(copies), [*broken, *lost], notes)


def _chains(conn: Connection, told: Told) -> Iterator[Broken]:
    """The first entry of each chain that is not as it was written, and chains that are too short."""
    size, wrong = sealing.history_size(conn), None
    for done, (place, is_sound) in enumerate(sealing.entries(conn)):
        if done % _EVERY == 0:
            told("entries", done, size)
        if not is_sound and place[:3] != wrong:
            wrong = place[:3]
            yield Broken("is not as it was written, or what stood before it was changed or removed", place)
    for place in sealing.cut_off(conn):
        yield Broken("its history ends before where it stands: the end was cut off", place)


def _seals(conn: Connection, made: Sequence[Seal], witness: Witness) -> Iterator[Broken]:
    previous: Seal | None = None
    for one in made:
        yield from (Broken(what) for what in _of_itself(one, previous, witness))
        yield from _against_history(conn, one, previous)
        previous = one


def _of_itself(one: Seal, previous: Seal | None, witness: Witness) -> Iterator[str]:
    follows = (previous.number + 1, previous.digest()) if previous else (1, "")
    if (one.number, one.previous) != follows:
        yield f"seal {one.number} does not follow the one before: seals were removed or changed"
    if not witness.signed(one.message(), one.signature):
        yield f"seal {one.number} is not signed with the hub's key ({witness.id}): it was changed or forged"
    if root(_split(one.leaves)).hex() != one.root:
        yield f"the leaves of seal {one.number} are not those that were signed"


def _split(leaves: bytes) -> list[bytes]:
    return [leaves[start : start + SIZE] for start in range(0, len(leaves), SIZE)]


def _against_history(conn: Connection, one: Seal, previous: Seal | None) -> Iterator[Broken]:
    """Held leaf by leaf against what the history says now."""
    after = (previous.events, previous.moves) if previous else (0, 0)
    now = list(sealing.leaves_of(conn, after, (one.events, one.moves)))
    signed = _split(one.leaves)
    if [leaf for _, leaf in now] == signed:
        return
    when = f"between {previous.at:%Y-%m-%d %H:%M} and {one.at:%Y-%m-%d %H:%M} UTC" if previous else "at first"
    named = [place for place, leaf in now if leaf not in set(signed)]
    for place in named:
        yield Broken(f"is not what seal {one.number} covers ({when}): it was changed, or cut off", place)
    missing = len(set(signed) - {leaf for _, leaf in now}) - len(named)
    if missing > 0 or not named:
        yield Broken(f"{max(missing, 1)} histories that seal {one.number} covers ({when}) are there no more")


@dataclass(frozen=True, slots=True)
class Copied:
    """A seal as it was copied elsewhere."""

    path: Path
    told: Mapping[str, object]


def _copies(folder: Path | None) -> Iterator[Copied]:
    for path in sorted(folder.glob("seal-*.json")) if folder is not None and folder.is_dir() else ():
        try:
            told = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            told = {}
        yield Copied(path, told if isinstance(told, dict) else {})


def _against_copies(
    made: Sequence[Seal], copies: Sequence[Copied], restored: Restored | None
) -> tuple[list[Broken], list[str]]:
    """Copies of seals that the database does not have: it was cut off or put back, unless a restore says
    so."""
    held = {(one.message().decode(), one.signature.hex()) for one in made}
    lost = [one for one in copies if (one.told.get("message"), one.told.get("signature")) not in held]
    explained = [one for one in lost if restored is not None and _is_of_the_gap(one, restored)]
    broken = [
        Broken(f"the database has no such seal as {one.path.name}: its end was cut off, or it was put back")
        for one in lost
        if one not in explained
    ]
    notes = [f"{one.path.name} is of what a restore has lost" for one in explained]
    return broken, notes


def _is_of_the_gap(one: Copied, restored: Restored) -> bool:
    at = str(one.told.get("at", ""))
    return restored.taken_at.isoformat() < at < restored.restored_at.isoformat()
