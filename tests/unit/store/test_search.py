"""What somebody looks for is found: all of it, nothing else, the newest first, whichever way is gone to
it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from random import Random

import pytest
from sqlalchemy import Connection

from hub.clock.now import make_id
from hub.config.people import HUB, Viewer
from hub.config.settings import Role
from hub.model import Compartment, DeliveryState, Finding, ItemState, Severity, TransferState
from hub.store import Store, queries
from hub.store.look import search
from hub.store.look.search import Count, Wanted
from hub.store.rows import RunRow
from hub.transfer.states import derived_state
from tests.looking import looking
from tests.unit.store.making import NOON, TickingClock, a_delivery, a_transfer, an_item

MADE = 60
STATES = [TransferState.ACCEPTED, TransferState.ACCEPTED, TransferState.HELD, TransferState.REJECTED]
VIEWER = Viewer("vera", "Vera", frozenset({Role.VIEWER}))
MEANT = dict[str, set[str]]
"""Of each transfer what may be wanted of it, as `criterion=value`."""


def id_of(number: int) -> str:
    return make_id(NOON + timedelta(hours=number), 7)


@pytest.fixture(scope="module")
def meant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, MEANT]]:
    store = Store.open(tmp_path_factory.mktemp("state"), clock=TickingClock())
    random, found = Random(9), MEANT()  # noqa: S311 no secret
    for number in range(MADE):
        store.write(lambda conn, number=number: fill(conn, store, number, random, found))
        if number == MADE - 10:
            store.write(end_a_run)
    yield store, found
    store.close()


def end_a_run(conn: Connection) -> None:
    """It takes up the names; those of the last transfers are taken up by none."""
    queries.insert_runs(conn, [RunRow(id="run", route="tests.route", started_at=NOON)])
    queries.end_run(conn, "run", outcome="done", summary={})


def fill(conn: Connection, store: Store, number: int, random: Random, found: MEANT) -> None:
    id, inside = id_of(number), Compartment.DWP if number % 9 == 0 else Compartment.OPEN
    state, day = random.choice(STATES), date(2030, 6, 1 + number % 5)
    columns = {
        "route": f"route_{number % 3}",
        "partner": f"Partner {number % 4}",
        "state": state,
        "business_date": day,
        "value": 1000 + number % 6,
        "records": number % 7,
        "name": f"ARUDD_{number % 8}%_{number:03d}.xml",
        "blob": f"{number % 10:06x}{number:058x}",
        "found_at": NOON + timedelta(hours=number),
        "compartment": inside,
    }
    queries.insert_transfer(conn, a_transfer(id, **columns))
    amount, reference = 1000 + number % 11, f"REF{number % 13:02d}"
    row = an_item(
        f"{id}.1",
        transfer_id=id,
        amount=amount,
        reference=reference,
        account=f"ACC{number % 17:02d}",
        state=ItemState.POSTED,
        compartment=inside,
    )
    queries.insert_items(conn, store.keys, [row])
    check, said = f"CHECK-{number % 5}", f"what was expected is {number % 6}% more"
    queries.replace_findings(conn, id, [Finding(check, Severity.NOTE, said)])
    deliveries = random.sample(list(DeliveryState), k=random.choice((1, 1, 2)))
    for one in deliveries:
        queries.insert_delivery(conn, a_delivery(f"{id}-{one}", id, state=one, name=one, blob="f" * 64))
    live = [one for one in deliveries if one is not DeliveryState.WITHDRAWN]
    told = derived_state(state, deliveries) if live or state is not TransferState.ACCEPTED else "nothing"
    found[id] = {
        f"route=route_{number % 3}",
        f"partner=Partner {number % 4}",
        f"state={told}",
        f"business_date={day}",
        f"amount={1000 + number % 6}",
        f"amount={1000 + number % 11}",
        f"records={number % 7}",
        f"name=arudd_{number % 8}%",
        f"sha256={number % 10:06x}",
        f"check={check}",
        f"said=IS {number % 6}% MORE",
        f"reference={reference}",
        f"reference=ACC{number % 17:02d}",
        f"text={reference}",
        f"text={id}",
        f"text=_{number:03d}.XML",
        f"first={local_day(number)}",
        inside,
    }


def local_day(number: int) -> date:
    """The day in London; the rows are of summer."""
    return (NOON + timedelta(hours=number + 1)).date()


def wanted(*criteria: str) -> Wanted:
    asked = dict[str, object]()
    for name, value in (one.split("=", 1) for one in criteria):
        if name in ("business_date", "first"):
            asked[name] = date.fromisoformat(value)
        else:
            asked[name] = int(value) if name in ("amount", "records") else value
    if "first" in asked:
        asked["last"] = asked["first"]
    return Wanted(**asked)  # type: ignore[arg-type]


def all_pages(store: Store, viewer: Viewer, asked: Wanted) -> list[str]:
    """Page by page, each a look of its own, until there is no more."""
    found, before = list[str](), None
    while True:
        with looking(store, viewer) as look:
            page = look.search(asked, before=before, limit=12)
        found += [row.id for row in page.rows]
        if page.before is None:
            return found
        before = page.before


def some_searches(found: MEANT) -> list[tuple[str, ...]]:
    random = Random(4)  # noqa: S311 no secret
    alone = sorted({one for meant in found.values() for one in meant if "=" in one} - {"state=nothing"})
    pairs = [
        pair
        for pair in product(random.sample(alone, 30), random.sample(alone, 30))
        if pair[0].partition("=")[0] != pair[1].partition("=")[0]
    ]
    return [*((one,) for one in random.sample(alone, 40)), *random.sample(pairs, 40), ()]


@pytest.mark.parametrize("few", [3_000, 10], ids=["by_the_fewest", "page_by_page"])
@pytest.mark.parametrize("viewer", [HUB, VIEWER], ids=lambda viewer: viewer.login)
def test_all_that_is_wanted_is_found_and_counted(
    meant: tuple[Store, MEANT], viewer: Viewer, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, found = meant
    monkeypatch.setattr(search, "FEW", few)
    for criteria in some_searches(found):
        right = [id for id in found if {*criteria} <= found[id] and found[id] & viewer.compartments]
        assert all_pages(store, viewer, wanted(*criteria)) == sorted(right, reverse=True), criteria
        with looking(store, viewer) as look:
            count = look.count(wanted(*criteria))
            if few == 10:
                page = look.search(wanted(*criteria), limit=12)
                assert look.count(wanted(*criteria), page) == count, criteria
        assert count == Count(len(right)) or (count.more and count.number <= len(right)), criteria
        assert few == 10 or not count.more


def test_what_is_closed_does_not_show_in_how_far_a_page_looks(
    meant: tuple[Store, MEANT], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has no role for them is told of the same transfers and days as if they were not there."""
    store, found = meant
    monkeypatch.setattr(search, "FEW", 10)
    with looking(store, VIEWER) as look:
        page = look.search(Wanted(said="nobody says this"))
    open_ones = sorted((id for id in found if Compartment.OPEN in found[id]), reverse=True)
    assert (page.rows, page.before) == ([], open_ones[10])
    assert page.back_to is not None


def test_a_part_that_many_names_have_is_not_taken_for_a_pattern(meant: tuple[Store, MEANT]) -> None:
    store, _ = meant
    with looking(store) as look:
        assert look.search(Wanted(name="ARUDD__")).rows == []
        assert look.search(Wanted(name='"x" OR')).rows == []
        assert len(look.search(Wanted(name="%")).rows) == 50
        assert look.count(Wanted(name="u")) == Count(MADE)


def test_the_states_of_deliveries_are_told_of_a_page_at_once(meant: tuple[Store, MEANT]) -> None:
    store, found = meant
    with looking(store) as look:
        told = look.told_states(list(found))
        assert told == {id: [one.state for one in look.deliveries(id)] for id in found}
