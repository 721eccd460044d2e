"""The weekly arrears report, in three record types: who owes what, who has promised to pay, what was done
about it (`rent.arrears`, `rent.arrangements`, `rent.actions`). One route may read all three.

They live on as records about the rent account, by which it is decided whether a debt may be placed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hub.checks.base import Context
from hub.door.lifecycle import Lifecycle
from hub.model import Move, Taken
from hub.rent.canonical import FREQUENCY
from hub.rent.exports.columns import code, day, number, pounds, ref, text, yes_no
from hub.rent.exports.feed import recorded
from hub.rent.exports.record_type import RecordType
from hub.rent.exports.rules import above_zero

KNOWN, TOLD = "KNOWN", "TOLD"
STATUSES = ("ACTIVE", "BREACHED", "COMPLETED", "CANCELLED")

BALANCE = RecordType(
    name="BALANCE",
    about="what a rent account owes on a day",
    columns=(
        ref("payment_ref"),
        pounds("balance", note="positive = the customer owes"),
        day("as_of"),
        pounds("collectable", required=False, note="the balance without what this week raised"),
    ),
    reference="payment_ref",
    kind="BALANCE",
    money="balance",
    unsummed=True,
    on="as_of",
    key=("payment_ref",),
)

ARRANGE = RecordType(
    name="ARRANGE",
    about="a promise to clear arrears by instalments",
    columns=(
        ref("arrangement_ref"),
        ref("payment_ref"),
        day("start_date"),
        pounds("amount", note="of an instalment, more than 0.00"),
        code("frequency", *FREQUENCY.values),
        number("instalments", 1, 9999, required=False),
        code("status", *STATUSES),
        yes_no("court"),
        number("tolerance_days", 0, 366, required=False),
    ),
    reference="arrangement_ref",
    kind="ARRANGEMENT",
    money="amount",
    unsummed=True,
    key=("arrangement_ref",),
    rules=(above_zero("amount"),),
)

ACTION = RecordType(
    name="ACTION",
    about="something that was done about arrears. Its comment may hold anything, so no record keeps it",
    columns=(
        ref("payment_ref"),
        code("action_code"),
        day("action_date"),
        pounds("balance", required=False),
        text("user", 40, personal=True),
        text("comment", 2000, personal=True),
    ),
    reference="payment_ref",
    kind="ACTION",
    money="balance",
    unsummed=True,
    on="action_date",
)

BALANCE_LIFE = Lifecycle(
    kind="arrears",
    title="What rent accounts owe, by the last arrears report",
    begins=(KNOWN,),
    moves={KNOWN: (KNOWN,)},
    owner="rents",
    money=("balance", "collectable"),
)
ARRANGEMENT_LIFE = Lifecycle(
    kind="arrangement",
    title="Arrangements to clear arrears",
    begins=STATUSES,
    moves={status: tuple(other for other in STATUSES if other != status) for status in STATUSES},
    owner="rents",
    money=("amount",),
)
ACTION_LIFE = Lifecycle(
    kind="arrears_action",
    title="What was done about arrears",
    begins=(TOLD,),
    moves={TOLD: ()},
    owner="rents",
    money=("balance",),
)


def balance_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    item = taken.item
    yield Move(kind=BALANCE_LIFE.kind, key=item.reference, to=KNOWN, account=item.reference, data=item.data)


def arrangement_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    item = taken.item
    yield Move(
        kind=ARRANGEMENT_LIFE.kind,
        key=item.reference,
        to=str(item.data["status"]),
        account=str(item.data["payment_ref"]),
        data={name: value for name, value in item.data.items() if name != "status"},
    )


def action_moves(taken: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """Once for an account, a code and a day, however often reports tell it."""
    item = taken.item
    yield Move(
        kind=ACTION_LIFE.kind,
        key=f"{item.reference}/{item.data['action_code']}/{item.on}",
        to=TOLD,
        account=item.reference,
        data=item.data,
    )


ARREARS = recorded("rent.arrears", "Arrears report: who owes what", BALANCE, BALANCE_LIFE, balance_moves)
ARRANGEMENTS = recorded(
    "rent.arrangements",
    "Arrears report: who has promised to pay",
    ARRANGE,
    ARRANGEMENT_LIFE,
    arrangement_moves,
)
ACTIONS = recorded(
    "rent.actions", "Arrears report: what was done about it", ACTION, ACTION_LIFE, action_moves
)
