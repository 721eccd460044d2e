"""A case: one application under assessment. Each change of what is known assesses it again; a person decides.

Two kinds of record: `rtb_case`, how the case stands, and `rtb_assessment` (key `RTB-REF/NUMBER`), one for
each time that it was assessed, with all inputs sealed, so that any score can be computed again years later.
Source: formats page rtb_fraud.md, 6.3, 6.6 and 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hub.api import (
    Compartment,
    Effect,
    Facts,
    Lifecycle,
    Listed,
    Move,
    Record,
    Task,
    canonical_json,
    read_json,
)
from plugins.rtb_fraud.rtb_evidence import INPUTS, Input
from plugins.rtb_fraud.rtb_index import INPUT as INDEX
from plugins.rtb_fraud.rtb_index import LOOKS_UP as ITS_INDEX
from plugins.rtb_fraud.rtb_index import bought, index_input
from plugins.rtb_fraud.rtb_index import heard as heard_of_others
from plugins.rtb_fraud.rtb_matches import INPUT as NFI
from plugins.rtb_fraud.rtb_matches import LOOKS_UP, MATCH, heard, known_input, matches_input
from plugins.rtb_fraud.rtb_referral_item import SAFEGUARDING, referral
from plugins.rtb_fraud.rtb_scoring import Assessment, Outcome, Recommendation, assess
from plugins.rtb_fraud.rtb_settings import unsayable
from plugins.rtb_fraud.settings import settings_of

CASE, ASSESSMENT = "rtb_case", "rtb_assessment"
RECEIVED, ASSESSED, CLEARED, EVIDENCE, REVIEW = "RECEIVED", "ASSESSED", "CLEARED", "EVIDENCE", "REVIEW"
REFERRED, ENQUIRIES, CONCLUDED, ENDED = "REFERRED", "ENQUIRIES", "CONCLUDED", "ENDED"
MADE = "MADE"
DECISIONS: Mapping[Recommendation, str] = {
    Recommendation.PROCEED: CLEARED,
    Recommendation.MORE_EVIDENCE: EVIDENCE,
    Recommendation.REFER: REFERRED,
    Recommendation.ELIGIBILITY_REVIEW: REVIEW,
}
_WITH_OTHERS = (REFERRED, ENQUIRIES)
"""While the fraud team has it, nothing is decided here."""
SNAPSHOT = "inputs"
APPLIED, ADMITTED, ACCEPTED = "APPLIED", "ADMITTED", "ACCEPTED"
CLAIM_OVER = ("DENIED", "COMPLETED", "WITHDRAWN")
"""States of the claim (`rtb_claims.py`) that matter here."""


def inputs_of(personal: Mapping[str, str]) -> dict[str, Input]:
    """What is known of a case, by input."""
    return {name: Input.of_json(read_json(text)) for name, text in personal.items() if name in INPUTS}


def kept(inputs: Mapping[str, Input]) -> str:
    """All inputs as one text, as an assessment keeps them."""
    return canonical_json({name: one.as_json() for name, one in sorted(inputs.items())})


def read_kept(text: str) -> dict[str, Input]:
    return {name: Input.of_json(told) for name, told in read_json(text).items()}


def follows(old: Record | None, new: Record, facts: Facts) -> Iterable[Effect]:
    """What a change of a case brings about."""
    if new.state == ENDED:
        yield from _kept_until(old, new, facts)
        return
    known = _with_index(_with_matches(new, facts) if old is None else new, facts)
    if _changed(old, known):
        yield from _assessed(known, facts)
    before = old.state if old else None
    if new.state == REFERRED != before:
        yield referral(new, inputs_of(new.personal), facts)
    if new.state == CONCLUDED != before:
        yield _after_enquiries(new)
    if new.data.get("price_differs") and not (old and old.data.get("price_differs")):
        yield Task(
            "price",
            f"{new.key}: the price is not the valuation less the discount: find out why",
            fact="price",
        )
    if hold_needs_approval(new):
        yield from _approval(new)


def _changed(old: Record | None, new: Record) -> bool:
    before = old.personal if old else {}
    return any(new.personal.get(name) != before.get(name) for name in INPUTS)


def _with_matches(case: Record, facts: Facts) -> Record:
    """A case that begins, with the open matches of the NFI that are about it."""
    assert facts.today is not None  # noqa: S101 - a life cycle is always asked on a day
    found = matches_input(case, facts.records.all(MATCH) if facts.records else (), facts.today)
    if found is None:
        return case
    return _knowing(case, NFI, found)


def _with_index(case: Record, facts: Facts) -> Record:
    """A case with what the index says of it now; one that says the same as before is left as it was."""
    found = index_input(case, facts)
    before = inputs_of(case.personal).get(INDEX)
    if found is None or (before is not None and before.raw == found.raw):
        return case
    return _knowing(case, INDEX, found)


def _knowing(case: Record, name: str, input: Input) -> Record:
    known = known_input(case, name, input)
    return replace(case, data={**case.data, **known["data"]}, personal={**case.personal, **known["personal"]})


def _assessed(case: Record, facts: Facts) -> Iterable[Effect]:
    on = facts.today
    assert on is not None  # noqa: S101 - a life cycle is always asked on a day
    inputs = inputs_of(case.personal)
    ruleset = settings_of(facts).rtb.ruleset_on(on)
    found = assess(inputs, ruleset, on)
    number = int(case.data.get("assessments", 0)) + 1
    key = f"{case.key}/{number}"
    yield Move(
        kind=ASSESSMENT,
        key=key,
        to=MADE,
        account=case.account,
        data={"rtb_ref": case.key, "config": facts.config, "clock": _clock(case, on), **found.as_json()},
        personal={SNAPSHOT: kept(inputs)},
    )
    told = {"assessment": key, "assessments": number, **summary(found), "clock": _clock(case, on)}
    state = _state_after(case, found)
    known = {name: case.personal[name] for name in (INDEX, NFI) if name in case.personal}
    told |= {"inputs": case.data["inputs"]} if known else {}
    yield Move(kind=CASE, key=case.key, to=state, data=told, personal=known, reason=f"assessed: {key}")
    if state == ASSESSED:
        yield decision(case.key, key, found)
    if _fired(found, SAFEGUARDING):
        yield Task(
            "safeguarding", f"{case.key}: ask adult safeguarding, apart from this case; no sign of fraud"
        )


def _state_after(case: Record, found: Assessment) -> str:
    """A case that was decided is to be decided again when the result is another one."""
    if case.state in _WITH_OTHERS:
        return case.state
    if case.state in (CLEARED, CONCLUDED) and summary(found).items() <= case.data.items():
        return case.state
    return ASSESSED


def decision(rtb_ref: str, assessment: str, found: Assessment) -> Task:
    """What a person is asked; the recommendation is advice, and no word is chosen for them."""
    score = f"score {found.score} ({found.band}), coverage {found.coverage} %"
    return Task(
        "decide",
        f"{rtb_ref}: decide, with a reason. {score}; recommended: {found.recommendation}",
        {
            word.value: Move(
                kind=CASE,
                key=rtb_ref,
                to=state,
                data={"decision": word.value, "decided_on": assessment},
            )
            for word, state in DECISIONS.items()
        },
        reasoned=True,
    )


def _kept_until(old: Record | None, case: Record, facts: Facts) -> Iterable[Effect]:
    """How long what a case and its assessments hold of people is kept, once it has ended."""
    on = facts.today
    if on is None or (old is not None and old.state == ENDED):
        return
    setting = settings_of(facts).rtb
    withdrawn = case.data.get("claim") == "WITHDRAWN"
    last = on + timedelta(days=setting.keep_withdrawn_days if withdrawn else setting.keep_days)
    yield Move(kind=CASE, key=case.key, expires=last)
    if case.data.get("claim") == "COMPLETED":
        yield from bought(case, last)
    for number in range(1, int(case.data.get("assessments", 0)) + 1):
        yield Move(kind=ASSESSMENT, key=f"{case.key}/{number}", expires=last)


def _after_enquiries(case: Record) -> Effect:
    """The fraud team is done: a person decides how it goes on, unless the claim is over, too."""
    if case.data.get("claim") in CLAIM_OVER:
        return Move(kind=CASE, key=case.key, to=ENDED, reason="enquiries and claim are over")
    outcome = case.data.get("outcome") or case.data.get("referral_status")
    decided = {word: DECISIONS[word] for word in (Recommendation.PROCEED, Recommendation.ELIGIBILITY_REVIEW)}
    return Task(
        "decide",
        f"{case.key}: the fraud team is done ({outcome}). Decide how it goes on, with a reason",
        {
            word.value: Move(kind=CASE, key=case.key, to=state, data={"decision": word.value})
            for word, state in decided.items()
        },
        reasoned=True,
    )


def hold_needs_approval(case: Record) -> bool:
    """Once the tenant has accepted, a hold of the sale needs a named legal officer and a reason."""
    hold = case.data.get("hold") or {}
    return bool(hold.get("until")) and case.data.get("claim") == ACCEPTED and "legal" not in hold


def _approval(case: Record) -> Iterable[Effect]:
    hold = dict(case.data["hold"])
    moves = {
        word: Move(kind=CASE, key=case.key, data={"hold": {**hold, "legal": word}})
        for word in ("APPROVED", "REFUSED")
    }
    yield Move(kind=CASE, key=case.key, data={"hold": {**hold, "legal": "ASKED"}})
    yield Task(
        "hold",
        f"{case.key}: as the legal officer, approve or refuse, with a reason, that completion waits until "
        f"{hold['until']}. Enquiries continue. The duty to convey can be enforced by injunction (s.138(3))",
        moves,
        reasoned=True,
    )


def summary(found: Assessment) -> dict[str, Any]:
    """What a list of cases shows of an assessment."""
    counted = (one for one in found.results if one.outcome in (Outcome.FIRED, Outcome.SUPPRESSED))
    return {
        "score": found.score,
        "band": found.band,
        "coverage_pct": found.coverage,
        "recommendation": found.recommendation.value,
        "hard_stops": found.hard_stops,
        "ruleset_version": found.ruleset.version,
        "fired": [f"{one.rule.id} ({one.points}): {one.reason}" for one in counted],
        "consider": found.consider,
    }


def _fired(found: Assessment, id: str) -> bool:
    return any(one.rule.id == id and one.outcome is Outcome.FIRED for one in found.results)


def _clock(case: Record, on: date) -> dict[str, Any]:
    """The statutory dates, which no referral stops; days that are left of the one that runs."""
    due = running_due(case.data)
    return {**(case.data.get("clock") or {}), "days_left": (due - on).days if due else None}


def running_due(data: Mapping[str, Any]) -> date | None:
    """The day by which the landlord owes something, from the facts of a case: the RTB2 until the right is
    admitted, then the s.125 notice; None once that is served or the claim is over."""
    due = {None: "rtb2_due", APPLIED: "rtb2_due", ADMITTED: "s125_due"}.get(data.get("claim"))
    told = (data.get("clock") or {}).get(due)
    return date.fromisoformat(told) if told else None


CASE_LIFE = Lifecycle(
    kind=CASE,
    title="Right to Buy applications under fraud assessment",
    begins=(RECEIVED,),
    moves={
        RECEIVED: (ASSESSED, ENDED),
        ASSESSED: (CLEARED, EVIDENCE, REVIEW, REFERRED, ENDED),
        CLEARED: (ASSESSED, ENDED),
        EVIDENCE: (ASSESSED, ENDED),
        REVIEW: (ASSESSED, ENDED),
        REFERRED: (ENQUIRIES, CONCLUDED),
        ENQUIRIES: (CONCLUDED,),
        CONCLUDED: (CLEARED, REVIEW, ASSESSED, ENQUIRIES, ENDED),
    },
    when=follows,
    looks_up=(LOOKS_UP, ITS_INDEX),
    follows=(heard(CASE, ENDED), heard_of_others(CASE, ENDED)),
    owner="fraud-team",
    compartment=Compartment.FRAUD,
    listed=(
        Listed("RTB2 due", "clock.rtb2_due", due=True),
        Listed("s.125 notice due", "clock.s125_due", due=True),
        Listed("Claim", "claim", word=True),
        Listed("Score", "score"),
        Listed("Band", "band", word=True),
        Listed("Coverage, per cent", "coverage_pct"),
        Listed("Recommended", "recommendation", word=True),
        Listed("Decided", "decision", word=True),
        Listed("Why", "fired"),
    ),
    unsayable=unsayable,
)
ASSESSMENT_LIFE = Lifecycle(
    kind=ASSESSMENT,
    title="Assessments of Right to Buy applications, each as it was made",
    begins=(MADE,),
    moves={},
    owner="fraud-team",
    compartment=Compartment.FRAUD,
)
