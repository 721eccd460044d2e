"""The index of applications: what several have in common within twelve months, by a keyed digest of it.

A record of the kind `rtb_index` stands for one funder, adviser, telephone, e-mail or bank account: its key is
that word with the digest, which names nobody, and what it holds is sealed: by application, the day of its
receipt. A case that begins knows the others, and those that stand are told when one joins them: the input
`index`. Who has bought is known so, too, by number and by name and birth, for as long as their case is kept.

Source: formats page rtb_fraud.md, 6.2 (“earlier applications index”), rules F09 and F17.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from hub.api import Compartment, Effect, Facts, Follow, Lifecycle, Lookup, Move, Record
from plugins.rtb_fraud.rtb_application import Application
from plugins.rtb_fraud.rtb_evidence import Input

INPUT, SOURCE, KIND, STANDS = "index", "hub", "rtb_index", "STANDS"
MARKS, JOINED, BUYERS = "marks", "joined", "buyers"
"""Facts of a case: the keys of what it names, and of those how many others named them when one joined; the
keys of who would buy."""
WITHIN = timedelta(days=365)
MANY = 20
"""Of more others than this, the ones that stand are told no more: an adviser of hundreds says nothing new."""
LOOKS_UP = Lookup(KIND, keys=lambda case: [*(case.data.get(MARKS) or ()), *(case.data.get(BUYERS) or ())])


def marks_of(told: Application, digest: Callable[[str], str]) -> list[str]:
    """The keys of what an application may have in common with others. A lender is everybody's: no mark."""
    return sorted({f"{what}:{digest(f'{what}={text}')}" for what, text in _named(told) if text})


def _named(told: Application) -> Iterator[tuple[str, str]]:
    for part in told.funding or ():
        if part.type != "mortgage":
            yield "bank_account", _number(part.account)
        if part.type != "mortgage" and part.source_relationship != "self":
            yield "funder", _plain(part.source_name)
    adviser = told.adviser
    for name in (adviser.solicitor, adviser.broker) if adviser else ():
        yield "adviser", _plain(name)
    for one in (*told.applicants, *([adviser] if adviser else ())):
        yield "telephone", _digits(one.telephone)
        yield "email", _plain(one.email)


def buyers_of(told: Application, digest: Callable[[str], str]) -> list[str]:
    """The keys of the applicants, by which a later application finds that one of them has bought."""
    known = {f"nino={one.nino}" for one in told.applicants if one.nino}
    known |= {
        f"person={_plain(one.surname)}|{_plain(one.forename)}|{one.date_of_birth}" for one in told.applicants
    }
    return sorted(f"buyer:{digest(f'buyer.{text}')}" for text in known)


def bought(case: Record, until: date) -> Iterator[Move]:
    """A sale was completed: the index knows its buyers until a day."""
    told = {case.key: str(case.data.get("received_at") or "")}
    for mark in case.data.get(BUYERS) or ():
        yield Move(kind=KIND, key=mark, to=STANDS, personal=told, expires=until)


def _has_bought(case: Record, facts: Facts) -> bool:
    """Whether one of the applicants bought by another application."""
    entries = [facts.records.get(KIND, mark) for mark in case.data.get(BUYERS) or ()] if facts.records else []
    return any(told and ref != case.key for one in entries if one for ref, told in one.personal.items())


def _plain(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


def _number(text: str | None) -> str:
    """The sort code and the number of an account in this country, however they are written; else its IBAN."""
    bare = re.sub(r"[^A-Z0-9]", "", text or "")
    return bare[-14:] if bare.startswith("GB") else bare


def _digits(text: str | None) -> str:
    """As it is dialled in this country."""
    return re.sub(r"^(0044|44)0?(?=[1-9])", "0", re.sub(r"[^0-9]", "", (text or "").replace("(0)", "")))


def entered(
    rtb_ref: str, marks: Iterable[str], before: Iterable[str], received: date, today: date
) -> Iterator[Move]:
    """The index learns of an application; of what it names no longer (`before`) it is struck out."""
    for mark in marks:
        told = {rtb_ref: received.isoformat()}
        yield Move(kind=KIND, key=mark, to=STANDS, personal=told, expires=today + WITHIN)
    for mark in sorted(set(before) - set(marks)):
        yield Move(kind=KIND, key=mark, to=STANDS, personal={rtb_ref: ""})


def others(entry: Record, rtb_ref: str) -> int:
    """How many other applications name it, within twelve months of this one."""
    own = entry.personal.get(rtb_ref)
    if not own:
        return 0
    day = date.fromisoformat(own)
    days = (date.fromisoformat(told) for ref, told in entry.personal.items() if told and ref != rtb_ref)
    return sum(abs(one - day) <= WITHIN for one in days)


def index_input(case: Record, facts: Facts) -> Input | None:
    """What the index says of a case; None where it says, and said, nothing."""
    most: Counter[str] = Counter()
    for mark in case.data.get(MARKS) or ():
        entry = facts.records.get(KIND, mark) if facts.records else None
        if entry is not None and (count := others(entry, case.key)):
            what = mark.partition(":")[0]
            most[what] = max(most[what], count)
    prior = {"prior_discount": True} if _has_bought(case, facts) else {}
    if facts.today is None or not (most or prior or INPUT in case.personal):
        return None
    rows = [{"what": what, "applications": count} for what, count in sorted(most.items())]
    return Input(SOURCE, facts.today, "verified", {"shared": rows, **prior})


def heard(case_kind: str, ended: str) -> Follow:
    """An application joined others: those that stand are assessed again."""

    def when(old: Record | None, entry: Record, facts: Facts) -> Iterable[Effect]:
        for ref in _standing(entry):
            case = facts.records.get(case_kind, ref) if facts.records else None
            if case is None or case.state == ended or old is None or not old.personal.get(ref):
                continue
            joined: Mapping[str, Any] = case.data.get(JOINED) or {}
            told = {JOINED: {**joined, entry.key: others(entry, ref)}}
            yield Move(kind=case_kind, key=ref, data=told, reason="another application has this in common")

    return Follow(KIND, when, (Lookup(case_kind, keys=_standing),))


def _standing(entry: Record) -> list[str]:
    standing = [ref for ref, told in entry.personal.items() if told]
    return standing if len(standing) <= MANY else []


INDEX_LIFE = Lifecycle(
    kind=KIND,
    title="What Right to Buy applications have in common, by digest",
    begins=(STANDS,),
    moves={},
    owner="fraud-team",
    compartment=Compartment.FRAUD,
)
