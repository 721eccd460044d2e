"""A pretend Bacs that reports on each submission that it was sent: what it accepted, refused and amended.

It reads the submissions with a few slices of its own, never with the layouts that the hub writes by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from hub.api import Stage, format_pounds

LARGE = 100  # debits; of a file with more, one is refused and one amended in the second scene
REFUSED, AMENDED = 30, 31  # by their place in the file
WHY = {
    "REJECTED": "TRANSACTION CODE NOT ACCEPTABLE FOR DESTINATION SORTING CODE",
    "AMENDED": "DESTINATION SORTING CODE AMENDED",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A submission as Bacs has it. `debits`: reference and pence of each."""

    user: str
    serial: str
    file_number: str
    processing: date
    debits: Sequence[tuple[str, int]]


def november(stage: Stage) -> None:
    """Every debit of every submission was accepted."""
    for number, sent in enumerate(_waiting(stage), start=1):
        put_report(stage, number, sent, {})


def december(stage: Stage) -> None:
    """One debit of the large submission was refused and one amended; all others were accepted."""
    for number, sent in enumerate(_waiting(stage), start=1):
        large = len(sent.debits) > LARGE
        put_report(stage, number, sent, {REFUSED: "REJECTED", AMENDED: "AMENDED"} if large else {})


def _waiting(stage: Stage) -> list[Sent]:
    """What is still to be processed."""
    files = sorted(stage.folder("bureau", "inbound/dd_collections").glob("*.txt"))
    return [sent for sent in map(read_submission, files) if sent.processing > stage.day]


def read_submission(path: Path) -> Sent:
    """A submission of one processing day."""
    lines = path.read_text("ascii").splitlines()
    label = {line[:4]: line for line in lines if line[:1].isalpha()}
    day = label["UHL1"][5:10]
    data = [line for line in lines if line[:1].isdigit() and line[:14] != line[17:31]]
    return Sent(
        user=label["HDR1"][5:11],
        serial=label["VOL1"][4:10],
        file_number=label["UHL1"][37:40],
        processing=date(2000 + int(day[:2]), 1, 1) + timedelta(days=int(day[2:]) - 1),
        debits=[(line[64:82].strip(), int(line[35:46])) for line in data],
    )


def put_report(stage: Stage, number: int, sent: Sent, errors: dict[int, str]) -> None:
    """The Input report on a submission; `errors`: what became of a debit, by its place in the file."""
    name = f"INPUT{stage.day:%d%m%y}{number:06}.xml"
    stage.put("bureau", "outbound/reports", name, _report(stage.day, sent, errors).encode())


def _report(day: date, sent: Sent, errors: dict[int, str]) -> str:
    listed = "".join(_error(kind, *sent.debits[place]) for place, kind in errors.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<BACSDocument>\n<Data>\n<InputReport>\n'
        '<Header reportNumber="1" reportType="REFT2013">'
        f'<ProducedOn date="{day}" time="20:12:33"/><ProcessingDate date="{sent.processing}"/></Header>\n'
        f'<Submission>\n<SubmissionInformation volumeSerialNumber="{sent.serial}" media="BACSTEL-IP"/>\n'
        f'<UserFile fileLevelMessage="">\n<InputUserFile>\n<UserFileInformation userNumber="{sent.user}"'
        f' userFileNumber="{sent.file_number}" sequenceNumber="0001"/>\n<Errors>\n{listed}</Errors>\n'
        '<DaySection daySectionLevelErrorMessage="">'
        f'<DaySectionRecord processingDate="{sent.processing}"/></DaySection>\n'
        f"{_summary(sent, errors)}"
        "</InputUserFile>\n</UserFile>\n</Submission>\n</InputReport>\n</Data>\n"
        "<SignatureMethod>Vanilla</SignatureMethod><Signature>UFJFVEVORA==</Signature></BACSDocument>\n"
    )


def _error(kind: str, reference: str, pence: int) -> str:
    return (
        f'<Error><ErrorMessage type="{kind}" line1="{WHY[kind]}"/>'
        f'<ErrorItem reference="{reference}" valueOf="{format_pounds(pence)}" currency="GBP"/></Error>\n'
    )


def _summary(sent: Sent, errors: dict[int, str]) -> str:
    pence = [amount for _, amount in sent.debits]
    refused = [pence[place] for place, kind in errors.items() if kind == "REJECTED"]
    accepted = len(pence) - len(refused), sum(pence) - sum(refused)
    debits = (
        f"{_told('AcceptedRecords', *accepted)}{_told('RejectedRecords', len(refused), sum(refused))}"
        f"{_told('TotalsRecords', len(pence), sum(pence))}"
    )
    return (
        "<InputReportSummary><AccountTotals><AccountTotal>"
        f"<DebitEntry>{debits}</DebitEntry></AccountTotal></AccountTotals></InputReportSummary>\n"
    )


def _told(name: str, count: int, pence: int) -> str:
    return f'<{name} numberOf="{count}" currency="GBP" valueOf="{format_pounds(pence)}"/>'
