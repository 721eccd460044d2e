"""From lines to items and rent accounts, and from there to postings.

Source: formats page dwp_cis.md, sections 8.3 and 8.4. Housing and arrears are two items and two postings,
so that agreements about arrears count only the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hub.api import (
    PAYER,
    Chunk,
    Direction,
    Disposition,
    Feed,
    Item,
    ItemState,
    Lookup,
    Output,
    RentTransaction,
    Row,
    SentItem,
    Taken,
    learned_pairs,
    normal_reference,
)
from plugins.dwp_cis.money_checks import CHECKS
from plugins.dwp_cis.money_layouts import (
    APA,
    DAY,
    DEDUCTION,
    DEDUCTIONS_TABLE,
    PAYMENT,
    PAYMENTS_TABLE,
    POUNDS,
    TPD,
)
from plugins.dwp_cis.money_matching import number_of, place
from plugins.dwp_cis.money_settings import Money, MoneyOptions
from plugins.dwp_cis.money_tally import MoneyTally

UC_PAYMENTS, DEDUCTIONS = "dwp_cis.uc_payments", "dwp_cis.deductions"
HOUSING, ARREARS, TAKEN_BACK = "UC_HOUSING", "UC_ARREARS", "UC_RECALL"
KINDS = (HOUSING, ARREARS, TAKEN_BACK)
PERSONAL = ("nino", "surname", "forename", "postcode")
TENANTS, CHARGES = Lookup("tenant"), Lookup("charge", accounts=True)
Data = dict[str, str | int | bool | None]


def payment_items(chunk: Chunk, tally: MoneyTally, ctx: Money) -> Iterator[Item]:
    """Up to two a line: the housing part and the arrears part."""
    for row in chunk.rows() if chunk.layout is PAYMENT else ():
        on = DAY.read(row["payment_date"])
        data: Data = {
            "creditor": row["creditor_ref"].strip(),
            "schedule": row["schedule_ref"].strip() or None,
            "bank_ref": row["bank_ref"].strip() or None,
            "period_from": row["period_start"].strip() or None,
            "period_to": row["period_end"].strip() or None,
            "line_of": tally.nth[row.line],
            "posts": True,
            **_payer(row["creditor_ref"], row["nino"], ctx),
        }
        personal = {name: row[name].strip() for name in PERSONAL if row[name].strip()}
        for kind, name in ((HOUSING, "housing_amount"), (ARREARS, "arrears_amount")):
            if pence := POUNDS.read(row[name]):
                yield Item(kind, row.line, _reference(row["tenancy_ref"]), -pence, on, data, personal)


def deduction_items(chunk: Chunk, tally: MoneyTally, ctx: Money) -> Iterator[Item]:
    for row in chunk.rows() if chunk.layout is DEDUCTION else ():
        pence = POUNDS.read(row["amount"])
        yield Item(
            ARREARS if pence > 0 else TAKEN_BACK,
            row.line,
            _reference(row["customer_ref"]),
            -pence,
            DAY.read(row["schedule_date"]),
            {**_deduction(row, tally), **_payer(row["creditor_no"], row["nino"], ctx)},
            _person(row),
        )


def _deduction(row: Row, tally: MoneyTally) -> Data:
    return {
        "creditor": row["creditor_no"].strip(),
        "schedule": row["schedule_no"].strip() or None,
        "benefit": row["benefit"],
        "deduction": row["deduction_type"],
        "period_from": row["period_from"].strip() or None,
        "period_to": row["period_to"].strip() or None,
        "line_of": tally.nth[row.line],
        "posts": row["deduction_type"] in ("RENT_ARREARS", "SERVICE"),
    }


def _payer(creditor: str, nino: str, ctx: Money) -> Data:
    """By what two people's decision about the line is learned: the number's keyed digest, at one creditor."""
    number, digest = number_of(nino, ctx), ctx.facts.digest
    return {PAYER: f"{creditor.strip()}/{digest(number)}"} if number and digest else {}


def _person(row: Row) -> dict[str, str]:
    told = {"nino": row["nino"], "surname": row["surname"], "forename": row["initials"]}
    return {name: text.strip() for name, text in told.items() if text.strip()}


def _reference(text: str) -> str:
    return normal_reference(text)


def item_key(item: Item) -> str | None:
    """The same line in another file. It holds nothing personal: who of several alike is meant is told by the
    place among them."""
    data = item.data
    period = f"{data['period_from'] or ''}/{data['period_to'] or ''}"
    parts = (data["creditor"], item.kind, item.reference, item.amount, item.on, period, data["line_of"])
    return ":".join(map(str, parts))


def match(item: Item, ctx: Money, sent: SentItem | None) -> Disposition:
    history = ctx.facts.history
    if history is not None and item_key(item) in history.posted:
        reason = "REPEAT: an earlier file carried this line; nothing of it is posted again"
        return Disposition(ItemState.HELD, reason=reason)
    return place(item, ctx, UC_PAYMENTS if item.data.get("deduction") is None else DEDUCTIONS)


def posting(taken: Taken, ctx: Money) -> tuple[RentTransaction, ...]:
    """The posting of one part. What DWP takes back is a debit against the earlier credit."""
    item = taken.item
    code = ctx.options.housing_code if item.kind == HOUSING else ctx.options.arrears_code
    return (
        RentTransaction(
            transaction_id=taken.id,
            payment_ref=taken.disposition.account or "",
            tenancy_ref=taken.disposition.tenancy,
            kind="REVERSAL" if item.amount > 0 else "RECEIPT",
            method_code=None,
            type_code=code,
            transaction_date=item.on,
            post_date=posted_on(item, ctx),
            amount=item.amount,
            external_ref=str(item.data["schedule"] or "") or None,
            narrative=_WORDS[item.kind],
        ),
    )


_WORDS = {
    HOUSING: "Universal Credit housing paid direct",
    ARREARS: "Deduction from benefit for arrears",
    TAKEN_BACK: "Deduction taken back by DWP",
}


def posted_on(item: Item, ctx: Money) -> date:
    """The day of the payment."""
    return item.on


def _feed(name: str, title: str, **own: object) -> Feed:
    shared: dict[str, object] = {
        "name": name,
        "title": title,
        "direction": Direction.IN,
        "options": MoneyOptions,
        "tally": MoneyTally,
        "checks": CHECKS,
        "match": match,
        "item_key": item_key,
        "looks_up": (TENANTS, CHARGES, learned_pairs(name)),
        "outputs": (Output("postings", takes=KINDS, makes=posting),),
        "parts": {"schedule": lambda item: str(item.data["schedule"] or item.on)},
        "personal_data": PERSONAL,
    }
    return Feed(**{**shared, **own})  # type: ignore[arg-type]


UC = _feed(
    UC_PAYMENTS,
    "Universal Credit paid to the landlord direct",
    formats={APA: PAYMENTS_TABLE},
    items=payment_items,
)
THIRD_PARTY = _feed(
    DEDUCTIONS,
    "Deductions from benefits for rent arrears",
    formats={TPD: DEDUCTIONS_TABLE},
    items=deduction_items,
)
