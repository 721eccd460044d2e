"""The walk of a credit note: it waits for its invoice's number, reserves what it credits, and is answered."""

from __future__ import annotations

import pytest

from hub.model import ItemState, Move, PromiseState
from hub.transfer.effects import apply_moves
from tests.walks.credits import CREDIT, FEEDS, INVOICE, LIVES
from tests.world import World

ENDPOINTS = """
endpoints:
  in: {type: folder, path: ../in}
  out: {type: folder, path: ../out}
"""
ROUTES = """
partner: Finance
routes:
  documents:
    feed: walk.documents
    from: {endpoint: in, pattern: "doc*", then: "archive:done"}
    to: &to [{output: gl07, endpoint: out}, {output: control, endpoint: out, after: gl07}]
    expect: {walk.feedback: {within: 24h}}
    mode: live
    owner: finance
  credits:
    feed: walk.credits
    from: {items: WALK_CREDIT, when: numberedEACH}
    to: *to
    expect: {walk.feedback: {within: 24h}}
    mode: live
    owner: finance
  back:
    feeds: [walk.feedback, walk.paid]
    from: {endpoint: in, pattern: "back*", then: "archive:done"}
    mode: live
    owner: finance
"""
HEAD = "ref,party,invoice,vat,gross\n"
INVOICED = f"{HEAD}I1,P1,,S,120.00\nI2,P2,,Z,50.00\n"
BACK = "ref,batch,party,voucher_no,open\n"
NUMBERED = f"{BACK}I1,,,V77,120.00\n"


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path, feeds=list(FEEDS), lifecycles=list(LIVES))
    made.write("config/endpoints.yaml", ENDPOINTS)
    configure(made)
    return made


def configure(world, each=""):
    world.write("config/routes/little.yaml", ROUTES.replace("EACH", each))


def hear(world, name, text):
    world.arrive(f"{name}.csv", text.encode())
    return run(world, "documents" if name.startswith("doc") else "back")[0]


def run(world, route, **how):
    with world.hub(who="anna", **how) as hub:
        return hub.run(f"little.{route}").transfers


def seen(world, ask):
    with world.hub() as hub, hub.look() as look:
        return ask(look)


def record(world, kind, key):
    return seen(world, lambda look: look.record(kind, key))


def out(world, start):
    found = world.delivered()
    return [found[name].decode() for name in sorted(found) if name.startswith(start)]


def credit(*rows):
    return HEAD + "".join(f"{ref},P1,I1,{vat},{gross}\n" for ref, vat, gross in rows)


def numbered(world):
    assert hear(world, "doc1", INVOICED).state == "SENT"
    assert hear(world, "back1", NUMBERED).state == "APPLIED"


def test_a_credit_note_waits_for_the_number_of_its_invoice_and_its_owner_is_told(world):
    hear(world, "doc1", INVOICED)
    hear(world, "doc2", credit(("C1", "S", "20.00")))
    assert run(world, "credits") == []
    (promise,) = [one for one in seen(world, lambda look: look.promises()) if one.name == "invoice"]
    assert (promise.owner, promise.due_at.isoformat()) == ("finance", "2026-11-10T00:00:00+00:00")
    hear(world, "back1", NUMBERED)
    (batch,) = run(world, "credits")
    assert batch.state == "SENT"
    assert out(world, "GL")[-1] == "C1,P1,V77,-20.00\n"
    promises = seen(world, lambda look: look.promises(states=PromiseState))
    assert [one.state for one in promises if one.name == "invoice"] == [PromiseState.KEPT]


def test_the_control_file_stays_behind_the_file_that_it_controls(world, tmp_path):
    names = []

    def boundary(point):
        if point == "sent":
            names.append(sorted(name[:2] for name in world.delivered()))

    world.arrive("doc1.csv", INVOICED.encode())
    run(world, "documents", boundary=boundary)
    assert names == [["GL"], ["CT", "GL"]]


@pytest.mark.parametrize("each", ["", ", each: true"], ids=["one batch", "two batches"])
def test_two_credits_of_one_night_do_not_both_pass_where_one_may(world, each):
    configure(world, each)
    numbered(world)
    hear(world, "doc2", credit(("C1", "S", "80.00"), ("C2", "S", "40.01")))
    run(world, "credits")
    assert out(world, "GL")[1:] == ["C1,P1,V77,-80.00\n"]
    assert record(world, INVOICE, "I1").data["credits"] == {"C1": {"S": 8000}}
    (waits,) = seen(world, lambda look: look.items_that_are([ItemState.WAITING]))
    assert waits.reference == "C2"


def test_no_more_is_credited_at_a_rate_of_vat_than_was_invoiced_at_it(world):
    numbered(world)
    hear(world, "doc2", credit(("C1", "Z", "1.00"), ("C2", "S", "120.00")))
    run(world, "credits")
    assert out(world, "GL")[1:] == ["C2,P1,V77,-120.00\n"]


def test_it_is_asked_again_in_the_moment_of_sending(world):
    """Somebody else reserves between release and sending."""
    numbered(world)
    hear(world, "doc2", credit(("C1", "S", "80.00")))

    def boundary(point):
        if point == "before_intent":
            taken = {"C1": {"S": 8000}, "BY-HAND": {"S": 10000}}
            with world.hub() as hub:
                move = Move(kind=INVOICE, key="I1", data={"credits": taken})
                hub.services.commit(lambda conn: apply_moves(conn, hub.services, [move], who="anna"))

    run(world, "credits", boundary=boundary)
    assert len(out(world, "GL")) == 1, "only the invoices"
    assert record(world, CREDIT, "C1").state == "WAITING"


def test_feedback_finds_what_it_means_by_reference_batch_or_party_and_once(world):
    numbered(world)
    hear(world, "back2", f"{BACK},,P2/I2,V78,50.00\n")
    assert record(world, INVOICE, "I2").data["voucher_no"] == "V78"
    hear(world, "doc2", credit(("C1", "S", "20.00")))
    (batch,) = run(world, "credits")
    hear(world, "back3", f"{BACK},{batch.id},,V79,0.00\n")
    found = seen(world, lambda look: look.transfer(batch.id))
    assert (found.answered.left, found.answered.answered) == (1, 1)
    assert [sorted(names) for names in found.called.values()] == [["batch", "party_document", "voucher_no"]]
    assert record(world, CREDIT, "C1").state == "POSTED"
    assert seen(world, lambda look: look.find("V79"))[0].reference == "C1"
    again = hear(world, "back4", f"{BACK},{batch.id},,V80,0.00\n")
    assert seen(world, lambda look: look.money(again.id)) == {ItemState.HELD: (1, 0)}


def test_what_is_not_answered_in_a_day_is_overdue(world):
    hear(world, "doc1", INVOICED)
    world.clock.turn(hours=25)
    run(world, "back")
    (late,) = seen(world, lambda look: look.promises(states=[PromiseState.BROKEN]))
    assert late.owner == "finance"


def test_an_invoice_is_paid_in_parts(world):
    numbered(world)
    hear(world, "back2", "voucher_no,ref,open\nV77,I1,20.00\n")
    assert (record(world, INVOICE, "I1").state, record(world, INVOICE, "I1").data["open"]) == ("PART", 2000)
    hear(world, "back3", "voucher_no,ref,open\nV77,I1,0.00\n")
    assert record(world, INVOICE, "I1").state == "PAID"
