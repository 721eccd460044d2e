"""The rules that NEC's loader enforces on transactions, under its own error numbers.

Source: rent system interface, 2.7. Each is said once: a check when such a file is read, a refusal when the
hub writes one. Periods are those of the landlord's own rent calendar and of the account's rent group. What
only NEC's own tables tell is a fact that the council gives as an option, and is not checked without it: which
rent groups hold liability accounts (HDL029), from when to when there are balance periods (HDL171), which
invoices there are (HD2-893). HDL117, the unknown account, is asked of the register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.checks.base import Check, Context, Found, Tally, check
from hub.door.feed import Options
from hub.model import Chunk, Codes, Level, Need, RentCalendar, format_pounds
from hub.rent.calendar import months_before
from hub.rent.canonical import normal_reference
from hub.rent.nec import TRANSACTION

DEBITS = ("DRS", "DRA")
TO_SUSPENSE = ("ADJ", "HBS", "HBU", "PAY")
INVOICED = ("DRS", "ADC", "PAY", "ADJ")
OLDEST = 240
"""Months."""

Values = Mapping[str, Any]
"""A transaction by the names of its columns: dates, pence, whole numbers and texts; None = empty."""


class NecCodes(Options):
    """The codes of the council's own NEC Housing.

    transaction_types: those seen in the load kit, unless the council has others
    subtypes:          by type, the subtypes that there are; of types that are not named any is taken
    needs_subtype:     types that cannot be without
    payment_methods:   None = any is taken
    liability_groups:  rent groups whose accounts are of NEC's class LIA
    balance_periods_from, balance_periods_to: the first and the last day for which NEC has a balance period
    invoices:          the code map of NEC's customer invoices, `invoice,pay_ref`
    """

    transaction_types: tuple[str, ...] = ("PAY", "ADJ", "DRS", "DRA", "HBS", "HBU", "ADC", "BAL")
    subtypes: Mapping[str, tuple[str, ...]] = {}
    needs_subtype: tuple[str, ...] = ()
    payment_methods: tuple[str, ...] | None = None
    liability_groups: tuple[str, ...] = ()
    balance_periods_from: date | None = None
    balance_periods_to: date | None = None
    invoices: str | None = None

    def code_maps(self) -> Sequence[str]:
        return (self.invoices,) if self.invoices else ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a rule may look at beside the transaction.

    group: the rent group of its account; None = not known
    """

    codes: NecCodes
    today: date | None = None
    calendar: RentCalendar | None = None
    group: str | None = None
    maps: Codes | None = None

    @classmethod
    def of(cls, one: Values, ctx: Context[Any]) -> Known:
        facts = ctx.facts
        account = facts.register.account(normal_reference(one["pay_ref"])) if facts.register else None
        group = account.rent_group if account else None
        return cls(ctx.options, facts.today, facts.rent_calendar, group, facts.codes)

    @property
    def is_liability(self) -> bool:
        return self.group in self.codes.liability_groups


Problem = Callable[[Values, Known], str | None]


@dataclass(frozen=True, slots=True)
class NecRule:
    """`problem`: (transaction, what is known) → what is wrong with it; None when nothing is.

    field: the column that a finding names
    needs, options: without these it is not checked"""

    id: str
    field: str
    help: str
    problem: Problem
    needs: tuple[Need, ...] = ()
    options: tuple[str, ...] = ()


def _type_is_known(one: Values, known: Known) -> str | None:
    types = known.codes.transaction_types
    return None if one["trt_code"] in types else f"the type {one['trt_code']} is none of {', '.join(types)}"


def _subtype_is_given(one: Values, known: Known) -> str | None:
    missing = one["trt_code"] in known.codes.needs_subtype and not one["trs_code"]
    return f"the type {one['trt_code']} needs a subtype" if missing else None


