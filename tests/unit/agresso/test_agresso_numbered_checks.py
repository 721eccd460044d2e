"""Checks of the formats page (agresso.md, 9.1) beside those of single lines: AGR02, AGR14, AGR17, AGR21."""

from __future__ import annotations

from io import BytesIO

import pytest

from hub.api import CannotRender, Context, Disposition, Facts, Item, ItemState, Record, Taken
from hub.finance.documents import DOCUMENT_LIFE
from hub.store import queries
from hub.transfer.examine import examine
from plugins.agresso.feeds import LEDGER_FILE, LIFECYCLES, ORDER_FEEDBACK
from plugins.agresso.gl07 import written
from plugins.agresso.purchase_orders import CHECKS
from plugins.agresso.settings import OrderOptions
from tests.unit.agresso.making import DAY, context, order, taken
from tests.unit.agresso.worked import journal
from tests.world import World

ROUTE = """
partner: Finance
routes:
  payments:
    feed: agresso.ledger_file
    from: {endpoint: in, pattern: "*.dat", then: "archive:done"}
    to: [{output: ledger, endpoint: out}]
    mode: live
    owner: tests
"""


def test_agr02_a_reference_that_is_too_long_is_never_cut() -> None:
    lines = [{**line, "batch_id": "B" * 26} for line in journal()]
    with pytest.raises(CannotRender, match="batch_id"):
        b"".join(written(lines))


def test_agr14_a_batch_id_never_comes_twice(tmp_path) -> None:
    """Once with the same lines, once with others."""
    world = World(tmp_path, feeds=[LEDGER_FILE], lifecycles=[*LIFECYCLES, DOCUMENT_LIFE])
    world.write("config/routes/little.yaml", ROUTE)
    content = b"".join(written([{**line, "voucher_date": DAY, "trans_date": DAY} for line in journal()]))
    states = {}
    for name, data in (("a", content), ("b", content), ("c", content.replace(b"Dwelling", b"DWELLING"))):
        world.arrive(f"{name}.dat", data)
        with world.hub() as hub:
            (outcome,) = hub.run("little.payments").transfers
            with hub.store.read() as conn:
                states[name] = outcome.state, [one.check for one in queries.findings_of(conn, outcome.id)]
    assert (states["a"][0], states["b"][0]) == ("SENT", "DUPLICATE")
    assert states["c"][0] == "REJECTED"
    assert "IDENTITY" in states["c"][1]
    assert len(world.delivered()) == 1


ROW = "ZZ,45000017,1,O,N,1,0.25,0,1840.00,0.00,700123,2026-11-02"
HEADER = (
    "client,order_id,line_no,status,workflow_state,ordered_qty,received_qty,invoiced_qty,ordered_net,"
    "invoiced_net,supplier_id,as_at"
)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([ROW, "TRL,1,1840.00"], []),
        ([ROW, "TRL,2,1840.00"], ["AGR17"]),
        ([ROW, "TRL,1,1840.01"], ["AGR17"]),
        ([ROW], ["AGR17"]),
        (["TRL,0,0.00", ROW], ["AGR17", "AGR17", "AGR17"]),
    ],
)
def test_agr17_what_comes_back_is_held_against_its_last_row(rows: list[str], told: list[str]) -> None:
    ctx = Context(ORDER_FEEDBACK.options(), Facts(), "agr-order")
    read = examine(ORDER_FEEDBACK, BytesIO("".join(f"{row}\r\n" for row in (HEADER, *rows)).encode()), ctx)
    assert [one.check for one in read.reading.findings.kept] == told


def receipt(net: int, line: int = 1) -> Taken:
    item = Item("RECEIPT", 1, "GR1", net, DAY, {"order_no": "45000017", "order_line": line})
    return Taken("r1", item, Disposition(ItemState.TAKEN))


def known(state: str = "OPEN") -> Record:
    lines = {"1": {"ordered": 184000, "ordered_qty": "1", "invoiced": 0}}
    return Record(kind="agresso_order", key="45000017", state=state, data={"lines": lines})


@pytest.mark.parametrize(
    ("what", "records", "told"),
    [
        (taken(order()), [], []),
        (taken(order("46000000")), [], ["order 46000000 is not in 45000000 to 45999999"]),
        ([receipt(46000)], [known()], []),
        ([receipt(184100)], [known()], []),  # to the tolerance
        ([receipt(184101)], [known()], ["GR1: 1841.01 received of 1840.00"]),
        ([receipt(1)], [], ["GR1: order 45000017 is not open here"]),
        ([receipt(1, line=2)], [known()], ["GR1: order 45000017 is not open here"]),
        ([receipt(1)], [known("FINISHED")], ["GR1: order 45000017 is not open here"]),
    ],
)
def test_agr21_orders_are_in_their_range_and_receipts_within_their_order(
    what: list[Taken], records: list[Record], told: list[str]
) -> None:
    options = {"first_order": 45000000, "last_order": 45999999, "tolerance": "1.00"}
    ctx = context(OrderOptions, *records, **options)
    assert [(one.id, found.message) for one in CHECKS for found in one.run(what, ctx)] == [
        ("AGR21", message) for message in told
    ]
