"""The driver `gateway_rest`: a batch as JSON to the checking gateway, looked at until it is over.

Source: formats page dwp_cis.md, section 6.1, this project's own contract.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any

from hub.api import Call, Conversation, Later, RemoteRefused, Reply
from plugins.dwp_cis import gateway
from plugins.dwp_cis.asking import Answer, Subject, batch_id, benefit, pounds, read, told
from plugins.dwp_cis.purposes import FOUND, OUTCOMES
from plugins.dwp_cis.settings import Enquiring

JSON = "application/json"
PAGES = 100
"""Pages of results that a batch may have."""

Results = Generator[Call | Later, Reply, list[Mapping[str, Any]]]


def converse(content: bytes, ctx: Enquiring) -> Conversation:
    subjects, options = read(content), ctx.options
    gateway.refuse_mixed(subjects)
    batch = batch_id((one.check_ref for one in subjects), ctx.moment.transfer_id if ctx.moment else "")
    about = gateway.headers(batch, subjects, options, JSON)
    body = Call.json_body(_request(batch, subjects, ctx))
    taken = yield gateway.submit(options, about, batch, body, JSON)
    _same_batch(taken.json(), batch)
    waits = gateway.wait(options)
    seen = _same_batch((yield gateway.look(options, about, batch)).json(), batch)
    while seen.get("status") not in gateway.OVER:
        seconds = next(waits, None)
        if seconds is None:
            raise gateway.gave_up()
        yield Later(seconds, "the gateway is still asking")
        seen = _same_batch((yield gateway.look(options, about, batch)).json(), batch)
    if seen["status"] == gateway.REJECTED:
        raise RemoteRefused("the gateway refused the batch. Ask its people, then retry")
    answers = [answer_of(one) for one in (yield from _results(batch, about, ctx))]
    found = sum(answer.outcome in FOUND for answer in answers)
    gateway.whole(answers, subjects, (seen.get("itemCount"), found))
    yield gateway.erase(options, about, batch)
    return told(answers, subjects, ctx)


def _request(batch: str, subjects: list[Subject], ctx: Enquiring) -> dict[str, Any]:
    options = ctx.options
    header = {
        "batchId": batch,
        "createdAt": ctx.moment.now.isoformat() if ctx.moment else None,
        "laCode": options.la_code,
        "context": options.context,
        "policyId": options.policy_id,
        "instigatingUser": options.instigating_user,
        "purpose": subjects[0].purpose,
        "mouRef": subjects[0].mou_ref,
        "itemCount": len(subjects),
    }
    told = {name: value for name, value in header.items() if value is not None}
    return {"header": told, "items": [_item(one) for one in subjects]}


def _item(subject: Subject) -> dict[str, Any]:
    item = {
        "checkRef": subject.check_ref,
        "justification": subject.justification,
        "nino": subject.nino,
        "surname": subject.surname,
        "forename": subject.forename,
        "dateOfBirth": subject.date_of_birth,
        "postcode": subject.postcode,
        "rentRef": subject.rent_ref,
        "scopes": sorted(subject.scopes),
    }
    return {name: value for name, value in item.items() if value}


def _same_batch(body: Any, batch: str) -> Mapping[str, Any]:
    if not isinstance(body, dict) or body.get("batchId", batch) != batch:
        raise RemoteRefused("the gateway answered about another batch: possibly a mix-up. Nothing was stored")
    return body


def _results(batch: str, about: Mapping[str, str], ctx: Enquiring) -> Results:
    found: list[Mapping[str, Any]] = []
    cursor = ""
    for _ in range(PAGES):
        call = gateway.look(ctx.options, about, batch, "/results")
        page = (yield _at_cursor(call, cursor)).json()
        results = page.get("results") if isinstance(page, dict) else None
        if not isinstance(results, list) or not all(isinstance(one, dict) for one in results):
            raise RemoteRefused("the gateway's page of results has none. Ask its people")
        found += results
        cursor = str(page.get("next") or "")
        if not cursor:
            return found
    raise RemoteRefused(f"the gateway has more than {PAGES} pages of results. Ask its people")


def _at_cursor(call: Call, cursor: str) -> Call:
    return replace(call, query={"cursor": cursor} if cursor else {})


def answer_of(result: Mapping[str, Any]) -> Answer:
    """Raises RemoteRefused for an outcome that the contract does not know."""
    outcome = result.get("matchStatus")
    if outcome not in OUTCOMES:
        raise RemoteRefused("the gateway gives an outcome that its contract does not know. Ask its people")
    return Answer(str(result.get("checkRef")), str(outcome), _detail(result), _facts(result))


def _detail(result: Mapping[str, Any]) -> str:
    """Codes only: words of a partner may hold a name."""
    codes = [str(one.get("code")) for one in result.get("errors") or () if isinstance(one, dict)]
    return " ".join(code for code in codes if code.replace("_", "").isalnum() and code.isupper())[:60]


def _facts(result: Mapping[str, Any]) -> dict[str, str]:
    housing = result.get("ucHousing") or {}
    facts = {
        "date_of_death": str(result.get("dateOfDeath") or ""),
        "benefits": ";".join(map(_benefit, result.get("benefits") or ())),
        "housing_element": pounds(housing.get("housingElementPence")),
        "managed_payment": str(housing.get("managedPaymentToLandlord") or ""),
        "payee_is_landlord": str(housing.get("payeeIsThisLandlord") or ""),
        "arrears_deduction": pounds(housing.get("arrearsDeductionPence")),
        "next_payment_date": str(housing.get("nextPaymentDate") or ""),
    }
    return {name: value for name, value in facts.items() if value}


def _benefit(told: Mapping[str, Any]) -> str:
    names = ("benefitType", "status", "startDate", "endDate", "periodicity", "awardPence")
    return benefit(*(told.get(name) for name in names))
