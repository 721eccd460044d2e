"""Help: the product's own pages, as they lie in hub/docs."""

from __future__ import annotations

import re
from functools import cache
from itertools import count
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from hub.console.here import Looks
from hub.errors import Unknown

NAV = ("Help", "/help")
router = APIRouter()
DOCS = Path(__file__).resolve().parents[2] / "docs"
FIRST = ("console", "alerts", "endpoints", "schedules", "service", "checks")
"""Pages in the order in which support staff want them; the others follow."""
_LINK = re.compile(r'href="(?:\.\./)*(?:adr/)?([A-Za-z0-9_-]+)\.md(#[^"]*)?"')
_SCROLLS = 'tabindex="0" role="region" aria-label="'
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


@router.get("/help")
def contents(here: Looks) -> Response:
    names = sorted(_pages(), key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    return here.page("help.html", pages=[(name, _title(name)) for name in names])


@router.get("/help/{name}")
def page(here: Looks, name: str) -> Response:
    if name not in _pages():
        raise Unknown(f"There is no page {name}.")
    return here.page("help_page.html", title=_title(name), text=_rendered(name))


@cache
def _pages() -> dict[str, Path]:
    return {path.stem: path for path in sorted(DOCS.glob("**/*.md"))}


@cache
def _title(name: str) -> str:
    found = _TITLE.search(_pages()[name].read_text("utf-8"))
    return found[1].replace("`", "") if found else name


@cache
def _rendered(name: str) -> Markup:
    """Links between the pages lead to pages here. Markup of their own would be shown as text."""
    from markdown_it import MarkdownIt  # only who reads help waits for it

    written = _pages()[name].read_text("utf-8")
    drawn = MarkdownIt("commonmark", {"html": False}).enable("table").render(written)
    drawn = _LINK.sub(lambda found: f'href="/help/{found[1]}{found[2] or ""}"', drawn)
    numbers = count(1)
    drawn = re.sub(
        "<table>", lambda _: f'<div class="raw" {_SCROLLS}Table {next(numbers)}"><table class="plain">', drawn
    )
    drawn = re.sub("<pre>", lambda _: f'<pre class="raw" {_SCROLLS}Example {next(numbers)}">', drawn)
    drawn = drawn.replace("</table>", "</table></div>")
    return Markup(drawn)  # noqa: S704 - of our own pages, without HTML of theirs
