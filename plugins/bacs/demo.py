"""The pretend rent system's Direct Debit exports, and a pretend bureau that returns some of them unpaid.

The bureau reads what it was sent with a few slices of its own, never with the layouts that the hub writes by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from hub.api import Export, Scene, Stage, Tenant, format_pounds
from plugins.bacs.demo_input_report import december, november
from plugins.bacs.demo_people import (
    ALIVE,
    BY_HAND,
    GARAGES,
    HELD_AT_THE_DOOR,
    LATE,
    MISSED,
    TO_AN_ABSENT_BUREAU,
)

SUN = "654321"
OUR_ACCOUNT = "00019920000015"
FIRST_CALL, SECOND_CALL = date(2026, 11, 10), date(2026, 12, 10)
DOUBLE = 7  # this tenant pays for a home and a garage of equal rent from one mandate


def _call(stage: Stage, sequence: int, collection: date) -> None:
    """Two calls for one day: the homes, and the garage that one tenant has at the rent of their home."""
    _export(stage, sequence, collection, stage.tenants)
    _export(stage, sequence + 1, collection, [stage.tenants[DOUBLE]])


def _export(stage: Stage, sequence: int, collection: date, payers: Sequence[Tenant]) -> None:
    rows = [
        Export(t.payment_ref, t.rent_pence, ddcall_columns(t, collection, format_pounds(t.rent_pence)))
        for t in payers
    ]
    stage.export("DDCALL", "export/dd", sequence, rows)


def ddcall_columns(tenant: Tenant, collection: date, amount: str, code: str = "17") -> list[str]:
    """What the rent system asks of a tenant's account (DDCALL)."""
    run = f"RUN{collection:%y%m}"
    return [tenant.mandate_ref, tenant.payment_ref, collection.isoformat(), amount, code, run]


def _first_call(stage: Stage) -> None:
    _call(stage, 1, FIRST_CALL)


def _second_call(stage: Stage) -> None:
    """December's call, and one that somebody edited by hand: a sum with a letter, an unknown code."""
    _call(stage, 3, SECOND_CALL)
    good = stage.tenants[0]
    rows = [
        Export(good.payment_ref, 10_000, ddcall_columns(good, SECOND_CALL, "1O0.00")),
        Export(good.payment_ref, 10_000, ddcall_columns(good, date(2026, 12, 13), "100.00")),
        Export(good.payment_ref, 9_900, [*ddcall_columns(good, SECOND_CALL, "100.00")[:4], "97", "RUN"]),
    ]
    stage.export("DDCALL", "export/dd", 5, rows)


def _own_files(stage: Stage) -> None:
    """Two Standard 18 files that the rent system made itself; the second's contra is a penny out."""
    payers = stage.tenants[:25]
    good = _standard18(stage.day, "000901", "901", payers, contra_error=0)
    bad = _standard18(stage.day, "000902", "902", payers, contra_error=1)
    stage.put("rent", "export/standard18", "rents_dd_901.txt", good)
    stage.put("rent", "export/standard18", "rents_dd_902.txt", bad)


def _garages(number: str, stage: Stage) -> None:
    content = _standard18(stage.day, f"000{number}", number, stage.tenants[26:29], contra_error=0)
    stage.put("rent", "export/garages", f"garages_dd_{number}.txt", content)


