"""Whatever is altered in the history by raw SQL is found, even when all hashes after it are reckoned anew."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
from contextlib import closing

import pytest

from hub.api import Compartment
from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine import audit
from hub.engine.audit import Broken
from hub.engine.backup import back_up, restore
from hub.errors import StoreError, UsageError
from hub.store.merkle import leaf, root
from hub.store.queries.seals import Place
from hub.store.signing import Witness
from tests.parcels import parcels_world

SEED = int(os.environ.get("FEEDHUB_SEED", "20261129"))


@pytest.fixture
def world(tmp_path):
    """Three days of work, sealed at the end of each and copied outside; the fourth is not sealed yet."""
    world = parcels_world(tmp_path)
    hub = (tmp_path / "config/hub.yaml").read_text()
    world.write("config/hub.yaml", f"{hub}audit: {{copy_to: ../outside}}\n")
    for day in range(4):
        lines = "".join(f"ABC{day}{n:02}+0001000\n" for n in range(3)) + f"WAI{day}99+0000200\n"
        world.arrive(f"day{day}.txt", lines.encode())
        with world.hub() as hub:
            hub.run("payments")
            hub.run("parcels")
            if day < 3:
                audit.seal(hub.services)
        world.clock.turn(days=1)
    return world


def verified(world, **how):
    with world.hub() as hub:
        return audit.verify(hub.services, lambda *_: None, **how)


def database(world):
    return closing(sqlite3.connect(world.folder / "config/state/feedhub.db"))


def tamper(world, statement, *values):
    with database(world) as db, db:
        db.execute("PRAGMA foreign_keys=OFF")
        assert db.execute(statement, values).rowcount > 0


def canonical(entry):
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def rewrite(world, subject, subject_id):
    """Reckon the hashes of a chain anew, as somebody would who knows how."""
    with database(world) as db, db:
        rows = db.execute(
            "SELECT id, subject, subject_id, number, at, kind, who, data FROM event "
            "WHERE subject = ? AND subject_id = ? ORDER BY number",
            (subject, subject_id),
        ).fetchall()
        previous = ""
        for id, *entry in rows:
            digest = hashlib.sha256(canonical([*entry, previous]).encode()).hexdigest()
            db.execute("UPDATE event SET previous = ?, hash = ? WHERE id = ?", (previous, digest, id))
            previous = digest


def somewhere(world):
    """An event of the days that are sealed, chosen by seed."""
    with database(world) as db:
        (until,) = db.execute("SELECT max(events) FROM seal").fetchone()
        rows = db.execute(
            f"SELECT id, subject, subject_id, number FROM event WHERE id <= {until} ORDER BY id"
        ).fetchall()
    return random.Random(SEED).choice(rows)  # noqa: S311 - a seed repeats it


def test_an_untouched_history_is_sound(world):
    found = verified(world)
    assert (found.broken, found.notes, found.seals, found.copies) == ([], [], 3, 3)
    assert found.entries > 50


CHANGES = {
    "who": "UPDATE event SET who = 'somebody else' WHERE id = ?",
    "when": "UPDATE event SET at = '2026-01-01T00:00:00.000000+00:00' WHERE id = ?",
    "what": "UPDATE event SET kind = 'nothing' WHERE id = ?",
    "data": 'UPDATE event SET data = \'{"to":"SENT"}\' WHERE id = ?',
    "hash": "UPDATE event SET hash = replace(hash, substr(hash, 1, 1), 'g') WHERE id = ?",
    "to another": "UPDATE event SET subject_id = subject_id || 'x' WHERE id = ?",
    "removed": "DELETE FROM event WHERE id = ?",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_event_is_found_where_it_is(world, change):
    id, subject, subject_id, number = somewhere(world)
    tamper(world, CHANGES[change], id)
    places = [one.place for one in verified(world).broken if one.place is not None]
    about = [place for place in places if place.id.startswith(subject_id) and place.subject == subject]
    assert about, f"seed {SEED}: {subject} {subject_id} {number}"
    if change not in ("removed", "to another"):
        assert about[0].number == number


@pytest.mark.parametrize("change", ["who", "when", "what", "data"])
def test_reckoning_all_hashes_anew_does_not_help(world, change):
    id, subject, subject_id, _ = somewhere(world)
    tamper(world, CHANGES[change], id)
    rewrite(world, subject, subject_id)
    found = verified(world)
    assert {(one.place.subject, one.place.id) for one in found.broken if one.place} == {(subject, subject_id)}
    assert "is not what seal" in found.broken[0].what


def test_a_whole_history_that_is_gone_is_told(world):
    _, subject, subject_id, _ = somewhere(world)
    tamper(world, "DELETE FROM event WHERE subject = ? AND subject_id = ?", subject, subject_id)
    assert any("are there no more" in one.what for one in verified(world).broken)


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("table", ["transfer", "delivery"])
def test_a_cut_off_end_shows(world, table, sealed):
    with database(world) as db:
        order = "ASC" if sealed else "DESC"
        (id, last) = db.execute(
            f"SELECT subject_id, max(number) FROM event WHERE subject = '{table}' "
            f"GROUP BY subject_id ORDER BY max(id) {order} LIMIT 1"
        ).fetchone()
    tamper(world, "DELETE FROM event WHERE subject_id = ? AND number = ?", id, last)
    broken = verified(world).broken
    assert (table, id) in {(one.place.subject, one.place.id) for one in broken if one.place}
    tamper(world, f"UPDATE {table} SET version = version - 1 WHERE id = ?", id)
    assert bool(verified(world).broken) is sealed, "what is not sealed yet is only as long as its row says"


def test_a_move_of_a_record_that_is_changed_or_cut_off_is_found(world):
    with world.hub() as hub:
        from datetime import date

        from hub.transfer import milestones

        hub.services.commit(
            lambda conn: milestones.reach(
                conn, hub.services, "done", date(2026, 11, 2), who="me", transfer_id=None
            )
        )
        audit.seal(hub.services)
    assert verified(world).broken == []
    shutil.copytree(world.folder / "config/state", world.folder / "sound")
    for change in (
        "UPDATE record_move SET to_state = 'OTHER'",
        "UPDATE record_move SET who = 'you'",
        "DELETE FROM record_move",
        "UPDATE record SET state = 'OTHER'",
    ):
        tamper(world, change)
        places = [one.place for one in verified(world).broken if one.place]
        assert ("record", "milestone") in {place[:2] for place in places}, change
        shutil.rmtree(world.folder / "config/state")
        shutil.copytree(world.folder / "sound", world.folder / "config/state")


def test_a_receipt_is_a_leaf_of_the_same_tree(world):
    """What was seen at the partner after an upload cannot be changed afterwards."""
    with database(world) as db:
        (id,) = db.execute("SELECT id FROM delivery WHERE state = 'SENT' ORDER BY id LIMIT 1").fetchone()
    tamper(world, "UPDATE delivery SET remote = json_set(remote, '$.path', '/elsewhere') WHERE id = ?", id)
    (broken,) = verified(world).broken
    assert (broken.place.of, broken.place.id) == ("receipt", id)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE seal SET root = replace(root, substr(root, 1, 1), 'g') WHERE number = 2", "is not signed"),
        ("UPDATE seal SET signature = zeroblob(64) WHERE number = 2", "is not signed"),
        ("UPDATE seal SET leaves = substr(leaves, 33) WHERE number = 2", "are not those that were signed"),
        ("DELETE FROM seal WHERE number = 2", "seals were removed or changed"),
        ("DELETE FROM seal WHERE number = 3", "has no such seal as seal-0000003"),
    ],
)
def test_a_seal_that_is_changed_or_gone_is_told(world, change, said):
    tamper(world, change)
    assert any(said in one.what for one in verified(world).broken)


def test_a_database_that_was_put_back_to_an_older_day_shows_in_the_copies(tmp_path, world):
    with world.hub() as hub:
        made = back_up(hub.services, tmp_path / "saved", with_keys=True)
        world.arrive("later.txt", b"ABC777+0001000\n")
        hub.run("payments")
        world.clock.turn(hours=1)
        audit.seal(hub.services)
    shutil.copy(made.folder / "feedhub.db", world.folder / "config/state/feedhub.db")
    for log in (world.folder / "config/state").glob("feedhub.db-*"):
        log.unlink()
    assert ["seal-0000004" in one.what for one in verified(world).broken] == [True]
    shutil.rmtree(world.folder / "config/state")
    world.clock.turn(hours=2)
    restore(world.folder / "config/state", made, lambda part: world.hub(state=part))
    with world.hub() as hub:
        audit.seal(hub.services)
    found = verified(world)
    assert found.broken == [], "a restore explains it"
    assert [note[:12] for note in found.notes] == ["seal-0000004"]


def test_an_auditor_needs_only_the_public_key_that_was_copied(world):
    pem = (world.folder / "outside" / audit.PUBLIC).read_bytes()
    assert verified(world, witness=Witness.of_pem(pem)).broken == []
    (world.folder / "config/state/keys/audit.key").unlink()
    with pytest.raises(StoreError, match="is missing or damaged"):
        verified(world)
    assert verified(world, witness=Witness.of_pem(pem)).broken == []


def test_nothing_new_makes_no_seal(world):
    with world.hub() as hub:
        assert audit.seal(hub.services) is not None
        assert audit.seal(hub.services) is None
    assert len(list((world.folder / "outside").glob("seal-*.json"))) == 4


def test_who_may_not_know_of_it_reads_no_name():
    broken = Broken("was changed", Place("event", "transfer", "01abc", 3, Compartment.FRAUD))
    admin = Viewer("a", "A", frozenset({Role.ADMINISTRATOR}))
    assert broken.sentence(admin) == "was changed (in a closed compartment)"
    fraud = Viewer("f", "F", frozenset({Role.FRAUD}))
    assert broken.sentence(fraud) == "transfer 01abc, entry 3: was changed"


def test_verifying_needs_the_right(world):
    clerk = Viewer("c", "C", frozenset({Role.CLERK}))
    with world.hub(viewer=clerk) as hub, pytest.raises(UsageError, match="may not verify the history"):
        audit.verify(hub.services, lambda *_: None)


def test_the_tree_is_that_of_rfc_6962():
    """The split at the largest power of two, worked by hand for five leaves."""

    def node(left, right):
        return hashlib.sha256(b"\x01" + left + right).digest()

    a, b, c, d, e = (leaf(letter) for letter in (b"a", b"b", b"c", b"d", b"e"))
    assert root([a, b, c, d, e]) == node(node(node(a, b), node(c, d)), e)
    assert root([a]) == a == hashlib.sha256(b"\x00a").digest()
