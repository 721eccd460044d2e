"""A report that is APPLIED, with nothing to send, is withdrawn: what it did is taken back as one, or it
stays and the sentence says what stands in the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.api import ItemState, Move
from hub.door.feed import RegisterChange
from hub.door.milestone import MILESTONE
from hub.errors import UsageError
from hub.model import Account, DeliveryState, PromiseState, TransferState, WorkKind
from hub.rent.register import AccountRegister
from hub.store import queries
from hub.transfer.effects import apply_moves
from tests.cases import case, opened, pays
from tests.crash.test_boundaries import Crash
from tests.e2e.test_answers import CALL, CALLS, REPORTS, ROUTES, report, take, view
from tests.little import little
from tests.parcels import PARCELS, parcels_world, waits
from tests.world import World

TO = "    to: [{output: notes, endpoint: out}]\n"
SAYS = replace(REPORTS, outputs=())
PAID = b"ABC001+0001000\nABC002+0000200\n"


@pytest.fixture
def world(tmp_path):
    """Calls, and reports that go nowhere."""
    made = World(tmp_path, feeds=[CALLS, SAYS])
    made.write("config/routes/little.yaml", ROUTES.replace(TO, ""))
    return made


@pytest.fixture
def cases(tmp_path):
    """Payments that move cases and go nowhere."""
    made = World(tmp_path, feeds=[little(moves=pays, outputs=())], lifecycles=[MILESTONE, case()])
    path = tmp_path / "config/routes/little.yaml"
    path.write_text(path.read_text().replace('to: [{output: payments, endpoint: out, folder: ""}]', "to: []"))
    with made.hub() as hub:
        moves(hub, *opened("ABC001", "ABC002"))
    made.arrive("a.txt", PAID)
    return made


def moves(hub, *some):
    hub.services.commit(lambda conn: apply_moves(conn, hub.services, some, who="tester"))


def history(hub, key="ABC001"):
    with hub.store.read() as conn:
        return [move.to_state for move in queries.history_of(conn, "case", key)]


def withdrawn(hub, outcome):
    return hub.acts.withdraw(outcome.id, "of the wrong bank").state


def refusal(hub, outcome):
    before = view(hub, outcome)
    with pytest.raises(UsageError, match=f"Transfer {outcome.id} cannot be withdrawn: ") as refused:
        withdrawn(hub, outcome)
    assert view(hub, outcome) == before
    return str(refused.value)


def applied(hub, route="payments"):
    (outcome,) = hub.run(route).transfers
    assert outcome.state == "APPLIED"
    return outcome


def reported(world, hub):
    """A call, and the report that answers all of it."""
    call = take(world, hub, "calls", "call1", CALL)
    said = take(world, hub, "reports", "report1", report("CALL-ABC001", ("BAD", "ABC002"), ("ASK", "ABC003")))
    assert said.state == "APPLIED"
    return call, said


def test_what_a_report_answered_is_taken_back_as_one(world):
    with world.hub(who="anna") as hub:
        call, said = reported(world, hub)
        assert view(hub, call).answered.answered == 2
        assert withdrawn(hub, said) is TransferState.WITHDRAWN
        seen, own = view(hub, call), view(hub, said)
        with hub.look() as look:
            (promise,) = look.promises(states=tuple(PromiseState))
    assert (seen.answered.answered, {item.state for item in seen.items}) == (0, {ItemState.SENT})
    assert [(one.state, one.answered_by) for one in seen.deliveries] == [(DeliveryState.SENT, None)]
    assert promise.state is PromiseState.OPEN
    assert own.money == {ItemState.WITHDRAWN: (2, 0)}
    assert (own.events[-1].kind, own.events[-1].who) == ("withdrawn", "anna")


def test_the_right_report_answers_in_its_place(world):
    with world.hub(who="anna") as hub:
        call, said = reported(world, hub)
        withdrawn(hub, said)
        right = take(world, hub, "reports", "report2", report("CALL-ABC001", ("FIX", "ABC001")))
        assert right.state == "APPLIED"
        assert view(hub, call).answered.answered == 3


def test_what_it_moved_comes_back(cases):
    with cases.hub(who="anna") as hub:
        outcome = applied(hub)
        assert history(hub) == history(hub, "ABC002") == ["OPEN", "PAID"]
        withdrawn(hub, outcome)
        assert history(hub) == history(hub, "ABC002") == ["OPEN", "PAID", "OPEN"]
        assert view(hub, outcome).money == {ItemState.WITHDRAWN: (2, 1200)}


def test_a_record_that_somebody_moved_since_stands_in_the_way(cases):
    with cases.hub(who="anna") as hub:
        outcome = applied(hub)
        moves(hub, Move(kind="case", key="ABC002", to="CLOSED"))
        assert "the case ABC002 has moved on since. Nothing was done." in refusal(hub, outcome)
        assert history(hub) == ["OPEN", "PAID"]
        with hub.look() as look:
            assert look.worklist() == []


def test_what_the_senders_feed_made_of_the_report_comes_back_too(world):
    def notes(carried, left, ctx):
        yield Move(kind="case", key="ABC001", to="PAID" if left.state is DeliveryState.CONFIRMED else None)

    world.feeds, world.lifecycles = [replace(CALLS, left=notes), SAYS], [MILESTONE, case()]
    with world.hub(who="anna") as hub:
        moves(hub, *opened("ABC001"))
        _, said = reported(world, hub)
        assert history(hub)[-1] == "PAID"
        withdrawn(hub, said)
        assert history(hub)[-1] == "OPEN"


def test_an_item_that_was_gathered_stands_in_the_way_until_its_batch_is_withdrawn(tmp_path):
    world = parcels_world(tmp_path, little(match=waits, outputs=()), PARCELS)
    path = tmp_path / "config/routes/little.yaml"
    path.write_text(path.read_text().replace('to: [{output: payments, endpoint: out, folder: ""}]', "to: []"))
    (tmp_path / "out").rmdir()
    world.arrive("a.txt", b"WAI002+0000200\nWAI003+0000400\n")
    with world.hub(who="anna") as hub:
        outcome = applied(hub)
        (batch,) = hub.run("parcels").transfers
        assert f"was gathered by the batch {batch.id}; withdraw that first" in refusal(hub, outcome)
        hub.acts.withdraw(batch.id, "it goes nowhere")
        withdrawn(hub, outcome)
        assert hub.run("parcels").transfers == []
        assert view(hub, outcome).money == {ItemState.WITHDRAWN: (2, 600)}


def test_a_batch_that_is_noted_stands(tmp_path):
    world = parcels_world(tmp_path, little(match=waits), replace(PARCELS, outputs=()))
    path = tmp_path / "config/routes/parcels.yaml"
    path.write_text(path.read_text().replace('to: [{output: parcels, endpoint: out, folder: ""}]', "to: []"))
    world.arrive("a.txt", b"WAI002+0000200\n")
    with world.hub(who="anna") as hub:
        hub.run("payments")
        assert "what it gathered is noted and goes nowhere" in refusal(hub, applied(hub, "parcels"))


def test_a_bundle_stands_and_its_files_are_withdrawn_one_by_one(cases, zipped):
    path = cases.folder / "config/routes/little.yaml"
    path.write_text(path.read_text().replace('pattern: "*.txt"', 'pattern: "*.zip", unpack: zip'))
    cases.arrive("a.zip", zipped({"a.txt": PAID}))
    with cases.hub(who="anna") as hub:
        bundle, member = hub.run("payments").transfers
        assert "it is a bundle" in refusal(hub, bundle)
        assert withdrawn(hub, member) is TransferState.WITHDRAWN
        assert history(hub)[-1] == "OPEN"


@pytest.fixture
def zipped(tmp_path):
    import io
    from zipfile import ZipFile

    def make(files):
        stream = io.BytesIO()
        with ZipFile(stream, "w") as bundle:
            for name, content in files.items():
                bundle.writestr(name, content)
        return stream.getvalue()

    return make


def test_nobody_is_asked_any_more_where_a_withdrawn_item_belongs(cases):
    register = AccountRegister([Account("ABC001")])
    cases.arrive("a.txt", b"NOA001+0001000\n")
    with cases.hub(who="anna") as hub:
        outcome = applied(hub)
        (item,) = view(hub, outcome).items
        hub.services.registers.current = lambda conn, store: register
        hub.suspense.propose(item.id, "ABC001", "the tenant says so")
        with hub.look() as look:
            assert [entry.kind for entry in look.worklist()] == [WorkKind.SUSPENSE]
        withdrawn(hub, outcome)
        with hub.look() as look:
            assert look.worklist() == []
        with pytest.raises(UsageError, match="is WITHDRAWN, not SUSPENDED"):
            hub.suspense.propose(item.id, "ABC001", "again")


def test_a_crash_takes_all_of_it_back_or_nothing(world, monkeypatch):
    def dies(*given, **how):
        raise Crash

    with world.hub(who="anna") as hub:
        call, said = reported(world, hub)
        for point in ("answers.take_back", "withdraw._items_come_back", "move.transfer"):
            with monkeypatch.context() as patch:
                patch.setattr(f"hub.transfer.{point}", dies)
                with pytest.raises(Crash):
                    withdrawn(hub, said)
        assert (view(hub, call).answered.answered, view(hub, said).transfer.state) == (2, "APPLIED")
        withdrawn(hub, said)
        assert view(hub, call).answered.answered == 0


def test_an_extract_of_accounts_stands(cases):
    accounts = little(register=lambda items: RegisterChange({}), outputs=())
    cases.feeds = [accounts]
    with cases.hub(who="anna") as hub:
        assert "it changed the register of accounts" in refusal(hub, applied(hub))
