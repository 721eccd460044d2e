"""People at work on real routes: who may act, who is told to have acted, and what nobody else may know of."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.api import Number, Output
from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine.counters import set_counter
from hub.engine.local import Hub
from hub.errors import ConfigError, StoreError, UsageError
from hub.model import Compartment, Item, ItemState
from hub.store import Store, queries, schema
from hub.store.rows import ItemRow
from tests.little import little, write
from tests.unit.store.making import an_item
from tests.world import ROUTES, World

GOOD = b"ABC001+0001000\nNOA003+0000100\n"
CLOSED = ("transfer", "item", "event", "run", "worklist", "promise", "record", "counter", "blob")


def somebody(*roles: Role) -> Viewer:
    return Viewer("anna", "Anna Example", frozenset(roles))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def closed(tmp_path: Path) -> World:
    """A hub whose one feed lies in a closed compartment."""
    return World(tmp_path, feeds=[little(compartment=Compartment.FRAUD)])


def kept_in(store: Store) -> set[Compartment]:
    """The compartments of all rows that have one."""
    with store.read() as conn:
        tables = [schema.metadata.tables[name] for name in CLOSED]
        return {inside for table in tables for inside in conn.execute(select(table.c.compartment)).scalars()}


def held(world: World) -> str:
    """A transfer that the clock's own run found and that waits for a second person."""
    world.change_route("hold: {first_file: true}")
    world.arrive("a.txt", GOOD)
    with world.hub() as hub:
        (outcome,) = hub.run("payments").transfers
    assert outcome.state == "HELD"
    return outcome.id


def test_all_that_a_closed_feed_leaves_behind_lies_in_its_compartment(closed: World) -> None:
    held(closed)
    (closed.folder / "in/done").rmdir()
    closed.arrive("b.txt", b"nonsense")
    with closed.hub() as hub:
        hub.run("payments")
        assert kept_in(hub.store) == {Compartment.FRAUD}


def test_plug_ins_and_the_log_hear_nothing_of_a_closed_compartment_but_ids(closed: World) -> None:
    told: list[object] = []
    closed.arrive("secret-name.txt", GOOD)
    with closed.hub(told=told.append) as hub:
        hub.run("payments")
        (closed.folder / "in").rename(closed.folder / "gone")
        assert hub.run("payments").trouble
    log = (closed.folder / "config/hub.log").read_text()
    assert told == []
    assert ("secret-name" in log, "gone" in log, "trouble" in log) == (False, False, False)
    assert "little.payments" in log


def test_a_fault_in_a_closed_feed_is_logged_without_what_it_says(closed: World) -> None:
    def broken(item: Item, *_: object) -> object:
        raise ValueError(item.personal["account_name"])

    closed.feeds = [little(compartment=Compartment.FRAUD, match=broken)]
    closed.arrive("a.txt", GOOD)
    with closed.hub() as hub:
        hub.run("payments")
    log = (closed.folder / "config/hub.log").read_text()
    assert ("ValueError" in log, "ABC001" in log) == (True, False)


def test_to_whom_a_route_is_closed_it_is_not_there(closed: World) -> None:
    closed.arrive("a.txt", GOOD)
    viewer = somebody(Role.ADMINISTRATOR)
    with closed.hub(viewer=viewer) as hub:
        for act in (hub.run, lambda name: hub.put(name, closed.folder / "in/a.txt")):
            for name in ("payments", "little.payments"):
                with pytest.raises(ConfigError, match=f"^There is no route “{name}”$"):
                    act(name)
        with hub.store.read() as conn:
            refused = [event.data for event in queries.events_of(conn, "person", viewer.login)]
    assert refused == [{"right": "run"}] * 2 + [{"right": "hand_in"}] * 2
    with closed.hub(viewer=somebody(Role.OPERATOR, Role.FRAUD)) as hub:
        assert [outcome.state for outcome in hub.run("payments").transfers] == ["SENT"]


