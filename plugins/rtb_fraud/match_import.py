"""Matches in: the application's list makes and moves records; what is decided here is never undone by it.

Source: formats page rtb_fraud.md, section 4 and 9 (8, 9).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from hub.api import (
    Chunk,
    Compartment,
    Context,
    Direction,
    Disposition,
    Feed,
    Found,
    Item,
    ItemState,
    Level,
    Lookup,
    Move,
    Need,
    Record,
    Row,
    SentItem,
    Severity,
    Taken,
    Tally,
    check,
)
from plugins.rtb_fraud.match_layout import DAY, MATCHES, OURS, PERSONAL, SERVICES, key_of
from plugins.rtb_fraud.match_life import (
    CLOSED,
    CONFLICT,
    KIND,
    OUTCOMES,
    PENDING,
    STATES,
    WITHDRAWN,
    kept_until,
    way,
)
from plugins.rtb_fraud.nfi_settings import MatchOptions
from plugins.rtb_fraud.settings import settings_of

_TEXTS = (
    *("report_title", "match_group", "our_dataset", "our_reference", "our_role", "other_body"),
    *("other_dataset", "match_fields", "investigator", "opened_at", "closed_at", "released_at"),
)

TENANT = "tenant"
"""Records of `rent.tenants`."""


class MatchTally(Tally):
    """Counts the matches; clashes: lines that name an earlier match of the file with another person."""

    def __init__(self, ctx: Context[MatchOptions]) -> None:
        super().__init__(ctx)
        self.clashes: list[int] = []
        self._persons: dict[str, tuple[str, ...]] = {}

    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)
        for row in chunk.rows():
            person = tuple(row[name].strip().upper() for name in PERSONAL if name != "comment_shared")
            if self._persons.setdefault(_key(row), person) != person:
                self.clashes.append(row.line)

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": "0.00", "matches": len(self._persons)}


def _key(row: Row) -> str:
    return key_of(row["cycle"].strip(), row["report_no"].strip(), row["match_id"].strip())


@check("NFI-REPORT", level=Level.RECORD, foreign=True)
def report_is_ours(chunk: Chunk, tally: Tally, ctx: Context[MatchOptions]) -> Iterator[Found]:
    """Only reports that the route names (option `reports`) are this council's: a list with others is kept
    away from everybody, and an administrator is asked to tell data protection."""
    known = ctx.options.reports
    if known and any(report.strip() not in known for report in chunk.columns["report_no"]):
        yield Found("the list holds reports that are not this council's: tell data protection")


@check("NFI-CYCLE", level=Level.RECORD)
def cycle_is_known(chunk: Chunk, tally: Tally, ctx: Context[MatchOptions]) -> Iterator[Found]:
    """A match is of the cycle that is set, of one before that the route names, or of a service."""
    known = {settings_of(ctx.facts).nfi.cycle, *ctx.options.cycles, *SERVICES}
    for line, cycle in zip(chunk.lines, chunk.columns["cycle"], strict=True):
        if cycle.strip() not in known:
            yield Found(
                f"the cycle {cycle.strip()} is not known here", line, "cycle", " or ".join(sorted(known))
            )


@check("NFI-WORDS", level=Level.RECORD)
def words_are_known(chunk: Chunk, tally: Tally, ctx: Context[MatchOptions]) -> Iterator[Found]:
    """Risk, status and outcome are words that are known here, or that the options `risks`, `statuses` and
    `outcomes` translate; what is closed has an outcome, and nothing else has one."""
    for row in chunk.rows():
        status, outcome = ctx.options.status(row["status"]), ctx.options.outcome(row["outcome"])
        if ctx.options.risk(row["risk"]) is None:
            yield Found("the risk is a word that is not known here", row.line, "risk", "H, M, L or N")
        if status not in STATES:
            yield Found(
                "the status is a word that is not known here", row.line, "status", " or ".join(STATES)
            )
        yield from (Found(told, row.line, "outcome") for told in outcome_faults(status, outcome))


def outcome_faults(status: str, outcome: str) -> Iterator[str]:
    """What is wrong with an outcome beside a status."""
    if outcome and outcome not in OUTCOMES:
        yield "the outcome is a word that is not known here"
    if status in CLOSED and not outcome:
        yield "a match that is closed has an outcome"
    if outcome and status in STATES and status not in CLOSED:
        yield "only a match that is closed has an outcome"


@check("NFI-WORDING", level=Level.RECORD)
def nobody_is_tipped_off(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """No text that is shared holds a word of a suspicious-activity report (`rtb: blocked_words`): it is the
    MLRO's alone."""
    blocked = settings_of(ctx.facts).rtb.blocked_in
    for name in ("comment_shared", "note"):
        for line, text in zip(chunk.lines, chunk.columns.get(name, ()), strict=False):
            if text and blocked(text):
                yield Found("it holds a word that no shared text may hold: tell the MLRO alone", line, name)


