"""Which sent item each item of a file answers. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from hub.door.feed import Answers, On
from hub.model import Item, SentItem


def wanted(answers: Answers, items: Sequence[Item]) -> Mapping[str, frozenset[str]]:
    """What the rules look for, by where (`On.among`)."""
    values: dict[str, set[str]] = defaultdict(set)
    for rule in answers.rules:
        values[rule.among].update(value for item in items if (value := rule.value(item)) is not None)
    return {among: frozenset(found) for among, found in values.items()}


def pair_answers(
    answers: Answers | None, items: Sequence[Item], sent: Sequence[SentItem] | None
) -> Mapping[int, SentItem]:
    """Which sent item each item (by its number from 1) answers, by the first rule that finds one. Each sent
    item is answered once a kind: two equal debits on one day are two sent items, and two answers take one
    each."""
    if answers is None or sent is None:
        return {}
    free = {candidate.id: candidate for candidate in sent if answers.kind not in candidate.answered}
    pairs: dict[int, SentItem] = {}
    for rule in answers.rules:
        for number, found in _by_rule(rule, items, pairs, free):
            pairs[number] = free.pop(found.id)
    return pairs


def _by_rule(
    rule: On, items: Sequence[Item], paired: Collection[int], free: Mapping[str, SentItem]
) -> Sequence[tuple[int, SentItem]]:
    """What one rule finds for the items that have none yet, among the sent items still free."""
    candidates: dict[str, list[SentItem]] = defaultdict(list)
    for candidate in free.values():
        for own in _values(candidate, rule.among):
            candidates[own].append(candidate)
    fitting = {
        number: [sent for sent in candidates[value] if rule.fits(item, sent)]
        for number, item in enumerate(items, start=1)
        if number not in paired and (value := rule.value(item)) is not None
    }
    return list(_alone(fitting) if rule.alone else _in_turn(fitting))


def _in_turn(fitting: Mapping[int, Sequence[SentItem]]) -> Iterator[tuple[int, SentItem]]:
    """To each item the first that fits and no item before it took."""
    taken: set[str] = set()
    for number, found in fitting.items():
        first = next((sent for sent in found if sent.id not in taken), None)
        if first is not None:
            taken.add(first.id)
            yield number, first


def _alone(fitting: Mapping[int, Sequence[SentItem]]) -> Iterator[tuple[int, SentItem]]:
    """Only pairs of which neither side fits another: else which is meant would be a guess."""
    claims = Counter(sent.id for found in fitting.values() for sent in found)
    for number, found in fitting.items():
        if len(found) == 1 and claims[found[0].id] == 1:
            yield number, found[0]


def _values(sent: SentItem, among: str) -> Sequence[str]:
    """Under what a sent item is found there."""
    if among == "reference":
        return [sent.reference]
    own = sent.account if among == "account" else sent.personal.get(among)
    return [*([] if own is None else [own]), *sent.called.get(among, ())]
