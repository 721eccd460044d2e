"""The driver `citizen_api`: match, details, claims, one person at a time.

Source: formats page dwp_cis.md, section 5, which is what the published clients of three government bodies
do. That a council's housing service may use it is nowhere said; every path and header is an option of the
route.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Mapping
from typing import Any

from hub.api import Again, Call, Conversation, Later, RemoteRefused, Reply, Unreachable
from plugins.dwp_cis.asking import Answer, Subject, benefit, read, told
from plugins.dwp_cis.purposes import (
    AMBIGUOUS,
    BENEFITS,
    DECEASED,
    MATCHED,
    NAME_VARIES,
    NO_MATCH,
    REJECTED,
    RESTRICTED,
)
from plugins.dwp_cis.settings import Enquiring, EnquiryOptions

Asking = Generator[Call | Later, Reply, Answer]
Json = Mapping[str, Any]
_HELD = {"firstName": "forename", "postcode": "postcode"}
_FORENAME, _SURNAME = 1, 3
"""Letters that must agree (formats page, 5.3: HMRC's comparable interface)."""


def converse(content: bytes, ctx: Enquiring) -> Conversation:
    subjects = read(content)
    answers = []
    for subject in subjects:
        answers.append((yield from _ask(subject, ctx.options)))
    return told(answers, subjects, ctx)


def _ask(subject: Subject, options: EnquiryOptions) -> Asking:
    reply = yield _match(subject, options, options.match_with)
    if reply.status == 422 and (extra := _wanted(reply, subject, options)):
        reply = yield _match(subject, options, (*options.match_with, *extra))
    if reply.status != 200:
        return Answer(subject.check_ref, *_refusal(reply))
    guid = _text(_at(reply.json(), "data", "id"), "data.id")
    details = yield _look(subject, options, "details", f"{options.citizens_path}/{guid}")
    person = _at(details.json(), "data", "attributes")
    if not isinstance(person, dict):
        raise RemoteRefused("DWP's answer has no “data.attributes”. Ask its people what they changed.")
    answer = judge(subject, person)
    if answer.outcome not in (MATCHED, NAME_VARIES) or BENEFITS not in subject.scopes:
        return answer
    guid = _text(person.get("guid"), "guid")
    claims = yield _look(subject, options, "claims", f"{options.citizens_path}/{guid}/claims", (200, 404))
    return Answer(answer.check_ref, answer.outcome, answer.detail, {"benefits": _benefits(claims)})


def judge(subject: Subject, person: Json) -> Answer:
    """The outcome of details (section 5.4). Another's number is neither kept nor told."""
    said = str(person.get("nino") or "").replace(" ", "").upper()
    if said != subject.nino:
        return Answer(subject.check_ref, NO_MATCH, "NINO_DIFFERS")
    if died := _at(person, "dateOfDeath", "date"):
        return Answer(subject.check_ref, DECEASED, facts={"date_of_death": str(died)})
    if any(person.get(flag) for flag in ("statusIndicator", "identityAtRiskIndicator", "nifuIndicator")):
        return Answer(subject.check_ref, RESTRICTED)
    return Answer(subject.check_ref, MATCHED if names_agree(subject, person) else NAME_VARIES)


def names_agree(subject: Subject, person: Json) -> bool:
    """The first letter of the forename, where both say one, and the first three of the surname."""
    name = person.get("name") or {}
    surnames = (subject.surname, str(name.get("lastName") or ""))
    forenames = (subject.forename, str(name.get("firstName") or ""))
    short = {_plain(text)[:_SURNAME] for text in surnames}
    initials = {_plain(text)[:_FORENAME] for text in forenames if text.strip()}
    return len(short) == 1 and len(initials) < 2


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalpha())


def _match(subject: Subject, options: EnquiryOptions, named: Iterable[str]) -> Call:
    attributes = {"lastName": subject.surname, "dateOfBirth": subject.date_of_birth}
    for name in named:
        if value := _attribute(name, subject):
            attributes[name] = value
    body = {"jsonapi": {"version": "1.0"}, "data": {"type": "Match", "attributes": attributes}}
    return Call(
        name="match",
        method="POST",
        path=f"{options.citizens_path}/match",
        headers={**_headers(subject, options), **_named("policy-id", options.policy_id)},
        body=Call.json_body(body),
        again=Again.SAFE,
        takes=(200, 400, 404, 422),
    )


def _attribute(name: str, subject: Subject) -> str:
    """Of the number only its last four digits leave: no letter, and not what stands before."""
    return subject.nino[4:8] if name == "ninoFragment" else str(getattr(subject, _HELD[name]))


def _look(
    subject: Subject, options: EnquiryOptions, name: str, path: str, takes: tuple[int, ...] = (200,)
) -> Call:
    query = _named("benefitType", options.benefit_type) if name == "claims" else {}
    headers = {**_headers(subject, options), "access-level": str(options.access_level)}
    return Call(
        name=name,
        method="GET",
        path=path,
        query=query,
        headers=headers,
        again=Again.SAFE,
        takes=takes,
        keeps=_KEEPS[name],
    )


