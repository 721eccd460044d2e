"""A file that leaves as a zip under a passphrase, written from the bytes that came; and what the person who
takes it to the partner must enter."""

from __future__ import annotations

from datetime import date

import pytest

from hub.config.people import Role, Viewer
from hub.door.feed import Output
from hub.engine.passphrases import passphrases
from hub.errors import UsageError
from hub.model import DeliveryState, Move, Rendered
from tests.aes_zip_oracle import WrongPassphrase, opened
from tests.little import little
from tests.world import World

GOOD = b"ABC001+0001000\nABC002-0000200\n"
PASSPHRASE = "a passphrase that is fake"
ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in}
  site: {type: person, who: clerk, what: Upload it, asks: the receipt, confirms: [on, count]}
"""
ROUTES = """
partner: Little
routes:
  payments:
    feeds: [little.payments]
    from: {endpoint: in, pattern: "*.txt"}
    to: [{output: payments, endpoint: site, pack: {type: aes_zip, passphrase: file:site_passphrase}}]
    mode: live
    owner: tests
"""


def upper(stream, carried, ctx):
    """What came, in the partner's own way of writing."""
    lines = [b"PARTNER %s" % line for line in stream]
    return Rendered("PARTNER_1.txt", b"".join(lines), {"count": len(carried)})


@pytest.fixture
def told():
    """What the feed heard of what left."""
    return []


@pytest.fixture
def world(tmp_path, told):
    def left(carried, left, ctx) -> list[Move]:
        told.append(left)
        return []

    feed = little(outputs=(Output("payments", ("PAYMENT",), rewrite=upper),), left=left)
    made = World(tmp_path, feeds=[feed])
    made.write("config/endpoints.yaml", ENDPOINTS)
    made.write("config/routes/little.yaml", ROUTES)
    (tmp_path / "desk").mkdir()
    (tmp_path / "config/credentials").mkdir(mode=0o700)
    keep(made, PASSPHRASE)
    made.arrive("a.txt", GOOD)
    return made


def keep(world, passphrase):
    path = world.folder / "config/credentials/site_passphrase"
    path.write_text(passphrase, "utf-8")
    path.chmod(0o600)


def taken(world):
    with world.hub(who="anna") as hub:
        hub.run("payments")
        with hub.look() as look:
            (entry,) = look.worklist()
        return hub.worklist.take(entry.id, world.folder / "desk")


def handed_over(world, id, **entered):
    with world.hub(who="anna") as hub:
        (row,) = hub.worklist.handed_over(id, "DFU-17", **entered)
        return hub.advance(row.id).state


def test_a_file_leaves_packed_and_the_passphrase_opens_it(world):
    there = taken(world)
    (path,) = (world.folder / "desk").iterdir()
    assert path.name == there.delivery.name == "PARTNER_1.zip"
    plain = b"PARTNER ABC001+0001000\nPARTNER ABC002-0000200\n"
    assert opened(path.read_bytes(), PASSPHRASE) == {"PARTNER_1.txt": plain}


def test_without_a_fit_passphrase_nothing_leaves_until_there_is_one(world):
    keep(world, "short")
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
        assert outcome.state == "FAILED"
        assert "none for a zip: it has fewer than 12 characters" in outcome.reason
        keep(world, PASSPHRASE)
        hub.acts.retry(outcome.id, "a fit one was agreed")
        assert hub.advance(outcome.id).state == "ACCEPTED"


def test_the_secret_is_among_those_that_the_doctor_looks_for(world):
    with world.hub() as hub:
        assert hub.services.config.secret_references == {"file:site_passphrase"}


def test_what_the_partner_counted_and_when_is_entered_and_must_agree(world, told):
    there = taken(world)
    with pytest.raises(UsageError, match="asks for --on and --count"):
        handed_over(world, there.entry.id)
    with pytest.raises(UsageError, match="holds 2 records, and 3 were counted"):
        handed_over(world, there.entry.id, on=date(2026, 11, 2), count=3)
    with pytest.raises(UsageError, match="2026-11-03 is still to come"):
        handed_over(world, there.entry.id, on=date(2026, 11, 3), count=2)
    assert told == []
    assert handed_over(world, there.entry.id, on=date(2026, 11, 2), count=2) == "SENT"
    (left,) = told
    assert (left.state, left.reference) == (DeliveryState.SENT, "DFU-17")
    assert (left.on, left.count, left.told) == (date(2026, 11, 2), 2, {"count": 2})


def test_each_file_has_a_passphrase_of_its_own_where_the_partner_wants_it(world):
    """It is stored nowhere, told with a reason, and opens that file alone; the secret opens none."""
    world.write(
        "config/routes/little.yaml",
        ROUTES.replace("file:site_passphrase}", "file:site_passphrase, each: true}"),
    )
    there = taken(world)
    (path,) = (world.folder / "desk").iterdir()
    with world.hub(who="anna") as hub:
        told = passphrases(hub.services, there.delivery.transfer_id, "told by telephone")
        with pytest.raises(UsageError, match="no transfer"):
            passphrases(hub.services, "T-unknown", "told by telephone")
    elsewhere = Viewer("una", "Una", frozenset({Role.CLERK}), routes=frozenset({"little.other"}))
    with world.hub(viewer=elsewhere) as hub, pytest.raises(UsageError, match="no transfer"):
        passphrases(hub.services, there.delivery.transfer_id, "somebody else's route")
    assert list(told) == ["PARTNER_1.zip"]
    assert list(opened(path.read_bytes(), told["PARTNER_1.zip"])) == ["PARTNER_1.txt"]
    with pytest.raises(WrongPassphrase):
        opened(path.read_bytes(), PASSPHRASE)
    kept = [path for path in world.folder.rglob("*") if path.is_file()]
    assert kept and not any(told["PARTNER_1.zip"].encode() in path.read_bytes() for path in kept)
