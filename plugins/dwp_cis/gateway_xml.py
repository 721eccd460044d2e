"""The driver `gateway_xml`: the same batches as XML, valid against `check-1.xsd` both ways.

Source: formats page dwp_cis.md, section 6.2, this project's own schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any, cast

from lxml import etree

from hub.api import CannotRender, Conversation, Later, RemoteRefused, Rendered, Taken, Unreachable
from plugins.dwp_cis import gateway
from plugins.dwp_cis.asking import Answer, Subject, batch_id, benefit, pounds, read, told, written
from plugins.dwp_cis.settings import Enquiring

XML = "application/xml"
NAMESPACE = "urn:feedhub:dwp:check:1"
_NAMES: Any = {None: NAMESPACE}
LARGEST = 10_000_000
"""Bytes of an answer."""


def write(taken: Sequence[Taken], ctx: Enquiring) -> Rendered:
    """The enquiries, of which a valid request can be made. Raises CannotRender."""
    rendered = written(taken, ctx)
    request(read(rendered.data), ctx)
    return rendered


def converse(content: bytes, ctx: Enquiring) -> Conversation:
    subjects, options = read(content), ctx.options
    batch = _batch(subjects, ctx)
    about = gateway.headers(batch, subjects, options, XML)
    yield gateway.submit(options, about, batch, request(subjects, ctx), XML)
    reply = yield gateway.look(options, about, batch, "/results")
    waits = gateway.wait(options)
    while reply.status == 202:
        seconds = next(waits, None)
        if seconds is None:
            raise gateway.gave_up()
        yield Later(seconds, "the gateway is still asking")
        reply = yield gateway.look(options, about, batch, "/results")
    answers, counted = response(reply.body, batch)
    gateway.whole(answers, subjects, counted)
    yield gateway.erase(options, about, batch)
    return told(answers, subjects, ctx)


def _batch(subjects: Sequence[Subject], ctx: Enquiring) -> str:
    return batch_id((one.check_ref for one in subjects), ctx.moment.transfer_id if ctx.moment else "")


def request(subjects: Sequence[Subject], ctx: Enquiring) -> bytes:
    """A CheckRequest. Raises CannotRender, without saying whose, when the schema refuses it."""
    gateway.refuse_mixed(subjects)
    root = _element(None, "CheckRequest")
    header = _element(root, "Header")
    for name, value in _header(subjects, ctx):
        _element(header, name, value)
    for subject in subjects:
        item = _element(root, "Item")
        for name, value in _item(subject):
            _element(item, name, value)
    schema = _schema()
    if not schema.validate(root):
        raise CannotRender(f"the schema refuses the request: {_place(schema)}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _header(subjects: Sequence[Subject], ctx: Enquiring) -> Iterator[tuple[str, str]]:
    options = ctx.options
    yield "BatchId", _batch(subjects, ctx)
    yield "CreatedAt", f"{ctx.moment.now:%Y-%m-%dT%H:%M:%SZ}" if ctx.moment else ""
    yield "LaCode", options.la_code or ""
    yield "Context", options.context or ""
    if options.policy_id is not None:
        yield "PolicyId", options.policy_id
    yield "InstigatingUser", options.instigating_user
    yield "Purpose", subjects[0].purpose
    yield "MouRef", subjects[0].mou_ref
    yield "ItemCount", str(len(subjects))


def _item(subject: Subject) -> Iterator[tuple[str, str]]:
    named = {
        "CheckRef": subject.check_ref,
        "Justification": subject.justification,
        "Nino": subject.nino,
        "Surname": subject.surname,
        "Forename": subject.forename,
        "DateOfBirth": subject.date_of_birth,
        "Postcode": subject.postcode,
        "RentRef": subject.rent_ref,
    }
    yield from ((name, value) for name, value in named.items() if value)
    yield from (("Scope", scope) for scope in sorted(subject.scopes))


def _element(parent: etree._Element | None, name: str, text: str | None = None) -> etree._Element:
    tag = f"{{{NAMESPACE}}}{name}"
    made = etree.Element(tag, nsmap=_NAMES) if parent is None else etree.SubElement(parent, tag)
    made.text = text
    return made


def response(body: bytes, batch: str) -> tuple[list[Answer], tuple[int, int]]:
    """The answers of a CheckResponse, and the counts that it states: of all, and of those found.

    Raises Unreachable for what is no answer of the gateway's, RemoteRefused for one that breaks the
    contract."""
    root = _parsed(body)
    schema = _schema()
    if not schema.validate(root):
        raise RemoteRefused(f"the schema refuses the gateway's answer: {_place(schema)}. Ask its people")
    if _text(root, "Header/BatchId") != batch:
        raise RemoteRefused("the gateway answered about another batch: possibly a mix-up. Nothing was stored")
    if _text(root, "Header/BatchStatus") == gateway.REJECTED:
        raise RemoteRefused("the gateway refused the batch. Ask its people, then retry")
    counts = (int(_text(root, f"Header/{name}")) for name in ("ItemCount", "MatchedCount"))
    return [_answer(one) for one in root.findall(_path("Result"))], (next(counts), next(counts))


def _parsed(body: bytes) -> etree._Element:
    """No DTD, no entities, nothing fetched, no more than 10 MB."""
    if len(body) > LARGEST:
        raise RemoteRefused("the gateway's answer is too long. Ask its people")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise Unreachable("something other than the gateway answered; the hub asks again later") from None
    if cast(Any, root.getroottree().docinfo).doctype:
        raise RemoteRefused("the gateway's answer has a DTD, which is never read. Ask its people")
    if etree.QName(root).namespace != NAMESPACE:
        raise Unreachable("something other than the gateway answered; the hub asks again later")
    return root


def _answer(result: etree._Element) -> Answer:
    codes = [_text(error, "Code") for error in result.findall(_path("Error"))]
    return Answer(
        _text(result, "CheckRef"), _text(result, "MatchStatus"), " ".join(codes)[:60], _facts(result)
    )


def _facts(result: etree._Element) -> Mapping[str, str]:
    facts = {
        "date_of_death": _text(result, "DateOfDeath"),
        "benefits": ";".join(_benefit(one) for one in result.findall(_path("Benefit"))),
        "housing_element": _pounds(result, "UcHousing/HousingElementPence"),
        "managed_payment": _text(result, "UcHousing/ManagedPaymentToLandlord"),
        "payee_is_landlord": _text(result, "UcHousing/PayeeIsThisLandlord"),
        "arrears_deduction": _pounds(result, "UcHousing/ArrearsDeductionPence"),
        "next_payment_date": _text(result, "UcHousing/NextPaymentDate"),
    }
    return {name: value for name, value in facts.items() if value}


def _benefit(told: etree._Element) -> str:
    names = ("BenefitType", "Status", "StartDate", "EndDate", "Periodicity", "AwardPence")
    return benefit(*(_text(told, name) or None for name in names))


def _pounds(result: etree._Element, path: str) -> str:
    text = _text(result, path)
    return pounds(int(text)) if text else ""


def _text(element: etree._Element, path: str) -> str:
    return element.findtext(_path(path)) or ""


def _path(path: str) -> str:
    return "/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/"))


@lru_cache
def _schema_text() -> bytes:
    return resources.files(__package__).joinpath("check-1.xsd").read_bytes()


def _schema() -> etree.XMLSchema:
    """One a call: a schema keeps what it found last."""
    return etree.XMLSchema(etree.fromstring(_schema_text()))


def _place(schema: etree.XMLSchema) -> str:
    """Where it is wrong: the parser's words would quote the value."""
    last = cast(Any, schema.error_log)[0]
    return f"line {last.line}, {last.type_name.removeprefix('SCHEMAV_').replace('_', ' ').lower()}"