def _subtype_fits(one: Values, known: Known) -> str | None:
    subtypes, subtype = known.codes.subtypes.get(one["trt_code"]), one["trs_code"]
    wrong = subtype and subtypes is not None and subtype not in subtypes
    return f"{subtype} is no subtype of {one['trt_code']}" if wrong else None


def _method_is_known(one: Values, known: Known) -> str | None:
    methods, method = known.codes.payment_methods, one["pmy_code"]
    return (
        f"the payment method {method} is not known" if method and methods and method not in methods else None
    )


def _starts_a_period(name: str) -> Problem:
    """Of a debit: the day in this column is the first of a period. Without a debit date the effective date
    counts, with one the debit date. Accounts of class LIA have a rule of their own."""

    def problem(one: Values, known: Known) -> str | None:
        counts = (one["debit_effective_date"] is None) == (name == "effective_date")
        return _no_start(one, one[name], known) if counts and not known.is_liability else None

    return problem


def _starts_a_liability_period(one: Values, known: Known) -> str | None:
    day = one["debit_effective_date"] or one["effective_date"]
    return _no_start(one, day, known) if known.is_liability else None


def _no_start(one: Values, day: date, known: Known) -> str | None:
    """Where the account's rent group is not known, the period of any group will do."""
    if one["trt_code"] not in DEBITS or known.calendar is None:
        return None
    period = known.calendar.period_at(known.group, day) if known.group else None
    sound = period.start == day if period else known.calendar.starts_a_period(day)
    whose = f"of {known.group}" if period else "of the rent calendar"
    return None if sound else f"a debit of {day}, which is not the start of a period {whose}"


def _debit_has_dr(one: Values, known: Known) -> str | None:
    return "a debit has an amount in dr" if one["trt_code"] in DEBITS and one["dr"] is None else None


def _has_an_amount(one: Values, known: Known) -> str | None:
    none = one["trt_code"] not in DEBITS and one["dr"] is None and one["cr"] is None
    return "there is no amount: neither dr nor cr" if none else None


def _not_both(first: str, second: str) -> Problem:
    def problem(one: Values, known: Known) -> str | None:
        both = one[first] is not None and one[second] is not None
        return f"{first} and {second} are both given" if both else None

    return problem


def _balance_indicator(one: Values, known: Known) -> str | None:
    return None if one["balance_ind"] in (None, "N") else "the balance indicator is N or empty"


def _goes_with(given: str, missing: str) -> Problem:
    def problem(one: Values, known: Known) -> str | None:
        alone = one[given] is not None and one[missing] is None
        return f"{given} is given without {missing}" if alone else None

    return problem


def _year_is_one(one: Values, known: Known) -> str | None:
    year = one["balance_year"]
    return None if year is None or 2000 <= year <= 2100 else f"{year} is no rent year from 2000 to 2100"


def _period_is_one(one: Values, known: Known) -> str | None:
    year, period, calendar = one["balance_year"], one["balance_period"], known.calendar
    if calendar is None or year is None or period is None or not 2000 <= year <= 2100:
        return None
    if known.group and known.group in calendar.groups:
        sound, whose = calendar.period(known.group, year, period) is not None, f" of {known.group}"
    else:
        sound, whose = 1 <= period <= calendar.weeks_in(year), ""
    return None if sound else f"the rent year {year}{whose} has no period {period} (E17)"


def _has_a_balance_period(one: Values, known: Known) -> str | None:
    day, first, last = one["effective_date"], known.codes.balance_periods_from, known.codes.balance_periods_to
    if (first is None or day >= first) and (last is None or day <= last):
        return None
    return f"no balance period covers {day}: NEC has them from {first or 'the start'} to {last or 'the end'}"


def _suspense_takes_it(one: Values, known: Known) -> str | None:
    wrong = one["susp_pay_ref"] and one["trt_code"] not in TO_SUSPENSE
    return f"only {', '.join(TO_SUSPENSE)} go to suspense, not {one['trt_code']}" if wrong else None


