"""The rent debtors' control at a month's end: what the rent ledger owed before, what moved it (charges, cash,
benefit, write-offs, refunds), what it must be now, and what the rent system says that it is.

A journal tells charges from cash by its other accounts: `movements` of the route says what each is. That is
remembered by the source's name of the account when a journal leaves, so that the report can tell. Source:
formats page agresso.md, section 10.1 (month end).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from hub.api import (
    RENT_BALANCE,
    Context,
    Day,
    Layout,
    Lifecycle,
    Move,
    Pounds,
    Report,
    Reported,
    Side,
    Taken,
    Text,
    Waiting,
    column,
)
from plugins.agresso.feedback import FEED
from plugins.agresso.journal import TRANSFER, ledger_account, side_account
from plugins.agresso.month_end import Row, grouped
from plugins.agresso.names import LEDGER_LINE
from plugins.agresso.outgoing import Options
from plugins.agresso.reports import RENT_DEBTS, SOURCES, lines, source_account
from plugins.agresso.settings import LedgerFileOptions

MOVEMENT = "agresso_movement"
MOVEMENT_LIFE = Lifecycle(
    kind=MOVEMENT,
    title="What each account of a journal is to the rent debtors' control",
    begins=("KNOWN",),
    moves={"KNOWN": ("KNOWN",)},
    owner="finance",
)
"""By the source's name of the account, or by side; of a ready-made file's, by LEDGER_LINE/account. data:
account, the ledger's; movement."""

CONTROL, OTHER, WRITE_OFFS = "CONTROL", "OTHER", "WRITE_OFFS"
MOVEMENTS = ("CHARGES", "CASH", "BENEFIT", WRITE_OFFS, "REFUNDS")
"""What the code map calls the accounts that stand against the control; the rest is other."""

OPENING, CLOSING, RENT_LEDGER = "OPENING", "CLOSING", "RENT_LEDGER"
TEXT, MONEY = Text(), Pounds()
CONTROLLED = Layout(
    "rent_control",
    (
        column("what", TEXT),
        column("on", Day("%Y-%m-%d"), required=False),
        column("sent", MONEY, required=False),
        column("posted", MONEY, required=False),
        column("difference", MONEY, required=False),
    ),
)


def learns(carried: Sequence[Taken], ctx: Options | Context[LedgerFileOptions]) -> Iterator[Move | Waiting]:
    """What the accounts are of the journals that leave, those of ready-made files among them."""
    name, codes, seen = ctx.options.movements, ctx.facts.codes, set[str]()
    for one in carried if name and codes else ():
        key = _key(one.item.kind, source_account(one.item))
        if key is None or key in seen or one.item.kind == TRANSFER:
            continue
        seen.add(key)
        account = _account(one, ctx)
        movement = codes.value(name, account, one.item.on) if name and codes and account else None
        told = {"account": account, "movement": movement or OTHER}
        yield Move(kind=MOVEMENT, key=key, to="KNOWN", data=told)


def _key(kind: str, account: str | None) -> str | None:
    """A ready-made file names the ledger's own accounts, which the source may call otherwise."""
    return f"{kind}/{account}" if account and kind == LEDGER_LINE else account


def _account(one: Taken, ctx: Options | Context[LedgerFileOptions]) -> str | None:
    data = one.item.data
    if isinstance(ctx.options, LedgerFileOptions):
        return str(data["account"])
    if data.get("side"):
        return side_account(data, ctx.options.posts_to)
    return ledger_account(str(data["account"]), one.item.on, ctx)


def controlled(reported: Reported) -> Iterator[Row]:
    """Opening, each movement, closing, as sent and as posted; then the rent system's own balance, and by how
    much closing differs from it. Without an extract from before there is neither opening nor closing."""
    opened = _balance(reported, before=reported.first)
    moved = _moved(reported)
    on, opening = opened or (None, None)
    yield _row(OPENING, on, opening, opening)
    for what in (*MOVEMENTS, *sorted(moved.keys() - set(MOVEMENTS))):
        yield _row(what, None, *moved.get(what, (0, 0)))
    sent, posted = (sum(told[place] for told in moved.values()) for place in (0, 1))
    closing = None if opening is None else (opening + sent, opening + posted)
    yield _row(CLOSING, reported.last, *(closing or (None, None)))
    if told := _balance(reported):
        on, pence = told
        difference = pence - closing[0] if closing else None
        yield {"what": RENT_LEDGER, "on": on, "sent": pence, "posted": None, "difference": difference}


def _row(what: str, on: date | None, sent: int | None, posted: int | None) -> Row:
    difference = None if sent is None or posted is None else posted - sent
    return {"what": what, "on": on, "sent": sent, "posted": posted, "difference": difference}


def _moved(reported: Reported) -> Mapping[str, tuple[int, int]]:
    """Pence by which the control moved, sent and posted, by what moved it: each journal that touches the
    control, by its other accounts; and debts of rent accounts that were written off or on."""
    known = {one.key: str(one.data["movement"]) for one in reported.records[MOVEMENT]}
    moved: dict[str, tuple[int, int]] = {}

    def add(what: str, row: Row, sign: int) -> None:
        sent, posted = moved.get(what, (0, 0))
        moved[what] = sent + sign * row["sent"], posted + sign * (row["posted"] or 0)

    for (kind, _), rows in grouped(lines(reported), "kind", "voucher"):
        if kind in RENT_DEBTS:
            for row in rows:
                if row["sent_account"] == Side.DEBTORS:
                    add(WRITE_OFFS, row, 1)
            continue
        told = [(known.get(_key(kind, row["sent_account"]) or "", OTHER), row) for row in rows]
        for what, row in told if any(what == CONTROL for what, _ in told) else ():
            if what != CONTROL:
                add(what, row, -1)
    return moved


def _balance(reported: Reported, before: date | None = None) -> tuple[date, int] | None:
    """The last that the rent system told, before a day or by the last one."""
    told = ((date.fromisoformat(one.key), int(one.data["pence"])) for one in reported.records[RENT_BALANCE])
    asked = (one for one in told if (one[0] < before if before else one[0] <= reported.last))
    return max(asked, default=None)


REPORTS: tuple[Report, ...] = (
    Report(
        name="agresso.rent_control",
        title="Rent debtors' control: opening, charges, cash, benefit, write-offs, refunds, closing",
        layout=CONTROLLED,
        rows=controlled,
        feeds=(*SOURCES, FEED),
        dated=False,
        records=(MOVEMENT, RENT_BALANCE),
    ),
)
