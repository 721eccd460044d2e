"""What comes back, asked for by calls on the route's schedule: objects and orders by REST, query templates by
SOAP. Nothing changes there.

Source: formats page agresso.md, sections 7.2, 7.5 and 7.6.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import timedelta
from typing import Any

from hub.api import (
    Again,
    Call,
    Context,
    Conversation,
    Lookup,
    Question,
    Record,
    RemoteRefused,
    Reply,
    Told,
    Unreachable,
    read_json,
)
from plugins.agresso.call_settings import AskOptions, Listed
from plugins.agresso.listed import Kind, Row, file_of, rows
from plugins.agresso.orders import OPEN, ORDER_KIND, SENT
from plugins.agresso.query_criteria import elements
from plugins.agresso.rest import why
from plugins.agresso.soap import query_template, rows_of

Options = Context[AskOptions]
Reading = Generator[Call, Reply, list[Row]]
EACH_ORDER = "{order_id}"


def questions(kind: Kind) -> tuple[Question, ...]:
    """Both ways of asking for the lists that become such files."""
    orders = Lookup(ORDER_KIND, states=(SENT, OPEN))
    return (
        Question("rest_lists", _asking(kind, by_rest), looks_up=(orders,)),
        Question("soap_lists", _asking(kind, by_soap)),
    )


def _asking(kind: Kind, way: Callable[[Kind, Listed, Options], Reading]) -> Callable[[Options], Conversation]:
    def converse(ctx: Options) -> Conversation:
        made = list[Row]()
        for listed in ctx.options.lists:
            made += yield from way(kind, listed, ctx)
        now = ctx.moment.now if ctx.moment else None
        return Told(inbound=[file_of(kind, made, now)] if now else ())

    return converse


def by_rest(kind: Kind, listed: Listed, ctx: Options) -> Reading:
    """The rows of a list, page by page; of one that is asked for order by order, of each that is open."""
    path, made = str(listed.path), list[Row]()
    if EACH_ORDER not in path:
        told = yield from _pages(path, listed, ctx)
        return list(rows(kind, listed, _within(told, listed), _known(ctx)))
    orders = ctx.facts.records.all(ORDER_KIND) if ctx.facts.records else ()
    for order in (one for one in orders if one.key.isdecimal()):
        reply = yield _look(path.replace(EACH_ORDER, order.key), listed, {}, ctx)
        if reply.status != 404:  # not found there: nothing is said of it
            made += rows(kind, listed, _within(_records(reply, path), listed), _known(ctx, order))
    return made


def _pages(path: str, listed: Listed, ctx: Options) -> Generator[Call, Reply, list[Any]]:
    """There is no next link: the last page is the one that is not full."""
    told, page = list[Any](), ctx.options.page
    while True:
        part = {"limit": str(page), "offset": str(len(told))}
        reply = yield _look(path, listed, part, ctx)
        found = _records(reply, path)
        told += found
        if len(found) < page:
            return told


def _look(path: str, listed: Listed, part: Mapping[str, str], ctx: Options) -> Call:
    said = {name: _dated(value, ctx) for name, value in listed.query.items()}
    query = {"companyId": str(ctx.options.client), **said, **part}
    takes = (200, 400, 404)
    return Call(name=f"ask {path}", method="GET", path=path, query=query, again=Again.SAFE, takes=takes)


def _records(reply: Reply, path: str) -> list[Any]:
    """The list that was told, or the one thing. Raises RemoteRefused, and Unreachable for anything else."""
    if reply.status != 200:
        raise RemoteRefused(
            f"The financial system does not tell {path} ({reply.status}{why(reply)}). Correct `path` or "
            "`query` of the route's `lists`, as its swagger has them."
        )
    try:
        told = read_json(reply.body.decode())
    except ValueError:
        told = None
    if not isinstance(told, list | dict):
        raise Unreachable(f"{path} was answered with something other than a list; the hub asks again later")
    return told if isinstance(told, list) else [told]


def _within(records: list[Any], listed: Listed) -> Iterator[Mapping[str, Any]]:
    """The rows: the records, or what each holds, beside what it says itself."""
    for record in records:
        if not isinstance(record, dict):
            continue
        inner = record.get(listed.inside) if listed.inside else [{}]
        yield from ({**record, **one} for one in inner or () if isinstance(one, dict))


def by_soap(kind: Kind, listed: Listed, ctx: Options) -> Reading:
    """All rows of a query template."""
    criteria = [
        one.model_copy(update={name: _dated(getattr(one, name), ctx) for name in ("from_value", "to_value")})
        for one in listed.criteria
    ]
    shown = yield query_template(listed.template or 0, elements(criteria, ()), str(ctx.options.client))
    told = rows_of(shown, kind.names(listed).values())
    return list(rows(kind, listed, told, _known(ctx)))


def _known(ctx: Options, order: Record | None = None) -> Mapping[str, str]:
    """What is known without being told; of an order that the hub knows, its number and supplier too."""
    today = ctx.facts.today.isoformat() if ctx.facts.today else ""
    known = {"client": str(ctx.options.client), "as_at": today, "run_at": f"{today}T00:00:00Z"}
    if order is None:
        return known
    return {**known, "order_id": order.key, "supplier_id": str(order.data.get("supplier") or "")}


def _dated(text: str, ctx: Options) -> str:
    today = ctx.facts.today
    if today is None:
        return text
    since = today - timedelta(days=ctx.options.since_days)
    return text.replace("{today}", today.isoformat()).replace("{since}", since.isoformat())
