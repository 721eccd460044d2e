"""Whether a debt may be placed at all: E01 to E10. One that may not stays in the council, with every reason.

Source: debt_agency.md, section 1.2 [project layout].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from hub.api import (
    Account,
    Check,
    Context,
    Found,
    ItemState,
    Level,
    Lookup,
    Need,
    Severity,
    Taken,
    check,
    format_pounds,
)
from plugins.debt_agency.debts import flags_of, limitation_of, type_of
from plugins.debt_agency.holds import OF_THE_ACCOUNT, stopping
from plugins.debt_agency.placements import AT_AN_AGENCY, PLACEMENT, QUEUED, keys_of
from plugins.debt_agency.references import placement_ref
from plugins.debt_agency.settings import PlacementOptions, settings_of

Options = Context[PlacementOptions]
Problem = Callable[[Taken, Options], str | None]
ARRANGEMENT, RECALLED = "arrangement", "debt_recall"
"""Records of `rent.arrangements` and `rent.recalls`."""

ADULT = 18
LOOKS_UP = (
    OF_THE_ACCOUNT,
    Lookup(ARRANGEMENT, accounts=True),
    Lookup(PLACEMENT, keys=keys_of, accounts=True),
    Lookup(RECALLED, keys=lambda item: (item.reference,)),
)


def account_of(one: Taken, ctx: Options) -> Account | None:
    register, account = ctx.facts.register, one.disposition.account
    return register.account(account) if register is not None and account is not None else None


def ended_on(one: Taken, ctx: Options) -> date | None:
    """The last day of the tenancy, by the rent system's placement or else by its account."""
    told = one.item.data.get("tenancy_end")
    if told:
        return date.fromisoformat(str(told))
    account = account_of(one, ctx)
    return account.end_date if account else None


