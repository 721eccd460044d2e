"""The month's pretend Bacs and banks: what becomes of each debit that they are sent, and what they report.

They read submissions with a few slices of their own. A debit's fate follows from its reference alone, so that
nobody needs to remember it; the banks' books are what the payers' accounts lost and did not get back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import Enum
from zlib import crc32

from hub.api import Stage, format_pounds
from plugins.bacs.demo import SUN, Debit, arudd, sent_debits
from plugins.bacs.demo_input_report import put_report, read_submission

REPORTS = "outbound/reports"
REPRESENTED = "18"
CLAIMED_OF = date(2026, 11, 6)
"""The processing day of whose debits some are claimed back."""


class Fate(Enum):
    """What becomes of a debit."""

    PAID = "paid"
    REFUSED = "refused by Bacs"
    UNPAID = "returned unpaid"
    CLAIMED = "paid, and claimed back"


def fate(debit: Debit) -> Fate:
    """Of a thousand debits some 30 come back unpaid, of which half are paid when they are presented again; 10
    are refused by Bacs, and 20 of one day are claimed back."""
    chance = crc32(debit.reference.encode()) % 1_000
    if chance < 30:
        return Fate.PAID if debit.code == REPRESENTED and chance % 2 else Fate.UNPAID
    if chance < 50 and debit.processing == CLAIMED_OF:
        return Fate.CLAIMED
    return Fate.REFUSED if 50 <= chance < 60 else Fate.PAID


def input_reports(stage: Stage) -> None:
    """Bacs reports, on the processing day, on each submission for it."""
    files = sorted(stage.folder("bureau", "inbound/dd_collections").glob("*.txt"))
    today = [sent for sent in map(read_submission, files) if sent.processing == stage.day]
    fates = {debit.reference: fate(debit) for debit in sent_debits(stage) if debit.processing == stage.day}
    for number, sent in enumerate(today, start=1):
        refused = {
            place: "REJECTED"
            for place, (reference, _) in enumerate(sent.debits)
            if fates[reference] is Fate.REFUSED
        }
        put_report(stage, number, sent, refused)


def lodged(stage: Stage) -> None:
    """Bacs took every instruction of the submissions of instructions."""
    for number, path in enumerate(sorted(stage.folder("bureau", "inbound/ddi").glob("*.txt")), start=1):
        label = {line[:4]: line for line in path.read_text("ascii").splitlines() if line[:1].isalpha()}
        told = {
            "processing-date": f"{stage.day}",
            "originator-file-number": label["UHL1"][37:40],
            "work-code": "1 DAILY",
            "file-type": "LIVE",
            "accepted-ddi": f"{len(_instructions(stage))}",
            "rejected-ddi": "0",
            "vol-serial-number": label["VOL1"][4:10],
            "file-error-code": "0",
        }
        stage.put(
            "bureau", REPORTS, f"AUDACC{number:04}.xml", _advices(stage.day, "AUDACC", "7003", "V", [told])
        )


def not_lodged(stage: Stage) -> None:
    """The instructions for accounts that banks do not have: one of ten."""
    told = [
        {"effective-date": f"{stage.day}", "reference": reference, "reason-code": "5"}
        for reference in _instructions(stage)
        if crc32(reference.encode()) % 10 == 0
    ]
    stage.put("bureau", REPORTS, "AUDDIS0001.xml", _advices(stage.day, "AUDDIS", "7002", "N", told))


def _instructions(stage: Stage) -> list[str]:
    """The references of the instructions that Bacs was sent."""
    files = sorted(stage.folder("bureau", "inbound/ddi").glob("*.txt"))
    lines = [line for path in files for line in path.read_text("ascii").splitlines()]
    return [line[64:82].strip() for line in lines if line[:1].isdigit() and line[15:17] == "0N"]


def _advices(day: date, kind: str, report: str, record: str, told: Sequence[Mapping[str, str]]) -> bytes:
    advices = "".join(
        f'<MessagingAdvice user-number="{SUN}" record-type="{record}" aosn="{number:08}" '
        + " ".join(f'{name}="{value}"' for name, value in one.items())
        + "/>"
        for number, one in enumerate(told, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><BACSDocument><Data><MessagingAdvices>'
        f'<MessagingHeader advice-type="{kind}" report-type="{report}" user-number="{SUN}"'
        f' report-generation-date="{day}"/><AddresseeInformation name=" "/>{advices}'
        "</MessagingAdvices></Data></BACSDocument>\n"
    ).encode()


def unpaid(stage: Stage, processing: date) -> None:
    """The debits of a processing day that banks returned."""
    debits = [debit for debit in sent_debits(stage) if debit.processing == processing]
    returned = [debit for debit in debits if fate(debit) is Fate.UNPAID]
    stage.put(
        "bureau", REPORTS, f"ARUDD{stage.day:%d%m%y}.xml", arudd(stage.day, f"{stage.day:%j}", returned)
    )


def claims(stage: Stage) -> None:
    """The indemnity claims of payers."""
    claimed = [debit for debit in sent_debits(stage) if fate(debit) is Fate.CLAIMED]
    stage.put("bureau", REPORTS, f"DDIC{stage.day:%d%m%y}.xml", _ddic(stage.day, claimed))


def lost(stage: Stage) -> Mapping[str, int]:
    """By reference, the pence that payers' accounts lost and did not get back."""
    books = Counter[str]()
    for debit in sent_debits(stage):
        if fate(debit) is Fate.PAID:
            books[debit.reference] += debit.pence
    return books


def _ddic(day: date, debits: Sequence[Debit]) -> bytes:
    total = format_pounds(sum(debit.pence for debit in debits))
    advices = "".join(_advice(number, debit) for number, debit in enumerate(debits, start=1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<VocaDocument><Data><Document>'
        f"<ServiceUserNumber>{SUN}</ServiceUserNumber>\n<NewAdvices>{advices}"
        f"<TotalValueOfDebits>{total}</TotalValueOfDebits>"
        f"<DateOfDebit>{day + timedelta(days=14)}</DateOfDebit></NewAdvices>\n<Cancellations>"
        "<TotalValueOfCancellations>0.00</TotalValueOfCancellations></Cancellations></Document></Data>"
        "<SignatureMethod>Vanilla</SignatureMethod><Signature>UFJFVEVORA==</Signature></VocaDocument>\n"
    ).encode()


def _advice(number: int, debit: Debit) -> str:
    """The payer was debited on the working day after the processing day."""
    pounds, debited = format_pounds(debit.pence), debit.processing + timedelta(days=3)
    return (
        f"<DDICAdvice><SeqNo>{number}</SeqNo><PayingBankReference>DDIC{number:010}</PayingBankReference>"
        f"<SUReference>{debit.reference}</SUReference><ReasonCode>1</ReasonCode>"
        "<ReasonCodeMeaning>Amount or date differs from the advance notice</ReasonCodeMeaning>"
        f"<PayerSortCode>{debit.account[:6]}</PayerSortCode><PayerAccount>{debit.account[6:]}</PayerAccount>"
        f"<PayerName>{debit.name}</PayerName><TotalAmount>{pounds}</TotalAmount><DDCollections><DDCollection>"
        f"<DateOfDirectDebit>{debited}</DateOfDirectDebit><Amount>{pounds}</Amount></DDCollection>"
        "</DDCollections></DDICAdvice>\n"
    )
