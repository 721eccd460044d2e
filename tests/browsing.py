"""Headless Chromium, Debian's, driven by Playwright; and axe, which looks for what shuts people out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.serving import Served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DESKTOP, PHONE, ZOOMED = (1280, 900), (360, 740), (640, 450)
"""A desk's screen, a small telephone's, and a desk's at 200 % zoom."""
_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
_RUN = """async rules => (await axe.run(rules)).violations.map(
    one => [one.id, one.nodes.slice(0, 3).map(node => node.target)])"""
"""Only what is wrong is told back: what is right is most of it."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Skips by name where there is none; in CI that is an error."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is missing: apt-get install chromium")
        pytest.skip("chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def browsing(
    browser: Browser,
    console: Served,
    login: str | None = None,
    size: tuple[int, int] = DESKTOP,
    **options: Any,
) -> Iterator[Page]:
    """A page of a browser of its own, signed in as somebody; whatever the console logs there is a mistake."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, base_url=console.address, locale="en-GB", **options
    )
    context.set_default_timeout(20_000)
    if login is not None:
        sign_in(context, console, login)
    page, errors = context.new_page(), []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert not [error for error in errors if "status of 4" not in error], errors


def sign_in(context: BrowserContext, console: Served, login: str) -> None:
    cookie = {"name": "feedhub_signed_in", "value": console.token(login), "url": console.address}
    context.add_cookies([cookie])  # type: ignore[list-item]


def violations(page: Page) -> list[str]:
    """What axe finds: rule, and where."""
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(_RUN, _RULES)
    return [f"{rule}: {places}" for rule, places in found]


def wider_than_the_screen(page: Page) -> bool:
    """Whether somebody would have to scroll sideways to read."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"))