def _headers(subject: Subject, options: EnquiryOptions) -> dict[str, str]:
    return {
        "correlation-id": subject.correlation_id,
        "instigating-user-id": options.instigating_user,
        **_named("context", options.context),
    }


def _named(name: str, value: str | None) -> dict[str, str]:
    return {} if value is None else {name: value}


def _wanted(reply: Reply, subject: Subject, options: EnquiryOptions) -> list[str]:
    """The attributes that DWP wants beside and that are held. Pointers come with and without a slash."""
    names = [pointer.rpartition("/")[2] for pointer in _pointers(reply)]
    known = [name for name in names if name in ("ninoFragment", *_HELD) and name not in options.match_with]
    return [name for name in dict.fromkeys(known) if _attribute(name, subject)]


def _pointers(reply: Reply) -> Iterable[str]:
    for error in _errors(reply):
        source = error.get("source")
        if isinstance(source, dict):
            yield str(source.get("pointer") or "")


def _errors(reply: Reply) -> list[Json]:
    """Raises Unreachable for what is not DWP's own: a proxy's page must never read as "no match"."""
    body = reply.json()
    errors = body.get("errors") if isinstance(body, dict) else None
    if not isinstance(errors, list) or not all(isinstance(error, dict) for error in errors):
        raise Unreachable("something other than DWP answered, perhaps a proxy; the hub asks again later")
    return errors


def _refusal(reply: Reply) -> tuple[str, str]:
    """Outcome and detail. The status decides, never the text."""
    wanted = [pointer.rpartition("/")[2] for pointer in _pointers(reply)]
    if reply.status == 422:
        return AMBIGUOUS, " ".join(["WANTS", *(name.upper() for name in wanted if name.isalpha())])[:60]
    return (NO_MATCH, "") if reply.status == 404 else (REJECTED, "BAD_REQUEST")


def _benefits(reply: Reply) -> str:
    """The claims as text; none when DWP says so. Of what else comes nothing is looked at."""
    claims = _at(reply.json(), "data") if reply.status == 200 else _errors(reply)[:0]
    if not isinstance(claims, list):
        raise Unreachable("the claims came in no form that the hub knows; it asks again later")
    return ";".join(_benefit(claim.get("attributes") or {}) for claim in claims if isinstance(claim, dict))


def _benefit(claim: Json) -> str:
    live = [award for award in claim.get("awards") or () if award.get("status", "live") == "live"]
    amount = live[0].get("amount") if live else None
    named = (claim.get(name) for name in ("benefitType", "status", "startDate", "endDate", "periodicity"))
    return benefit(*named, amount)


_PERSON = (
    *("guid", "nino", "name", "dateOfDeath"),
    *("statusIndicator", "identityAtRiskIndicator", "nifuIndicator"),
)
_CLAIM = ("guid", "benefitType", "status", "startDate", "endDate", "periodicity", "awards")
_AWARD = ("status", "amount")


def needed_of_person(body: bytes) -> bytes:
    """Details without what no purpose needs: nationality, safeguarding, accessibility, contacts."""
    told = _json(body)
    person = _at(told, "data", "attributes")
    if not isinstance(person, dict):
        return body if _at(told, "errors") or told is None else b"{}"
    return Call.json_body({"data": {"attributes": _only(person, _PERSON)}})


def needed_of_claims(body: bytes) -> bytes:
    """Claims without components, take-home pay and adjustments."""
    told = _json(body)
    claims = _at(told, "data")
    if not isinstance(claims, list):
        return body if _at(told, "errors") or told is None else b"{}"
    found = (_at(claim, "attributes") for claim in claims)
    return Call.json_body({"data": [{"attributes": _claim(one)} for one in found if isinstance(one, dict)]})


def _claim(claim: Json) -> dict[str, Any]:
    awards = [_only(award, _AWARD) for award in claim.get("awards") or () if isinstance(award, dict)]
    return {**_only(claim, _CLAIM), "awards": awards}


def _only(values: Json, names: Iterable[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _json(body: bytes) -> Any:
    """None for what is no JSON: such a page is no answer, and is not kept as one."""
    try:
        return json.loads(body)
    except ValueError:
        return None


_KEEPS = {"details": needed_of_person, "claims": needed_of_claims}


def _at(value: Any, *path: str) -> Any:
    """What stands at a path of a JSON document; None when it does not go that far."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: Any, name: str) -> str:
    """An id that may stand in an address."""
    if not isinstance(value, str) or not value.replace("-", "").replace("_", "").isalnum() or len(value) > 64:
        raise RemoteRefused(f"DWP's answer has no “{name}” that an address can hold. Ask its people.")
    return value
