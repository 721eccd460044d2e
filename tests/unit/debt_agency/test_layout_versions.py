"""An agency changes its layout from a day on: both versions are held, and each file has the right one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from pydantic import ValidationError

from hub.api import CannotRender, Context, Facts, Moment
from hub.transfer.examine import examine
from hub.transfer.records import Snapshot
from plugins.debt_agency.canonical import HLD, HOLD_LINE
from plugins.debt_agency.feeds import AGENCY_UPDATE, HOLD
from plugins.debt_agency.holding import PROOF
from plugins.debt_agency.lines import SEQUENCE, Line, write_file

REF = "0001002013"
HEADER = [
    {"record": "H", "pos": 2, "from": "sender_id"},
    {"record": "H", "pos": 3, "from": "business_date"},
]
OLD = {
    "layout": "news-1", "kind": "AUP", "valid_to": "2026-03-31",
    "record_selector": {"column": 1, "map": {"H": "0", "G": "1"}},
    "columns": [
        *HEADER,
        *({"pos": pos, "from": name} for pos, name in
          enumerate(("placement_ref", "event_id", "event_type", "event_at", "text"), start=2)),
    ],
}  # fmt: skip
NEW = {
    **OLD, "layout": "news-2", "valid_from": "2026-04-01", "valid_to": None,
    "columns": [
        *HEADER,
        *({"pos": pos, "from": name} for pos, name in
          enumerate(("event_id", "placement_ref", "event_at", "event_type", "text"), start=2)),
    ],
}  # fmt: skip
EVENT = {"ref": REF, "id": "E1", "at": "2026-03-31"}
WRITTEN = {"old": "1,{ref},{id},NTE,{at},a word", "new": "1,{id},{ref},{at},NTE,a word"}
US = {"council_id": "MIDBC", "agency_id": "NEWS"}


def read(version: str, header: str | None, today: date, layouts: Any = (OLD, NEW)) -> list[str]:
    """A file of one line in a version; what is wrong with it."""
    rows = [header] if header else []
    data = "".join(f"{row}\r\n" for row in [*rows, WRITTEN[version].format(**EVENT)]).encode()
    options = AGENCY_UPDATE.options.model_validate({**US, "layout": list(layouts)})
    ctx = Context(options, Facts(today, records=Snapshot([])), "layout")
    examined = examine(AGENCY_UPDATE, BytesIO(data), ctx)
    if not examined.reading.findings.kept:
        (item,) = examined.items
        assert (item.reference, item.data["event_id"], item.data["event_type"]) == (REF, "E1", "NTE")
    return [one.message for one in examined.reading.findings.kept]


@pytest.mark.parametrize(
    ("version", "header", "today"),
    [
        ("old", "0,NEWS,2026-03-31", date(2026, 3, 31)),
        ("old", "0,NEWS,2026-03-31", date(2026, 4, 3)),
        ("new", "0,NEWS,2026-04-01", date(2026, 4, 1)),
    ],
)
def test_a_file_is_read_in_the_version_of_its_own_day_though_it_is_worked_later(
    version: str, header: str, today: date
) -> None:
    assert read(version, header, today) == []


def test_a_file_without_a_day_is_read_in_the_version_of_the_day_it_is_worked_on() -> None:
    bare = [{**one, "columns": one["columns"][2:]} for one in (OLD, NEW)]
    assert read("old", None, date(2026, 3, 31), bare) == []
    assert read("new", None, date(2026, 4, 1), bare) == []


def test_a_file_in_the_version_of_another_day_is_refused() -> None:
    assert read("new", "0,NEWS,2026-03-31", date(2026, 4, 1))
    said = read("new", "0,NEWS,2026-04-01", date(2026, 4, 1), (OLD, {**NEW, "valid_from": "2026-05-01"}))
    assert said[0] == "the route names no layout that holds for this file"


STOP = {"layout": "stop-1", "kind": "HLD", "valid_to": "2026-03-31", "columns": [
    {"pos": pos, "from": name} for pos, name in enumerate(("placement_ref", "action", "effective_from"), 1)
]}  # fmt: skip
GO = {
    **STOP,
    "layout": "stop-2",
    "valid_from": "2026-04-02",
    "valid_to": None,
    "physical": {"delimiter": "|"},
}
LINE = Line(
    HOLD_LINE,
    {
        "placement_ref": REF,
        "action": "HOLD",
        "hold_code": "BSP",
        "effective_from": datetime(2026, 3, 4, tzinfo=UTC),
    },
)


@pytest.mark.parametrize(("day", "delimiter"), [(date(2026, 3, 31), b","), (date(2026, 4, 2), b"|")])
def test_a_file_leaves_in_the_version_of_its_business_date(day: date, delimiter: bytes) -> None:
    options = HOLD.options.model_validate({**US, "layout": [STOP, GO]})
    moment = Moment(datetime(2026, 4, 9, tzinfo=UTC), day, "t", {SEQUENCE: 1})
    ctx = Context(options, Facts(), "batch", moment)
    made = write_file(HLD, [LINE], ctx, PROOF)
    assert made.data.split(b"\r\n")[0].count(delimiter) == 2
    with pytest.raises(CannotRender, match="no version of the layout stop-2 holds on 2026-04-01"):
        write_file(HLD, [LINE], replace(ctx, moment=replace(moment, business_date=date(2026, 4, 1))), PROOF)


def test_of_two_versions_for_one_day_or_of_two_kinds_the_route_is_told() -> None:
    twice = [OLD, {**NEW, "valid_from": "2026-03-31"}]
    with pytest.raises(ValidationError, match="two versions hold on 2026-03-31; end one"):
        AGENCY_UPDATE.options.model_validate({**US, "layout": twice})
    with pytest.raises(ValidationError, match="is of HLD and .* of AUP; give each its own route"):
        AGENCY_UPDATE.options.model_validate({**US, "layout": [STOP, NEW]})
    ready = {"layout": "aim-objections", "valid_to": "2026-03-31"}
    held = AGENCY_UPDATE.options.model_validate({**US, "layout": [ready, NEW]})
    assert [one.layout for one in held.layout] == ["aim-objections", "news-2"]
