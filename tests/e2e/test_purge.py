"""What is past its keep is let go: bytes and personal values. What happened stays, and what is not over stays
whole."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hub.api import Again, Answers, Call, Compartment, Deadline, ItemState, Move, Task, Told, days, years
from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine.audit import seal, verify
from hub.engine.purge import find, purge
from hub.errors import StoreError, UsageError
from hub.model import TransferState, WorkKind
from hub.store import queries, schema
from hub.testing.rent_api import RentApi
from hub.transfer import worklist
from hub.transfer.effects import apply_moves
from hub.transfer.undo import undo
from tests.cases import case
from tests.e2e.test_bundles import taking_zips, zipped
from tests.little import items, little
from tests.little import match as match_little
from tests.parcels import PARCELS, parcels_world
from tests.parcels import waits as waits_parcel
from tests.talking import FILE, connectors, talking_with
from tests.world import START, World

SMALL = b"ABC001+0001000\nABC002+0000200\n"
LARGE = SMALL * 3000
DAY = timedelta(days=1)
LAST = START + timedelta(days=30)
"""The last day of what was over on the first, where it is kept for thirty days."""


class Stop(BaseException):
    pass


def stops_at(name):
    def boundary(point):
        if point == name:
            raise Stop

    return boundary


@pytest.fixture
def world(tmp_path):
    return World(tmp_path, feeds=[little(keep=days(30))])


def run(world, content=SMALL, name="a.txt", **how):
    world.arrive(name, content)
    with world.hub(**how) as hub:
        (outcome,) = hub.run("payments").transfers
    return outcome


def purged(world, **how):
    with world.hub(**how) as hub:
        return [one.id for one in purge(hub.services).transfers]


def files(world):
    """Stored bytes that are files."""
    return list((world.folder / "config/state/blobs").glob("*/??/*"))


def kept(hub):
    """How many rows hold bytes, personal values, digests of them."""
    with hub.store.read() as conn:
        personal = conn.execute(select(schema.item.c.id).where(schema.item.c.personal.is_not(None)))
        tables = (schema.blob, schema.item_digest)
        return (len(personal.all()), *(len(conn.execute(select(table)).all()) for table in tables))


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
def test_bytes_and_personal_values_go_and_what_happened_stays(world, content):
    outcome = run(world, content)
    with world.hub() as hub, hub.look() as look:
        before = look.transfer(outcome.id)
    world.clock.at = LAST
    assert purged(world) == []
    world.clock.turn(days=1)
    assert purged(world) == [outcome.id]
    with world.hub() as hub:
        assert kept(hub) == (0, 0, 0)
        assert files(world) == []
        with hub.look() as look:
            after = look.transfer(outcome.id)
        with hub.store.read() as conn:
            subjects = {(event.subject, event.subject_id) for event in after.events}
            assert [queries.verify_chain(conn, *subject) for subject in subjects] == [None] * len(subjects)
        with pytest.raises(StoreError, match="are missing"):
            hub.store.blobs(Compartment.OPEN).read(after.transfer.blob)
    assert (after.money, after.transfer.blob) == (before.money, before.transfer.blob)
    assert [item.reference for item in after.items] == [item.reference for item in before.items]
    assert [item.personal for item in after.items] == [{}] * len(before.items)
    assert [event.kind for event in after.events] == [*(event.kind for event in before.events), "purged"]
    assert purged(world) == []


def test_the_same_file_is_still_known_and_cannot_be_tried_again(world):
    world.change_route("options: {shut: true}")
    first = run(world)
    assert first.state == "REJECTED"
    world.clock.at = LAST + DAY
    assert purged(world) == [], "a refused file that nobody has dealt with is kept"
    with world.hub() as hub:
        with hub.look() as look:
            (asked,) = look.worklist()
        hub.worklist.answer(asked.id, "they sent it anew")
    world.clock.at += DAY * 40
    assert purged(world) == [first.id]
    with world.hub() as hub, pytest.raises(UsageError, match="past their keep and let go on"):
        hub.acts.retry(first.id, "open again")


def test_a_duplicate_is_told_by_the_hash(world):
    run(world)
    world.clock.at = LAST + DAY
    purged(world)
    assert run(world, name="b.txt").state == "DUPLICATE"


@pytest.mark.parametrize(
    ("keep", "gone_on"), [("90d", date(2027, 2, 1)), ("1y", date(2027, 11, 3)), (None, date(2033, 11, 3))]
)
def test_hub_yaml_says_how_long_where_the_feed_does_not(tmp_path, keep, gone_on):
    world = World(tmp_path)
    if keep:
        text = (world.folder / "config/hub.yaml").read_text()
        world.write("config/hub.yaml", f"{text}keep: {keep}\n")
    outcome = run(world)
    world.clock.turn(days=(gone_on - START.date()).days - 1)
    assert purged(world) == []
    world.clock.turn(days=1)
    assert purged(world) == [outcome.id]


def waits(item, ctx, sent):
    return replace(match_little(item, ctx, sent), state=ItemState.WAITING, waits_as="LATER")


def held(world):
    world.change_route("hold: {above_count: 0}")
    return run(world)


def not_sent(world):
    shutil.move(world.folder / "out", world.folder / "away")
    return run(world)


def in_doubt(world):
    with world.hub(boundary=stops_at("arrived")) as hub, pytest.raises(Stop):
        world.arrive("a.txt", SMALL)
        hub.run("payments")
    for path in (world.folder / "out").iterdir():
        path.unlink()
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
    assert outcome.state == "IN_DOUBT"
    return outcome


def suspended(world):
    return run(world, b"NOA001+0001000\nABC002+0000200\n")


def one_held(world):
    return run(world, b"ABC001+0000000\nABC002+0000200\n")


def waiting(world):
    world.feeds = [replace(world.feeds[0], match=waits, gathers=("LATER",))]
    return run(world)


def promised(world):
    more = little(name="little.answers", outputs=())
    world.feeds.append(more)
    world.change_route("expect: {little.payments: {within: 10000h}}")
    world.feeds[0] = replace(world.feeds[0], answers=Answers("little.payments", "reply", ()))
    return run(world)


def asked(world):
    outcome = run(world)
    about = {"subject": "transfer", "subject_id": outcome.id, "owner": "x", "proposed_by": "hub"}
    with world.hub() as hub:
        hub.services.commit(
            lambda conn: worklist.ask(
                conn, hub.services, kind=WorkKind.TASK, name="look", title="Look", **about
            )
        )
    return outcome


NOT_OVER = [held, not_sent, in_doubt, suspended, one_held, waiting, promised, asked]


@pytest.mark.parametrize("make", NOT_OVER, ids=lambda make: make.__name__)
def test_what_is_not_over_is_kept_and_told(world, make):
    outcome = make(world)
    world.clock.at = LAST + 90 * DAY
    with world.hub() as hub:
        before = kept(hub)
        found = purge(hub.services)
        assert ([one.id for one in found.kept_back], found.transfers) == ([outcome.id], [])
        assert kept(hub) == before
        assert hub.store.blobs(Compartment.OPEN).read(hub.acts.transfer(outcome.id).blob)


def test_what_is_asked_about_one_keeps_no_other(world):
    suspended(world)
    other = run(world, b"ABC005+0000400\n", "b.txt")
    world.clock.at = LAST + 90 * DAY
    assert purged(world) == [other.id]


def expiring(chunk, tally, ctx):
    for item in items(chunk, tally, ctx):
        yield replace(item, expires=date(2026, 11, 9)) if item.reference in ("ABC001", "WAI002") else item


def personal(hub):
    with hub.look() as look:
        return {
            item.reference: bool(item.personal) for row in look.transfers() for item in look.items(row.id)
        }


def test_bytes_go_with_the_first_item_that_expires_and_personal_values_each_on_its_own_day(tmp_path):
    world = World(tmp_path, feeds=[little(items=expiring, keep=years(7))])
    first = run(world)
    second = run(world, b"ABC009+0000400\n", "b.txt")
    world.clock.turn(days=7)
    assert purged(world) == []
    world.clock.turn(days=1)
    assert purged(world) == [first.id]
    with world.hub() as hub:
        assert personal(hub) == {"ABC001": False, "ABC002": True, "ABC009": True}
        assert kept(hub)[2] == 2, "the digests that stay are those of the two"
        with pytest.raises(StoreError, match="are missing"):
            hub.store.blobs(Compartment.OPEN).read(hub.acts.transfer(first.id).blob)
    world.clock.turn(days=300)
    assert purged(world) == []
    world.clock.at = START + timedelta(days=7 * 366)
    assert purged(world) == [first.id, second.id], "the keep counts from when the transfer was moved"
    with world.hub() as hub:
        assert kept(hub) == (0, 0, 0)
        with hub.look() as look:
            kinds = [event.kind for event in look.transfer_events(first.id)]
        assert [kind for kind in kinds if "purged" in kind] == ["purged", "values_purged"]
    assert purged(world) == []


def test_a_bundle_goes_with_the_first_item_in_it_that_expires(tmp_path):
    world = taking_zips(tmp_path)
    world.feeds = [little(items=expiring, keep=years(7))]
    world.arrive("a.zip", zipped([("one.txt", SMALL), ("two.txt", b"ABC003+0000400\n")]))
    with world.hub() as hub:
        hub.run("payments")
        with hub.look() as look:
            ids = {row.name: row.id for row in look.transfers()}
    world.clock.turn(days=8)
    assert purged(world) == [ids["one.txt"], ids["a.zip"]]
    with world.hub() as hub:
        stored = hub.store.blobs(Compartment.OPEN)
        assert stored.read(hub.acts.transfer(ids["two.txt"]).blob) == b"ABC003+0000400\n"
        assert personal(hub) == {"ABC001": False, "ABC002": True, "ABC003": True}


def test_what_a_batch_gathered_expires_wherever_its_bytes_are(tmp_path):
    world = parcels_world(tmp_path, little(items=expiring, match=waits_parcel, keep=years(7)), PARCELS)
    world.arrive("a.txt", b"ABC001+0001000\nWAI002+0000200\nWAI003+0000400\n")
    with world.hub() as hub:
        (source,) = hub.run("payments").transfers
        (batch,) = hub.run("parcels").transfers
    world.clock.turn(days=8)
    assert purged(world) == [source.id, batch.id]
    with world.hub() as hub:
        assert personal(hub) == {"ABC001": False, "WAI002": False, "WAI003": True}
        for id in (source.id, batch.id):
            with pytest.raises(StoreError, match="are missing"):
                hub.store.blobs(Compartment.OPEN).read(hub.acts.transfer(id).blob)
    assert purged(world) == []


def test_bytes_that_something_else_holds_stay(world):
    """The same bytes came again by another route, later."""
    text = (world.folder / "config/routes/little.yaml").read_text()
    world.write(
        "config/routes/again.yaml", text.replace("  payments:", "  again:").replace("*.txt", "*.again")
    )
    first = run(world, LARGE)
    world.clock.turn(days=10)
    world.arrive("b.again", LARGE)
    with world.hub() as hub:
        (second,) = hub.run("again").transfers
    world.clock.at = LAST + DAY
    assert purged(world) == [first.id]
    with world.hub() as hub:
        assert hub.store.blobs(Compartment.OPEN).read(hub.acts.transfer(second.id).blob) == LARGE
    world.clock.turn(days=10)
    assert purged(world) == [second.id]
    assert files(world) == []


@pytest.mark.parametrize("point", ["forgotten", "files_gone"])
def test_a_crash_in_between_is_finished_by_the_next_purge(world, point):
    outcome = run(world, LARGE)
    world.clock.at = LAST + DAY
    with world.hub(boundary=stops_at(point)) as hub, pytest.raises(Stop):
        purge(hub.services)
    with world.hub() as hub:
        row = hub.acts.transfer(outcome.id)
        assert (row.purged_at is not None, row.bytes_gone) == (True, False)
        purge(hub.services)
        assert (files(world), kept(hub)) == ([], (0, 0, 0))
        assert hub.acts.transfer(outcome.id).bytes_gone
        with hub.look() as look:
            assert [event.kind for event in look.transfer_events(outcome.id)].count("purged") == 1


def test_a_dry_run_only_looks(world):
    outcome = run(world)
    world.clock.at = LAST + DAY
    with world.hub() as hub:
        before = kept(hub)
        would_go = purge(hub.services, dry_run=True).transfers
        assert [(one.id, one.until) for one in would_go] == [(outcome.id, LAST.date())]
        assert kept(hub) == before
        assert hub.acts.transfer(outcome.id).purged_at is None


def test_nothing_is_let_go_while_a_route_is_worked(world):
    run(world)
    world.clock.at = LAST + DAY
    with world.hub() as hub, hub.store.alone("little.payments"):
        with pytest.raises(StoreError, match="another feedhub command is working little.payments"):
            purge(hub.services)
        assert kept(hub)[0] == 2


def test_only_an_administrator_lets_go_and_only_of_what_they_may_know(tmp_path):
    world = World(tmp_path, feeds=[little(keep=days(30), compartment=Compartment.FRAUD)])
    run(world)
    world.clock.at = LAST + DAY
    with world.hub(who="anna") as hub:
        found = purge(hub.services)
        assert (found.transfers, found.kept_back) == ([], [])
    ben = Viewer("ben", "Ben", frozenset({Role.OPERATOR, Role.FRAUD}))
    with world.hub(viewer=ben) as hub, pytest.raises(UsageError, match="ben. may not let go of what is past"):
        purge(hub.services)
    shutil.rmtree(world.folder / "config/state/keys/fraud")
    assert purged(world) == [], "a hub without its keys leaves a compartment alone"


def test_a_bundle_goes_after_what_came_in_it(tmp_path):
    world = taking_zips(tmp_path)
    world.feeds = [little(keep=days(30))]
    text = (world.folder / "config/hub.yaml").read_text()
    world.write("config/hub.yaml", f"{text}keep: 10d\n")
    world.arrive("a.zip", zipped([("one.txt", SMALL), ("two.txt", b"ABC003+0000400\n")]))
    with world.hub() as hub:
        hub.run("payments")
        with hub.look() as look:
            ids = {row.name: row.id for row in look.transfers()}
    world.clock.turn(days=11)
    assert purged(world) == [], "the zip is past its own keep, what came in it is not"
    world.clock.at = LAST + DAY
    assert purged(world) == [ids["one.txt"], ids["two.txt"], ids["a.zip"]]
    with world.hub() as hub:
        assert kept(hub) == (0, 0, 0)


def enquiry(content, ctx):
    yield Call(name="ask", method="GET", path="/accounts/A", again=Again.SAFE, takes=(200, 404))
    return Told(expires=date(2026, 11, 9))


@pytest.mark.parametrize("crash", [False, True])
def test_what_a_conversation_was_told_goes_on_its_own_day(tmp_path, crash):
    with RentApi() as api:
        world = talking_with(tmp_path, api.url, enquiry)
        world.arrive("a.txt", FILE)
        with world.hub(**connectors()) as hub:
            (outcome,) = hub.run("payments").transfers
            with hub.look() as look:
                (call,) = look.calls(outcome.id)
    with world.hub(**connectors()) as hub:
        world.clock.turn(days=7)
        assert (purge(hub.services).replies, bool(reply(hub, call))) == ([], True)
    world.clock.turn(days=1)
    if crash:
        with world.hub(boundary=stops_at("replies_gone"), **connectors()) as hub, pytest.raises(Stop):
            purge(hub.services)
    with world.hub(**connectors()) as hub:
        (gone,) = purge(hub.services).replies
        assert (gone.transfer_id, purge(hub.services).replies) == (outcome.id, [])
        with pytest.raises(StoreError, match="are missing"):
            reply(hub, call)
        with hub.look() as look:
            assert look.calls(outcome.id) == [call], "what was asked, when and its hash stay"
            assert look.transfer(outcome.id).items[0].personal, "the transfer itself is kept"


def reply(hub, call):
    return hub.store.blobs(Compartment.OPEN).read(call.reply)


# Records

SECRET = {"account_name": "A PRETEND PERSON"}


def record_world(tmp_path, **life):
    world = World(tmp_path, lifecycles=[case(**{"keep": days(30), "deadlines": (), **life})])
    with world.hub() as hub:
        made = Move(kind="case", key="C1", to="OPEN", personal=SECRET)
        move(hub, made)
    return world


def move(hub, *moves, **how):
    hub.services.commit(lambda conn: apply_moves(conn, hub.services, moves, **{"who": "tester", **how}))


def end(hub):
    move(hub, *(Move(kind="case", key="C1", to=state) for state in ("PAID", "CLOSED")))


def personal_of(hub):
    with hub.store.read() as conn:
        assert queries.verify_record_chain(conn, "case", "C1") is None
        record = queries.get_record(conn, hub.store.keys, "case", "C1")
    return dict(record.personal)


def test_a_record_that_has_ended_loses_its_personal_values_and_says_so(tmp_path):
    world = record_world(tmp_path)
    world.clock.turn(days=90)
    with world.hub() as hub:
        purge(hub.services)
        assert personal_of(hub) == SECRET, "it has not ended"
        end(hub)
    world.clock.turn(days=30)
    with world.hub() as hub:
        purge(hub.services)
        assert personal_of(hub) == SECRET
    world.clock.turn(days=1)
    with world.hub() as hub:
        (gone,) = purge(hub.services).records
        assert (gone.key, personal_of(hub)) == ("C1", {})
        with hub.look() as look:
            last = look.moves("case", "C1")[-1]
        assert (last.reason, last.to_state) == ("past its keep: personal values were let go", "CLOSED")
        assert last.data == {"personal": ["account_name"]}
        assert purge(hub.services).records == []


MONDAY = date(2026, 11, 2)
"""On which a world begins."""


def ended_long_ago(tmp_path):
    """A record whose history is kept for two years, two years and a day after it ended; sealed before."""
    world = record_world(tmp_path, keep_history=lambda settings: years(2))
    with world.hub() as hub:
        move(hub, Move(kind="case", key="C1", data={"told": "A PLAIN FACT"}, reason="A PLAIN REASON"))
        end(hub)
        seal(hub.services)
    world.clock.turn(days=(date(2028, 11, 3) - MONDAY).days)
    return world


def told_of(hub):
    with hub.look() as look:
        steps = look.moves("case", "C1")
    return [(step.to_state, dict(step.data), step.reason) for step in steps]


def test_the_history_of_a_record_goes_when_its_keep_says_so_and_its_chain_holds(tmp_path):
    world = ended_long_ago(tmp_path)
    world.clock.turn(days=-1)
    with world.hub() as hub:
        assert purge(hub.services).histories == []
        assert "A PLAIN FACT" in str(told_of(hub))
    world.clock.turn(days=1)
    with world.hub() as hub:
        (gone,) = purge(hub.services).histories
        assert gone.key == "C1"
        assert purge(hub.services).histories == []
        *before, last = told_of(hub)
        assert [(state, data, why) for state, data, why in before] == [
            (state, {}, None) for state in ("OPEN", "OPEN", "PAID", "CLOSED", "CLOSED")
        ]
        assert last[2] == "past its keep: its facts and its history were let go"
        assert personal_of(hub) == {}
        assert verify(hub.services, lambda *progress: None).broken == []
    left = b"".join(path.read_bytes() for path in (tmp_path / "state").glob("feedhub.db*"))
    assert b"A PLAIN" not in left


@pytest.mark.parametrize(
    "forged",
    [
        "update record_move set data = '' where number = 2",
        "update record_move set data = '', hash = 'ff' where number = 2",
    ],
)
def test_nobody_else_lets_a_step_go_unseen(tmp_path, forged):
    """Before its keep is over, and afterwards the step which says that the others went."""
    world = ended_long_ago(tmp_path)
    with world.hub() as hub:
        hub.store.write(lambda conn: conn.exec_driver_sql(forged))
        assert [one.place.number for one in verify(hub.services, lambda *progress: None).broken] == [2]
    with world.hub() as hub:
        assert purge(hub.services).histories
        last = "update record_move set data = '' where number = (select max(number) from record_move)"
        hub.store.write(lambda conn: conn.exec_driver_sql(last))
        assert verify(hub.services, lambda *progress: None).broken


def test_a_record_may_expire_before_it_ends(tmp_path):
    world = record_world(tmp_path)
    with world.hub() as hub:
        move(hub, Move(kind="case", key="C1", expires=date(2026, 11, 9)))
    world.clock.turn(days=7)
    with world.hub() as hub:
        purge(hub.services)
        assert personal_of(hub) == SECRET
    world.clock.turn(days=1)
    with world.hub() as hub:
        purge(hub.services)
        assert personal_of(hub) == {}


def asks(old, new, facts):
    yield Task("look", "Look at it")


@pytest.mark.parametrize(
    "life",
    [
        {"deadlines": (Deadline("late", "CLOSED", lambda one, facts: date(2028, 1, 3), "see"),)},
        {"when": asks},
    ],
    ids=["promised", "asked"],
)
def test_a_record_about_which_something_is_open_is_kept(tmp_path, life):
    world = record_world(tmp_path, **life)
    with world.hub() as hub:
        end(hub)
    world.clock.turn(days=90)
    with world.hub() as hub:
        assert find(hub.services).records == []
        assert personal_of(hub) == SECRET


def test_what_was_let_go_cannot_be_undone_and_becomes_a_task(tmp_path):
    world = record_world(tmp_path)
    outcome = run(world)
    with world.hub() as hub:
        move(
            hub,
            Move(kind="case", key="C1", to="PAID"),
            Move(kind="case", key="C1", to="CLOSED"),
            transfer_id=outcome.id,
        )
    world.clock.turn(days=31)
    with world.hub() as hub:
        purge(hub.services)
        row = hub.acts.transfer(outcome.id)
        assert row.state is TransferState.ACCEPTED
        assert hub.services.commit(lambda conn: undo(conn, hub.services, row, "was withdrawn")) is False
        with hub.look() as look:
            assert [entry.subject_id for entry in look.worklist()] == ["case:C1"]
        assert personal_of(hub) == {}
