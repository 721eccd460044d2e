"""What people read in a browser: no command that they cannot type there, money and days as they write."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from hub.console.csv import csv_answer
from hub.console.forms import day_of, moment_of, pence_of
from hub.console.preview import masked_line
from hub.console.wording import on_screen, pounds
from hub.errors import UsageError

ROOMS = ("bank", "clock", "config", "connectors", "engine", "rent", "store", "tell", "transfer")
HUB = Path(__file__).resolve().parents[3] / "hub"


COMMAND = re.compile(r"feedhub [a-z]")


def sentences():
    """Every text of the rooms below that names a command, as it would read with a value in each gap."""
    for path in (path for room in ROOMS for path in sorted((HUB / room).rglob("*.py"))):
        source = path.read_text("utf-8")
        if not COMMAND.search(source):
            continue
        nodes = list(ast.walk(ast.parse(source)))
        inner = {id(node.body[0].value) for node in nodes if documented(node)}
        inner |= {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in nodes:
            text = text_of(node)
            if text and COMMAND.search(text) and id(node) not in inner:
                yield f"{path.relative_to(HUB)}:{node.lineno}", text


def documented(node):
    body = getattr(node, "body", None)
    return isinstance(body, list) and body and isinstance(body[0], ast.Expr)


def text_of(node):
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "01m2x0" for part in node.values)
        return "".join(map(str, parts))
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_no_sentence_of_the_hub_tells_a_browser_to_type_a_command():
    found = dict(sentences())
    assert {place: told for place, text in found.items() if COMMAND.search(told := on_screen(text))} == {}
    assert len(found) > 40, "they are not found any more"


def test_a_command_becomes_what_does_the_same_on_a_page():
    said = "It stopped. When that is mended: feedhub transfers retry 01m8xjz2e27pjrbrsp80cgt7x2 --reason …"
    assert on_screen(said) == "It stopped. When that is mended: “Try again” on the transfer’s page"


def test_money_and_days_are_read_as_people_write_them():
    assert [pence_of(text, "") for text in ("£1,234.50", "-3", "0.07")] == [123450, -300, 7]
    assert pounds(-123450) == "−£1,234.50"
    assert {day_of(text).isoformat() for text in ("2026-11-02", "02/11/2026", "2 November 2026")} == {
        "2026-11-02"
    }
    assert moment_of("2026-07-01", "09:30").isoformat() == "2026-07-01T09:30:00+01:00"
    for text in ("", "1.2.3", "12,5.1", "£"):
        with pytest.raises(UsageError, match="pounds"):
            pence_of(text, "pounds, please")


def test_a_masked_line_keeps_its_shape_and_nobodys_data():
    line = "D,Zoë O'Pretend,00-02-99,40154823;-1.50"
    assert masked_line(line) == "x,xxx x'xxxxxxx,00-00-00,00000000;-0.00"


def test_a_spreadsheet_takes_no_text_of_ours_for_a_formula():
    written = csv_answer("a.csv", ("name",), [("=1+1",), ("-12.50",), ("@SUM(A1)",), (None,)]).body.decode(
        "utf-8-sig"
    )
    assert written.splitlines() == ["name", "'=1+1", "-12.50", "'@SUM(A1)", '""']
