"""What goes out because of a transfer: which items, under which numbers, as which bytes. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from hub.checks.base import Context, Tally
from hub.config.routes import Target
from hub.door.feed import Feed, Number, Output, Profile
from hub.errors import CannotRender, ConfigError
from hub.model import ItemState, Moment, Rendered, Taken

WHOLE = ""
"""Stands for no item: the number is the output's own."""

NOWHERE = "the route sends it nowhere (NO_TARGET)"
"""Why an item is noted that was to be taken."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A number that an output draws from a counter: for each of the items (ids), or for none as a whole."""

    number: Number
    scope: str
    items: Sequence[str] = (WHOLE,)


@dataclass(frozen=True, slots=True)
class Plan:
    """One output of a feed bound to one target of the route, with the items that it carries."""

    position: int
    output: Output
    target: Target
    profile: Profile | None
    carries: Sequence[Taken]
    ctx: Context[Any]

    def numbers(self) -> list[Drawing]:
        """What the output draws; forwarded bytes carry their own numbers."""
        if _forwards(self.output, self.ctx):
            return []
        own = [drawing for number in self.output.numbers for drawing in self._drawings(number)]
        if self.profile is None:
            return own
        ctx = self.profile_ctx(self.profile, self.ctx)
        return own + [Drawing(number, number.scope(self.carries, ctx)) for number in self.profile.numbers]

    def _drawings(self, number: Number) -> Iterable[Drawing]:
        if not number.each:
            return [Drawing(number, number.scope(self.carries, self.ctx))]
        items: dict[str, list[str]] = defaultdict(list)
        for one in self.carries:
            items[number.scope([one], self.ctx)].append(one.id)
        return [Drawing(number, scope, ids) for scope, ids in items.items()]

    def profile_ctx(self, profile: Profile, ctx: Context[Any]) -> Context[Any]:
        """A profile is handed what the route's target sets for it, not the feed's options."""
        return replace(ctx, options=profile.options.model_validate(self.target.options))


@dataclass(frozen=True, slots=True)
class Source:
    """What a transfer's received bytes are to its outputs: only forwarding and rewriting read them."""

    name: str
    open: Callable[[], BinaryIO]
    tally: Tally


def plan(
    feed: Feed,
    targets: Sequence[Target],
    profiles: Mapping[str, Profile],
    taken: Sequence[Taken],
    ctx: Context[Any],
) -> list[Plan]:
    """The outputs of the feed that have something to carry, in the route's order; others of the route are of
    its other feeds."""
    plans = []
    for position, target in enumerate(targets):
        output = next((output for output in feed.outputs if output.name == target.output), None)
        if output is None:
            continue
        carries = _carries(output, taken)
        if carries:
            profile = _profile(output, target, profiles, ctx)
            plans.append(Plan(position, output, target, profile, carries, ctx))
    return plans


def carried_or_noted(taken: Sequence[Taken], plans: Sequence[Plan]) -> list[Taken]:
    """The items, noted where they were to be taken and the route sends what carries them nowhere."""
    carried = {one.id for planned in plans if not planned.output.everything for one in planned.carries}
    return [_noted(one) if _is_taken(one) and one.id not in carried else one for one in taken]


def _carries(output: Output, taken: Sequence[Taken]) -> Sequence[Taken]:
    if output.everything:
        return taken
    return [one for one in taken if _is_taken(one) and output.carries(one.item.kind)]


def _is_taken(one: Taken) -> bool:
    return one.disposition.state is ItemState.TAKEN


def _noted(one: Taken) -> Taken:
    reason = one.disposition.reason or NOWHERE
    return replace(one, disposition=replace(one.disposition, state=ItemState.NOTED, reason=reason))


def _forwards(output: Output, ctx: Context[Any]) -> bool:
    return output.forward is not None and output.forward(ctx)


def forwards_any(feed: Feed, targets: Sequence[Target], ctx: Context[Any]) -> bool:
    """Whether a file goes on as it came, or all of it rewritten, so that it cannot go in parts."""
    named = {target.output for target in targets}
    sent = [output for output in feed.outputs if output.name in named]
    return any(_forwards(output, ctx) or output.rewrite is not None for output in sent)


def _profile(
    output: Output, target: Target, profiles: Mapping[str, Profile], ctx: Context[Any]
) -> Profile | None:
    if output.makes is None or output.write is not None or _forwards(output, ctx):
        return None
    fitting = sorted(name for name, profile in profiles.items() if profile.of is output.of)
    if target.profile not in fitting:
        raise ConfigError(
            f"Output {output.name} to {target.endpoint} names no rent-system profile that is installed and "
            f"writes it; add `profile:` with one of {', '.join(fitting)}."
        )
    return profiles[str(target.profile)]


def numbered(moment: Moment, drawn: Iterable[tuple[Drawing, Mapping[str, int]]]) -> Moment:
    """The moment with what an output drew: numbers by the item's id."""
    own: dict[str, int] = {}
    each: dict[str, dict[str, int]] = defaultdict(dict)
    for drawing, numbers in drawn:
        if drawing.number.each:
            each[drawing.number.name].update(numbers)
        else:
            own[drawing.number.name] = numbers[WHOLE]
    return replace(moment, numbers=own, each=each)


def render(planned: Plan, source: Source, moment: Moment) -> Rendered:
    """The bytes of one output. Raises CannotRender with a sentence when they cannot carry the items."""
    rendered = _rendered(planned, source, replace(planned.ctx, moment=moment))
    return replace(rendered, name=planned.target.name) if planned.target.name else rendered


def _rendered(planned: Plan, source: Source, ctx: Context[Any]) -> Rendered:
    output, profile = planned.output, planned.profile
    if _forwards(output, ctx):
        name = output.name_forwarded(source.tally, source.name, ctx) if output.name_forwarded else source.name
        summary = {**source.tally.totals(), "count": len(planned.carries)}
        with source.open() as stream:
            return Rendered(name, stream.read(), summary, source.tally.goes_out_as())
    if output.rewrite is not None:
        with source.open() as stream:
            return output.rewrite(stream, planned.carries, ctx)
    if output.write is not None:
        return output.write(planned.carries, ctx)
    if output.makes is None or profile is None:
        raise CannotRender(f"Output {output.name} says neither how it is written nor what it makes.")
    made = [each for one in planned.carries for each in output.makes(one, ctx)]
    return profile.write(made, planned.profile_ctx(profile, ctx))
