"""Reports and the calendar say the same in chart, table and workbook, to each as far as they may know."""

from __future__ import annotations

import io
import re

import pytest

from hub.console.charts import Chart, Series, across, bars, line
from hub.formats.workbook import cells
from tests.world import START

NOVEMBER = "first=2026-11-01&last=2026-11-30"
TWO = Chart("two", "Two <series>", "a & b", ["mon", "tue"], [Series("a", [1, 0]), Series("b", [2, 4])])


def heights(drawn):
    return [
        float(high) for high in re.findall(r'<rect x="[^"]*" y="[^"]*" width="[^"]*" height="([^"]*)"', drawn)
    ]


def test_a_bar_is_as_high_as_its_value_and_tells_it():
    drawn = str(bars(TWO))
    one, two, four = heights(drawn)
    assert (two / one, four / one) == (pytest.approx(2, rel=0.01), pytest.approx(4, rel=0.01))
    assert "<title>tue, b: 4</title>" in drawn
    assert drawn.count("</li>") == 2


def test_a_chart_has_title_and_description_and_nothing_of_it_is_markup():
    for drawn in (str(bars(TWO)), str(line(TWO))):
        assert 'role="img" aria-labelledby="two-title two-desc"' in drawn
        assert "Two &lt;series&gt;</title>" in drawn
        assert "a &amp; b</desc>" in drawn


def test_nothing_is_drawn_of_nothing():
    nothing = Chart("none", "None", "none", ["mon"], [Series("a", [0])])
    assert (bars(nothing), line(nothing)) == ("", "")


def test_a_line_may_lie_below_nothing():
    below = Chart("below", "Below", "below", ["mon", "tue"], [Series("a", [-20, 420])])
    drawn = str(line(below))
    (low, high) = (float(y) for y in re.findall(r'<circle cx="[^"]*" cy="([^"]*)"', drawn))
    (nought,) = re.findall(r'y="([^"]*)" text-anchor="end">0<', drawn)
    assert high < float(nought) - 5 < low


@pytest.mark.parametrize(("login", "transfers"), [("viewer", 4), ("dwp", 7), ("fraud", 4)])
def test_the_same_is_told_in_words_in_the_table_and_in_the_workbook(console, login, transfers):
    with console.client(login) as client:
        page = client.text(f"/reports?{NOVEMBER}")
        book = client.get(f"/reports/volumes.xlsx?{NOVEMBER}")
        bad = client.get(f"/reports/errors.xlsx?{NOVEMBER}")
        held = client.get(f"/reports/suspense.xlsx?{NOVEMBER}")
    assert f"{transfers} transfers with" in page
    head, *rows = cells(io.BytesIO(book.content))
    assert head == ["day", "partner", "transfers", "records"]
    assert sum(row[2] for row in rows) == transfers
    assert ("Closed Partner" in {row[1] for row in rows}) == (login == "dwp")
    assert sum(row[2] for row in list(cells(io.BytesIO(bad.content)))[1:]) == (2 if login == "dwp" else 1)
    assert sum(row[1] for row in list(cells(io.BytesIO(held.content)))[1:]) == (2 if login == "dwp" else 1)


def test_a_report_of_a_plug_in_is_shown_and_written_to_who_may_know_of_it(console):
    with console.client("viewer") as client:
        shown = client.text(f"/reports/own/little.sums?{NOVEMBER}")
        assert [one in shown for one in ("ABC003", "£20.00", "Posted on", "2 Nov 2026")] == [True] * 4
        book = client.get(f"/reports/own/little.sums/workbook.xlsx?{NOVEMBER}")
        assert ["ABC003", 20.0] in [list(row)[:2] for row in cells(io.BytesIO(book.content))]
        assert "closed" not in client.text("/reports")
        answers = [client.get(f"/reports/own/{name}") for name in ("closed.sums", "nothing.sums")]
        assert [one.status_code for one in answers] == [404, 404]
    with console.client("dwp") as client:
        assert "closed.sums" in client.text("/reports")


@pytest.mark.parametrize("asked", ["first=2026-12-01&last=2026-11-01", "first=2020-01-01", "first=yesterday"])
def test_days_that_are_none_or_too_many_are_refused_with_a_sentence(console, asked):
    with console.client("viewer") as client:
        answer = client.get(f"/reports?{asked}")
    assert answer.status_code == 400
    assert "problem" in answer.text


def test_a_search_over_days_that_cannot_be_is_told_so(console):
    with console.client("viewer") as client:
        answer = client.get("/transfers?first=2026-12-02&last=2026-12-01")
        assert client.get("/transfers?first=2026-12-01&last=2026-12-01").status_code == 200
    assert answer.status_code == 400
    assert "The last day lies before the first." in answer.text


def test_the_calendar_tells_who_rests_what_runs_and_what_was_reached(console):
    with console.client("viewer") as client:
        december, far = client.text("/calendar?month=2026-12"), client.text("/calendar?month=2031-12")
        now = client.text("/calendar")
    assert "Christmas Day" in december
    assert "Assumed" not in now
    assert "Assumed" in far
    assert f"{START:%B %Y}" in now
    assert 'href="/routes/little.payments"' in december
    with console.client("viewer") as client:
        assert client.get("/calendar?month=2026-13").status_code == 400


def test_each_bar_across_has_its_name_and_number_and_a_long_name_whole_where_it_is_pointed_at():
    long = "A partner of a very long name, such as some have"
    drawn = across(Chart("errors", "Errors", "3 in all", ["Bank", long], [Series("bad", [2, 1])]))
    told = re.findall(r">([^<>]+)</text>", drawn)
    assert told == ["Bank", "2", f"{long[:29]}…", "1"]
    assert f"<title>{long}: 1</title>" in drawn