@check("NFI-CLASH", level=Level.FILE)
def match_is_of_one_person(tally: MatchTally, ctx: Context[MatchOptions]) -> Iterator[Found]:
    """One match id is of one pair of persons."""
    for line in tally.clashes:
        yield Found("the match was named on an earlier line with other persons", line, "match_id")


def matches(chunk: Chunk, tally: Tally, ctx: Context[MatchOptions]) -> Iterator[Item]:
    options = ctx.options
    for row in chunk.rows():
        data: dict[str, Any] = {name: row[name].strip() or None for name in _TEXTS}
        data |= {name: row[name].strip() for name in ("cycle", "report_no", "match_id")}
        data |= {"risk": options.risk(row["risk"]), "outcome": options.outcome(row["outcome"]) or None}
        data |= {
            name: int(row[name]) if row[name] else None for name in ("value_detected", "value_prevented")
        }
        data |= {"recovering": row["recovering"] or None, "status": options.status(row["status"])}
        personal = {name: row[name].strip() for name in PERSONAL if row[name].strip()}
        yield Item("NFI_MATCH", row.line, _key(row), 0, DAY.read(row["released_at"]), data, personal)


def known_of(item: Item, ctx: Context[Any]) -> Record | None:
    return ctx.facts.records.get(KIND, item.reference) if ctx.facts.records else None


def behind(known: Record, status: str) -> bool:
    """Whether the application says less of a match than is decided here: no legal moves lead there. One that
    was withdrawn and comes again is as the list has it."""
    return known.state != WITHDRAWN and status != known.state and way(known.state, status) is None


@check("NFI-CONFLICT", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def what_is_decided_here_stays(taken: Sequence[Taken], ctx: Context[MatchOptions]) -> Iterator[Found]:
    """A list never takes back what was decided here: the state stays, and a person is asked which holds."""
    for one in taken:
        known, status = known_of(one.item, ctx), str(one.item.data["status"])
        if known is not None and behind(known, status):
            waits = ", which is not keyed into the application yet" if known.data.get(PENDING) else ""
            yield Found(f"it is {known.state} here{waits}; the list says {status}", one.item.line, "status")


@check("NFI-CHANGED", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.RECORDS,))
def our_record_is_the_same(taken: Sequence[Taken], ctx: Context[MatchOptions]) -> Iterator[Found]:
    """Our person's details are those of the list before: else our record has changed since."""
    for one in taken:
        known = known_of(one.item, ctx)
        for name in changed_since(known, one.item) if known else ():
            yield Found(f"{name} is another than in the list before", one.item.line, name)


def changed_since(known: Record, item: Item) -> list[str]:
    """Which of our person's details differ from what is kept."""
    there = [name for name in OURS if name in item.personal]
    return [name for name in there if known.personal.get(name, "").upper() != item.personal[name].upper()]


_AS_RENT = {"our_surname": "surname", "our_forename": "forenames", "our_dob": "date_of_birth"}
"""Addresses are written in too many ways to be held against one another."""


def differs_from_rent(one: Taken, ctx: Context[Any]) -> list[str]:
    """In which of our person's details the tenant of the tenancy who is most alike differs: our record has
    changed since the extract. In none where the rent system has told of no tenants."""
    account, records = one.disposition.account, ctx.facts.records
    tenants = records.about(TENANT, account) if records and account else ()
    told = [name for name in _AS_RENT if name in one.item.personal]
    differs = [
        [name for name in told if not _alike(one.item.personal[name], tenant.personal.get(_AS_RENT[name]))]
        for tenant in tenants
    ]
    return min(differs, key=len, default=[])


def _alike(ours: str, rent: str | None) -> bool:
    """Of several forenames the first counts. What the rent system does not tell differs from nothing."""
    return not (rent or "").strip() or _first(ours) == _first(rent or "")


def _first(text: str) -> str:
    return re.sub(r"\W", "", next(iter(text.split()), "")).casefold()


