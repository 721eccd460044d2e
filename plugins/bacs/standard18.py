"""The writer of Standard 18 collection files. Source: formats page bacs.md, sections 2 and 4.1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from hub.api import CannotRender, Context, Rendered, Taken, format_pounds
from plugins.bacs.codes import CONTRA, CONTRA_OF_DEBITS
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
    STANDARD18_FILE,
    UHL1,
    UTL1,
    VOL1,
)
from plugins.bacs.proof import prove
from plugins.bacs.settings import OriginatingAccount, SubmissionOptions, named
from plugins.bacs.tally import (
    SIDES,
    Standard18Tally,
    file_number_scope,
    serial_scope,
    submission_identity,
)

LARGEST_SUM = 99_999_999_999  # pence: the eleven digits of an amount


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything that one collection file is made of."""

    options: SubmissionOptions
    service_user: str
    user_name: str
    account: OriginatingAccount
    serial: str
    file_number: str
    created: date
    collections: Sequence[Taken]

    @classmethod
    def of(cls, taken: Sequence[Taken], ctx: Context[SubmissionOptions]) -> Submission:
        """Raises CannotRender when an option, the moment or the calendar is missing."""
        options = ctx.options
        user, name, accounts = options.service_user_number, options.user_name, options.originating_accounts
        if user is None or name is None or not accounts:
            raise CannotRender(
                "a file of collections needs service_user_number, user_name and originating_accounts; "
                "set them on the route"
            )
        if ctx.facts.calendar is None:
            raise CannotRender("processing days cannot be worked out: no calendar of working days is loaded")
        moment = drawn(ctx)
        return cls(
            options=options,
            service_user=user,
            user_name=name,
            account=accounts[0],
            serial=f"{moment.numbers['serial']:06}",
            file_number=f"{moment.numbers['file_number']:03}",
            created=local_day(moment),
            collections=sorted(taken, key=lambda one: (one.item.on, one.item.line)),
        )

    @property
    def multi(self) -> bool:
        return self.options.days == "multi"

    @property
    def days(self) -> list[date]:
        return sorted({one.item.on for one in self.collections})

    @property
    def value(self) -> int:
        return sum(map(_debited, self.collections))

    def records(self) -> Iterator[str]:
        """The file's lines in order, without line ends."""
        zero = " " if self.options.unused_numbers == "spaces" else "0"
        file_label, record_label = self._file_label(zero), self._record_label(zero)
        yield VOL1.write({"serial": self.serial, "owner": self.service_user})
        yield HDR1.write(file_label)
        yield HDR2.write(record_label)
        yield UHL1.write(self._user_label())
        yield from self._data()
        yield EOF1.write(file_label)
        yield EOF2.write(record_label)
        yield UTL1.write(self._totals())

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

    def _data(self) -> Iterator[str]:
        """Each day's collections, then the contra that balances them."""
        for day, collections in groupby(self.collections, key=lambda one: one.item.on):
            total = 0
            for one in collections:
                total += _debited(one)
                yield self._record(self._collection(one), day)
            if total > LARGEST_SUM:
                raise CannotRender(
                    f"the collections of {day} add up to {format_pounds(total)}, more than a contra can hold "
                    f"({format_pounds(LARGEST_SUM)}); split the run"
                )
            yield self._record(self._contra(total), day)

    def _record(self, values: Mapping[str, object], day: date) -> str:
        common = {
            "account_type": "0",
            "originating_sort_code": self.account.sort_code,
            "originating_account": self.account.account_number,
        }
        if self.multi:
            return DATED.write({**common, **values, "day": day})
        return DATA.write({**common, **values})

    def _collection(self, one: Taken) -> dict[str, object]:
        return {
            **one.item.personal,
            "transaction_code": one.item.data["transaction_code"],
            "amount": one.item.amount,
            "user_name": self.user_name,
            "reference": one.item.reference,
        }

    def _contra(self, total: int) -> dict[str, object]:
        return {
            "sort_code": self.account.sort_code,
            "account_number": self.account.account_number,
            "transaction_code": CONTRA_OF_DEBITS,
            "amount": total,
            "user_name": self.options.contra_narrative,
            "reference": CONTRA,
            "account_name": self.account.account_name,
        }

    def _totals(self) -> dict[str, object]:
        """Each payment counts on the side that its code says, and each day's contra on the other."""
        values, counts = Counter[str](), Counter[str]()
        for one in self.collections:
            values[_side(one)] += one.item.amount
            counts[_side(one)] += 1
        values[SIDES[CONTRA_OF_DEBITS]] += self.value
        counts[SIDES[CONTRA_OF_DEBITS]] += len(self.days)
        return {
            "debit_value": f"{values['debit']:013}",
            "credit_value": f"{values['credit']:013}",
            "debit_count": f"{counts['debit']:07}",
            "credit_count": f"{counts['credit']:07}",
        }


def _side(one: Taken) -> str:
    return SIDES.get(str(one.item.data["transaction_code"]), "neither")


def _debited(one: Taken) -> int:
    """Pence that a contra of debits balances."""
    return one.item.amount if _side(one) == "debit" else 0


def write_submission(taken: Sequence[Taken], ctx: Context[SubmissionOptions]) -> Rendered:
    """Collections as one Standard 18 file, read back before it is handed out. Raises CannotRender."""
    submission = Submission.of(taken, ctx)
    data = STANDARD18_FILE.encode(submission.records(), "\r\n" if ctx.options.line_end == "crlf" else "\n")
    prove(data, ctx)
    name = named(
        ctx.options.file_name,
        sun=submission.service_user,
        kind="collections",
        processing=submission.days[0],
        serial=submission.serial,
    )
    summary: dict[str, str | int] = {
        "count": len(taken),
        "value": format_pounds(submission.value),
        "serial": submission.serial,
        "file_number": submission.file_number,
        "processing_days": ", ".join(map(str, submission.days)),
    }
    identity = submission_identity(submission.service_user, submission.serial)
    return Rendered(name, data, summary, identity, submission.days[0])


def forwarded_name(tally: Standard18Tally, received: str, ctx: Context[SubmissionOptions]) -> str:
    """The name of a file that goes on as it came; the received name where its labels don't tell enough."""
    user, serial, day = tally.service_user_number(), tally.serial(), tally.business_date()
    if user is None or serial is None or day is None:
        return received
    return named(ctx.options.file_name, sun=user, kind=tally.kind(), processing=day, serial=serial)


def serial_counter(taken: Sequence[Taken], ctx: Context[SubmissionOptions]) -> str:
    return serial_scope(str(ctx.options.service_user_number))


def file_number_counter(taken: Sequence[Taken], ctx: Context[SubmissionOptions]) -> str:
    """File numbers start again with each processing day; a several-day file counts on its first."""
    return file_number_scope(str(ctx.options.service_user_number), min(one.item.on for one in taken))
