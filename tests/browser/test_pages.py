"""Every page: nothing that axe finds, nothing wider than the screen, on a desk's screen, zoomed and on a
telephone. Each is opened once, and looked at in every size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.browsing import DESKTOP, PHONE, ZOOMED, browsing, violations, wider_than_the_screen
from tests.pages import BEFORE, pages_of

SIZES = {"phone": PHONE, "zoomed": ZOOMED, "desk": DESKTOP}


@dataclass(frozen=True)
class Looked:
    """At a page: in which sizes it is wider than the screen; what axe finds, all that folds being open."""

    wide: list[str]
    found: list[str]


@pytest.fixture(scope="module")
def looked(browser, console) -> dict[str, Looked]:
    return dict(look_at_all(browser, console))


def look_at_all(browser, console) -> Iterator[tuple[str, Looked]]:
    for login, pages in (("dwp", pages_of(console)), (None, BEFORE)):
        with browsing(browser, console, login) as page:
            for name, path in pages.items():
                page.goto(path)
                yield name, look_at(page)


def look_at(page: Page) -> Looked:
    wide = []
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        wide += [name] if wider_than_the_screen(page) else []
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    return Looked(wide, violations(page))


def test_axe_finds_nothing_on_any_page(looked):
    assert {name: one.found for name, one in looked.items() if one.found} == {}


def test_nobody_scrolls_sideways(looked):
    assert {name: one.wide for name, one in looked.items() if one.wide} == {}
