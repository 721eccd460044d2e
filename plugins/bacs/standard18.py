"""The writer of Standard 18 files. Source: formats page bacs.md, sections 2 and 4.1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from hub.api import CannotRender, Context, Taken, format_pounds
from plugins.bacs.codes import CONTRA, CONTRAS
from plugins.bacs.days import drawn, local_day
from plugins.bacs.layouts import (
    DAILY,
    DATA,
    DATED,
    EOF1,
    EOF2,
    HDR1,
    HDR2,
    MULTI,
    UHL1,
    UTL1,
    VOL1,
)
from plugins.bacs.outgoing import Outgoing, outgoing
from plugins.bacs.settings import OriginatingAccount, SubmissionOptions

LARGEST_SUM = 99_999_999_999  # pence: the eleven digits of an amount


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything that one file is made of."""

    options: SubmissionOptions
    service_user: str
    serial: str
    file_number: str
    created: date
    payments: Sequence[Outgoing]

    @classmethod
    def of(cls, taken: Sequence[Taken], ctx: Context[SubmissionOptions]) -> Submission:
        """Raises CannotRender when an option, the moment or the calendar is missing."""
        options = ctx.options
        user, name, accounts = options.service_user_number, options.user_name, options.originating_accounts
        if user is None or name is None or not accounts:
            raise CannotRender(
                "a file of payments needs service_user_number, user_name and originating_accounts; "
                "set them on the route"
            )
        if ctx.facts.calendar is None:
            raise CannotRender("processing days cannot be worked out: no calendar of working days is loaded")
        moment = drawn(ctx)
        return cls(
            options=options,
            service_user=user,
            serial=f"{moment.numbers['serial']:06}",
            file_number=f"{moment.numbers['file_number']:03}",
            created=local_day(moment),
            payments=outgoing(taken, ctx),
        )

    @property
    def multi(self) -> bool:
        return self.options.days == "multi"

    @property
    def days(self) -> list[date]:
        return sorted({one.day for one in self.payments})

    @property
    def value(self) -> int:
        return sum(one.amount for one in self.payments)

    def sides(self) -> Mapping[str, tuple[int, int]]:
        """Number and pence of the debits, credits and instructions; contras are no payments."""
        counts = Counter(one.side for one in self.payments)
        pence = Counter[str]()
        for one in self.payments:
            pence[one.side] += one.amount
        return {side: (counts[side], pence[side]) for side in counts}

    def records(self) -> Iterator[str]:
        """The file's lines in order, without line ends. Raises CannotRender."""
        zero = " " if self.options.unused_numbers == "spaces" else "0"
        file_label, record_label = self._file_label(zero), self._record_label(zero)
        yield VOL1.write({"serial": self.serial, "owner": self.options.bureau_number or self.service_user})
        yield HDR1.write(file_label)
        yield HDR2.write(record_label)
        yield UHL1.write(self._user_label())
        data = list(self._data())
        yield from map(self._record, data)
        yield EOF1.write(file_label)
        yield EOF2.write(record_label)
        yield UTL1.write(_totals(data))

    def _file_label(self, zero: str) -> dict[str, object]:
        return {
            "service_user_number": self.service_user,
            "identifier_15": self.options.hdr1_15,
            "service_user_number_again": self.service_user,
            "set_identification": self.serial,
            "section_number": "0001",
            "sequence_number": "0001",
            "creation": self.created,
            "expiry": self.days[-1] + timedelta(days=self.options.expiry_days),
            "block_count": zero * 6,
        }

    def _record_label(self, zero: str) -> dict[str, object]:
        length = (DATED if self.multi else DATA).width
        return {"block_length": "02000", "record_length": f"{length:05}", "buffer_offset": zero * 2}

    def _user_label(self) -> dict[str, object]:
        own = self.options.receiving_party == "service_user_number"
        return {
            "processing_day": None if self.multi else self.days[0],
            "receiving_party": self.service_user if own else self.options.receiving_party,
            "currency": "00",
            "country": "000000",
            "work_code": MULTI if self.multi else DAILY,
            "file_number": self.file_number,
        }

    def _data(self) -> Iterator[Outgoing]:
        """What each day moves from or to each account, then the contra that balances it."""
        for (day, origin, side), group in groupby(
            self.payments, key=lambda one: (one.day, one.origin, one.side)
        ):
            payments = list(group)
            yield from payments
            if side in CONTRAS:
                yield self._contra(day, origin, side, sum(one.amount for one in payments))

    def _contra(self, day: date, origin: OriginatingAccount, side: str, total: int) -> Outgoing:
        if total > LARGEST_SUM:
            raise CannotRender(
                f"the {side}s of {day} add up to {format_pounds(total)}, more than a contra can hold "
                f"({format_pounds(LARGEST_SUM)}); split the run"
            )
        return Outgoing(
            day=day,
            origin=origin,
            code=CONTRAS[side],
            amount=total,
            sort_code=origin.sort_code,
            account_number=origin.account_number,
            account_name=origin.account_name,
            reference=CONTRA,
            user_name=self.options.contra_narrative,
        )

    def _record(self, one: Outgoing) -> str:
        values: Mapping[str, object] = {
            "sort_code": one.sort_code,
            "account_number": one.account_number,
            "account_type": "0",
            "transaction_code": one.code,
            "originating_sort_code": one.origin.sort_code,
            "originating_account": one.origin.account_number,
            "amount": one.amount,
            "user_name": one.user_name,
            "reference": one.reference,
            "account_name": one.account_name,
        }
        return DATED.write({**values, "day": one.day}) if self.multi else DATA.write(values)


def _totals(data: Iterable[Outgoing]) -> dict[str, object]:
    """What UTL1 says: each record, contras too, counts on the side of its code."""
    values, counts = Counter[str](), Counter[str]()
    for one in data:
        values[one.side] += one.amount
        counts[one.side] += 1
    told = f"{counts['instruction']:07}" if counts["instruction"] else None
    return {
        "debit_value": f"{values['debit']:013}",
        "credit_value": f"{values['credit']:013}",
        "debit_count": f"{counts['debit']:07}",
        "credit_count": f"{counts['credit']:07}",
        "instruction_count": told,
    }
