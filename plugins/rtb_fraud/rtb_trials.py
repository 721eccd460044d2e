"""`feedhub rtb_fraud replay` and `feedhub rtb_fraud ruleset test`: stored assessments, computed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import yaml
from pydantic import ValidationError

from hub.api import DataError, Record, Trial, Tried
from plugins.rtb_fraud.rtb_cases import ASSESSMENT, SNAPSHOT, read_kept
from plugins.rtb_fraud.rtb_rules import RuleSet, read_rules
from plugins.rtb_fraud.rtb_scoring import Assessment, assess
from plugins.rtb_fraud.rtb_shapes import faults
from plugins.rtb_fraud.settings import DEFAULTS, FraudSettings

PURGED = "its inputs are let go of"


def replayed(records: Sequence[Record], text: str, settings: Any) -> Tried:
    """Every stored assessment with the rule-set that made it: whether it comes out the same, to the byte."""
    known = (settings if isinstance(settings, FraudSettings) else DEFAULTS).rtb
    rows = [(one.key, one.data["ruleset_version"], one.data["score"], *_again(one, known)) for one in records]
    wrong = sum(row[-1] not in ("same", PURGED) for row in rows)
    said = "all come out as they were made" if not wrong else f"{wrong} do not come out as they were made"
    return Tried(rows, (f"{len(rows)} assessments: {said}.",), sound=not wrong)


def _again(record: Record, known: Any) -> tuple[object, str]:
    ruleset = known.ruleset(record.data["ruleset_version"])
    if SNAPSHOT not in record.personal:
        return None, PURGED
    if ruleset is None:
        return None, "its rule-set is not in the configuration any more"
    if ruleset.digest != record.data["ruleset_digest"]:
        return None, "its rule-set was changed since, without a new version"
    found = _assessed(record, ruleset).as_json()
    same = all(record.data.get(name) == value for name, value in found.items())
    return found["score"], "same" if same else "not the same"


def _assessed(record: Record, ruleset: RuleSet) -> Assessment:
    return assess(read_kept(record.personal[SNAPSHOT]), ruleset, date.fromisoformat(record.data["run_on"]))


def tested(records: Sequence[Record], text: str, settings: Any) -> Tried:
    """The last assessment of each case under another rule-set: those that would come out otherwise."""
    ruleset = read_ruleset(text)
    last = {one.data["rtb_ref"]: one for one in sorted(records, key=_number) if SNAPSHOT in one.personal}
    rows = [row for ref, one in sorted(last.items()) if (row := _changed(ref, one, _assessed(one, ruleset)))]
    unapproved = ruleset.unapproved()
    notes = (
        f"{len(last)} cases looked at; {len(rows)} would come out otherwise under {ruleset.version}.",
        f"The digest of the file is {ruleset.digest}: {unapproved or 'it is approved as it is'}.",
    )
    return Tried(rows, notes)


def _number(record: Record) -> int:
    return int(record.key.rpartition("/")[2])


def _changed(ref: str, record: Record, found: Assessment) -> tuple[object, ...] | None:
    was, now = record.data, found.as_json()
    told = ("score", "band", "recommendation")
    before, after = _outcomes(was["results"]), _outcomes(now["results"])
    names = before.keys() | after.keys()
    rules = sorted(id for id in names if before.get(id) != after.get(id))
    if not rules and all(was[name] == now[name] for name in told):
        return None
    pairs = (f"{was[name]} → {now[name]}" if was[name] != now[name] else was[name] for name in told)
    return (
        ref,
        *pairs,
        ", ".join(f"{id} {before.get(id, 'absent')} → {after.get(id, 'absent')}" for id in rules),
    )


def _outcomes(results: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {one["rule_id"]: f"{one['outcome']} {one['points']}" for one in results}


def read_ruleset(text: str) -> RuleSet:
    """Raises DataError with all that is wrong with the text."""
    try:
        told = read_rules(text)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        raise DataError(f"line {mark.line + 1 if mark else 1}: this is no YAML that can be read") from None
    try:
        return RuleSet.model_validate(told)
    except ValidationError:
        said = (f"{path or 'the rule-set'}: {sentence}" for path, sentence in faults(RuleSet, told))
        raise DataError("; ".join(said)) from None


TRIALS = (
    Trial(
        name="replay",
        title="Compute every stored assessment again, with the rule-set that made it.",
        kind=ASSESSMENT,
        columns=("assessment", "rule-set", ">score", ">again", "is"),
        run=replayed,
    ),
    Trial(
        name="ruleset test",
        title="Try the rule-set FILE on the cases that are stored, and show what would change.",
        kind=ASSESSMENT,
        columns=("case", "score", "band", "recommendation", "rules"),
        run=tested,
        file="a rule-set",
    ),
)
