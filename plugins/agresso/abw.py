"""ABWTransaction: the same lines as XML, read with the same checks and written from the same records.

Amounts are pounds with a full stop there. Source: formats page agresso.md, section 6.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from hub.api import (
    Blank,
    Code,
    Day,
    Element,
    Field,
    FieldType,
    Layout,
    Matching,
    Node,
    Xml,
    attr,
    document,
    filled,
    format_pounds,
)
from plugins.agresso.abw_tree import (
    AMOUNTS,
    ANALYSIS,
    HEAD,
    NAMESPACES,
    PARTY_INFO,
    ROOT,
    SUNDRY_INFO,
    TAX,
    TRANSACTION,
    VERSIONS,
    VOUCHER,
)
from plugins.agresso.gl07_layout import AP, AR, CUSTOMER, GL, SUPPLIER, TX
from plugins.agresso.types import Record, Words

ABW = "abw-transaction"
MONEY = ("amount", "cur_amount", "base_amount", "base_curr")
_SUNDRY_NAMES = {
    "ApArName": "apar_name",
    "Address": "address",
    "ZipCode": "zip_code",
    "Place": "place",
    "Province": "province",
    "VatRegNo": "vat_reg_no",
    "BankAccount": "bank_account",
    "ClearingCode": "clearing_code",
    "Swift": "swift",
}


class AnyPounds(FieldType):
    """Pounds with up to two decimals that say something, such as 612.0; reads as pence, blank as None."""

    def __init__(self) -> None:
        super().__init__(
            r"(?:-?[0-9]{1,13}+(?:\.[0-9]{1,2}0*+)?+)?+", "pounds with a full stop and up to two decimals"
        )

    def read(self, text: str) -> int | None:
        if not text:
            return None
        whole, _, part = text.lstrip("-").partition(".")
        pence = int(whole) * 100 + int(f"{part:0<2.2}")
        return -pence if text.startswith("-") else pence


_TYPES: dict[str, tuple[FieldType, str]] = {
    **{name: (AnyPounds(), "AGR04") for name in MONEY},
    **{name: (Blank(Day("%Y-%m-%d")), "AGR07") for name in ("voucher_date", "trans_date", "due_date")},
    "trans_type": (Code(GL, AP, AR, TX), "AGR03"),
    "apar_type": (Blank(Code(SUPPLIER, CUSTOMER)), "AGR12"),
    "period": (Blank(Matching("[0-9]{6}", expected="a period as YYYYPP")), "AGR08"),
}


def _fields() -> Iterator[Field]:
    places: list[tuple[Sequence[Element], str]] = [
        (HEAD[:-1], "ancestor::ABWTransaction/"),
        (VOUCHER.children[:-1], "ancestor::Voucher/"),
        (TRANSACTION.children[:-4], ""),
        *((group.children, f"{group.name}/") for group in (AMOUNTS, ANALYSIS, TAX, PARTY_INFO)),
    ]
    seen: set[str] = set()
    for elements, path in places:
        for element in elements:
            if element.holds and element.holds not in seen:
                seen.add(element.holds)
                yield _field(element.holds, f"{path}{element.name}")
    for element in SUNDRY_INFO.children:
        if element.name in _SUNDRY_NAMES:
            path = f"ApArInfo/SundryInfo/{element.name}"
            yield attr(_SUNDRY_NAMES[element.name], path, Words(), required=False, personal=True)
    yield attr("element", "''", Words(), required=False)


def _field(name: str, path: str) -> Field:
    kind, check = _TYPES.get(name, (Words(), "AGR01"))
    return attr(name, path, kind, required=False, check=check)


LINE = Layout("line", tuple(_fields()), path="Voucher/Transaction")
OF_VOUCHERS = Layout("voucher", (attr("voucher_no", "VoucherNo", Words(), required=False),), path="Voucher")
FORMAT = Xml(
    "ABWTransaction",
    [LINE, OF_VOUCHERS],
    structure="AGR19",
    tree=ROOT,
    namespaces=NAMESPACES,
    marker="Voucher",
)


def written(records: Sequence[Record], version: str = "2011") -> bytes:
    """The document of one batch, as version 2011 or 2005."""
    head = [node for element in HEAD if (node := filled(element, _of(records[0]))) is not None]
    grouped = groupby(records, key=lambda record: record["voucher_no"])
    vouchers = [_voucher(list(lines)) for _, lines in grouped]
    uris = {name: spaces[list(VERSIONS).index(version)] for name, spaces in NAMESPACES.items()}
    return document(Node(ROOT, children=[*head, *vouchers]), {"t": "agr", "l": "agrlib"}, uris)


def _voucher(lines: Sequence[Record]) -> Node:
    head = (filled(element, _of(lines[0])) for element in VOUCHER.children[:-1])
    transactions = (filled(TRANSACTION, _of(_told(line))) for line in lines)
    return Node(VOUCHER, children=[node for node in (*head, *transactions) if node is not None])


def _told(line: Record) -> Record:
    """What concerns a party stands on the party's line only: other lines have no place for it."""
    return line if line["trans_type"] in (AR, AP) else {**line, "ext_inv_ref": None}


def _of(record: Record) -> Callable[[str], str]:
    return lambda name: _text(name, record.get(name))


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in MONEY:
        return format_pounds(value)
    return value.isoformat() if isinstance(value, date) else str(value)
