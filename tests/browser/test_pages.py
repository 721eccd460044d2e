"""Every page: nothing that axe finds, nothing wider than the screen, on a desk's screen, zoomed and on a
telephone."""

from __future__ import annotations

import pytest

from tests.browsing import DESKTOP, PHONE, ZOOMED, browsing, violations, wider_than_the_screen
from tests.pages import BEFORE, pages_of


def test_axe_finds_nothing_on_any_page(browser, console):
    found = {}
    with browsing(browser, console, "dwp") as page:
        for name, path in pages_of(console).items():
            page.goto(path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            found[name] = violations(page)
    with browsing(browser, console) as page:
        for name, path in BEFORE.items():
            page.goto(path)
            found[name] = violations(page)
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("size", [DESKTOP, ZOOMED, PHONE], ids=["desk", "zoomed", "phone"])
def test_nobody_scrolls_sideways(browser, console, size):
    with browsing(browser, console, "dwp", size) as page:
        wide = []
        for name, path in pages_of(console).items():
            page.goto(path)
            if wider_than_the_screen(page):
                wide.append(name)
    assert wide == []