@check("NFI-GONE", level=Level.CROSS, severity=Severity.WARNING, needs=(Need.REGISTER,))
def our_reference_is_known(taken: Sequence[Taken], ctx: Context[MatchOptions]) -> Iterator[Found]:
    """A tenancy that a match is about is one of the register; one that is gone is kept, and told."""
    for one in taken:
        if _of_a_tenancy(one.item, ctx) and _account(one.item, ctx) is None:
            yield Found("the register has no such tenancy any more", one.item.line, "our_reference")


def _of_a_tenancy(item: Item, ctx: Context[MatchOptions]) -> bool:
    return str(item.data["our_dataset"]).lower() in ctx.options.tenancies


def _account(item: Item, ctx: Context[Any]) -> str | None:
    register = ctx.facts.register
    found = register.account(str(item.data["our_reference"])) if register else None
    return found.payment_ref if found else None


def match_ours(item: Item, ctx: Context[MatchOptions], sent: SentItem | None) -> Disposition:
    """Noted, for the rent account of the tenancy that it is about."""
    return Disposition(ItemState.NOTED, _account(item, ctx) if _of_a_tenancy(item, ctx) else None)


def match_moves(taken: Taken, ctx: Context[MatchOptions]) -> Iterator[Move]:
    """A match that is new begins; of one that is known the list's facts are kept, and its state where that is
    not behind."""
    item, known = taken.item, known_of(taken.item, ctx)
    status = str(item.data["status"])
    data = {name: value for name, value in item.data.items() if name != "status"}
    data["application_says"] = status
    account = _account(item, ctx) if _of_a_tenancy(item, ctx) else None
    data["changed"] = differs_from_rent(taken, ctx)
    data["gone"] = bool(ctx.facts.register and _of_a_tenancy(item, ctx) and account is None)
    told: dict[str, Any] = {"account": account, "expires": kept_until(status, ctx.facts)}
    if known is None:
        yield Move(kind=KIND, key=item.reference, to=status, data=data, personal=item.personal, **told)
        return
    data["changed"] = sorted({*known.data.get("changed", ()), *data["changed"], *changed_since(known, item)})
    if behind(known, status):
        lags = known.data.get(PENDING) and known.data.get("application_says") == status
        ours = ("outcome", "value_detected", "value_prevented", "recovering", "investigator", "closed_at")
        data = {name: value for name, value in data.items() if name not in ours}
        conflict = known.data.get(CONFLICT) if lags else status
        yield Move(kind=KIND, key=item.reference, account=account, data=data | {CONFLICT: conflict})
        return
    *between, last = [status] if known.state == WITHDRAWN else way(known.state, status) or [status]
    yield from (Move(kind=KIND, key=item.reference, to=state) for state in between)
    data |= {PENDING: None, CONFLICT: None}
    yield Move(kind=KIND, key=item.reference, to=last, data=data, personal=item.personal, **told)


def vanished(taken: Sequence[Taken], ctx: Context[MatchOptions]) -> Iterable[Move]:
    """Of a list that is complete: what is open of its reports and it does not name is withdrawn."""
    if not ctx.options.complete or ctx.facts.records is None:
        return
    named = {one.item.reference for one in taken}
    reports = {(one.item.data["cycle"], one.item.data["report_no"]) for one in taken}
    for known in ctx.facts.records.all(KIND):
        if (
            known.state != WITHDRAWN
            and known.key not in named
            and (known.data["cycle"], known.data["report_no"]) in reports
        ):
            last = kept_until(WITHDRAWN, ctx.facts)
            why = "a new list leaves it out"
            yield Move(kind=KIND, key=known.key, to=WITHDRAWN, reason=why, expires=last)


MATCHES_FEED = Feed(
    name="rtb_fraud.nfi_matches",
    title="Matches of the NFI",
    direction=Direction.IN,
    options=MatchOptions,
    formats={"nfi-matches": MATCHES},
    tally=MatchTally,
    checks=(
        report_is_ours,
        cycle_is_known,
        words_are_known,
        nobody_is_tipped_off,
        match_is_of_one_person,
        what_is_decided_here_stays,
        our_record_is_the_same,
        our_reference_is_known,
    ),
    items=matches,
    match=match_ours,
    looks_up=(Lookup(KIND), Lookup(KIND, lambda item: (item.reference,)), Lookup(TENANT, accounts=True)),
    moves=match_moves,
    unnamed=vanished,
    keeps_items=False,
    compartment=Compartment.FRAUD,
    personal_data=PERSONAL,
)