def _is_not_ancient(one: Values, known: Known) -> str | None:
    oldest = months_before(known.today, OLDEST) if known.today else None
    old = oldest is not None and one["effective_date"] < oldest
    return f"the effective date {one['effective_date']} is more than 20 years ago" if old else None


def _may_be_invoiced(one: Values, known: Known) -> str | None:
    wrong = one["clin_invoice_ref"] and one["trt_code"] not in INVOICED
    return f"only {', '.join(INVOICED)} name an invoice, not {one['trt_code']}" if wrong else None


def _invoice_is_there(one: Values, known: Known) -> str | None:
    invoice, name, maps = one["clin_invoice_ref"], known.codes.invoices, known.maps
    if not invoice or name is None or maps is None or maps.value(name, invoice, one["effective_date"]):
        return None
    return f"there is no invoice {invoice} in codes/{name}.csv"


def _says_whether_to_allocate(one: Values, known: Known) -> str | None:
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
        "A debit (DRS, DRA) takes effect on the first day of a period of its rent group.",
        _starts_a_period("effective_date"),
        needs=(Need.RENT_CALENDAR,),
    ),
    NecRule(
        "HDL973",
        "debit_effective_date",
        "The debit date of a DRS or DRA is the first day of a period of its rent group.",
        _starts_a_period("debit_effective_date"),
        needs=(Need.RENT_CALENDAR,),
    ),
    NecRule(
        "HDL029",
        "effective_date",
        "A debit of a liability account (class LIA) is dated on the first day of a period of its rent group.",
        _starts_a_liability_period,
        needs=(Need.RENT_CALENDAR, Need.REGISTER),
        options=("liability_groups",),
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
        "The balance period is one of its year and rent group: 53 only where the year has 53 weeks.",
        _period_is_one,
        needs=(Need.RENT_CALENDAR,),
    ),
    NecRule(
        "HDL171",
        "effective_date",
        "NEC has a balance period for the effective date: a new year's are set up before it is posted into.",
        _has_a_balance_period,
        options=("balance_periods_to",),
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
        "HD2-893",
        "clin_invoice_ref",
        "The invoice is one that NEC has, by the council's list of them.",
        _invoice_is_there,
        needs=(Need.CODES,),
        options=("invoices",),
    ),
    NecRule(
        "HD1-223",
        "effective_date",
        "The effective date is not more than 20 years ago: a year of two digits once became year 6, and what "
        "was posted then was balanced and never summarised.",
        _is_not_ancient,
        needs=(Need.TODAY,),
    ),
)


def problems(one: Values, known: Known) -> Iterator[str]:
    """Every rule that a transaction breaks, with its number."""
    for rule in RULES:
        problem = rule.problem(one, known)
        if problem is not None:
            yield f"{rule.id}: {problem}"


class NecTally(Tally):
    """`value` is money credited, less what is debited.

    rows:  the line and the values of each row of the chunk in hand
    known: and what the rules may look at beside each
    """

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.rows: Sequence[tuple[int, Values]] = ()
        self.known: Sequence[Known] = ()
        self.debit = 0
        self.credit = 0
        self.latest: date | None = None

    def add(self, chunk: Chunk) -> None:
        kinds = [(field.name, field.kind.read) for field in TRANSACTION.fields]
        self.rows = [(row.line, {name: read(row[name]) for name, read in kinds}) for row in chunk.rows()]
        self.known = [Known.of(one, self.ctx) for _, one in self.rows]
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
        for (line, one), known in zip(tally.rows, tally.known, strict=True):
            problem = rule.problem(one, known)
            if problem is not None:
                yield Found(problem, line, rule.field)

    broken.__doc__ = rule.help
    declare = check(
        rule.id, level=Level.RECORD, needs=rule.needs, options=rule.options, layouts=(TRANSACTION.name,)
    )
    return declare(broken)


RULE_CHECKS: tuple[Check, ...] = tuple(map(_as_check, RULES))
"""Checks on the rows of a NEC load file."""
