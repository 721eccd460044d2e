"""Of 300 spoiled Standard 18 files every one that means something else is refused or held, at the right line.

The files are of every kind: one day and several, debits, credits, instructions, and all of them mixed. One
byte or line of each is spoiled by the seed (`tests/mutator.py`); a judge of its own says whether that changes
what the file means (`submissions_made.meaning`). What a file alone cannot tell is known from elsewhere, as on
a careful route: the mandates, and modulus tables. `FEEDHUB_SEED` chooses the files and faults of a run; a
fixed set is planted as well.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from hub.fields.modulus import Tables, Weights
from hub.model import Account, Finding, Mandate, Severity, Verdict
from hub.rent.register import AccountRegister
from tests.mutator import SEED, Fault, plant
from tests.properties.submissions_made import KINDS, OURS, WEIGHTS, Payment, meaning, written
from tests.unit.bacs.bacs_files import FACTS, Outcome, submission

FILES = 300
MEANT = 150  # of these at least so many mean something else, or the test would show little
CAREFUL = {
    "known_mandates_only": True,
    "expires_exactly": True,
    "modulus_payments": "error",
    "originating_accounts": [
        {"sort_code": ours[:6], "account_number": ours[6:], "account_name": "EXAMPLE COUNCIL"}
        for ours in OURS
    ],
}
TABLES = Tables([Weights("000000", "999999", "MOD11", WEIGHTS)], {})


def looked_at(data: bytes, made: Sequence[Payment]) -> Outcome:
    """As a careful route reads it, with the mandates of the sound file's payers."""
    mandates = [
        Mandate(p.reference, f"19{n:08}", "A TENANT", p.account[:6], p.account[6:])
        for n, p in enumerate(made)
    ]
    register = AccountRegister([Account(one.payment_ref) for one in mandates], mandates)
    return submission(data, replace(FACTS, register=register, modulus_tables=TABLES), **CAREFUL)


def spoiled(seed: int) -> tuple[bytes, list[Payment], bytes, Fault]:
    """One sound file, and it with a fault."""
    draw = random.Random(seed)  # noqa: S311 - repeatable on purpose
    made, several = KINDS[draw.choice(sorted(KINDS))](draw)
    sound = written(made, draw.randrange(1, 10**6), several=several)
    return (sound, made, *plant(sound, seed))


def stops(outcome: Outcome) -> list[Finding]:
    return [f for f in outcome.findings if f.severity in (Severity.ERROR, Severity.HOLD)]


def is_at(finding: Finding, fault: Fault, data: bytes) -> bool:
    """At the line that was spoiled, or beside it where lines were moved; or where what does not add up any
    more is told: a contra, or a label after the payments. A file of which nothing is left has no line."""
    if finding.line is None:
        return not data
    if abs(finding.line - fault.line) <= 1:
        return True
    line = data.split(b"\n")[min(finding.line, data.count(b"\n") + 1) - 1]
    return line[:4] in (b"EOF1", b"EOF2", b"UTL1") or line[64:70] == b"CONTRA" or finding.check == "S18-014"


def each_is_stopped(seed: int) -> None:
    meant = 0
    for number in range(FILES):
        sound, made, data, fault = spoiled(seed + number)
        if meaning(data) == meaning(sound):
            continue
        meant += 1
        outcome = looked_at(data, made)
        assert outcome.verdict is not Verdict.ACCEPTED, (seed + number, fault)
        assert any(is_at(finding, fault, data) for finding in stops(outcome)), (
            seed + number,
            fault,
            outcome.told,
        )
    assert meant >= MEANT


def test_every_kind_of_sound_file_is_accepted_without_a_finding() -> None:
    for kind, make in KINDS.items():
        made, several = make(random.Random(kind))  # noqa: S311
        outcome = looked_at(written(made, 1, several=several), made)
        assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, []), kind
        assert len(outcome.taken) == len(made)


def test_of_300_spoiled_files_each_that_means_something_else_is_stopped_at_the_right_line() -> None:
    each_is_stopped(SEED)


def test_and_of_300_that_no_run_has_seen_before(run_seed: int) -> None:
    each_is_stopped(run_seed)
