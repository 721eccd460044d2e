"""Checks run in order, every finding is collected, and what cannot be checked is said."""

from __future__ import annotations

from io import BytesIO

from hub.api import Context, Facts, History, LastTransfer, Level, Severity, Taken
from hub.checks import run
from hub.checks.run import Reading, failing_at_send
from hub.model import Disposition, Finding, Item, ItemState, Verdict
from tests.little import DAY, LittleOptions, little


def reading_of(content: bytes, options: LittleOptions | None = None, facts: Facts | None = None) -> Reading:
    feed = little()
    ctx = Context(options or LittleOptions(), facts or Facts(), "lines")
    reading = Reading(feed, ctx)
    for _ in reading.chunks(feed.formats["lines"].decode(BytesIO(content), ctx.options)):
        pass
    reading.finish()
    reading.history(ctx)
    return reading


def found(reading: Reading) -> set[tuple[str, int | None]]:
    return {(finding.check, finding.line) for finding in reading.findings.kept}


def test_a_sound_file_is_accepted_with_its_totals():
    reading = reading_of(b"ABC001+0001000\nABC002-0000200\n")
    assert reading.verdict is Verdict.ACCEPTED
    assert reading.tally.totals() == {"count": 2, "value": "8.00"}


def test_every_fault_is_found_at_once_and_the_file_is_rejected():
    reading = reading_of(b"ABC001+0001000\nabc002+0001000\nABC003+00010x0\nABC004\n")
    assert {("FIELD", 2), ("AMOUNT", 3), ("STRUCTURE", 4)} <= found(reading)
    assert reading.verdict is Verdict.REJECTED


def test_sums_are_not_compared_while_rows_are_unreadable():
    reading = reading_of(b"ABC001+0001001\nABC002+00010x0\n")
    assert "SUM" in reading.not_checked
    assert not any(check == "SUM" for check, _ in found(reading))


def test_a_file_of_which_nothing_can_be_read_is_unreadable():
    assert reading_of(b"what is this\n").verdict is Verdict.UNREADABLE


def test_a_hold_holds_the_file_and_an_item_hold_only_its_line():
    assert reading_of(b"ABC001+0001000\n", LittleOptions(limit=500)).verdict is Verdict.HELD
    reading = reading_of(b"ABC001+0001000\nABC002+0000000\n")
    assert reading.verdict is Verdict.ACCEPTED
    assert reading.findings.held == {2: "ZERO"}


def test_a_check_without_its_facts_or_option_is_listed_with_the_reason():
    reading = reading_of(b"ABC001+0001000\n")
    assert "history" in reading.not_checked["FEWER"]
    assert "limit" in reading.not_checked["LIMIT"]


def test_history_is_checked_when_it_is_known():
    last = LastTransfer("t", DAY, records=5, value=0, summary={})
    reading = reading_of(b"ABC001+0001000\n", facts=Facts(history=History(last=last)))
    assert ("FEWER", None) in found(reading)
    assert "FEWER" not in reading.not_checked


def test_a_million_findings_are_a_thousand_and_a_number(monkeypatch):
    monkeypatch.setattr(run, "KEPT", 10)
    reading = reading_of(b"ABC001+00010x0\n" * 25)
    assert len(reading.findings.kept) == 10
    assert reading.findings.cut == {"AMOUNT": 15}
    assert reading.verdict is Verdict.REJECTED


def test_every_line_that_a_check_holds_is_held_however_many_there_are(monkeypatch):
    monkeypatch.setattr(run, "KEPT", 10)
    reading = reading_of(b"ABC001+0000000\n" * 25)
    assert set(reading.findings.held) == set(range(1, 26))


def test_a_tolerated_finding_does_not_refuse_the_file():
    def tolerate(finding: Finding) -> Finding:
        return Finding(finding.check, Severity.WARNING, finding.message, finding.line)

    feed = little()
    ctx = Context(LittleOptions(), Facts(), "lines")
    reading = Reading(feed, ctx, tolerate=tolerate)
    list(reading.chunks(feed.formats["lines"].decode(BytesIO(b"ABC001+0001001\n"), None)))
    reading.finish()
    assert reading.verdict is Verdict.ACCEPTED
    assert ("SUM", None) in found(reading)


def test_a_level_that_is_left_out_is_listed():
    reading = reading_of(b"ABC001+0001000\n")
    reading.leave_out(Level.CROSS, "nothing was matched")
    assert reading.not_checked["SHUT"] == "nothing was matched"


def test_at_the_door_a_failing_check_stops_and_a_sound_one_does_not():
    one = Taken("t.1", Item("PAYMENT", 1, "ABC001", 100, DAY), Disposition(ItemState.TAKEN, "ABC001"))
    checks = little().checks

    def stopping(shut: bool) -> list[str]:
        ctx = Context(LittleOptions(shut=shut), Facts(), "lines")
        return [f.check for f in failing_at_send(checks, [one], ctx, lambda finding: finding)]

    assert stopping(shut=True) == ["SHUT"]
    assert stopping(shut=False) == []
