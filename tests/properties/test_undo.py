"""Whatever order transfers and people move a record in, and are taken back in: what was undone is as if it
had never been, the rest stands, and the history says all of it.

The oracle keeps the moves that count in a list of its own, and lays their facts over each other."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.api import Move
from hub.store import queries
from hub.store.rows import TransferRow
from hub.transfer.effects import apply_moves
from hub.transfer.undo import undo
from tests.cases import of_kind
from tests.unit.store.making import a_transfer
from tests.world import World

PERSON = None
movers = st.sampled_from(("A", "B", "C", PERSON))
facts = st.dictionaries(st.sampled_from("xyz"), st.integers(0, 3), min_size=1, max_size=2)
steps = st.lists(
    st.tuples(st.just("move"), movers, facts) | st.tuples(st.just("undo"), st.sampled_from("ABC"))
)

STACK = ExitStack()
KEYS = map(str, count())


def one_hub() -> Any:
    """One for all examples: each has a record and transfers of its own."""
    if not hasattr(one_hub, "made"):
        folder = Path(STACK.enter_context(tempfile.TemporaryDirectory()))
        one_hub.made = STACK.enter_context(World(folder, lifecycles=[of_kind("case")]).hub())  # type: ignore[attr-defined]
    return one_hub.made


def teardown_module() -> None:
    STACK.close()


def folded(moves: Sequence[tuple[str | None, dict[str, int]]]) -> dict[str, int] | None:
    """What the record holds after these moves; None when it is not there."""
    whole: dict[str, int] = {}
    for _, told in moves:
        whole |= told
    return whole if moves else None


def taken_back(moves: list[Any], mover: str) -> tuple[list[Any], bool]:
    """Without the mover's moves at the end, and whether none of theirs is left."""
    kept = list(moves)
    while kept and kept[-1][0] == mover:
        kept.pop()
    return kept, all(by != mover for by, _ in kept)


@given(steps=steps)
@settings(max_examples=60, deadline=None)
def test_undoing_is_as_if_it_had_never_been(steps: list[Any]) -> None:
    hub, key = one_hub(), next(KEYS)
    rows = {name: a_transfer(f"{name}{key}") for name in "ABC"}
    hub.services.commit(lambda conn: [queries.insert_transfer(conn, row) for row in rows.values()])
    counting: list[Any] = []
    written = 0
    for what, mover, *told in steps:
        before = folded(counting)
        if what == "move":
            move(hub, key, rows.get(mover), told[0])
            changed = {**(before or {}), **told[0]} != before
            counting += [(mover, told[0])] if changed else []
            written += changed
        else:
            kept, whole = taken_back(counting, mover)
            assert take_back(hub, rows[mover]) is whole
            written += kept != counting
            counting = kept
        check(hub, key, folded(counting), written)


def move(hub: Any, key: str, row: TransferRow | None, told: dict[str, int]) -> None:
    one = Move(kind="case", key=key, to="ON", data=told, personal={name: str(n) for name, n in told.items()})
    id = row.id if row else None
    hub.services.commit(lambda conn: apply_moves(conn, hub.services, [one], who="x", transfer_id=id))


def take_back(hub: Any, row: TransferRow) -> bool:
    undone: bool = hub.services.commit(lambda conn: undo(conn, hub.services, row, "was withdrawn"))
    return undone


def check(hub: Any, key: str, expected: dict[str, int] | None, written: int) -> None:
    with hub.store.read() as conn:
        found = queries.get_record(conn, hub.store.keys, "case", key)
        assert (found and dict(found.data)) == expected
        assert (found and dict(found.personal)) == (expected and {n: str(v) for n, v in expected.items()})
        assert len(queries.history_of(conn, "case", key)) == written
        assert queries.verify_record_chain(conn, "case", key) is None
