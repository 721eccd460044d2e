"""A month of Direct Debits for 2,000 rent accounts: the pretend rent system's calls and books, day by day.

Its books are what it charged and what the hub told it to post. In the end they are held against those of the
banks, account by account.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from hub.api import (
    Books,
    Edit,
    Export,
    Scene,
    Stage,
    Step,
    Story,
    Tenant,
    account_export,
    format_pounds,
    mandate_export,
    nothing_new,
)
from plugins.bacs.demo import ddcall_columns, sent_debits
from plugins.bacs.demo_month_bank import (
    REPRESENTED,
    Fate,
    claims,
    fate,
    input_reports,
    lodged,
    lost,
    not_lodged,
    unpaid,
)

ROUTES = "routes/bacs.yaml"
MONDAYS = [date(2026, 11, 2) + timedelta(weeks=week) for week in range(5)]
"""The days on which a week's rent is charged."""


@dataclass(frozen=True, slots=True)
class Call:
    """One collection: the day of the call, the processing day, the day on which tenants are debited, and that
    on which the unpaid debits come back."""

    number: int
    called: date
    processing: date
    entry: date
    returned: date


CALLS = (
    Call(1, date(2026, 11, 3), date(2026, 11, 6), date(2026, 11, 9), date(2026, 11, 11)),
    Call(2, date(2026, 11, 10), date(2026, 11, 13), date(2026, 11, 16), date(2026, 11, 18)),
    Call(3, date(2026, 11, 17), date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 25)),
    Call(4, date(2026, 11, 26), date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 3)),
)
FIRST, LAST = CALLS[0], CALLS[-1]
CLAIMED, END = date(2026, 11, 24), date(2026, 12, 4)
LODGED, NOT_LODGED = date(2026, 11, 4), date(2026, 11, 5)


def _pays(tenant: Tenant) -> bool:
    """Whether a tenant pays by Direct Debit: two of five."""
    return tenant.number % 5 < 2


def _signs(tenant: Tenant) -> bool:
    """Whether a tenant has just signed a mandate: one of forty."""
    return tenant.number % 40 == 2


def _monthly(tenant: Tenant) -> int:
    """Pence of a month, of 52 weeks' rent in twelve payments."""
    return tenant.rent_pence * 52 // 12


def _extracts(stage: Stage) -> None:
    stage.export("RENTACC", "export/accounts", 1, [account_export(t, stage.day) for t in stage.tenants])
    mandates = [mandate_export(t, "ACTIVE") for t in stage.tenants if _pays(t)]
    mandates += [mandate_export(t, "NEW") for t in stage.tenants if _signs(t)]
    stage.export("MANDATE", "export/mandates", 1, mandates)