def _standard18(day: date, serial: str, number: str, payers: Sequence[Tenant], *, contra_error: int) -> bytes:
    processing, expiry = day + timedelta(days=7), day + timedelta(days=21)
    total = sum(t.rent_pence for t in payers)
    hdr1 = f"A{SUN}S  {'':1}{SUN}{serial}00010001{'':6}{_julian(day)}{_julian(expiry)} 000000{'':20}"
    hdr2 = f"F0200000100{'':35}00{'':28}"
    lines = [
        f"VOL1{serial}{'':31}{SUN}{'':32}1",
        f"HDR1{hdr1}",
        f"HDR2{hdr2}",
        f"UHL1{_julian(processing)}999999    000000001 DAILY  {number}{'':40}",
        *(
            _debit(t.sort_code + t.account_number, t.rent_pence, t.mandate_ref, t.account_name)
            for t in payers
        ),
        f"{OUR_ACCOUNT}099{OUR_ACCOUNT}    {total + contra_error:011d}"
        f"{'RENTS':18}{'CONTRA':18}{'EXAMPLE COUNCIL':18}",
        f"EOF1{hdr1}",
        f"EOF2{hdr2}",
        f"UTL1{total:013d}{total:013d}{len(payers):07d}{1:07d}{'':36}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _debit(account: str, pence: int, reference: str, name: str) -> str:
    return f"{account}017{OUR_ACCOUNT}    {pence:011d}{'EXAMPLE COUNCIL':18}{reference:18}{name:18}"


def _julian(day: date) -> str:
    return f" {day:%y%j}"


@dataclass(frozen=True, slots=True)
class Debit:
    """A debit as the bureau reads it from a file that it was sent."""

    account: str
    code: str
    pence: int
    reference: str
    name: str
    processing: date


def sent_debits(stage: Stage) -> list[Debit]:
    """Every debit of every submission that lies at the bureau."""
    found = []
    for path in sorted(stage.folder("bureau", "inbound/dd_collections").glob("*.txt")):
        lines = path.read_text("ascii").splitlines()
        day = next(line for line in lines if line.startswith("UHL1"))[5:10]
        processing = date(2000 + int(day[:2]), 1, 1) + timedelta(days=int(day[2:]) - 1)
        found += [
            Debit(
                line[:14],
                line[15:17],
                int(line[35:46]),
                line[64:82].strip(),
                line[82:100].strip(),
                processing,
            )
            for line in lines
            if line[:1].isdigit() and not line[64:].startswith("CONTRA")
        ]
    return found


def _reports(stage: Stage) -> None:
    """Unpaid: five of December's debits, both equal ones of the double payer, one of November's that comes
    late, and one debit that nobody sent. Beside it a cancelled mandate's advice, and a wrong report."""
    debits = sent_debits(stage)
    latest = max(debit.processing for debit in debits)
    december = [debit for debit in debits if debit.processing == latest]
    double = stage.tenants[DOUBLE].mandate_ref
    unpaid = december[20:25] + [debit for debit in december if debit.reference == double]
    unpaid += [
        debit for debit in debits if debit.reference == december[20].reference and debit.processing < latest
    ][:1]
    stranger = Debit("00999999999999", "17", 4_321, "RENT9999999999", "NOBODY", latest)
    folder = "outbound/reports"
    stage.put("bureau", folder, "ARUDD161226090001.xml", arudd(stage.day, "041", [*unpaid, stranger]))
    stage.put("bureau", folder, "ADDACS161226090002.xml", addacs(stage.day, stage.tenants[3]))
    wrong = arudd(stage.day, "042", unpaid[:2], total_error=100)
    wrong = wrong.replace(
        f'originalProcessingDate="{latest}"'.encode(), b'originalProcessingDate="2026-13-45"', 1
    )
    wrong = wrong.replace(b'numberOf="2"', b'numberOf="3"')
    stage.put("bureau", folder, "ARUDD161226090003.xml", wrong)


def arudd(day: date, advice: str, debits: Sequence[Debit], total_error: int = 0) -> bytes:
    """The report of these debits, unpaid."""
    items = "".join(
        f'<ReturnedDebitItem ref="{d.reference}" transCode="{d.code}" returnCode="0128"'
        f' returnDescription="REFER TO PAYER" originalProcessingDate="{d.processing}"'
        f' valueOf="{format_pounds(d.pence)}" currency="GBP"><PayerAccount number="{d.account[6:]}"'
        f' ref="{d.reference}" name="{d.name}" sortCode="{_hyphened(d.account[:6])}" bankName="EXAMPLE BANK"'
        ' branchName="EXAMPLETON"/></ReturnedDebitItem>'
        for d in debits
    )
    total = format_pounds(sum(d.pence for d in debits) + total_error)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><BACSDocument><Data><ARUDD>'
        f'<Header reportType="REFT1019" adviceNumber="{advice}" currentProcessingDate="{day}"/>'
        f'<AddresseeInformation name="EXAMPLE COUNCIL"/><ServiceLicenseInformation userName="EXAMPLE COUNCIL"'
        f' userNumber="{SUN}"/><Advice><OriginatingAccountRecords><OriginatingAccountRecord>'
        f'<OriginatingAccount name="EXAMPLE COUNCIL" number="{OUR_ACCOUNT[6:]}"'
        f' sortCode="{_hyphened(OUR_ACCOUNT[:6])}" type="0" bankName="EXAMPLE BANK" branchName="EXAMPLETON"/>'
        f'{items}<Totals numberOf="{len(debits)}" valueOf="{total}" currency="GBP"/>'
        "</OriginatingAccountRecord></OriginatingAccountRecords></Advice></ARUDD></Data><SignatureMethod>Vanilla</SignatureMethod>"
        "<Signature>UFJFVEVORA==</Signature></BACSDocument>\n"
    ).encode()


def addacs(day: date, tenant: Tenant) -> bytes:
    """The report of one mandate that its payer has cancelled."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><BACSDocument><Data><MessagingAdvices>'
        f'<MessagingHeader advice-type="ADDACS" report-type="7001" user-number="{SUN}"'
        f' report-generation-date="{day}"/><AddresseeInformation name=" "/>'
        f'<MessagingAdvice user-number="{SUN}" record-type="A" effective-date="{day}"'
        f' reference="{tenant.mandate_ref}" reason-code="1" aosn="00000001"/>'
        "</MessagingAdvices></Data></BACSDocument>\n"
    ).encode()


def _hyphened(sort_code: str) -> str:
    return "-".join((sort_code[:2], sort_code[2:4], sort_code[4:]))


SCENES = (
    Scene(
        date(2026, 11, 3),
        "November's Direct Debit call: a CSV from the rent system becomes a Standard 18 file at the bureau.",
        _first_call,
        ("bacs.submission",),
    ),
    Scene(
        date(2026, 11, 4),
        "Two Standard 18 files that the rent system made: one goes on byte for byte, one has a wrong contra.",
        _own_files,
        ("bacs.forward",),
    ),
    Scene(
        date(2026, 11, 5),
        "The garages' collections go by the bank's web site: a person uploads them and enters a reference.",
        partial(_garages, "950"),
        BY_HAND,
    ),
    Scene(
        date(2026, 11, 6),
        "Bacs reports on November's submissions: it accepted every debit.",
        november,
        ("bacs.reports_in",),
    ),
    Scene(
        date(2026, 12, 3),
        "December's call, and one that was edited by hand. From now on a second person agrees what is above "
        "£40,000; what comes after it waits for its turn.",
        _second_call,
        TO_AN_ABSENT_BUREAU,
    ),
    Scene(
        date(2026, 12, 3),
        "December's garages wait for somebody to upload them.",
        partial(_garages, "951"),
        (GARAGES,),
    ),
    HELD_AT_THE_DOOR,
    Scene(
        date(2026, 12, 8),
        "Bacs reports on December's: one debit refused, one amended, the others accepted.",
        december,
        ("bacs.reports_in",),
    ),
    MISSED,
    ALIVE,
    Scene(
        date(2026, 12, 14),
        "The bureau returns unpaid debits, with a bank's advice that a mandate is over, and a wrong report.",
        _reports,
        ("bacs.reports_in",),
    ),
    LATE,
)
