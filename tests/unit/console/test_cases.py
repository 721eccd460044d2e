"""What people work through to an outcome: the nearest date first, with what they decide by; and what somebody
looks for, which no address tells."""

from __future__ import annotations

import re

import pytest

from hub.console.sought import hidden, shown
from hub.errors import UsageError
from hub.model import Compartment
from tests.serving import cases


def test_the_nearest_date_comes_first_and_what_is_late_says_so(console):
    with console.client("clerk") as client:
        page = client.text("/worklist/of/case")
        assert "Cases: 2 open" in client.text("/worklist")
        assert client.get("/worklist/of/milestone").status_code == 404
    second, first = (page.index(f">case-{number}</a>") for number in (1, 2))
    assert first < page.index("30 Oct 2026") < page.index("Late") < second < page.index("30 Nov 2026")
    assert "£1,234.56" in page
    assert "the income fell" in page
    assert "no answer" not in page  # the fourth reason: the case itself tells all
    assert "and 1 other" in page


def test_a_case_and_what_is_asked_about_it_tell_all_that_one_decides_by(console):
    with console.client("clerk") as client:
        case = client.text("/records/case/case-1")
        (asked,) = set(re.findall(r"/worklist/(\w{20,})", case))
        for page in (case, client.text(f"/worklist/{asked}")):
            for told in ("30 Nov 2026", "61", "£1,234.56", "no answer"):
                assert told in page, told


def test_people_are_told_of_money_in_pounds():
    told = cases("case", Compartment.OPEN).told({"lost": 123_456, "score": 61, "other": None})
    assert told == {"lost": "1234.56", "score": 61, "other": None}


def test_an_address_tells_nothing_of_what_is_looked_for_and_the_page_all(console):
    keys = console.hub.store.keys
    with console.client("clerk") as client:
        sent = client.form("/transfers", text="small.txt", route="little.payments")
        address = sent.headers["location"]
        page = client.text(address)
        assert client.get("/transfers?sought=bm90IG91cnM").status_code == 400
        assert client.get("/records?sought=bm90IG91cnM").status_code == 400
    assert ("small" in address, "route=little.payments" in address) == (False, True)
    assert ('value="small.txt"' in page, ">1 transfer<" in page) == (True, True)
    assert shown(keys, hidden(keys, {"text": "ä b", "name": ""})["sought"]) == {"text": "ä b"}
    with pytest.raises(UsageError, match="not one of this hub’s"):
        shown(keys, "AAAA")


def test_the_audit_names_the_file_that_an_entry_is_about(console):
    id = console.made["held"]
    with console.client("clerk") as client:
        assert f'<a href="/transfers/{id}">held.txt</a>' in client.text(f"/audit?about={id}")
