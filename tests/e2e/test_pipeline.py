"""The pipeline over real folders and a real store: what is delivered, refused, held; what people may do."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from dataclasses import replace

import pytest

from hub.api import Output
from hub.connectors.folder import FolderConnector
from hub.errors import InDoubt, LostRace, RemoteRefused, StoreError, Unreachable, UsageError
from hub.model import Disposition, ItemState, TransferState
from hub.store import queries
from tests.little import LittleOptions, LittleTally, little, write
from tests.world import ROUTES, World

GOOD = b"ABC001+0001000\nABC002-0000200\nNOA003+0000100\n"


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def only(report):
    (outcome,) = report.transfers
    return outcome


def view(hub, transfer_id):
    with hub.look() as look:
        return look.transfer(transfer_id)


def test_a_good_file_is_delivered_once_and_every_penny_is_accounted_for(world):
    world.arrive("a.txt", GOOD)
    with world.hub() as hub:
        outcome = only(hub.run("payments"))
        assert hub.run("payments").transfers == []
    assert outcome.state == "SENT"
    assert outcome.money == {ItemState.POSTED: (2, 800), ItemState.SUSPENDED: (1, 100)}
    assert list(world.delivered().values()) == [b"ABC001+0001000\nABC002-0000200\n"]
    assert (world.folder / "in/done/a.txt").read_bytes() == GOOD


def test_a_file_that_others_are_faster_than_is_worked_in_the_same_run(world):
    """Five times another transfer moved first what this one moves too."""
    faster = iter(range(5))

    def boundary(point):
        if point == "rendered" and next(faster, None) is not None:
            raise LostRace("another moved it first")

    world.arrive("a.txt", GOOD)
    with world.hub(boundary=boundary) as hub:
        assert only(hub.run("payments")).state == "SENT"


def test_a_bad_file_is_refused_whole_with_all_findings_and_nothing_leaves(world):
    world.arrive("bad.txt", b"ABC001+0001000\nxxx\nABC002+00010x0\n")
    with world.hub() as hub:
        outcome = only(hub.run("payments"))
        findings = {(f.check, f.line) for f in view(hub, outcome.id).findings}
    assert outcome.state == "REJECTED"
    assert findings == {("STRUCTURE", 2), ("AMOUNT", 3)}
    assert outcome.money == {}
    assert world.delivered() == {}


def test_one_bad_file_does_not_stop_the_others(world):
    world.arrive("a.txt", b"nonsense")
    world.arrive("b.txt", b"ABC001+0001000\n")
    with world.hub() as hub:
        states = {o.name: o.state for o in hub.run("payments").transfers}
    assert states == {"a.txt": "HELD", "b.txt": "SENT"}


def test_the_same_bytes_under_another_name_are_a_duplicate(world):
    """So is a submission to Bacs that was sent before (S18-022): the rule is the hub's own."""
    with world.hub() as hub:
        for name in ("a.txt", "again.txt"):
            world.arrive(name, GOOD)
            outcome = only(hub.run("payments"))
    assert outcome.state == "DUPLICATE"
    assert len(world.delivered()) == 1


def test_two_copies_in_one_run_are_delivered_once(world):
    for name in ("a.txt", "b.txt", "c.txt"):
        world.arrive(name, GOOD)
    with world.hub() as hub:
        states = sorted(o.state for o in hub.run("payments").transfers)
    assert states == ["DUPLICATE", "DUPLICATE", "SENT"]
    assert len(world.delivered()) == 1


def test_what_is_held_goes_when_a_person_releases_it_and_not_before(world):
    world.change_route("options: {limit: 500}")
    world.arrive("a.txt", GOOD)
    with world.hub(who="anna") as hub:
        held = only(hub.run("payments"))
        assert (held.state, held.needs_person) == ("HELD", True)
        assert hub.run("payments").transfers == []
        hub.acts.release(held.id, "totals agreed")
        assert hub.advance(held.id).state == "SENT"
        released = next(e for e in view(hub, held.id).events if e.kind == "released")
    assert (released.who, released.data["reason"]) == ("anna", "totals agreed")


def test_what_is_withdrawn_never_leaves_and_may_come_again(world):
    world.change_route("hold: {first_file: true}")
    world.arrive("a.txt", GOOD)
    with world.hub() as hub:
        held = only(hub.run("payments"))
        hub.acts.withdraw(held.id, "sent by mistake")
        assert hub.advance(held.id).state == "WITHDRAWN"
        world.arrive("b.txt", GOOD)
        assert only(hub.run("payments")).state == "HELD"
    assert world.delivered() == {}