def _eligible(
    id: str, says: str, problem: Problem, *needs: Need, column: str = "", at_send: bool = False
) -> Check:
    """A check of single debts that refuses those with a problem."""

    def run(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
        for one in taken:
            if one.disposition.state is ItemState.TAKEN and (message := problem(one, ctx)) is not None:
                yield Found(f"{id}: {message}", one.item.line, column or None)

    run.__doc__ = says
    declare = check(id, level=Level.CROSS, severity=Severity.REFUSE_ITEM, needs=needs, at_send=at_send)
    return declare(run)


def _tenancy_goes_on(one: Taken, ctx: Options) -> str | None:
    ended, today = ended_on(one, ctx), ctx.facts.today
    if type_of(one.item) == "RCG" or today is None or (ended is not None and ended <= today):
        return None
    return "the tenancy has not ended" if ended is None else f"the tenancy ends on {ended}"


def _too_small(one: Taken, ctx: Options) -> str | None:
    least = int(ctx.options.min_placement_amount * 100)
    if 0 < one.item.amount >= least:
        return None
    return f"the balance is {format_pounds(one.item.amount)}, less than {format_pounds(max(least, 1))}"


def _on_hold(one: Taken, ctx: Options) -> str | None:
    codes = sorted({code for code, _ in stopping(ctx.facts, one.disposition.account)})
    return f"the account is on hold ({', '.join(codes)})" if codes else None


def _nearly_barred(one: Taken, ctx: Options) -> str | None:
    settings, today = settings_of(ctx.facts), ctx.facts.today
    barred, guard = (
        limitation_of(one.item, settings.limitation_years),
        timedelta(settings.limitation_guard_days),
    )
    if today is None or today + guard < barred:
        return None
    return f"no court can be asked for the oldest of it after {barred}"


def _settling(one: Taken, ctx: Options) -> str | None:
    ended, today, days = ended_on(one, ctx), ctx.facts.today, ctx.options.settle_days
    if type_of(one.item) == "RCG" or ended is None or today is None or not ended <= today:
        return None
    if ended + timedelta(days) <= today:
        return None
    return f"the tenancy ended on {ended}, and its balance may change within {days} days"


def _no_grown_person(one: Taken, ctx: Options) -> str | None:
    personal = one.item.personal
    if not personal.get("debtor_surname", "").strip():
        return "the debtor has no surname"
    born, debt = personal.get("debtor_date_of_birth"), date.fromisoformat(str(one.item.data["debt_from"]))
    if born and _years(date.fromisoformat(born), debt) < ADULT:
        return "the debtor was not of age when the debt arose"
    return None


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _placed_already(one: Taken, ctx: Options) -> str | None:
    records, account = ctx.facts.records, one.disposition.account
    if records is None or account is None:
        return None
    own = placement_ref(one.item.reference)
    for other in records.about(PLACEMENT, account):
        if other.key != own and other.state in {*AT_AN_AGENCY, QUEUED}:
            return f"the account is placed already, as {other.key} with {other.data['agency']}"
    return None


def _taken_back(one: Taken, ctx: Options) -> str | None:
    records = ctx.facts.records
    told = records.get(RECALLED, one.item.reference) if records is not None else None
    return f"the rent system took it back on {told.data['on']} ({told.data['reason']})" if told else None


def _pays_as_agreed(one: Taken, ctx: Options) -> str | None:
    records, account, known = ctx.facts.records, one.disposition.account, account_of(one, ctx)
    if records is None or account is None or (known is not None and known.status == "ENDED"):
        return None
    agreed = any(record.state == "ACTIVE" for record in records.about(ARRANGEMENT, account))
    return "the debtor is a tenant and has agreed to pay by instalments" if agreed else None


def _flagged(id: str) -> Problem:
    def problem(one: Taken, ctx: Options) -> str | None:
        told = [flag for flag in flags_of(one.item) if ctx.options.flags.get(flag) == id]
        return f"the rent system flags it {', '.join(told)}" if told else None

    return problem


@check("E08", level=Level.CROSS, severity=Severity.REFUSE_ITEM)
def an_account_comes_once(taken: Sequence[Taken], ctx: Options) -> Iterator[Found]:
    """No two debts of one rent account are placed at once."""
    seen: set[str] = set()
    for one in taken:
        account = one.disposition.account
        if one.disposition.state is not ItemState.TAKEN or account is None:
            continue
        if account in seen:
            yield Found("E08: another debt of the account is placed with this file", one.item.line)
        seen.add(account)


ELIGIBILITY = (
    _eligible(
        "E01",
        "The tenancy has ended, unless the debt is a recharge.",
        _tenancy_goes_on,
        Need.TODAY,
        column="tenancy_end",
    ),
    _eligible(
        "E02",
        "The balance is above zero and at least `min_placement_amount`.",
        _too_small,
        column="balance_placed",
    ),
    _eligible(
        "E03",
        "No hold on the account stops collection: breathing space, death, insolvency, dispute, "
        "vulnerability. "
        "Looked at once more in the moment of sending: a hold that came since keeps the debt back.",
        _on_hold,
        Need.TODAY,
        Need.RECORDS,
        at_send=True,
    ),
    _eligible(
        "E04",
        "A court can still be asked for the oldest part of the debt for `limitation_guard_days`.",
        _nearly_barred,
        Need.TODAY,
        column="limitation_date",
    ),
    _eligible("E05", "No benefit is pending, and no credit lies on another account.", _flagged("E05")),
    _eligible(
        "E06",
        "The tenancy ended at least `settle_days` ago, so that the balance is the final one.",
        _settling,
        Need.TODAY,
        column="tenancy_end",
    ),
    _eligible("E07", "The debtor has a surname and was 18 when the debt arose.", _no_grown_person),
    _eligible(
        "E08",
        "The account is on no active placement, with any agency.",
        _placed_already,
        Need.RECORDS,
        at_send=True,
    ),
    an_account_comes_once,
    _eligible(
        "E09",
        "The debtor is no tenant who keeps an agreed arrangement.",
        _pays_as_agreed,
        Need.RECORDS,
    ),
    _eligible(
        "DA-RECALL",
        "The rent system has not taken the debt back before it left.",
        _taken_back,
        Need.RECORDS,
        at_send=True,
    ),
    _eligible("E10", "The debt is not written off.", _flagged("E10")),
)
