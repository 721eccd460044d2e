"""In which order a route's outputs leave, and whether one may go by hand instead."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from hub.config.document import Path
from hub.config.routes import Target
from hub.config.sentences import near
from hub.door.feed import Output

Mistake = tuple[Path, str]


def order_mistakes(to: Sequence[Target]) -> Iterator[Mistake]:
    """What stays behind an output that the route does not send, or behind itself, for ever."""
    after = _after(to)
    for index, target in enumerate(to):
        others = after.keys() - {target.output}
        if target.after is None:
            continue
        if target.after not in others:
            text = f"no other target takes the output “{target.after}”{near(target.after, others)}"
            yield ("to", index, "after"), text
        elif target.output in _before(target.after, after):
            text = f"“{target.after}” itself stays behind “{target.output}”, so neither would ever leave"
            yield ("to", index, "after"), text


def by_hand_mistakes(to: Sequence[Target], outputs: Mapping[str, Output]) -> Iterator[Mistake]:
    """A transfer of which a part has left is not made anew, so the rest must stay behind what may go by hand;
    and what goes by hand carries all that would have gone."""
    after = _after(to)
    for index, target in enumerate(to):
        told = target.otherwise
        if told is None:
            continue
        ahead = [one for one in to if one is not target and target.output not in _before(one.output, after)]
        if ahead:
            one = ahead[0]
            text = (
                f"{one.output} may have left to {one.endpoint} by the time that {target.endpoint} is found "
                f"away, and then nothing is made anew; let it stay behind (after: {target.output})"
            )
            yield ("to", index, "otherwise"), text
        here, there = outputs.get(target.output), outputs.get(told.output or target.output)
        if here is not None and there is not None and not _carries_all(there, here):
            text = f"{there.name} does not carry all that {here.name} does"
            yield ("to", index, "otherwise", "output"), text


def _carries_all(there: Output, here: Output) -> bool:
    return there.takes is None or (here.takes is not None and all(map(there.carries, here.takes)))


def _after(to: Sequence[Target]) -> Mapping[str, set[str]]:
    """By output, those that it directly stays behind."""
    after: dict[str, set[str]] = {target.output: set() for target in to}
    for target in to:
        if target.after in after:
            after[target.output].add(target.after)
    return after


def _before(output: str, after: Mapping[str, Collection[str]]) -> set[str]:
    """All that must have left before an output does."""
    found: set[str] = set()
    ahead = {*after[output]}
    while ahead:
        found |= ahead
        ahead = {before for one in ahead for before in after[one]} - found
    return found