def test_only_what_is_legal_may_be_done(world):
    world.arrive("a.txt", GOOD)
    with world.hub() as hub:
        sent = only(hub.run("payments"))
        for act in (hub.acts.release, hub.acts.withdraw, hub.acts.retry):
            with pytest.raises(UsageError):
                act(sent.id, "why not")
        with pytest.raises(UsageError, match="nothing to settle"):
            hub.acts.settle(sent.id, sent=True, reason="why not")
        with pytest.raises(UsageError, match="no transfer"):
            hub.acts.release("nothing", "why not")


def test_a_rejected_file_is_worked_again_from_its_stored_bytes_after_a_waiver(world):
    world.arrive("a.txt", b"ABC001+0001001\n")
    with world.hub() as hub:
        refused = only(hub.run("payments"))
    assert refused.state == "REJECTED"
    world.write(
        "config/waivers.yaml",
        "waivers:\n  - {check: SUM, route: little.payments, reason: known, owner: it, until: 2026-12-31}\n",
    )
    with world.hub() as hub:
        hub.acts.retry(refused.id, "waived")
        assert hub.advance(refused.id).state == "SENT"


class NamedTally(LittleTally):
    def identity(self) -> str:
        return "PAYMENTS-1"


def test_a_corrected_copy_that_is_tried_again_is_refused_in_words_until_the_first_is_withdrawn(tmp_path):
    world = World(tmp_path, feeds=[little(tally=NamedTally)])
    world.change_route("hold: {above_count: 0}")
    world.arrive("a.txt", GOOD)
    with world.hub() as hub:
        first = only(hub.run("payments"))
        world.arrive("a.txt", GOOD[:15])
        refused = only(hub.run("payments"))
        assert refused.state == "REJECTED"
        hub.acts.retry(refused.id, "the sender says that this is the right one")
        again = next(one for one in hub.run("payments").transfers if one.id == refused.id)
        assert f"PAYMENTS-1 came before, with other content, as transfer {first.id}" in again.reason
        hub.acts.withdraw(first.id, "the sender took it back")
        hub.acts.retry(refused.id, "the first is withdrawn")
        assert only(hub.run("payments")).state == "HELD"


def test_a_check_at_the_door_stops_what_was_released_and_its_approval_falls(world):
    world.change_route("options: {limit: 500}")
    world.arrive("a.txt", GOOD)
    with world.hub(who="anna") as hub:
        held = only(hub.run("payments"))
        hub.acts.release(held.id, "totals agreed")
    world.change_route("options: {limit: 500, shut: true}")
    with world.hub() as hub:
        hub.advance(held.id)
        row = view(hub, held.id).transfer
    assert world.delivered() == {}
    assert row.state is TransferState.REJECTED
    assert row.approved_by is None


class Trouble:
    """A connector whose uploads fail as the test says, a number of times."""

    def __init__(self, real, error, times):
        self.real, self.error, self.times = real, error, times

    def open(self, name, endpoint, secrets):
        session = self.real.open(name, endpoint, secrets)
        if name == "out" and self.times:
            self.times -= 1
            raise self.error
        return session

    def close(self):
        self.real.close()


def troubled(error, times):
    return Trouble(FolderConnector(), error, times)


def test_an_endpoint_that_is_down_is_tried_again_later_and_then_delivered_once(world):
    world.arrive("a.txt", GOOD)
    connector = troubled(Unreachable("the partner does not answer"), times=2)
    with world.hub(folder=connector) as hub:
        assert only(hub.run("payments")).state == "ACCEPTED"
        assert only(hub.run("payments")).state == "ACCEPTED"  # too early: nothing is tried
        assert connector.times == 1
        for _ in range(2):
            world.clock.turn(hours=1)
            outcome = only(hub.run("payments"))
    assert outcome.state == "SENT"
    assert len(world.delivered()) == 1


def test_a_refusal_is_not_tried_again_until_a_person_says_so(world):
    world.arrive("a.txt", GOOD)
    connector = troubled(RemoteRefused("no right to write."), times=1)
    with world.hub(folder=connector) as hub:
        stopped = only(hub.run("payments"))
        world.clock.turn(days=1)
        hub.run("payments")
        assert world.delivered() == {}
        assert stopped.needs_person
        assert (
            stopped.reason
            == f"no right to write. When that is mended: feedhub transfers retry {stopped.id} --reason …"
        )
        hub.acts.retry(stopped.id, "the right was given")
        assert hub.advance(stopped.id).state == "SENT"


def test_a_source_that_cannot_be_read_is_told_and_the_run_ends(world):
    connector = troubled(None, times=0)
    connector.open = lambda *given: (_ for _ in ()).throw(Unreachable("the partner does not answer"))
    with world.hub(folder=connector) as hub:
        report = hub.run("payments")
    assert report.trouble == "the partner does not answer"
    assert not report.well


