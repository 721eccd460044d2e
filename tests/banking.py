"""Bank statements as a bank would write them, in three formats, and a few lines that judge a spoiled one.

Knows nothing of the hub. Accounts, names and amounts are invented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

SORT_CODE, ACCOUNT_NUMBER = "000199", "20000015"
DAY = date(2026, 11, 2)


@dataclass(frozen=True)
class Entry:
    """Pence, positive = money came in. `parts`: of a collective booking, each its reference and pence."""

    pence: int
    text: str = ""
    reference: str = ""
    bank_reference: str = ""
    parts: Sequence[tuple[str, int]] = ()
    reversal: bool = False


@dataclass(frozen=True)
class Statement:
    number: int
    opening: int
    entries: Sequence[Entry] = ()
    day: date = DAY
    sort_code: str = SORT_CODE
    account_number: str = ACCOUNT_NUMBER
    currency: str = "GBP"
    page: int = 1
    of_pages: int = 1
    closes: int | None = None
    more: Sequence[str] = field(default=())

    @property
    def closing(self) -> int:
        return (
            self.opening + sum(entry.pence for entry in self.entries) if self.closes is None else self.closes
        )

    @property
    def opens_it(self) -> bool:
        return self.page == 1

    @property
    def ends_it(self) -> bool:
        return self.page == self.of_pages


def pounds(pence: int, point: str = ".") -> str:
    return f"{abs(pence) // 100}{point}{abs(pence) % 100:02d}"


def signed(pence: int) -> str:
    return ("-" if pence < 0 else "") + pounds(pence)


def mt940(*statements: Statement, blocks: bool = True, end: str = "\r\n") -> bytes:
    lines: list[str] = []
    for one in statements:
        lines += ["{1:F01FAKEGB2LAXXX0000000000}{2:I940FAKEGB2LXXXXN}{4:"] if blocks else []
        lines += _mt940(one)
        lines += ["-}" if blocks else "-"]
    return "".join(line + end for line in lines).encode("latin-1")


def _mt940(one: Statement) -> list[str]:
    def balance(pence: int) -> str:
        return f"{'D' if pence < 0 else 'C'}{one.day:%y%m%d}{one.currency}{pounds(pence, ',')}"

    page = f"/{one.page}" if one.of_pages > 1 else ""
    lines = [f":20:FAKE{one.number}", f":25:{one.sort_code}-{one.account_number}", f":28C:{one.number}{page}"]
    lines.append(f":60{'F' if one.opens_it else 'M'}:{balance(one.opening)}")
    for entry in one.entries:
        lines.append(_mt940_line(one, entry))
        lines += _folded(entry.text) if entry.text else []
    lines.append(f":62{'F' if one.ends_it else 'M'}:{balance(one.closing)}")
    return [*lines, f":64:{balance(one.closing)}"]


def _mt940_line(one: Statement, entry: Entry) -> str:
    mark = "D" if entry.pence < 0 else "C"
    if entry.reversal:
        mark = "RC" if entry.pence < 0 else "RD"
    bank = f"//{entry.bank_reference}" if entry.bank_reference else ""
    place = f":61:{one.day:%y%m%d}{one.day:%m%d}{mark}{pounds(entry.pence, ',')}"
    return f"{place}NTRF{entry.reference or 'NONREF'}{bank}"


def _folded(text: str) -> list[str]:
    pieces = [text[start : start + 65] for start in range(0, len(text), 65)]
    return [f":86:{pieces[0]}", *pieces[1:]]


def csv(*statements: Statement) -> bytes:
    rows = ["account,statement,booked,valued,amount,currency,reference,bank_reference,kind,text,balance"]
    for one in statements:
        balance = one.opening
        for entry in one.entries:
            balance += entry.pence
            cells = [f"{one.sort_code} {one.account_number}", str(one.number), f"{one.day}", f"{one.day}"]
            cells += [signed(entry.pence), one.currency, entry.reference, entry.bank_reference, "NTRF"]
            rows.append(",".join(map(_quoted, [*cells, entry.text, signed(balance)])))
    return "".join(row + "\n" for row in rows).encode()


def _quoted(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if re.search(r'[",\n]', text) else text


def camt(*statements: Statement, version: str = "08", prefix: str = "") -> bytes:
    body = "".join(_camt(one, version) for one in statements)
    uri = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    text = (
        f"<Document><BkToCstmrStmt><GrpHdr><MsgId>FAKE</MsgId></GrpHdr>\n{body}</BkToCstmrStmt></Document>\n"
    )
    if prefix:
        text = re.sub(r"(</?)(?=[A-Z])", rf"\1{prefix}:", text)
        text = text.replace("Document>", f'Document xmlns:{prefix}="{uri}">', 1)
    else:
        text = text.replace("<Document>", f'<Document xmlns="{uri}">', 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _camt(one: Statement, version: str) -> str:
    own = f"<Othr><Id>{one.sort_code}{one.account_number}</Id></Othr>"
    account = f"<Acct><Id>{own}</Id><Ccy>{one.currency}</Ccy></Acct>"
    opening = _camt_balance("OPBD" if one.opens_it else "ITBD", one.opening, one)
    closing = _camt_balance("CLBD" if one.ends_it else "ITBD", one.closing, one)
    page = f"<StmtPgntn><PgNb>{one.page}</PgNb></StmtPgntn>" if one.of_pages > 1 else ""
    entries = "".join(_camt_entry(entry, one, version) for entry in one.entries)
    return (
        f"<Stmt><Id>S{one.number}</Id>{page}<ElctrncSeqNb>{one.number}</ElctrncSeqNb>"
        f"<CreDtTm>{one.day}T06:00:00</CreDtTm>{account}\n{opening}{closing}"
        f"{_camt_sums(one, version)}{entries}</Stmt>\n"
    )


def _camt_balance(code: str, pence: int, one: Statement) -> str:
    amount = f'<Amt Ccy="{one.currency}">{pounds(pence)}</Amt><CdtDbtInd>{_mark(pence)}</CdtDbtInd>'
    return f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{amount}<Dt><Dt>{one.day}</Dt></Dt></Bal>\n"


def _camt_sums(one: Statement, version: str) -> str:
    amounts = [entry.pence for entry in one.entries]
    net = sum(amounts)
    mark = f"<CdtDbtInd>{_mark(net)}</CdtDbtInd>"
    told = f"<TtlNetNtryAmt>{pounds(net)}</TtlNetNtryAmt>{mark}"
    if version >= "04":
        told = f"<TtlNetNtry><Amt>{pounds(net)}</Amt>{mark}</TtlNetNtry>"
    credits, debits = [p for p in amounts if p >= 0], [p for p in amounts if p < 0]

    def side(name: str, some: Sequence[int]) -> str:
        return f"<{name}><NbOfNtries>{len(some)}</NbOfNtries><Sum>{pounds(sum(some))}</Sum></{name}>"

    total = f"<NbOfNtries>{len(amounts)}</NbOfNtries><Sum>{pounds(sum(map(abs, amounts)))}</Sum>{told}"
    sums = f"<TtlNtries>{total}</TtlNtries>{side('TtlCdtNtries', credits)}{side('TtlDbtNtries', debits)}"
    return f"<TxsSummry>{sums}</TxsSummry>\n"


def _camt_entry(entry: Entry, one: Statement, version: str) -> str:
    status = "BOOK" if version < "04" else "<Cd>BOOK</Cd>"
    reversal = "<RvslInd>true</RvslInd>" if entry.reversal else ""
    bank = f"<AcctSvcrRef>{escape(entry.bank_reference)}</AcctSvcrRef>" if entry.bank_reference else ""
    code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>BACS</SubFmlyCd></Fmly></Domn></BkTxCd>"
    parts = entry.parts or [(entry.reference, entry.pence)]
    details = "".join(_camt_part(*part, entry, one, version) for part in parts)
    amount = (
        f'<Amt Ccy="{one.currency}">{pounds(entry.pence)}</Amt><CdtDbtInd>{_mark(entry.pence)}</CdtDbtInd>'
    )
    days = f"<BookgDt><Dt>{one.day}</Dt></BookgDt><ValDt><Dt>{one.day}</Dt></ValDt>"
    told = f"<Sts>{status}</Sts>{days}{bank}{code}<NtryDtls>{details}</NtryDtls>"
    return f"<Ntry>{amount}{reversal}{told}</Ntry>\n"


def _camt_part(reference: str, pence: int, entry: Entry, one: Statement, version: str) -> str:
    refs = f"<Refs><EndToEndId>{escape(reference or 'NOTPROVIDED')}</EndToEndId></Refs>"
    money = f'<Amt Ccy="{one.currency}">{pounds(pence)}</Amt>'
    amount = (
        f"<AmtDtls><TxAmt>{money}</TxAmt></AmtDtls>"
        if version < "04"
        else f"{money}<CdtDbtInd>{_mark(pence)}</CdtDbtInd>"
    )
    told = f"<RmtInf><Ustrd>{escape(entry.text)}</Ustrd></RmtInf>" if entry.text else ""
    return f"<TxDtls>{refs}{amount}{told}</TxDtls>"


def _mark(pence: int) -> str:
    return "DBIT" if pence < 0 else "CRDT"


WRITERS = {"mt940": mt940, "camt053": camt, "bank-lines-csv1": csv}
STORY = (
    Entry(103427, "DWP UC SCHEDULE S0007", "S0007", "BK0001"),
    Entry(-9820, "UNPAID DIRECT DEBIT", "1900000037", "BK0002"),
    Entry(-500, "CORRECTION", "", "BK0003", reversal=True),
    Entry(39599, "FAKE AGENCY REMITTANCE, WEEK 44", "R0044", "BK0004"),
)
"""A day's lines: what came in, what was taken, a credit taken back."""


def net_of(data: bytes, format: str) -> int:
    """What the lines of a statement come to, in pence, read by other means than the hub's."""
    text = data.decode("latin-1")
    if format != "camt053":
        text = text.replace("\r", "")  # in XML it parts a name from what follows, as any blank does
    if format == "mt940":
        found = re.findall(r"^:61:\d{6}(?:\d{4})?(R?[CD])[A-Z]?(\d+),(\d{0,2})", text, re.MULTILINE)
        return sum(
            _pence(f"{a}.{b.ljust(2, '0')}") * (-1 if mark in ("D", "RC") else 1) for mark, a, b in found
        )
    if format == "camt053":
        entry = r"<Ntry[^>]*>[^<]*<Amt\b[^>]*>\s*([\d.]+)\s*</Amt\s*>[^<]*<CdtDbtInd[^>]*>\s*(CRDT|DBIT)"
        return sum(_pence(amount) * (1 if mark == "CRDT" else -1) for amount, mark in re.findall(entry, text))
    rows = [line.split(",") for line in text.splitlines()[1:]]
    return sum(_pence(row[4]) for row in rows if len(row) > 4)


def _pence(text: str) -> int:
    return int(Decimal(text) * 100)
