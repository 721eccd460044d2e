"""One value on its way between the canonical file and an agency's own: how it is written there, and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from hub.api import Blank, CannotRender, Day, Field, FieldType, Pounds
from plugins.debt_agency.mapping_spec import AgencyLayout, Column, Money, Place
from plugins.debt_agency.references import check_digit
from plugins.debt_agency.types import DAY, INSTANT, Instant


class Unfit(Exception):
    """A text that does not fit its column. `expected`: what would."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


def kind_of(field: Field) -> FieldType:
    """The type of a canonical field, be it required or not."""
    return field.kind.kind if isinstance(field.kind, Blank) else field.kind


def written(text: str, field: Field, column: Column, spec: AgencyLayout) -> str:
    """A canonical text as the agency's column has it, not filled yet. Raises CannotRender."""
    if not text.strip():
        return ""
    kind = kind_of(field)
    if isinstance(kind, Day):
        text = Day(column.dates or spec.dates).write(date.fromisoformat(text))
    elif isinstance(kind, Instant):
        text = INSTANT.read(text).strftime(column.dates or spec.dates)
    elif isinstance(kind, Pounds):
        text = _money_out(kind.read(text), spec.money)
    if column.rate is not None:
        text = rate_out(text, column.rate)
    if column.digits == "nine":
        text = text[:9]
    if column.part is not None:
        text = text[column.part[0] - 1 : column.part[1]]
    return _looked_up(text, column)


def _looked_up(text: str, column: Column) -> str:
    if not column.lookup:
        return text
    found = column.lookup.get(text, column.default)
    if found is None:
        raise CannotRender(f"{column.label} has no word for {text}: add it to its lookup")
    return found


def _money_out(pence: int, money: Money) -> str:
    pence = -pence if money.sign == "reversed" else pence
    if money.sign == "none" and pence < 0:
        raise CannotRender("the layout has no way to write an amount below zero")
    whole = str(abs(pence)) if money.unit == "pence" else f"{abs(pence) // 100}.{abs(pence) % 100:02d}"
    if pence >= 0 or money.sign == "none":
        return whole
    return f"{whole}-" if money.sign == "trailing_minus" else f"-{whole}"


def read(text: str, field: Field, column: Column, spec: AgencyLayout) -> str:
    """The canonical text of what stands in the agency's column. Raises Unfit."""
    text = text.strip()
    if not text:
        return ""
    if column.lookup:
        back = {said: canonical for canonical, said in column.lookup.items()} | dict(column.also)
        if text not in back and column.default is None:
            raise Unfit(" or ".join(f"“{word}”" for word in back))
        text = back.get(text, text)
    kind = kind_of(field)
    if isinstance(kind, Day):
        return _day_in(text, column.dates or spec.dates, spec)
    if isinstance(kind, Instant):
        return _moment_in(text, column.dates or spec.dates)
    if isinstance(kind, Pounds):
        return _money_in(text, spec.money)
    return rate_in(text, column.rate) if column.rate else _whole(text, column)


def _whole(text: str, column: Column) -> str:
    if column.digits != "nine":
        return text
    nine = text.zfill(9)
    return nine + check_digit(nine) if nine.isdigit() and len(nine) == 9 else text


def _day_in(text: str, format: str, spec: AgencyLayout) -> str:
    if text in spec.empty_dates:
        return ""
    kind = Day(format)
    if not kind.fits(text):
        raise Unfit(kind.expected)
    return DAY.write(kind.read(text))


def _moment_in(text: str, format: str) -> str:
    """A moment without offset is taken as UTC."""
    try:
        moment = datetime.strptime(text, format)  # noqa: DTZ007 - the offset is added where it has none
    except ValueError:
        raise Unfit(f"a date and time as {format}") from None
    return INSTANT.write(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _money_in(text: str, money: Money) -> str:
    negative = text.startswith("-") or text.endswith("-")
    bare = text.strip("-")
    if money.unit == "pence":
        if not bare.isdigit():
            raise Unfit("pence in digits")
        bare = f"{int(bare) // 100}.{int(bare) % 100:02d}"
    signed = f"-{bare}" if negative else bare
    if not Pounds().fits(signed) or (negative and money.sign == "none"):
        raise Unfit("pounds with two decimals")
    pence = Pounds().read(signed)
    return Pounds().write(-pence if money.sign == "reversed" else pence)


def rate_in(text: str, form: str) -> str:
    """A rate with four decimals. Raises Unfit.

    >>> rate_in("12.5", "percent"), rate_in(".125", "fraction")
    ('0.1250', '0.1250')
    """
    try:
        rate = Decimal(text) / (100 if form == "percent" else 1)
        exact = rate.quantize(Decimal("0.0001"))
    except InvalidOperation:
        raise Unfit(f"a rate as {form}") from None
    if exact != rate or not 0 <= rate < 1:
        raise Unfit(f"a rate as {form}, to a hundredth of a per cent")
    return f"{exact:.4f}"


def rate_out(text: str, form: str) -> str:
    return f"{Decimal(text) * 100:.2f}" if form == "percent" else text


_BY_TYPE: Mapping[str, tuple[str, frozenset[str], tuple[str, ...]]] = {
    "Y": ("txn_type", frozenset({"PAR", "DPR"}), ("gross", "commission", "commission_vat")),
    "U": ("update_type", frozenset({"DPY", "ADJ-", "WOF"}), ("amount",)),
}
"""By record: the field that tells its type, the types that are below zero, and the amounts that are then."""


def signed(texts: dict[str, str], record: str, spec: AgencyLayout) -> dict[str, str]:
    """The canonical fields of a record whose amounts were all positive (`sign: type_code`)."""
    return {**texts, **dict(_turned(texts, record, spec, "-{}".format))}


def typed(texts: dict[str, str], record: str, spec: AgencyLayout) -> dict[str, str]:
    """The canonical fields of a record whose type is another one where its amount is below zero."""
    kind, _, amounts = _BY_TYPE.get(record, ("", frozenset(), ("",)))
    if kind and texts.get(amounts[0], "").startswith("-"):
        return {**texts, kind: spec.below_zero.get(texts.get(kind, ""), texts.get(kind, ""))}
    return texts


def unsigned(texts: Mapping[str, str], record: str, spec: AgencyLayout) -> Mapping[str, str]:
    """The canonical fields as such a layout writes them."""
    return {**texts, **dict(_turned(texts, record, spec, lambda text: text.removeprefix("-")))}


def _turned(
    texts: Mapping[str, str], record: str, spec: AgencyLayout, turn: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    if spec.money.sign != "type_code" or record not in _BY_TYPE:
        return
    kind, below, amounts = _BY_TYPE[record]
    if texts.get(kind) in below:
        yield from ((name, turn(texts[name])) for name in amounts if texts.get(name, "").strip("0."))


def filled(text: str, column: Column) -> str:
    """As long as a fixed column is; cut off only where that is said. Raises CannotRender."""
    width = column.longest
    if width is not None and len(text) > width:
        if column.overlong == "refuse":
            raise CannotRender(f"{column.label} holds more than {width} characters")
        text = text[:width]
    return padded(text, column)


def padded(text: str, place: Place) -> str:
    width = place.width or 0
    return text.rjust(width, place.pad) if place.side == "left" else text.ljust(width, place.pad)


def bare(text: str, column: Column) -> str:
    """Without its filling. Zeros before a number are filling only where the column says so."""
    if column.pad == " ":
        return text
    kept = text.lstrip(column.pad) if column.side == "left" else text.rstrip(column.pad)
    return kept or (column.pad if text.strip() else "")
