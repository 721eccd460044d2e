"""Whatever lines the bank shows and whatever files await: each penny is given once, and nothing is covered
that the lines do not come to.

The judge adds up what was said, and knows none of the rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.bank.matching import DUE, LINE, settle
from hub.model import Move, Record

DAY = date(2026, 11, 2)
small = st.integers(-6, 6).filter(bool)
days = st.integers(0, 3).map(lambda n: (DAY + timedelta(days=n)).isoformat())


def line(key: int, pence: int, on: str, money: str, text: str) -> Record:
    data = {"amount": pence, "left": pence, "covers": {}, "on": on, "money": money, "within": 3}
    return Record(kind=LINE, key=f"L{key}", state="OPEN", data=data, personal={"text": text})


def due(key: int, told: dict[str, Any]) -> Record:
    return Record(kind=DUE, key=f"D{key}", state="AWAITED", data={**told, "lines": [], "there": 0})


lines = st.lists(
    st.tuples(small, days, st.sampled_from("ab"), st.sampled_from(("", "S0001", "S0002"))), max_size=6
).map(lambda rows: [line(n, *row) for n, row in enumerate(rows)])
dues = st.lists(
    st.fixed_dictionaries(
        {
            "amount": small,
            "money": st.sampled_from("ab"),
            "on": days,
            "from": st.just(DAY.isoformat()),
            "to": days,
            "quote": st.sampled_from((None, None, "S0001")),
            "tolerance": st.sampled_from((0, 0, 1)),
            "shares": st.booleans(),
        }
    ),
    max_size=6,
).map(lambda rows: [due(n, told) for n, told in enumerate(rows)])


def after(records: list[Record], moves: list[Move]) -> dict[str, Record]:
    """The records as the moves leave them."""
    now = {record.key: record for record in records}
    for move in moves:
        old = now[move.key]
        now[move.key] = replace(old, state=move.to or old.state, data={**old.data, **move.data})
    return now


@given(lines, dues)
def test_each_penny_is_given_once_and_only_what_is_there_is_covered(
    lines: list[Record], dues: list[Record]
) -> None:
    now = after([*lines, *dues], settle(lines, dues))
    given_to: Counter[str] = Counter()
    for one in (now[record.key] for record in lines):
        covers = one.data["covers"]
        assert one.data["left"] + sum(covers.values()) == one.data["amount"]
        assert all(pence * one.data["amount"] > 0 for pence in (*covers.values(), one.data["left"]) if pence)
        assert one.state == ("OPEN" if not covers else "PART" if one.data["left"] else "MATCHED")
        given_to.update(covers)
    for one in (now[record.key] for record in dues):
        told = one.data
        assert (one.state == "COVERED") == bool(told["lines"])
        if one.state == "COVERED":
            assert abs(given_to[one.key] - told["amount"]) <= told["tolerance"]
            assert all(one.key in now[key].data["covers"] for key in told["lines"])
            for source in (now[key] for key in told["lines"]):
                assert source.data["money"] == told["money"]
                assert told["from"] <= source.data["on"] <= told["to"]
                assert told["quote"] is None or told["quote"] in source.personal["text"]
        else:
            assert one.key not in given_to


@given(lines, dues)
def test_asked_again_nothing_moves(lines: list[Record], dues: list[Record]) -> None:
    now = after([*lines, *dues], settle(lines, dues))
    again = settle([now[one.key] for one in lines], [now[one.key] for one in dues])
    assert again == []


@given(lines, dues)
def test_what_was_covered_is_free_again_when_its_files_are_given_up(
    lines: list[Record], dues: list[Record]
) -> None:
    now = after([*lines, *dues], settle(lines, dues))
    void = [replace(now[one.key], state="VOID") for one in dues]
    freed = after([now[one.key] for one in lines], settle([now[one.key] for one in lines], void))
    assert [(one.state, one.data["left"], one.data["covers"]) for one in freed.values()] == [
        ("OPEN", one.data["amount"], {}) for one in lines
    ]


def test_what_a_due_leaves_of_its_line_is_found_by_the_next_at_once() -> None:
    on = DAY.isoformat()
    told = {"money": "a", "on": on, "from": on, "to": on, "quote": None, "tolerance": 0}
    amounts = (-2, True), (-3, False), (-9, False)
    asked = [due(n, {**told, "amount": pence, "shares": shares}) for n, (pence, shares) in enumerate(amounts)]
    shown = [line(0, -5, on, "a", "")]
    now = after([*shown, *asked], settle(shown, asked))
    assert now["L0"].data["covers"] == {"D0": -2, "D1": -3}


@given(small, days)
def test_a_line_and_a_due_of_one_sum_always_find_each_other(pence: int, on: str) -> None:
    told = {"amount": pence, "money": "a", "on": on, "from": on, "to": on, "quote": None}
    asked = due(0, {**told, "tolerance": 0, "shares": False})
    assert (
        after([asked], [m for m in settle([line(0, pence, on, "a", "")], [asked]) if m.kind == DUE])[
            "D0"
        ].state
        == "COVERED"
    )
