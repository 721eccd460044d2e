"""The rules that NEC's loader enforces on transactions, under its own error numbers.

Source: rent system interface, 2.7. Each is said once: a check when such a file is read, a refusal when the
hub writes one. Not among them, because only NEC's own tables tell: HDL029 and HDL171 (the hub's rent calendar
has a period for every day) and HD2-893 (whether an invoice exists). HDL117, the unknown account, is asked of
the register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.checks.base import Check, Context, Found, Tally, check
from hub.door.feed import Options
from hub.model import Chunk, Level, Need, format_pounds
from hub.rent.calendar import RentYears, months_before
from hub.rent.nec import TRANSACTION

DEBITS = ("DRS", "DRA")
TO_SUSPENSE = ("ADJ", "HBS", "HBU", "PAY")
INVOICED = ("DRS", "ADC", "PAY", "ADJ")
OLDEST = 240
"""Months."""
YEARS = RentYears()
"""Rent years by the usual rule."""

Values = Mapping[str, Any]
"""A transaction by the names of its columns: dates, pence, whole numbers and texts; None = empty."""


class NecCodes(Options):
    """The codes of the council's own NEC Housing.

    transaction_types: those seen in the load kit, unless the council has others
    subtypes:          by type, the subtypes that there are; of types that are not named any is taken
    needs_subtype:     types that cannot be without
    payment_methods:   None = any is taken
    """

    transaction_types: tuple[str, ...] = ("PAY", "ADJ", "DRS", "DRA", "HBS", "HBU", "ADC", "BAL")
    subtypes: Mapping[str, tuple[str, ...]] = {}
    needs_subtype: tuple[str, ...] = ()
    payment_methods: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class NecRule:
    """`problem`: (transaction, codes, today) → what is wrong with it; None when nothing is.

    field: the column that a finding names"""

    id: str
    field: str
    help: str
    problem: Callable[[Values, NecCodes, date | None], str | None]


def _type_is_known(one: Values, codes: NecCodes, today: date | None) -> str | None:
    known = codes.transaction_types
    return None if one["trt_code"] in known else f"the type {one['trt_code']} is none of {', '.join(known)}"


def _subtype_is_given(one: Values, codes: NecCodes, today: date | None) -> str | None:
    missing = one["trt_code"] in codes.needs_subtype and not one["trs_code"]
    return f"the type {one['trt_code']} needs a subtype" if missing else None


def _subtype_fits(one: Values, codes: NecCodes, today: date | None) -> str | None:
    known, subtype = codes.subtypes.get(one["trt_code"]), one["trs_code"]
    wrong = subtype and known is not None and subtype not in known
    return f"{subtype} is no subtype of {one['trt_code']}" if wrong else None


def _method_is_known(one: Values, codes: NecCodes, today: date | None) -> str | None:
    known, method = codes.payment_methods, one["pmy_code"]
    return f"the payment method {method} is not known" if method and known and method not in known else None


def _starts_a_period(name: str) -> Callable[[Values, NecCodes, date | None], str | None]:
    """Of a debit: the day in this column is the first of a rent week. Without a debit date the effective date
    counts, with one the debit date."""

    def problem(one: Values, codes: NecCodes, today: date | None) -> str | None:
        counts = (one["debit_effective_date"] is None) == (name == "effective_date")
        day: date = one[name]
        if one["trt_code"] not in DEBITS or not counts or YEARS.week_of(day).start == day:
            return None
        return f"a debit of {day}, which is not the start of a rent week"

    return problem


def _debit_has_dr(one: Values, codes: NecCodes, today: date | None) -> str | None:
    return "a debit has an amount in dr" if one["trt_code"] in DEBITS and one["dr"] is None else None


def _has_an_amount(one: Values, codes: NecCodes, today: date | None) -> str | None:
    none = one["trt_code"] not in DEBITS and one["dr"] is None and one["cr"] is None
    return "there is no amount: neither dr nor cr" if none else None


def _not_both(first: str, second: str) -> Callable[[Values, NecCodes, date | None], str | None]:
    def problem(one: Values, codes: NecCodes, today: date | None) -> str | None:
        both = one[first] is not None and one[second] is not None
        return f"{first} and {second} are both given" if both else None

    return problem


def _balance_indicator(one: Values, codes: NecCodes, today: date | None) -> str | None:
    return None if one["balance_ind"] in (None, "N") else "the balance indicator is N or empty"


def _goes_with(given: str, missing: str) -> Callable[[Values, NecCodes, date | None], str | None]:
    def problem(one: Values, codes: NecCodes, today: date | None) -> str | None:
        alone = one[given] is not None and one[missing] is None
        return f"{given} is given without {missing}" if alone else None

    return problem


def _year_is_one(one: Values, codes: NecCodes, today: date | None) -> str | None:
    year = one["balance_year"]
    return None if year is None or 2000 <= year <= 2100 else f"{year} is no rent year from 2000 to 2100"


def _period_is_one(one: Values, codes: NecCodes, today: date | None) -> str | None:
    year, period = one["balance_year"], one["balance_period"]
    if year is None or period is None or not 2000 <= year <= 2100 or 1 <= period <= YEARS.weeks_in(year):
        return None
    return f"the rent year {year} has {YEARS.weeks_in(year)} periods, so not {period} (E17)"


def _suspense_takes_it(one: Values, codes: NecCodes, today: date | None) -> str | None:
    wrong = one["susp_pay_ref"] and one["trt_code"] not in TO_SUSPENSE
    return f"only {', '.join(TO_SUSPENSE)} go to suspense, not {one['trt_code']}" if wrong else None


def _is_not_ancient(one: Values, codes: NecCodes, today: date | None) -> str | None:
    oldest = months_before(today, OLDEST) if today else None
    old = oldest is not None and one["effective_date"] < oldest
    return f"the effective date {one['effective_date']} is more than 20 years ago" if old else None


def _may_be_invoiced(one: Values, codes: NecCodes, today: date | None) -> str | None:
    wrong = one["clin_invoice_ref"] and one["trt_code"] not in INVOICED
    return f"only {', '.join(INVOICED)} name an invoice, not {one['trt_code']}" if wrong else None


def _says_whether_to_allocate(one: Values, codes: NecCodes, today: date | None) -> str | None:
    said = one["allocate_to_clin"]
    if said not in (None, "Y", "N") or (one["clin_invoice_ref"] and said is None):
        return "allocate_to_clin is Y or N, and is given with an invoice"
    return None


RULES: Sequence[NecRule] = (
    NecRule("HDL130", "trt_code", "The transaction type is one of the council's.", _type_is_known),
    NecRule("HDL131", "trs_code", "A type that needs a subtype has one.", _subtype_is_given),
    NecRule("HDL132", "trs_code", "The subtype is one of its type.", _subtype_fits),
    NecRule("HDL133", "pmy_code", "The payment method is one of the council's.", _method_is_known),
    NecRule(
        "HDL137",
        "effective_date",
        "A debit (DRS, DRA) takes effect on the first day of a rent week.",
        _starts_a_period("effective_date"),
    ),
    NecRule(
        "HDL973",
        "debit_effective_date",
        "The debit date of a DRS or DRA is the first day of a rent week.",
        _starts_a_period("debit_effective_date"),
    ),
    NecRule("HDL95", "dr", "A DRS or DRA has an amount in dr; it may be zero.", _debit_has_dr),
    NecRule("HDL138", "cr", "There is an amount.", _has_an_amount),
    NecRule("HDL139", "cr", "Only one of dr and cr is given.", _not_both("dr", "cr")),
    NecRule("HDL140", "vat_cr", "Only one of vat_dr and vat_cr is given.", _not_both("vat_dr", "vat_cr")),
    NecRule("HDL141", "vat_cr", "VAT stands on the side of its amount.", _not_both("dr", "vat_cr")),
    NecRule("HDL142", "vat_dr", "VAT stands on the side of its amount.", _not_both("cr", "vat_dr")),
    NecRule("HDL143", "balance_ind", "The balance indicator is N or empty.", _balance_indicator),
    NecRule(
        "HDL144",
        "balance_period",
        "A balance year has its period.",
        _goes_with("balance_year", "balance_period"),
    ),
    NecRule(
        "HDL145",
        "balance_year",
        "A balance period has its year.",
        _goes_with("balance_period", "balance_year"),
    ),
    NecRule("HDL146", "balance_year", "The balance year is a rent year.", _year_is_one),
    NecRule(
        "HDL147",
        "balance_period",
        "The balance period is one of its year: 53 only where the year has 53 weeks.",
        _period_is_one,
    ),
    NecRule("HDL175", "susp_pay_ref", "Only ADJ, HBS, HBU and PAY go to suspense.", _suspense_takes_it),
    NecRule("HD2-891", "clin_invoice_ref", "Only DRS, ADC, PAY and ADJ name an invoice.", _may_be_invoiced),
    NecRule(
        "HD2-892",
        "allocate_to_clin",
        "Whether to allocate to an invoice is Y or N, and is said with one.",
        _says_whether_to_allocate,
    ),
    NecRule(
        "HD1-223",
        "effective_date",
        "The effective date is not more than 20 years ago: a year of two digits once became year 6, and what "
        "was posted then was balanced and never summarised.",
        _is_not_ancient,
    ),
)


def problems(one: Values, codes: NecCodes, today: date | None) -> Iterator[str]:
    """Every rule that a transaction breaks, with its number."""
    for rule in RULES:
        problem = rule.problem(one, codes, today)
        if problem is not None:
            yield f"{rule.id}: {problem}"


class NecTally(Tally):
    """`value` is money credited, less what is debited.

    rows: the line and the values of each row of the chunk in hand
    """

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.rows: Sequence[tuple[int, Values]] = ()
        self.debit = 0
        self.credit = 0
        self.latest: date | None = None

    def add(self, chunk: Chunk) -> None:
        kinds = [(field.name, field.kind.read) for field in TRANSACTION.fields]
        self.rows = [(row.line, {name: read(row[name]) for name, read in kinds}) for row in chunk.rows()]
        self.records += len(self.rows)
        self.debit += sum(one["dr"] or 0 for _, one in self.rows)
        self.credit += sum(one["cr"] or 0 for _, one in self.rows)
        self.value = self.received = self.credit - self.debit
        days = {one["effective_date"] for _, one in self.rows} | ({self.latest} if self.latest else set())
        self.latest = max(days, default=None)

    received = 0

    def totals(self) -> Mapping[str, str | int]:
        sums = {"value": self.value, "dr": self.debit, "cr": self.credit}
        return {"count": self.records, **{name: format_pounds(pence) for name, pence in sums.items()}}

    def business_date(self) -> date | None:
        return self.latest


def _as_check(rule: NecRule) -> Check:
    def broken(chunk: Chunk, tally: NecTally, ctx: Context[NecCodes]) -> Iterator[Found]:
        for line, one in tally.rows:
            problem = rule.problem(one, ctx.options, ctx.facts.today)
            if problem is not None:
                yield Found(problem, line, rule.field)

    broken.__doc__ = rule.help
    needs = (Need.TODAY,) if rule.id == "HD1-223" else ()
    return check(rule.id, level=Level.RECORD, needs=needs, layouts=(TRANSACTION.name,))(broken)


RULE_CHECKS: tuple[Check, ...] = tuple(map(_as_check, RULES))
"""Checks on the rows of a NEC load file."""
