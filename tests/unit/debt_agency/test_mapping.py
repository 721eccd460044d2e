"""Layouts of agencies: what is written is read back the same, what does not fit or is lost is named."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from pydantic import ValidationError

from hub.api import CannotRender, Chunk, Unreadable
from plugins.debt_agency.canonical import KINDS
from plugins.debt_agency.mapping import Reading, lossy
from plugins.debt_agency.mapping_proof import written_as
from plugins.debt_agency.mapping_spec import AgencyLayout
from plugins.debt_agency.presets import PRESETS, preset
from tests.golden.catalogue import HERE

CANONICAL = HERE / "debt_agency/acme/MIDBC_PLC_ACMEDCA_20260302_000041.csv"
FLAT: dict[str, Any] = {
    "layout": "flat",
    "kind": "PLC",
    "physical": {"form": "delimited", "delimiter": "tab", "header": "labels", "eol": "lf"},
    "dates": "%d/%m/%Y",
    "money": {"unit": "pence", "sign": "leading"},
    "columns": [
        {"pos": 1, "name": "Ref", "from": "placement_ref"},
        {"pos": 2, "name": "Owed", "from": "total_due"},
        {"pos": 3, "name": "From", "from": "debt_from"},
        {"pos": 4, "name": "Debtor1", "from": "P1.surname"},
        {"pos": 5, "name": "Born1", "from": "P1.dob"},
        {"pos": 6, "name": "Debtor2", "from": "P2.surname"},
    ],
}


def lines() -> list[tuple[str, dict[str, str]]]:
    """The published placements as canonical lines, read with the csv of the standard library."""
    import csv

    rows = csv.reader(CANONICAL.read_text("utf-8").splitlines())
    layouts = KINDS["PLC"].layouts
    return [
        (row[0], dict(zip([field.name for field in layouts[row[0]].fields], row, strict=True)))
        for row in rows
    ]


def read(spec: AgencyLayout, data: bytes) -> tuple[list[tuple[str, dict[str, str]]], list[Unreadable]]:
    rows: list[tuple[str, dict[str, str]]] = []
    wrong: list[Unreadable] = []
    for part in Reading(spec).chunks(BytesIO(data)):
        if isinstance(part, Chunk):
            rows += [(part.layout.name, dict(row.values)) for row in part.rows()]
        else:
            wrong.append(part)
    return rows, wrong


def test_parties_go_on_the_line_of_their_account_and_come_back_from_it() -> None:
    spec = AgencyLayout.model_validate(FLAT)
    data = written_as(spec, KINDS["PLC"], lines())
    assert data.decode().splitlines()[:2] == [
        "Ref\tOwed\tFrom\tDebtor1\tBorn1\tDebtor2",
        "0001002013\t219737\t02/06/2025\tTesterman\t29/02/1988\tTesterman",
    ]
    rows, wrong = read(spec, data)
    assert wrong == []
    assert [(name, one["placement_ref"]) for name, one in rows] == [
        ("A", "0001002013"), ("P", "0001002013"), ("P", "0001002013"),
        ("A", "0001002021"), ("P", "0001002021"),
        ("A", "0001002039"), ("P", "0001002039"),
    ]  # fmt: skip
    assert [one["party_count"] for name, one in rows if name == "A"] == ["2", "1", "1"]


def test_a_ready_layout_has_its_published_positions() -> None:
    data = written_as(preset("aim-plc"), KINDS["PLC"], lines()).decode("cp1252").splitlines()
    assert {len(line) for line in data} == {3000}
    assert [line[:4] for line in data] == ["CACT", "CACT", "CACT", "CTRL"]
    first = data[0]
    assert (first[4:13], first[13:43].strip(), first[43:55]) == ("000100201", "7001234501", "     1842.37")
    assert first[67:79].strip() == "355.00"
    assert (data[-1][84:94].strip(), data[-1][94:106].strip()) == ("3", "6436.20")


@pytest.mark.parametrize("name", PRESETS)
def test_every_ready_layout_says_what_it_leaves_out(name: str) -> None:
    told = list(lossy(preset(name)))
    assert told
    assert all("placement_ref" not in one for one in told)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"219737", b"2197.37", "Owed (column 2) is not right: expected pence in digits"),
        (b"02/06/2025", b"31/02/2025", "From (column 3) is not right: expected a date as DD/MM/YYYY"),
        (b"02/06/2025", b"2025-06-02", "From (column 3) is not right"),
    ],
)
def test_what_does_not_fit_is_told_by_line_and_column(old: bytes, new: bytes, said: str) -> None:
    spec = AgencyLayout.model_validate(FLAT)
    data = written_as(spec, KINDS["PLC"], lines()).replace(old, new, 1)
    _, (wrong,) = read(spec, data)
    assert wrong.line == 2
    assert said in wrong.message


def test_a_trailer_of_its_own_is_held_against_the_file() -> None:
    data = written_as(preset("aim-plc"), KINDS["PLC"], lines())
    _, (wrong,) = read(preset("aim-plc"), data.replace(b"6436.20", b"6436.21"))
    assert (wrong.check, wrong.expected) == ("DA-01", "6436.20")


def test_a_word_that_no_lookup_has_stops_the_file() -> None:
    mapped = [*FLAT["columns"], {"pos": 7, "from": "debt_type", "lookup": {"FTA": "RENT"}}]
    spec = AgencyLayout.model_validate({**FLAT, "columns": mapped})
    with pytest.raises(CannotRender, match="column 7 has no word for RCG"):
        written_as(spec, KINDS["PLC"], lines())


def test_text_that_has_no_room_stops_the_file_unless_it_may_be_cut_off() -> None:
    column = {"pos": 7, "name": "Home", "from": "prop_line1", "max": 6}
    spec = AgencyLayout.model_validate({**FLAT, "columns": [*FLAT["columns"], column]})
    with pytest.raises(CannotRender, match="Home .* holds more than 6 characters"):
        written_as(spec, KINDS["PLC"], lines())
    cut = {**FLAT, "columns": [*FLAT["columns"], {**column, "overlong": "truncate"}]}
    data = written_as(AgencyLayout.model_validate(cut), KINDS["PLC"], lines())
    assert data.decode().splitlines()[1].endswith("\t14 Sam")
    assert "Home (column 7) is cut off after 6 characters" in list(lossy(AgencyLayout.model_validate(cut)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"columns": [{"pos": 1, "from": "total_due"}]}, "carries no placement_ref"),
        ({"columns": [{"pos": 1, "from": "placement_ref"}, {"pos": 1, "from": "costs"}]}, "two columns of A"),
        ({"columns": [{"pos": 1, "from": "placement_ref"}, {"pos": 2, "from": "sirname"}]}, "“sirname”"),
        (
            {"columns": [{"pos": 1, "name": "Bal", "from": "total"}]},
            "“total” .did you mean “total_due”.., of Bal",
        ),
        ({"columns": [{"start": 1, "end": 10, "from": "placement_ref"}]}, "as its form needs it"),
        (
            {"totals": [{"pos": 2, "func": "sum", "of": "amount"}]},
            "sums “amount”, which is no canonical field of A",
        ),
    ],
)
def test_a_layout_that_cannot_work_is_refused_when_it_is_loaded(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AgencyLayout.model_validate({**FLAT, **changes})


def inventory(received: str) -> bytes:
    """One record of published positions: AREC, number, account, amounts, the day of the placement."""
    line = list(" " * 126)
    for start, text in (
        (1, "AREC"),
        (5, "000100201"),
        (14, "7001234501"),
        (44, "100.00".rjust(12)),
        (56, received),
    ):
        line[start - 1 : start - 1 + len(text)] = text
    return ("".join(line) + "\r\n").encode()


def test_a_day_that_means_no_day_is_blank_and_one_of_zeros_is_refused() -> None:
    """Help pages of AIM: 19000101 is null, no date is ever filled with zeros."""
    ((_, row),), wrong = read(preset("aim-inv"), inventory("19000101"))
    assert (wrong, row["placed_date"], row["placement_ref"]) == ([], "", "0001002013")
    ((_, row),), _ = read(preset("aim-inv"), inventory("20260302"))
    assert row["placed_date"] == "2026-03-02"
    rows, (zeros,) = read(preset("aim-inv"), inventory("00000000"))
    assert (rows, zeros.field) == ([], "received_date")


def test_what_a_layout_says_of_every_line_it_never_says_of_another() -> None:
    """A Housing Benefit credit told as a direct payment would bear commission."""
    line = {
        "rec_type": "U", "placement_ref": "0001002013", "update_type": "DPY", "effective_date": "2026-03-02",
        "amount": "-50.00", "new_balance": "2147.37", "txn_id": "RT-1", "method": "", "text": "",
    }  # fmt: skip
    for name in ("aim-upd", "ygc-upd"):
        assert b"50.00" in written_as(preset(name), KINDS["UPD"], [("U", line)])
        with pytest.raises(CannotRender, match="can only tell update_type DPY, not ADJ-"):
            written_as(preset(name), KINDS["UPD"], [("U", {**line, "update_type": "ADJ-"})])


def test_every_column_of_a_line_that_is_not_right_is_told_and_totals_are_not_held_against_it() -> None:
    totals = [{"record": "T", "pos": 2, "func": "count"}]
    selector = {"column": 1, "map": {"A": "1", "T": "9"}}
    columns = [
        {"pos": 2, "name": "Ref", "from": "placement_ref"},
        {"pos": 3, "name": "Owed", "from": "total_due"},
        {"pos": 4, "name": "From", "from": "debt_from"},
    ]
    told = {"layout": "two", "kind": "PLC", "record_selector": selector, "columns": columns, "totals": totals}
    spec = AgencyLayout.model_validate(told)
    _, wrong = read(spec, b"1,0001002013,1O0.00,31/02/2026\r\n9,5\r\n")
    assert [(one.line, one.message.partition(" is not")[0]) for one in wrong] == [
        (1, "line 1: Owed (column 3)"), (1, "line 1: From (column 4)"),
    ]  # fmt: skip


def test_a_joined_column_that_cannot_be_read_back_is_named_with_what_helps() -> None:
    joined = {"pos": 7, "name": "Home", "from": ["prop_line1", "prop_line2"]}
    spec = AgencyLayout.model_validate({**FLAT, "columns": [*FLAT["columns"], joined]})
    with pytest.raises(
        CannotRender, match=r"Home \(column 7\) joins prop_line1, prop_line2 by “ ”, which one"
    ):
        written_as(spec, KINDS["PLC"], lines())
