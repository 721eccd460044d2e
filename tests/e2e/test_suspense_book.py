"""Suspended money goes out as a workbook and comes back filled in: to the penny, all of it or nothing.

The workbook is read and written here with the libraries themselves, cell by cell.
"""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from hub.cli.suspense_book import _row as exported_row
from hub.door.milestone import MILESTONE
from hub.engine.suspended import suspended
from hub.engine.suspense_book import CLEARED, LEFT, PROPOSED, REFUSED, place_all
from hub.errors import DataError, UsageError
from hub.formats.workbook import Sheet, write
from hub.model import Account
from hub.rent.learned import LEARNED_PAIR
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.rent.suspense import SUSPENSE
from hub.rent.suspense_book import BOOK, read_book
from tests.e2e.test_suspense import configure, register
from tests.little import little
from tests.world import World

ACCOUNTS = ("R100", "R200")


def world_of(folder, pence):
    world = World(
        folder,
        feeds=[little(checks=()), SUSPENSE],
        lifecycles=[MILESTONE, LEARNED_PAIR],
        profiles=[GENERIC_RENTTRAN],
    )
    configure(world)
    lines = [f"NOA{n:03d}-{amount:07d}\n" for n, amount in enumerate(pence, start=100)]
    world.arrive("a.txt", "".join(lines).encode())
    with world.hub(who="anna") as hub:
        (came,) = hub.run("payments").transfers
        register(hub, came.id, *(Account(ref, f"T-{ref}") for ref in ACCOUNTS))
    return world


def book(world):
    """The workbook as it goes out, as rows of cells below the header."""
    with world.hub() as hub, hub.look() as look:
        now = hub.services.clock.now()
        rows = [exported_row(one) for one in suspended(look, hub.services.local(now))]
    data = write([Sheet("Suspense", BOOK, rows)], now)
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def saved(rows):
    """The rows as a person's spreadsheet saves them."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as made:
        page = made.add_worksheet("Suspense")
        day = made.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if hasattr(cell, "isoformat"):
                    page.write_datetime(number, place, cell, day)
                elif isinstance(cell, float):
                    page.write_number(number, place, cell)
                else:
                    page.write_string(number, place, str(cell))
    return io.BytesIO(out.getvalue())


def filled(rows, column, values):
    """The rows with `values` (by number of the item, from 0) in a column."""
    place = rows[0].index(column)
    for number, value in values.items():
        rows[number + 1][place] = value
    return rows


def brought(world, rows, who):
    lines = read_book(saved(rows))
    with world.hub(who=who) as hub:
        return place_all(hub.services, hub.suspense, lines, "seen on the statement")


def in_suspense(world):
    with world.hub() as hub, hub.look() as look:
        return sum(row.amount for row, _ in look.suspense())


def posted(world):
    """Pence at the rent system, by account."""
    with world.hub() as hub:
        hub.run("suspense")
    files = [text.decode() for name, text in world.delivered().items() if name.startswith("RENTTRAN")]
    lines = [line.split(",") for text in files for line in text.splitlines() if line.startswith("D")]
    sums = dict.fromkeys(ACCOUNTS, 0)
    for line in lines:
        sums[line[2]] += int(line[9].replace(".", ""))
    return sums


@pytest.fixture
def world(tmp_path):
    return world_of(tmp_path, [10_00, 12_34, 99])


def test_one_person_fills_in_the_accounts_and_another_agrees(world):
    placed = brought(world, filled(book(world), "new_payment_ref", {0: "R100", 1: "r200"}), "ben")
    assert (placed.of(PROPOSED), placed.of(LEFT)) == ((2, -22_34), (1, -99))
    assert in_suspense(world) == -23_33
    rows = book(world)
    assert [row[rows[0].index("proposed_by")] for row in rows[1:]] == ["ben", "ben", ""]
    placed = brought(world, filled(rows, "agreed", {0: "yes", 1: "No"}), "carla")
    assert (placed.of(CLEARED), placed.of(REFUSED)) == ((1, -10_00), (1, -12_34))
    assert in_suspense(world) == -13_33
    assert posted(world) == {"R100": -10_00, "R200": 0}


def test_who_proposed_does_not_agree_with_it(world):
    brought(world, filled(book(world), "new_payment_ref", {0: "R100"}), "ben")
    with pytest.raises(UsageError, match=r"line 2: You \(ben\)"):
        brought(world, filled(book(world), "agreed", {0: "yes"}), "ben")
    assert in_suspense(world) == -23_33


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("amount", -10.01, "amount is “-10.01” there and “-10.00” here"),
        ("original_payment_ref", "NOA999", "original_payment_ref is “NOA999” there"),
        ("item", "nothing", "no item nothing"),
        ("new_payment_ref", "R999", "knows no rent account R999"),
        ("agreed", "yes", "Nobody has proposed"),
    ],
)
def test_one_line_that_is_wrong_and_nothing_is_done(world, column, value, sentence):
    rows = filled(book(world), "new_payment_ref", {1: "R100", 2: "R200"})
    with pytest.raises(UsageError, match=sentence):
        brought(world, filled(rows, column, {0: value}), "ben")
    again = book(world)
    assert [row[again[0].index("new_payment_ref")] for row in again[1:]] == ["", "", ""]


def test_an_item_that_stands_there_twice_is_refused_before_anything_else(world):
    rows = filled(book(world), "new_payment_ref", {0: "R100"})
    with pytest.raises(DataError, match="stands on line 2 already"):
        brought(world, [*rows, rows[1]], "ben")


def test_an_old_workbook_does_nothing_a_second_time(world):
    rows = filled(book(world), "new_payment_ref", {0: "R100"})
    brought(world, rows, "ben")
    placed = brought(world, rows, "ben")
    assert placed.of(LEFT) == (3, -23_33)
    brought(world, filled(book(world), "agreed", {0: "yes"}), "carla")
    with pytest.raises(UsageError, match="WAITING, not SUSPENDED"):
        brought(world, rows, "ben")
    assert posted(world)["R100"] == -10_00


def test_nobody_agrees_with_what_was_proposed_since_unseen(world):
    brought(world, filled(book(world), "new_payment_ref", {0: "R100"}), "ben")
    rows = filled(book(world), "agreed", {0: "yes"})
    item = rows[1][0]
    with world.hub(who="dora") as hub:
        hub.suspense.refuse(item, "not that one")
        hub.suspense.propose(item, "R200", "this one")
    with pytest.raises(UsageError, match="R200 is proposed, and the table has R100"):
        brought(world, rows, "carla")
    assert in_suspense(world) == -23_33


decisions = st.lists(
    st.tuples(st.integers(1, 999_999), st.sampled_from(["", *ACCOUNTS]), st.sampled_from(["yes", "no", ""])),
    min_size=1,
    max_size=6,
)


@settings(max_examples=4)
@given(decisions)
def test_what_was_suspended_is_posted_or_suspended_still_whatever_people_say(tmp_path_factory, them):
    world = world_of(tmp_path_factory.mktemp("book"), [pence for pence, _, _ in them])
    accounts = {n: account for n, (_, account, _) in enumerate(them)}
    agreed = {n: say for n, (_, account, say) in enumerate(them) if account}
    brought(world, filled(book(world), "new_payment_ref", accounts), "ben")
    brought(world, filled(book(world), "agreed", agreed), "carla")
    wanted = dict.fromkeys(ACCOUNTS, 0)
    for pence, account, say in them:
        if account and say == "yes":
            wanted[account] -= pence
    still = in_suspense(world)
    assert posted(world) == wanted
    assert -sum(pence for pence, _, _ in them) == sum(wanted.values()) + still