ACTS: dict[str, Callable[[Hub, str], object]] = {
    "retry": lambda hub, id: hub.acts.retry(id, "why not"),
    "release": lambda hub, id: hub.acts.release(id, "why not"),
    "refuse": lambda hub, id: hub.acts.refuse(id, "why not"),
    "withdraw": lambda hub, id: hub.acts.withdraw(id, "why not"),
    "settle": lambda hub, id: hub.acts.settle(id, sent=True, reason="why not"),
    "advance": lambda hub, id: hub.advance(id),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_on_what_one_may_not_know_is_an_act_on_what_is_not_there(closed: World, act: str) -> None:
    id = held(closed)
    said = []
    with closed.hub(viewer=somebody(Role.ADMINISTRATOR)) as hub:
        for asked in (id, "nothing"):
            with pytest.raises(UsageError) as refused:
                ACTS[act](hub, asked)
            said.append(str(refused.value).replace(asked, "ID"))
    assert said == ["There is no transfer ID. `feedhub transfers list` shows those that there are."] * 2


MAY = {
    "retry": Role.OPERATOR,
    "release": Role.APPROVER,
    "refuse": Role.APPROVER,
    "withdraw": Role.OPERATOR,
    "settle": Role.OPERATOR,
}


@pytest.mark.parametrize("act", MAY)
def test_who_has_not_the_right_is_refused_and_the_history_says_so(world: World, act: str) -> None:
    id = held(world)
    roles = set(Role) - {MAY[act], Role.ADMINISTRATOR}
    with world.hub(viewer=somebody(*roles)) as hub:
        with pytest.raises(UsageError, match=rf"You \(anna\) may not .* needs the role {MAY[act]}\."):
            ACTS[act](hub, id)
        with hub.look() as look:
            assert look.transfer(id).transfer.state == "HELD"
            (event,) = look.events("person", "anna")
    assert (event.kind, event.who) == ("refused", "anna")


def test_who_may_release_needs_no_right_to_run(world: World) -> None:
    id = held(world)
    with world.hub(viewer=somebody(Role.APPROVER)) as hub:
        hub.acts.release(id, "totals agreed")
        assert hub.advance(id).state == "SENT"
        with pytest.raises(UsageError, match="may not run routes"):
            hub.run("payments")
        with pytest.raises(UsageError, match="may not hand files in"):
            hub.put("payments", world.folder / "config/hub.yaml")


def test_a_run_says_who_asked_for_it_and_what_it_does_is_the_hubs_own_doing(world: World) -> None:
    world.arrive("a.txt", GOOD)
    with world.hub(viewer=somebody(Role.OPERATOR)) as hub:
        (outcome,) = hub.run("payments").transfers
        with hub.look() as look:
            (run,) = look.runs("little.payments")
            assert run.asked_by == "anna"
            assert {event.who for event in look.transfer(outcome.id).events} == {"hub"}


def test_a_file_from_a_persons_hand_is_told_as_theirs(world: World) -> None:
    file = world.folder / "a.txt"
    file.write_bytes(GOOD)
    with world.hub(viewer=somebody(Role.CLERK)) as hub:
        (outcome,) = hub.put("payments", file).transfers
        with hub.look() as look:
            first = look.transfer(outcome.id).events[0]
    assert (first.kind, first.who) == ("put", "anna")


def test_a_counter_is_set_by_an_administrator_alone(world: World) -> None:
    everything_else = somebody(*set(Role) - {Role.ADMINISTRATOR})
    with (
        world.hub(viewer=everything_else) as hub,
        pytest.raises(UsageError, match="needs the role administrator"),
    ):
        set_counter(hub.services, "serial", 5, "agreed", new=True)
    with world.hub(viewer=somebody(Role.ADMINISTRATOR)) as hub:
        set_counter(hub.services, "serial", 5, "agreed", new=True)
        with hub.look() as look:
            assert [(row.scope, row.next_value) for row in look.counters()] == [("serial", 5)]
            assert look.events("counter", "serial")[0].who == "anna"


def test_a_closed_counter_is_not_there_to_be_set(world: World) -> None:
    with world.hub() as hub:
        drawn = {"reason": "agreed", "who": "hub", "compartment": Compartment.FRAUD}
        hub.store.write(lambda conn: queries.set_counter(conn, "secret", 7, **drawn))
    with world.hub(viewer=somebody(Role.ADMINISTRATOR)) as hub:
        said = [refused_to_set(hub, scope).replace(scope, "SCOPE") for scope in ("secret", "nothing")]
        assert said[0] == said[1]
        with pytest.raises(UsageError):
            set_counter(hub.services, "secret", 9, "agreed", new=True)
    with world.hub() as hub, hub.look() as look:
        assert [row.next_value for row in look.counters()] == [7]


def test_a_counter_of_a_route_that_is_closed_is_not_to_be_made_either(tmp_path: Path) -> None:
    serial = Number("serial", scope=lambda carried, ctx: "little.serial")
    output = Output("payments", ("PAYMENT",), write=write, numbers=(serial,))
    closed = World(tmp_path, feeds=[little(compartment=Compartment.FRAUD, outputs=(output,))])
    with closed.hub(viewer=somebody(Role.ADMINISTRATOR)) as hub:
        said = [refused_to_set(hub, scope).replace(scope, "SCOPE") for scope in ("little.serial", "nothing")]
        assert said[0] == said[1]
        with pytest.raises(UsageError, match="not yours to set"):
            set_counter(hub.services, "little.serial", 9, "agreed", new=True)


def refused_to_set(hub: Hub, scope: str) -> str:
    with pytest.raises(UsageError) as refused:
        set_counter(hub.services, scope, 9, "agreed")
    return str(refused.value)


def test_who_has_no_role_may_not_even_look(world: World) -> None:
    nobody = Viewer("anna", "anna", frozenset())
    with (
        world.hub(viewer=nobody) as hub,
        pytest.raises(UsageError, match="may not look"),
        hub.look(),
    ):
        pass


def test_feeds_of_two_compartments_on_one_route_are_a_mistake(tmp_path: Path) -> None:
    feeds = [little(), little(name="little.secret", compartment=Compartment.SAR)]
    world = World(tmp_path, feeds=feeds)
    world.write(
        "config/routes/little.yaml", ROUTES.replace("[little.payments]", "[little.payments, little.secret]")
    )
    with pytest.raises(ConfigError, match="little.secret lies in the compartment sar"), world.hub():
        pass


def test_what_waits_in_one_compartment_is_not_gathered_by_a_route_of_another(world: World) -> None:
    def waiting(id: str, inside: Compartment) -> ItemRow:
        row = an_item(id, transfer_id=None, state=ItemState.WAITING, compartment=inside)
        return replace(row, waits_as="letters")

    rows = [waiting("open.1", Compartment.OPEN), waiting("sar.2", Compartment.SAR)]
    with world.hub() as hub:
        hub.store.write(lambda conn: queries.insert_items(conn, hub.store.keys, rows))
        with hub.store.read() as conn:
            found = {
                inside: [
                    row.id
                    for row in queries.waiting_items(conn, hub.store.keys, "letters", compartment=inside)
                ]
                for inside in Compartment
            }
    assert {inside: ids for inside, ids in found.items() if ids} == {
        Compartment.OPEN: ["open.1"],
        Compartment.SAR: ["sar.2"],
    }


# What the keys of one compartment open


@pytest.mark.parametrize("content", [b"ABC001+0001000\n", b"ABC001+0001000\n" * 6000], ids=["small", "large"])
def test_whoever_has_the_open_keys_only_reads_nothing_of_a_closed_compartment(
    closed: World, content: bytes
) -> None:
    closed.arrive("a.txt", content)
    with closed.hub() as hub:
        (outcome,) = hub.run("payments").transfers
        blob = hub.acts.transfer(outcome.id).blob
        assert hub.store.blobs(Compartment.FRAUD).read(blob) == content
    state = closed.folder / "config" / "state"
    shutil.rmtree(state / "keys" / "fraud")
    with closed.hub() as hub:
        keys, inside = hub.store.keys, Compartment.OPEN
        files = [path.read_bytes() for path in state.glob("blobs/*/??/*")]
        with hub.store.read() as conn:
            smalls = conn.execute(select(schema.blob.c.sealed)).scalars().all()
            personal = conn.execute(select(schema.item.c.personal)).scalars().all()
            digests = set(conn.execute(select(schema.item_digest.c.digest)).scalars())
        assert files or smalls
        assert all(keys.of(inside).age.decrypt(sealed) is None for sealed in (*files, *smalls))
        for sealed in personal:
            with pytest.raises(StoreError, match="keys of the compartment fraud"):
                keys.unseal(sealed)
            with pytest.raises(StoreError, match="cannot be opened"):
                keys.of(inside).unseal(sealed)
        assert keys.digest("account_name=NAME OF ABC001", inside) not in digests and digests
        with pytest.raises(StoreError, match="keys of the compartment fraud"):
            hub.store.blobs(Compartment.FRAUD)


def test_without_the_closed_keys_open_routes_work_and_closed_ones_say_why_not(world: World) -> None:
    with world.hub():
        pass
    state = world.folder / "config" / "state"
    shutil.rmtree(state / "keys" / "fraud")
    world.arrive("a.txt", b"ABC001+0001000\n")
    with world.hub() as hub:
        assert [outcome.state for outcome in hub.run("payments").transfers] == ["SENT"]
    world.feeds = [little(compartment=Compartment.FRAUD)]
    world.arrive("b.txt", b"ABC002+0001000\n")
    with world.hub() as hub, pytest.raises(StoreError, match="keys of the compartment fraud are not in"):
        hub.run("payments")


def test_equal_content_in_two_compartments_is_stored_under_the_key_of_each(tmp_path: Path) -> None:
    with World(tmp_path).hub() as hub:
        for inside in (Compartment.OPEN, Compartment.DWP):
            ref = hub.store.blobs(inside).put(b"the same")
            hub.store.write(lambda conn, ref=ref: queries.keep_blob(conn, ref))
            assert hub.store.blobs(inside).read(ref.sha256) == b"the same"
        with hub.store.read() as conn:
            assert len(conn.execute(select(schema.blob)).all()) == 2
