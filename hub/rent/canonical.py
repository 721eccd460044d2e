"""What holds for every reference and posting of the rent side (rent system interface, 6.1 and 6.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from hub.checks.base import Context
from hub.errors import CannotRender
from hub.formats.types import Code, FieldType, Matching
from hub.model import Moment, RentTransaction, format_pounds

REFERENCE = Matching(
    r" *[A-Za-z0-9/\-]{1,25} *", expected="a reference: up to 25 letters, digits, slashes and hyphens"
)
"""A reference as it may come: `normal_reference` takes off blanks and makes capitals."""

CODE = Matching(r"[A-Z0-9_\-]{1,12}", expected="a code: up to 12 capitals, digits, _ and -")
"""A code of the rent system's own."""

FREQUENCY = Code("WEEKLY", "FORTNIGHTLY", "FOUR_WEEKLY", "MONTHLY", "ANNUAL")
"""How often rent is charged or collected."""

LARGEST_AMOUNT = 999_999_999
"""Pence."""

_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)
OWES_LESS = frozenset({"RECEIPT", "BENEFIT", "WRITE_OFF"})
"""Kinds below zero."""

OWES_MORE = frozenset({"REVERSAL", "REFUND", "WRITE_ON"})
"""Kinds above zero."""

_NEVER_NEGATIVE = OWES_MORE | {"DEBIT"}
KINDS = OWES_LESS | _NEVER_NEGATIVE | {"BENEFIT_ADJ", "ADJUSTMENT", "TRANSFER", "OPENING"}


class ShortText(Matching):
    """Text of so many characters at most, none of them a control character."""

    def __init__(self, most: int) -> None:
        super().__init__(rf"[^\x00-\x1f\x7f-\x9f]{{0,{most}}}", expected=f"text of up to {most} characters")
        self.most = most


def text_up_to(width: int) -> FieldType:
    """Text of so many characters, none of them a control character."""
    return ShortText(width)


def normal_reference(text: str) -> str:
    """Outer blanks off and a-z as capitals, nothing else: leading zeros, slashes and inner blanks matter.

    Only a-z, because Unicode's own rule makes two letters of one ("ß") and would merge different references.

    >>> normal_reference(" 0190001/01a ")
    '0190001/01A'
    """
    return text.strip().translate(_UPPER)


def day_or_none(value: object) -> date | None:
    """The day of a date as an item's data holds it: ISO text, or nothing."""
    return date.fromisoformat(str(value)) if value else None


def plain_text(text: str) -> str:
    """The text with every control character as a blank, so that one posting stays one line."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def idempotency_key(
    *,
    source_system: str,
    source_file_id: str,
    source_line: int,
    payment_ref: str,
    transaction_date: date,
    amount: int,
    method_code: str | None,
) -> str:
    """SHA-256 (hex) of what makes a received line itself and no other.

    source_file_id: the partner's number of the file, or its name when it has none
    source_line:    1-based
    amount:         pence, canonical sign
    """
    parts = (
        source_system,
        source_file_id,
        str(source_line),
        normal_reference(payment_ref),
        transaction_date.isoformat(),
        format_pounds(amount),
        method_code or "",
    )
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def drawn(ctx: Context[Any]) -> Moment:
    """The moment that the hub drew before it asked for bytes. Raises CannotRender when it did not."""
    if ctx.moment is None:
        raise CannotRender("the clock value and the numbers of this transfer are not known here")
    return ctx.moment


def sound(postings: Sequence[RentTransaction]) -> Sequence[RentTransaction]:
    """The same postings. Raises CannotRender, with a sentence for each rule that one of them breaks:
    a kind of its own, the sign of its kind (E19), no zero but in a DEBIT, VAT as part of the amount and
    TRANSFERs in pairs (E20)."""
    problems = [sentence for posting in postings if (sentence := _problem(posting))]
    transfers = [posting.amount for posting in postings if posting.kind == "TRANSFER"]
    if sum(transfers):
        net = format_pounds(sum(transfers))
        problems.append(f"the TRANSFER postings net to {net}; they come in pairs that net to 0.00")
    if problems:
        raise CannotRender("; ".join(problems))
    return postings


def _problem(posting: RentTransaction) -> str | None:
    amount, kind = posting.amount, posting.kind
    what = f"posting {posting.transaction_id}, {kind} of {format_pounds(amount)}"
    if kind not in KINDS:
        return f"{what}, is of a kind that the rent system interface does not know"
    if abs(amount) > LARGEST_AMOUNT:
        return f"{what}, is beyond {format_pounds(LARGEST_AMOUNT)}"
    if amount == 0 and kind != "DEBIT":
        return f"{what}, moves no money; only a DEBIT may"
    if not has_its_sign(kind, amount):
        return f"{what}, has the wrong sign (positive = the customer owes more)"
    if not is_part(posting.vat_amount, amount):
        return f"{what}, has VAT of {format_pounds(posting.vat_amount)}, which is no part of it"
    return None


def is_part(vat: int, amount: int) -> bool:
    """Whether so many pence may be the VAT in an amount: of its sign, and not more.

    >>> is_part(-20, -120), is_part(0, -120), is_part(20, -120), is_part(-121, -120)
    (True, True, False, False)
    """
    return min(amount, 0) <= vat <= max(amount, 0)


def has_its_sign(kind: str, amount: int) -> bool:
    """Whether a posting of that kind may be of so many pence; no money only moves as a DEBIT.

    >>> has_its_sign("RECEIPT", -11235), has_its_sign("RECEIPT", 11235), has_its_sign("TRANSFER", 0)
    (True, False, False)
    """
    if amount == 0:
        return kind == "DEBIT"
    return kind not in (OWES_LESS if amount > 0 else _NEVER_NEGATIVE)