def test_a_plug_in_that_raises_fails_its_transfer_and_only_that(tmp_path):
    def raises(item, ctx, sent):
        if item.reference == "BUG001":
            raise ZeroDivisionError
        return Disposition(ItemState.TAKEN, item.reference)

    world = World(tmp_path, feeds=[little(match=raises)])
    world.arrive("a.txt", b"BUG001+0001000\n")
    world.arrive("b.txt", b"ABC001+0001000\n")
    with world.hub() as hub:
        outcomes = {o.name: o for o in hub.run("payments").transfers}
    assert outcomes["a.txt"].state == "FAILED"
    assert "could not work this file" in (outcomes["a.txt"].reason or "")
    assert outcomes["b.txt"].state == "SENT"


def test_a_file_that_is_too_large_is_not_taken(world):
    world.change_route("max_file_size: 1KB")
    world.arrive("a.txt", b"ABC001+0001000\n" * 1000)
    with world.hub() as hub:
        outcome = only(hub.run("payments"))
    assert outcome.state == "FAILED"
    assert "at most 1,000" in (outcome.reason or "")


def test_in_order_a_later_file_waits_for_an_earlier_one_that_is_held(world):
    world.change_route("in_order: true", "options: {limit: 500}")
    world.arrive("1.txt", GOOD)
    world.arrive("2.txt", b"ABC009+0000100\n")
    with world.hub() as hub:
        first, later = hub.run("payments").transfers
        assert {o.name: o.state for o in (first, later)} == {"1.txt": "HELD", "2.txt": "STAGED"}
        waits = only(hub.run("payments"))
        assert (waits.name, waits.state) == ("2.txt", "STAGED")
        assert waits.reason == f"waits for its turn: 1.txt ({first.id}) comes before it and is not over"
        assert [event.kind for event in view(hub, waits.id).events].count("waits") == 1
        hub.acts.withdraw(first.id, reason="agreed")
        last = next(o for o in hub.run("payments").transfers if o.name == "2.txt")
        assert (last.state, last.reason) == ("SENT", None)


def test_a_file_that_a_person_hands_in_goes_the_same_way(world, tmp_path):
    path = tmp_path / "by_hand.txt"
    path.write_bytes(GOOD)
    with world.hub(who="anna") as hub:
        outcome = only(hub.put("payments", path))
        first = view(hub, outcome.id).events[0]
    assert outcome.state == "SENT"
    assert (first.kind, first.who) == ("put", "anna")


def test_history_is_chained(world):
    world.arrive("a.txt", GOOD)
    with world.hub() as hub:
        outcome = only(hub.run("payments"))
        with hub.store.read() as conn:
            assert queries.verify_chain(conn, "transfer", outcome.id) is None


def test_a_route_that_is_off_does_not_run(world):
    text = (world.folder / "config/routes/little.yaml").read_text().replace("mode: live", "mode: off")
    world.write("config/routes/little.yaml", text.replace("mode: off", 'mode: "off"'))
    with world.hub() as hub, pytest.raises(UsageError, match="is off"):
        hub.run("payments")


def test_options_default(world):
    with world.hub() as hub:
        options = hub.services.config.options["little.payments"]["little.payments"]
    assert options == LittleOptions()


def test_plug_ins_hear_of_each_event_once_it_is_committed(world):
    heard = []
    world.arrive("a.txt", GOOD)
    with world.hub(told=heard.append) as hub:
        outcome = only(hub.run("payments"))
        told = [event["kind"] for event in heard if event["subject_id"] == outcome.id]
        stored = [event.kind for event in view(hub, outcome.id).events if event.subject == "transfer"]
    assert told == stored


class Doubtful(FolderConnector):
    """An endpoint to which the line breaks while the file is renamed: it may have arrived or not."""

    arrives = True

    @contextmanager
    def open(self, name, endpoint, secrets):
        with super().open(name, endpoint, secrets) as session:
            yield DoubtfulSession(session, endpoint.path, self.arrives) if name == "out" else session


class DoubtfulSession:
    """What arrived has left its temporary name behind."""

    def __init__(self, session, place, arrives):
        self.session, self.place, self.arrives = session, place, arrives
        self.probe, self.tidy = session.probe, session.tidy

    def put(self, *given):
        if self.arrives:
            self.session.put(*given)
            (self.place / f".{given[1]}.part").write_bytes(b"left")
        raise InDoubt("the line broke while the file was renamed")


@pytest.mark.parametrize(("arrives", "state"), [(True, "SENT"), (False, "IN_DOUBT")])
def test_when_the_line_breaks_the_endpoint_is_asked_before_a_person_is(world, arrives, state):
    world.arrive("a.txt", GOOD)
    connector = Doubtful()
    connector.arrives = arrives
    with world.hub(folder=connector) as hub:
        assert only(hub.run("payments")).state == state
    assert len(world.delivered()) == arrives


