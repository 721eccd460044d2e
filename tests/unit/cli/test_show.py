"""Findings for people: thirty of a kind are one line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from hub.cli import transfer_view, transfers, work_view
from hub.cli.show import console, print_facts, print_findings, print_table
from hub.model import Direction, Finding, Severity, TransferState, WorkKind
from hub.store.rows import EventRow, TransferRow, WorkRow


def test_findings_of_a_kind_are_one_line_with_their_number(capsys: pytest.CaptureFixture[str]) -> None:
    findings = [Finding("S18-013", Severity.ERROR, f"amount {n} is odd", n, "amount") for n in range(2, 32)]
    print_findings(findings, {})
    lines = [line for line in capsys.readouterr().out.splitlines() if "S18-013" in line]
    assert len(lines) == 1
    assert "30" in lines[0] and "2, 3, 4, 5, 6 …" in lines[0] and "amount 2 is odd" in lines[0]


def test_findings_that_were_not_kept_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    print_findings([Finding("FIELD", Severity.ERROR, "wrong", 7)], {"FIELD": 999})
    assert " 1000 " in capsys.readouterr().out


def test_what_was_expected_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    said = Finding("A", Severity.ERROR, "no", 1, "day", "a date")
    said_already = Finding("B", Severity.NOTE, "write a date", 1, expected="a date")
    print_findings([said, said_already], {})
    out = capsys.readouterr().out
    assert "day: no (expected a date)" in out
    assert out.count("a date") == 2


def test_piped_tables_are_not_folded(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["what"], [("x" * 150,)])
    assert "x" * 150 in capsys.readouterr().out


@pytest.mark.parametrize("name", ["HB-HA_CODE", "bureau:key:1", ":warning:"])
def test_names_are_shown_as_they_are(capsys: pytest.CaptureFixture[str], name: str) -> None:
    print_facts({name: name})
    print_table([name], [(name,)], name)
    console().print(name)
    assert capsys.readouterr().out.count(name) == 5


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COLUMNS", "40")
    console.cache_clear()
    yield
    console.cache_clear()


def test_a_pipe_may_say_how_wide_it_is(narrow: None, capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["what"], [("word " * 30,)])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 40


def test_a_name_that_is_too_long_is_folded_not_cut(narrow: None, capsys: pytest.CaptureFixture[str]) -> None:
    print_facts({"HB-HA_CODE-" * 3: "word " * 30})
    names = "".join(line.split(" ")[0] for line in capsys.readouterr().out.splitlines())
    assert names == "HB-HA_CODE-" * 3


def test_nothing_is_drawn_into_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["what"], [("x" * 300,)])
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == ["what", "x" * 300]


def test_brackets_in_a_file_name_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["name"], [("[bold]ARUDD[/bold].xml",)])
    assert "[bold]ARUDD[/bold].xml" in capsys.readouterr().out


SUMMER = datetime(2026, 7, 1, 8, 30, 5, tzinfo=UTC)


def test_summer_time_is_that_of_the_clock_on_the_wall(capsys: pytest.CaptureFixture[str]) -> None:
    """Lists, the worklist and the history of a transfer tell the time that `overdue` tells."""
    found = TransferRow(
        id="t1",
        route="a.b",
        partner="A",
        direction=Direction.IN,
        state=TransferState.STAGED,
        name="a.txt",
        found_at=SUMMER,
        updated_at=SUMMER,
    )
    asked = WorkRow(
        id="w1",
        kind=WorkKind.TASK,
        name="look",
        subject="transfer",
        subject_id="t1",
        title="look",
        owner="rents",
        proposed_by="hub",
        made_at=SUMMER,
    )
    event = EventRow(
        subject="transfer",
        subject_id="t1",
        number=1,
        at=SUMMER,
        kind="found",
        who="hub",
        data={},
        previous="",
        hash="",
    )
    transfers._print_list([(found, "STAGED")])
    work_view.print_work([asked])
    assert capsys.readouterr().out.count("2026-07-01 09:30") == 2
    assert transfer_view._event(event, {})[0] == "2026-07-01 09:30:05"
