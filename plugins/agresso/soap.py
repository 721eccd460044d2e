"""The conversation with the SOAP services: a document (ledger transactions, orders, customers) is imported,
its order is looked at, the ledger is read by a query template of the council's.

Accepted for processing is not posted. Whether a batch arrived whose answer was lost is asked by a query
template that shows what lies in staging or in the ledger; it is never sent again by guess. Who asks stands in
the body, where the endpoint puts it. Source: formats page agresso.md, sections 7.1 and 7.2.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from hub.api import (
    PASSWORD,
    USERNAME,
    Again,
    Ask,
    Call,
    Chunk,
    Context,
    Conversation,
    DeliveryState,
    Later,
    Layout,
    RemoteRefused,
    Reply,
    Told,
    Unreachable,
    Unreadable,
    Xml,
    attr,
)
from plugins.agresso.call_settings import SoapOptions
from plugins.agresso.ledger_shown import feedback_of
from plugins.agresso.query_criteria import Criterion, elements, periods_of
from plugins.agresso.settings import LedgerOptions
from plugins.agresso.types import Words

IMPORT = "ImportService/ImportV200606"
QUERY = "QueryEngineService/QueryEngineV201101"
NAMESPACES = "http://services.agresso.com"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ORDERED = "ExecuteServerProcessAsynchronously"
_TEXT = Words()
_FAULT = Layout("fault", (attr("code", "faultcode", _TEXT, required=False),), path="Body/Fault")
_ORDER = Layout(
    "order",
    (attr("number", "OrderNumber", _TEXT, required=False),),
    path=f"Body/{ORDERED}Response/{ORDERED}Result",
)
_SHOWN = Layout(
    "result", (attr("rows", "TemplateResult", _TEXT, required=False),),
    path="Body/GetTemplateResultAsXMLResponse/GetTemplateResultAsXMLResult",
)  # fmt: skip


def converse(content: bytes, ctx: Context[LedgerOptions]) -> Conversation:
    """Import the document, wait until the server process has run and, of vouchers, read the ledger."""
    file, options = json.loads(content), ctx.options.soap
    reply = yield _import(file, options)
    if fault := _said(reply, _FAULT):
        reason = f"The import of batch {file['batch']} was refused ({fault['code'] or 'a fault'})."
        return Told(state=DeliveryState.REFUSED, reference=file["batch"], reason=reason)
    order = (_said(reply, _ORDER) or {}).get("number", "")
    if not order.isdigit() and reply.status != FOUND:
        raise RemoteRefused(
            f"The import service answered with neither an order number nor a fault. Look whether the batch "
            f"{file['batch']} lies there, then settle the delivery."
        )
    state = yield from _run(order, file, options)
    if state in options.job_failed:
        process = process_of(file, options)
        reason = f"{process} ended as {state} for the batch {file['batch']}; look into batch input there."
        return Told(state=DeliveryState.SENT, reference=order, reason=reason)
    told = []
    if options.ledger_template is not None and file["vouchers"]:
        shown = yield _query(options.ledger_template, file, options)
        told = list(feedback_of(file, list(rows_of(shown, options.columns.values())), options.columns))
    return Told(state=DeliveryState.SENT, reference=order or str(file["batch"]), inbound=told)


FOUND = 299
"""Stands for the answer that was lost, once the batch was found there."""

MENUS = {"GL07": "BI88", "LG04": "SO103", "CS15": "BI192"}
"""The menu of each server process, as it was seen (section 7.1)."""


def process_of(file: Mapping[str, Any], options: SoapOptions) -> str:
    """The server process that a document is for, unless the route says another."""
    return options.process or str(file.get("process", "GL07"))


def _import(file: Mapping[str, Any], options: SoapOptions) -> Call:
    parameters = "".join(
        f"<Parameter><Name>{escape(name)}</Name><Value>{escape(value)}</Value></Parameter>"
        for name, value in options.parameters.items()
    )
    process = process_of(file, options)
    told = (
        f"<input><ServerProcessId>{process}</ServerProcessId>"
        f"<MenuId>{options.menu or MENUS[process]}</MenuId>"
        f"<Variant>{options.variant}</Variant><Xml><![CDATA[{file['xml']}]]></Xml>"
        f"<ParameterList>{parameters}</ParameterList></input>"
    )
    again: Again | Ask = Again.NEVER
    if options.look_template is not None and file.get("known_by", file["batch"]):
        again = Ask(_query(options.look_template, file, options), partial(_found, options=options))
    return _call("import batch", IMPORT, ORDERED, told, str(file["client"]), again)


def _found(shown: Reply, options: SoapOptions) -> Reply | None:
    """The batch lies there, if the template shows a line of it: the lost answer, but for its order number."""
    return Reply(FOUND, b"") if any(rows_of(shown, options.columns.values())) else None


def _call(name: str, service: str, operation: str, told: str, client: str, again: Again | Ask) -> Call:
    """One operation, with its credentials: the endpoint has them."""
    space = f"{NAMESPACES}/{service}"
    head = (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP}"><soap:Body>'
        f'<{operation} xmlns="{space}">{told}<credentials><Username>'
    )
    tail = f"</Password></credentials></{operation}></soap:Body></soap:Envelope>"
    middle = f"</Username><Client>{client}</Client><Password>".encode()
    return Call(
        name=name,
        method="POST",
        path=f"service.svc?{service}",
        body=head.encode() + USERNAME + middle + PASSWORD + tail.encode(),
        content_type="text/xml; charset=utf-8",
        headers={"SOAPAction": f"{space}/{operation}", "Accept": "text/xml"},
        again=again,
        takes=(200, 500) if again is not Again.SAFE else (200,),
    )


def _query(template: int, file: Mapping[str, Any], options: SoapOptions) -> Call:
    """All rows of a template that are of the batch, by the criteria that the template has."""
    known_by = Criterion(
        column_name=options.batch_column, from_value=str(file.get("known_by", file["batch"]))
    )
    more = options.criteria if file["vouchers"] else ()
    return query_template(template, elements((known_by, *more), periods_of(file)), str(file["client"]))


def query_template(template: int, criteria: str, client: str) -> Call:
    """All rows of a template that fit criteria (`query_criteria.elements`)."""
    told = (
        f"<input><TemplateId>{template}</TemplateId><TemplateResultOptions><ShowDescriptions>false"
        "</ShowDescriptions><Aggregated>false</Aggregated><FirstRecord>0</FirstRecord><LastRecord>0</LastRecord>"
        f"</TemplateResultOptions><SearchCriteriaPropertiesList>{criteria}</SearchCriteriaPropertiesList></input>"
    )
    operation = "GetTemplateResultAsXML"
    return _call(f"query template {template}", QUERY, operation, told, client, Again.SAFE)


def _run(order: str, file: Mapping[str, Any], options: SoapOptions) -> Generator[Call | Later, Reply, str]:
    """How the order ended; its last word when it has not after all looks; none where nobody can be asked."""
    state = ""
    if not order or not options.status_element:
        return state
    layout = Layout(
        "status", (attr("state", options.status_element, _TEXT, required=False),),
        path="Body/GetResultResponse/GetResultResult",
    )  # fmt: skip
    for _ in range(options.looks):
        told = f"<input><OrderNumber>{order}</OrderNumber></input>"
        reply = yield _call(
            f"look at {process_of(file, options)}", IMPORT, "GetResult", told, str(file["client"]), Again.SAFE
        )
        state = (_first(reply, layout) or {}).get("state", "")
        if state in options.job_done | options.job_failed:
            break
        yield Later(options.pause, f"{process_of(file, options)} is still running")
    return state


def _said(reply: Reply, layout: Layout) -> Mapping[str, str] | None:
    """The same of an answer that may be no SOAP at all, and is then none that says so."""
    with suppress(Unreachable):
        return _first(reply, layout) if reply.status != FOUND else None
    return None


def _first(reply: Reply, layout: Layout) -> Mapping[str, str] | None:
    """The first record of a kind in an answer; None when it has none. Raises Unreachable for no SOAP."""
    return next(_records(reply.body, "Envelope", layout), None)


def _records(body: bytes, root: str, layout: Layout) -> Iterator[Mapping[str, str]]:
    for part in Xml(root, [layout], any_namespace=True).decode(BytesIO(body)):
        if isinstance(part, Unreadable):
            raise Unreachable(
                "the endpoint answered with something other than SOAP; the hub asks again later"
            )
        if isinstance(part, Chunk):
            yield from (row.values for row in part.rows())


def rows_of(shown: Reply, names: Iterable[str]) -> Iterator[Mapping[str, str]]:
    """The rows that a template shows, by these columns. Rows of sums (`_section` other than D) are none."""
    result = _first(shown, _SHOWN)
    if result is None:
        raise Unreachable("the query engine answered without a result; the hub asks again later")
    columns = ("_section", *names)
    fields = tuple(attr(name, name, _TEXT, required=False) for name in dict.fromkeys(columns))
    told = result["rows"].strip()
    rows = _records(told.encode(), "Agresso", Layout("row", fields, path="AgressoQE")) if told else iter(())
    return (row for row in rows if row["_section"] in ("", "D"))