def test_a_route_is_worked_by_one_command_at_a_time(world):
    world.arrive("a.txt", GOOD)
    busy = pytest.raises(StoreError, match="another feedhub command is working little.payments")
    with world.hub() as hub, hub.store.alone("little.payments"), busy:
        hub.run("payments")
    assert world.delivered() == {}
    with world.hub() as hub:
        assert only(hub.run("payments")).state == "SENT"


def test_a_source_that_cannot_be_tidied_is_told_each_run_and_kept_as_one_event(world):
    (world.folder / "in/done").rmdir()
    world.arrive("a.txt", GOOD)
    with world.hub() as hub:
        first = hub.run("payments")
        again = hub.run("payments")
        kinds = [event.kind for event in view(hub, only(first).id).events]
        (world.folder / "in/done").mkdir()
        assert hub.run("payments").trouble is None
    assert "a.txt could not be tidied" in (first.trouble or "")
    assert (again.transfers, again.trouble) == ([], first.trouble)
    assert kinds.count("not_tidied") == 1
    assert (world.folder / "in/done/a.txt").exists()


def test_of_many_sources_that_cannot_be_tidied_the_first_are_named_and_the_others_counted(world):
    world.write("config/routes/little.yaml", ROUTES.replace("archive:done", "archive:gone"))
    for name in "abcde":
        world.arrive(f"{name}.txt", f"{name.upper()}BC001+0001000\n".encode())
    with world.hub() as hub:
        said = hub.run("payments").trouble
    assert [f"{name}.txt could not be tidied" in said for name in "abcde"] == [True, True, True, False, False]
    assert said.endswith("So it is with 2 more.")


def test_a_clock_that_stood_wrong_does_not_silence_the_comparison_with_the_last_file(world):
    with world.hub() as hub:
        world.arrive("a.txt", GOOD)
        hub.run("payments")
        world.clock.turn(days=-200)
        world.arrive("b.txt", b"ABC009+0000100\n")
        outcome = only(hub.run("payments"))
        assert "FEWER" in {finding.check for finding in view(hub, outcome.id).findings}


def test_two_equal_outputs_of_a_day_never_share_a_name(tmp_path):
    """Else the second would be found lying there already, and count as sent although it never left."""

    def daily(carried, ctx):
        return replace(write(carried, ctx), name="CashFile20261102.dat")

    world = World(tmp_path, feeds=[little(outputs=(Output("payments", ("PAYMENT",), write=daily),))])
    with world.hub() as hub:
        for name, content in {"a.txt": b"ABC001+0001000\n", "b.txt": b"ABC001+0001000\r\n"}.items():
            world.arrive(name, content)
            assert only(hub.run("payments")).state == "SENT"
    assert set(world.delivered()) == {"CashFile20261102.dat", "CashFile20261102_2.dat"}


def test_a_name_that_the_route_gives_is_kept(world):
    world.write("config/routes/little.yaml", ROUTES.replace('folder: ""}]', 'folder: "", name: daily.txt}]'))
    with world.hub() as hub:
        for name, content in {"a.txt": GOOD, "b.txt": b"ABC009+0000100\n"}.items():
            world.arrive(name, content)
            only(hub.run("payments"))
            assert set(world.delivered()) == {"daily.txt"}
            (world.folder / "out/daily.txt").unlink()


def unsure_of(monkeypatch, place):
    """A disk that does not say of one folder that the names in it are safe."""

    def sync(path):
        if path == str(place):
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("hub.connectors.folder._sync_folder", sync)


def test_a_file_whose_new_name_may_not_be_safe_is_looked_for_and_not_sent_again(world, monkeypatch):
    unsure_of(monkeypatch, world.folder / "out")
    world.arrive("a.txt", GOOD)
    with world.hub() as hub:
        outcome = only(hub.run("payments"))
        (delivery,) = view(hub, outcome.id).deliveries
        assert hub.run("payments").transfers == []
    assert (outcome.state, delivery.attempts) == ("SENT", 1)
    assert len(world.delivered()) == 1


def test_tidied_files_whose_new_names_may_not_be_safe_are_told_and_the_run_ends(world, monkeypatch):
    unsure_of(monkeypatch, world.folder / "in/done")
    world.arrive("a.txt", GOOD)
    world.arrive("b.txt", b"ABC002+0001000\n")
    with world.hub() as hub:
        report = hub.run("payments")
        assert [one.state for one in report.transfers] == ["SENT", "SENT"]
        assert "b.txt could not be tidied" in report.trouble
        assert "could not make sure that the new names" in report.trouble
        monkeypatch.undo()
        assert hub.run("payments").trouble is None
    assert sorted(path.name for path in (world.folder / "in/done").iterdir()) == ["a.txt", "b.txt"]
