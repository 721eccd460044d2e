"""The register in memory: as the store has it, whatever changed it since the last look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import LostRace
from hub.model import Move
from hub.rent.holds import HOLD, HOLD_LIFE
from hub.rent.mandates import MANDATE_KIND, MANDATE_LIFE
from hub.store import queries
from hub.transfer.effects import apply_moves
from hub.transfer.undo import undo
from tests.unit.store.making import a_transfer
from tests.world import World


@pytest.fixture
def hub(tmp_path):
    with World(tmp_path, lifecycles=[replace(MANDATE_LIFE, when=None), HOLD_LIFE]).hub() as made:
        yield made


def a_move(key="RENT0001", to="ACTIVE", kind=MANDATE_KIND):
    bank = {"account_name": "A PRETEND PERSON", "sort_code": "000099", "account_number": "00012345"}
    return Move(kind=kind, key=key, to=to, account="1900000011", personal=bank)


def move(hub, *moves):
    hub.services.commit(lambda conn: apply_moves(conn, hub.services, moves, who="tester"))


def status(hub, key="RENT0001"):
    with hub.store.read() as conn:
        register = hub.services.facts(conn).register
        mandate = register.mandate(key) if register else None
    return mandate and mandate.status


def test_nothing_is_known_before_the_first_extract(hub):
    with hub.store.read() as conn:
        assert hub.services.facts(conn).register is None


def test_a_mandate_that_moves_is_known_at_the_next_look(hub):
    move(hub, a_move(), a_move("RENT0002"))
    assert (status(hub), status(hub, "RENT0002"), status(hub, "RENT0003")) == ("ACTIVE", "ACTIVE", None)
    move(hub, a_move(to="SUSPENDED"), a_move("RENT0003", "NEW"))
    assert [status(hub, key) for key in ("RENT0001", "RENT0002", "RENT0003")] == [
        "SUSPENDED",
        "ACTIVE",
        "NEW",
    ]


def test_only_what_moved_is_read_again(hub, monkeypatch):
    """20,000 sealed mandates take a while to open; a hold set on an account changes none of them."""
    move(hub, a_move(), a_move("RENT0002"))
    assert status(hub) == "ACTIVE"
    read = []
    records_of = queries.records_of

    def noted(conn, keys, kind, wanted=None, **how):
        read.append(wanted)
        return records_of(conn, keys, kind, wanted, **how)

    monkeypatch.setattr(queries, "records_of", noted)
    move(hub, a_move("H1", kind=HOLD))
    read.clear()
    status(hub)
    assert read == [[]]
    move(hub, a_move("RENT0002", "DORMANT"))
    read.clear()
    assert status(hub, "RENT0002") == "DORMANT"
    assert read == [["RENT0002"]]


def test_a_mandate_whose_making_was_undone_is_known_no_more(hub):
    row = a_transfer("T1")

    def makes(conn):
        queries.insert_transfer(conn, row)
        apply_moves(conn, hub.services, [a_move(), a_move("RENT0002")], who="hub", transfer_id=row.id)

    hub.services.commit(makes)
    assert status(hub) == "ACTIVE"
    assert hub.services.commit(lambda conn: undo(conn, hub.services, row, "was withdrawn"))
    assert (status(hub), status(hub, "RENT0002")) == (None, None)


def test_what_was_given_up_was_never_so(hub):
    """A look inside a transaction that is not kept must not be remembered."""
    move(hub, a_move())

    def given_up(conn):
        apply_moves(conn, hub.services, [a_move(to="CANCELLED"), a_move("RENT0002")], who="tester")
        register = hub.services.facts(conn).register
        assert register.mandate("RENT0001").status == "CANCELLED"
        raise LostRace("given up")

    with pytest.raises(LostRace):
        hub.services.commit(given_up)
    assert (status(hub), status(hub, "RENT0002")) == ("ACTIVE", None)
    move(hub, a_move("RENT0004"), a_move("RENT0005"))  # have the numbers that the given-up ones had
    assert (status(hub), status(hub, "RENT0004")) == ("ACTIVE", "ACTIVE")
