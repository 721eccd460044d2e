"""The page for plug-in authors tells every hook as it is, and its examples work."""

from __future__ import annotations

import inspect
import io
import re
from datetime import date
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any

import pytest

import hub
from hub.checks.base import Context
from hub.door import hookspecs
from hub.model import Disposition, Facts, Item, ItemState, Severity, Taken, Verdict
from hub.transfer.examine import examine

PAGE = (Path(hub.__file__).parent / "docs" / "plugins.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
HOOKS = [value for name, value in vars(hookspecs).items() if name.startswith("feedhub_")]


def made(source: str) -> SimpleNamespace:
    """The module that an example is."""
    names: dict[str, Any] = {}
    exec(compile(source, "plugins.md", "exec"), names)  # noqa: S102 - our own page
    return SimpleNamespace(**names)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_every_hook_is_told_with_its_signature(hook: FunctionType) -> None:
    signature = str(inspect.signature(hook)).replace("'", "")
    assert f"### `{hook.__name__}{signature}`\n" in PAGE


def test_no_hook_is_told_that_is_not_there() -> None:
    told = set(re.findall(r"### `(feedhub_\w+)", PAGE))
    assert told == {hook.__name__ for hook in HOOKS}


def test_the_smallest_plug_in_has_twelve_lines() -> None:
    assert len([line for line in EXAMPLES[0].splitlines() if line.strip()]) <= 12


@pytest.mark.parametrize(("pence", "found"), [(2_000_00, 0), (2_000_01, 1), (-2_000_01, 1)])
def test_the_smallest_plug_in_finds_large_debits(pence: int, found: int) -> None:
    [check] = made(EXAMPLES[0]).feedhub_checks(SimpleNamespace(name="bacs.submission"))
    taken = Taken("t.1", Item("COLLECTION", 7, "R1", pence, date(2026, 4, 1)), Disposition(ItemState.TAKEN))
    findings = [check.finding(one) for one in check.run([taken], None)]
    assert [(finding.line, finding.severity) for finding in findings] == [(7, Severity.HOLD_ITEM)] * found


def test_the_smallest_plug_in_leaves_other_feeds_alone() -> None:
    assert made(EXAMPLES[0]).feedhub_checks(SimpleNamespace(name="bacs.arudd")) == []


def garages(text: str) -> Any:
    [feed] = made(EXAMPLES[1]).feedhub_feeds()
    return examine(feed, io.BytesIO(text.encode()), Context(feed.options(), Facts(), "csv"))


def test_the_feed_of_the_page_reads_a_file() -> None:
    examined = garages("reference,amount,day\nG0001,12.50,2026-04-01\nG0002,7.50,2026-04-02\n")
    assert examined.verdict is Verdict.ACCEPTED
    assert examined.tally.totals() == {"count": 2, "value": "20.00"}
    assert [(item.reference, item.amount) for item in examined.items] == [("G0001", -1250), ("G0002", -750)]


def test_the_feed_of_the_page_refuses_a_bad_file_with_every_finding() -> None:
    examined = garages("reference,amount,day\nG0001,twelve,2026-04-01\nG0002,7.50,1 April\n")
    assert examined.verdict is Verdict.REJECTED
    assert [(finding.line, finding.field) for finding in examined.reading.findings.kept] == [
        (2, "amount"),
        (3, "day"),
    ]
