"""CSV layouts that bureau software takes instead of Standard 18, and a route's own, column by column.

Source: formats page bacs.md, section 5. The same field has the same name in all of them. What differs from
one bureau's customer to the next (the columns after AccessPay's eighth) is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, BinaryIO, NamedTuple

from hub.api import (
    Chunk,
    Delimited,
    Field,
    FieldType,
    Layout,
    Literal,
    Matching,
    Pence,
    Pounds,
    Text,
    Unreadable,
    column,
)
from plugins.bacs.bureau_dates import BureauDay
from plugins.bacs.layouts import ACCOUNT
from plugins.bacs.ways import ACCESSPAY, EAZIPAY, PAYGATE, SDDIRECT

SORT_CODE = Matching(
    r"(?!000000|00-00-00)([0-9]{6}|[0-9]{2}-[0-9]{2}-[0-9]{2})",
    expected="six digits, with or without hyphens, not all zero",
)


class UnsignedPounds(Pounds):
    """Pounds with two decimals and no sign, or a lone 0 where no money moves; pence inside."""

    def __init__(self) -> None:
        FieldType.__init__(self, r"0|[0-9]{1,9}\.[0-9]{2}", "pounds with two decimals, without sign or comma")
        self.signed = False

    def read(self, text: str) -> int:
        return 0 if text == "0" else super().read(text)


class Kind(NamedTuple):
    """What a column holds, whichever layout it stands in."""

    type: FieldType
    check: str
    personal: bool = False


KINDS: Mapping[str, Kind] = {
    "sort_code": Kind(SORT_CODE, "S18-010", personal=True),
    "account_number": Kind(ACCOUNT, "S18-010", personal=True),
    "account_name": Kind(Text(), "S18-021", personal=True),
    "amount": Kind(UnsignedPounds(), "S18-013"),
    "transaction_code": Kind(Text(), "S18-011"),
    "originating_sort_code": Kind(SORT_CODE, "S18-012", personal=True),
    "originating_account": Kind(ACCOUNT, "S18-012", personal=True),
    "originating_account_name": Kind(Text(), "S18-003"),
    "user_name": Kind(Text(), "S18-021"),
    "reference": Kind(Text(), "S18-017"),
    "day": Kind(BureauDay("DD/MM/YYYY"), "S18-008"),
    "service_user_number": Kind(Matching("[0-9]{6}", expected="six digits"), "S18-005"),
    "account_type": Kind(Literal("0"), "S18-010"),
    "action": Kind(Text(), "S18-003"),
}
NEEDED = ("sort_code", "account_number", "account_name", "amount", "transaction_code", "reference")
"""What every layout has a column for."""

OTHER = "-"
"""A column of which nothing is read or written."""


def _layout(names: Sequence[str], optional: Sequence[str] = (), **types: FieldType) -> Layout:
    """The record of these columns; `types` in place of the usual ones."""
    fields = [_field(name, at, name in optional, types.get(name)) for at, name in enumerate(names, start=1)]
    return Layout("payment", tuple(fields))


def _field(name: str, at: int, optional: bool, type: FieldType | None) -> Field:
    if name == OTHER:
        return column(f"other_{at}", Text(), required=False, check="S18-003")
    kind = KINDS[name]
    return column(name, type or kind.type, required=not optional, check=kind.check, personal=kind.personal)


def _paygate() -> Delimited:
    names = (
        *("sort_code", "account_number", "account_name", "amount", "transaction_code"),
        *("originating_sort_code", "originating_account", "user_name", "reference", "day"),
    )
    return Delimited((_layout(names, ("day",)), _layout(names[:-1])), structure="S18-002")


SDDIRECT_TITLES = (
    "Destination Account Name",
    "Destination Sort Code",
    "Destination Account Number",
    "Payment Reference",
    "Amount",
    "Transaction code",
    "Realtime Information Checksum",
    "Pay Date",
    "Originating Sort Code",
    "Originating Account Number",
    "Originating Account Name",
)


def _sddirect() -> Delimited:
    """The first six columns, and as many of those that may follow as there are, in their order."""
    names = ("account_name", "sort_code", "account_number", "reference", "amount", "transaction_code")
    more = (OTHER, "day", "originating_sort_code", "originating_account", "originating_account_name")
    day = BureauDay("YYYYMMDD")
    layouts = [_layout((*names, *more[:count]), more, day=day) for count in range(len(more), -1, -1)]
    return Delimited(layouts, header=True, titles=SDDIRECT_TITLES, headless=True, structure="S18-002")


def _eazipay() -> Delimited:
    names = (
        *("transaction_code", "originating_sort_code", "originating_account", "sort_code", "account_number"),
        *("account_name", "account_type", "amount", "day", OTHER, "user_name", "reference"),
        *("service_user_number", OTHER, OTHER),
    )
    day = BureauDay("DD/MM/YYYY", "YYYY-MM-DD", "DD-MMM-YYYY")
    return Delimited([_layout(names, amount=Pence(), day=day)], structure="S18-002")


ACCESSPAY_TITLES = (
    "Processing Date",
    "Action",
    "BACS Transaction Code",
    "Name",
    "Sort Code",
    "Account",
    "Amount",
    "DDI Reference",
)


def _accesspay() -> Delimited:
    names = (
        *("day", "action", "transaction_code", "account_name", "sort_code", "account_number"),
        *("amount", "reference"),
    )
    layout = _layout(names, ("action",), day=BureauDay("DD/MM/YY"))
    return Delimited(
        [layout], header=True, titles=ACCESSPAY_TITLES, longer=True, quote_all=True, structure="S18-002"
    )


NAMED: Mapping[str, Delimited] = {
    PAYGATE: _paygate(),
    SDDIRECT: _sddirect(),
    EAZIPAY: _eazipay(),
    ACCESSPAY: _accesspay(),
}
"""The layouts that have a name. What is written has all columns of the first record that is declared."""


@cache
def mapped(mapping: Any) -> Delimited:
    """The layout that a route's own `csv` describes."""
    pence = {"amount": Pence()} if mapping.amounts == "pence" else {}
    layout = _layout(mapping.columns, ("day", "action"), day=BureauDay(mapping.date), **pence)
    return Delimited(
        [layout],
        delimiter=mapping.delimiter,
        header=bool(mapping.titles),
        titles=mapping.titles,
        quote_all=mapping.quote_all,
        structure="S18-002",
    )


class Mapped:
    """A layout that only the route knows. No content is recognised as one: the route names the format."""

    layouts: tuple[Layout, ...] = ()

    def recognises(self, head: bytes) -> bool:
        return False

    def decode(self, stream: BinaryIO, options: Any) -> Iterator[Chunk | Unreadable]:
        if options is None or options.csv is None:
            yield Unreadable(1, b"", "S18-002", "the columns are not known here: set the option csv")
            return
        yield from mapped(options.csv).decode(stream)
