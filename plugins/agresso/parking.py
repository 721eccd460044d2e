"""Vouchers that stop in the financial system's batch input, where somebody looks at them, instead of waiting
here: they go under a voucher type that does not exist there (`park_voucher_type`). Source: formats page
agresso.md, section 10.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from hub.api import Context, Taken
from plugins.agresso.master_checks import against_account_rules, unknown_pay_method, unknown_to_the_ledger
from plugins.agresso.outgoing import Build, Options, Outgoing
from plugins.agresso.settings import PARKED

Problem = Callable[[Outgoing, Options], Iterator[str]]
"""What is wrong with a voucher, as sentences."""


def parks(build: Build) -> Build:
    """The same vouchers, those that are to stop there as such."""

    def built(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Outgoing]:
        for one in build(taken, ctx):
            stops = ctx.options.park_voucher_type is not None and next(why_it_stops(one, ctx), None)
            yield replace(one, voucher=replace(one.voucher, kind=PARKED)) if stops else one

    return built


def why_it_stops(one: Outgoing, ctx: Options) -> Iterator[str]:
    """By the ledger's lists, its account rules and its payment methods."""
    for problem in (unknown_to_the_ledger, against_account_rules, unknown_pay_method):
        yield from problem(one, ctx)


def unless_it_is_parked(problem: Problem) -> Problem:
    """The same of a route that parks nothing."""

    def asked(one: Outgoing, ctx: Options) -> Iterator[str]:
        yield from problem(one, ctx) if ctx.options.park_voucher_type is None else ()

    return asked


def parked(one: Outgoing, ctx: Options) -> Iterator[str]:
    if ctx.options.park_voucher_type is not None:
        for why in why_it_stops(one, ctx):
            yield f"{why}; it goes as {ctx.options.park_voucher_type}, and stops in batch input"
