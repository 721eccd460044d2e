"""Small pieces of markup that pages put into tables; what is written into them is escaped.
(`%` takes a third of the time of `format`, and tables have a thousand cells.)"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from markupsafe import Markup, escape

from hub.console.wording import STATES
from hub.model import DeliveryState
from hub.store.rows import TransferRow
from hub.transfer.states import derived_state


def link(href: str, words: object) -> Markup:
    return Markup('<a href="%s">%s</a>') % (href, words)


def transfer_link(id: str, words: object | None = None) -> Markup:
    return link(f"/transfers/{id}", words or id)


def route_link(id: str) -> Markup:
    return link(f"/routes/{quote(id)}", id)


def endpoint_link(name: str) -> Markup:
    return link(f"/endpoints/{quote(name)}", name)


def tag(words: object, colour: str = "grey") -> Markup:
    return Markup('<strong class="tag tag--%s">%s</strong>') % (colour, words)


def state(name: str, *, rehearsed: bool = False) -> Markup:
    """A state in words, with its colour."""
    words, colour = STATES.get(name, (name.replace("_", " ").capitalize(), "grey"))
    return tag(f"{words} (rehearsal)", "grey") if rehearsed else tag(words, colour)


def told_state(row: TransferRow, deliveries: Iterable[DeliveryState]) -> Markup:
    """Of a transfer: after it was accepted it follows from its deliveries."""
    return state(derived_state(row.state, list(deliveries)), rehearsed=row.rehearsed)


def heads(columns: Iterable[str]) -> list[tuple[str, Markup]]:
    """Of a table: the words, and what marks a column of figures, whose words begin with “>”."""
    plain, figure = Markup(""), Markup(' class="figure"')
    return [(one.lstrip(">"), figure if one.startswith(">") else plain) for one in columns]


def lines(parts: Iterable[object]) -> Markup:
    """Under one another."""
    return Markup("<br>").join(escape(part) for part in parts)


def small(text: object) -> Markup:
    return Markup('<span class="quiet small">%s</span>') % (text,)


def nowrap(text: object) -> Markup:
    return Markup('<span class="nowrap">%s</span>') % (text,)


def long_word(text: object) -> Markup:
    """A name without a space, which may be broken anywhere."""
    return Markup('<span class="long">%s</span>') % (text,)