def _call(call: Call, stage: Stage) -> None:
    """A quarter of the payers; in the last call, what came back unpaid from the first is asked for again, and
    those who signed a mandate pay for the first time, if their bank took it."""
    payers = [t for t in stage.tenants if _pays(t) and t.number // 5 % 4 == call.number - 1]
    rows = [_asked(t, call, "17") for t in payers]
    if call is LAST:
        rows += [_asked(t, call, REPRESENTED) for t in _unpaid_at_first(stage)]
        ended = _ended(stage)
        rows += [_asked(t, call, "01") for t in stage.tenants if _signs(t) and t.mandate_ref not in ended]
    stage.export("DDCALL", "export/dd", call.number, rows)


def _asked(tenant: Tenant, call: Call, code: str) -> Export:
    pence = _monthly(tenant)
    columns = ddcall_columns(tenant, call.entry, format_pounds(pence), code)
    return Export(tenant.payment_ref, pence, columns)


def _ended(stage: Stage) -> set[str]:
    """The mandates that the rent system was told have ended."""
    rows = (row for path in stage.folder("rent", "import/dd").glob("*.csv") for row in _details(path))
    return {row[2] for row in rows if row[7] == "CANCELLED"}


def _unpaid_at_first(stage: Stage) -> Iterator[Tenant]:
    by_mandate = {tenant.mandate_ref: tenant for tenant in stage.tenants}
    for debit in sent_debits(stage):
        if debit.processing == FIRST.processing and fate(debit) is Fate.UNPAID:
            yield by_mandate[debit.reference]


def _returned(call: Call, stage: Stage) -> None:
    unpaid(stage, call.processing)


def _books(stage: Stage) -> Sequence[tuple[str, int, int]]:
    """The rent system's books of all accounts, and beside them what the banks' books make of the same."""
    charged = {t.payment_ref: t.opening_pence + len(MONDAYS) * t.rent_pence for t in stage.tenants}
    posted = list(_posted(stage))
    taken = lost(stage)
    ours = Counter(charged)
    ours.update(dict.fromkeys(charged, 0))
    for reference, _, pence in posted:
        ours[reference] += pence
    theirs = {t.payment_ref: charged[t.payment_ref] - taken.get(t.mandate_ref, 0) for t in stage.tenants}
    agree = [reference for reference in theirs if ours[reference] == theirs[reference]]
    return [
        ("owed at first", len(charged), sum(t.opening_pence for t in stage.tenants)),
        (
            f"rent of {len(MONDAYS)} weeks",
            len(charged),
            sum(t.rent_pence for t in stage.tenants) * len(MONDAYS),
        ),
        *_by_kind(posted),
        ("owed in the end, by the rent system", len(ours), sum(ours.values())),
        ("owed in the end, by the banks", len(theirs), sum(theirs.values())),
        ("accounts on which both agree to the penny", len(agree), sum(theirs[one] for one in agree)),
    ]


def _posted(stage: Stage) -> Iterator[tuple[str, str, int]]:
    """What the hub told the rent system to post: account, kind and pence."""
    for path in sorted(stage.folder("rent", "import/transactions").glob("*.csv")):
        yield from ((row[2], row[4], _pence(row[9])) for row in _details(path))


def _details(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file) if row[0] == "D"]


def _pence(pounds: str) -> int:
    return int(pounds.replace(".", ""))


def _by_kind(posted: Sequence[tuple[str, str, int]]) -> Iterator[tuple[str, int, int]]:
    for kind in sorted({kind for _, kind, _ in posted}):
        some = [pence for _, one, pence in posted if one == kind]
        yield f"posted: {kind.lower()}", len(some), sum(some)


def _scene(day: date, title: str, prepare: Callable[[Stage], None], *steps: Step) -> Scene:
    return Scene(day, title, prepare, steps, Story.MONTH)


def _scenes_of(call: Call) -> Iterator[Scene]:
    asks = f"Call {call.number} of {len(CALLS)}: the rent system asks for a quarter of its Direct Debits"
    again = ", and once more for what came back unpaid from the first" if call is LAST else ""
    yield _scene(call.called, f"{asks}{again}.", partial(_call, call), "bacs.submission")
    yield _scene(call.processing, "Bacs reports on what it took.", input_reports, "bacs.reports_in")
    yield _scene(
        call.entry, "Tenants are debited, and what Bacs accepted is posted.", nothing_new, "bacs.collected"
    )
    yield _scene(
        call.returned, "Banks return what was not paid.", partial(_returned, call), "bacs.reports_in"
    )


MONTH = (
    _scene(
        date(2026, 11, 2),
        "A council of 2,000 rent accounts, of which two in five pay by Direct Debit; 50 tenants have just "
        "signed. The hub tells the banks of new mandates, and posts what Bacs accepted of collections.",
        _extracts,
        Edit(ROUTES, "# post_collections: true", "post_collections: true"),
        Edit("routes/rent.yaml", "# instructions: hub", "instructions: hub"),
        "rent.accounts",
        "rent.mandates",
        "bacs.instructions",
    ),
    _scene(LODGED, "Bacs took the instructions for new mandates.", lodged, "bacs.reports_in"),
    _scene(NOT_LODGED, "Some banks have no such account.", not_lodged, "bacs.reports_in"),
    *(scene for call in CALLS for scene in _scenes_of(call)),
    _scene(CLAIMED, "Payers have claimed some of their money back.", claims, "bacs.reports_in"),
    _scene(END, "The month is over.", nothing_new, Books("the books", _books)),
)
