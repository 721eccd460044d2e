"""ISO 20022 camt.053, Bank To Customer Statement, versions 001.02 to 001.08 and later.

Sources, and how sure: names, nesting and codes of the elements [confirmed: the message definition reports
of camt.053.001.02, .08 and .11 as public guides of banks print them; SIX Swiss Implementation Guidelines,
camt messages]. The namespace says the version and is passed over. What differs between versions is read
either way: the status is text or in `Cd`, a party's name in `Nm` or `Pty/Nm`, a part's amount in `Amt` or
`AmtDtls/TxAmt/Amt`, the net sum in `TtlNetNtryAmt` or `TtlNetNtry/Amt`. `CdtDbtInd` of an entry says which
way the money went, of a reversal too [confirmed, definition of ReversalIndicator: CRDT and true = a debit
was taken back]. Balances: `OPBD` or `PRCD` opens, `CLBD` closes, `ITBD` stands at the turn of a page
[confirmed]. That a British account stands in `Othr/Id` as sort code and number, where it is no IBAN:
[assumed].

An entry whose parts (`TxDtls`) all have amounts that come to its own is a line for each part; else one
line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from hub.bank.layouts import FINAL, INTERMEDIATE, LINE, PAGE, Said, chunks, one_line
from hub.bank.mt940 import STRUCTURE
from hub.formats.layout import Layout, attr
from hub.formats.types import Text
from hub.formats.xml import Xml
from hub.model import Chunk, Row, Unreadable, format_pounds

STATEMENT = "BkToCstmrStmt/Stmt"
_OPENS, _CLOSES, _BETWEEN = ("OPBD", "PRCD"), ("CLBD",), "ITBD"


def _raw(name: str, path: str, **paths: str) -> Layout:
    """Texts as they stand; the layouts of `hub.bank.layouts` say later what they may be."""
    return Layout(
        name, tuple(attr(key, where, Text(), required=False) for key, where in paths.items()), path=path
    )


def _several(path: str, most: int = 6) -> str:
    """The first so many elements of one name, as one text."""
    each = ", ' ', ".join(f"{path}[{n}]" for n in range(1, most + 1))
    return f"concat({each}, ' ')"


_SIDE = "RltdPties/{0}/Nm | RltdPties/{0}/Pty/Nm"
_HERE = {
    "account": "ancestor-or-self::Stmt/Acct/Id/IBAN | ancestor-or-self::Stmt/Acct/Id/Othr/Id",
    "statement": "ancestor-or-self::Stmt/ElctrncSeqNb",
    "legal_statement": "ancestor-or-self::Stmt/LglSeqNb",
    "id": "ancestor-or-self::Stmt/Id",
    "page": "ancestor-or-self::Stmt/StmtPgntn/PgNb",
    "message_page": "ancestor::BkToCstmrStmt/GrpHdr/MsgPgntn/PgNb",
    "made": "ancestor-or-self::Stmt/CreDtTm",
    "account_currency": "ancestor-or-self::Stmt/Acct/Ccy",
}
"""What is said of the statement, which stands before its first entry."""

_PART = {
    "amount": "Amt | AmtDtls/TxAmt/Amt",
    "mark": "CdtDbtInd",
    "bank_reference": "Refs/AcctSvcrRef",
    "reference": "Refs/EndToEndId[. != 'NOTPROVIDED'] | RmtInf/Strd/CdtrRefInf/Ref",
    "debtor": _SIDE.format("Dbtr"),
    "creditor": _SIDE.format("Cdtr"),
    "told": f"concat({_several('RmtInf/Ustrd')}, {_several('RmtInf/Strd/CdtrRefInf/Ref', 3)}, AddtlTxInf)",
}
BALANCE = _raw(
    "balance",
    f"{STATEMENT}/Bal",
    code="Tp/CdOrPrtry/Cd",
    amount="Amt",
    currency="Amt/@Ccy",
    mark="CdtDbtInd",
    day="Dt",
)
SUMMARY = _raw(
    "summary",
    f"{STATEMENT}/TxsSummry",
    told_count="TtlNtries/NbOfNtries",
    told_sum="TtlNtries/Sum",
    net="TtlNtries/TtlNetNtryAmt | TtlNtries/TtlNetNtry/Amt",
    mark="TtlNtries/CdtDbtInd | TtlNtries/TtlNetNtry/CdtDbtInd",
    told_credits_count="TtlCdtNtries/NbOfNtries",
    told_credits="TtlCdtNtries/Sum",
    told_debits_count="TtlDbtNtries/NbOfNtries",
    told_debits="TtlDbtNtries/Sum",
)
PART = _raw("part", f"{STATEMENT}/Ntry/NtryDtls/TxDtls", **_PART)
ENTRY = _raw(
    "entry",
    f"{STATEMENT}/Ntry",
    amount="Amt",
    currency="Amt/@Ccy",
    mark="CdtDbtInd",
    reversal="RvslInd",
    status="Sts",
    booked="BookgDt",
    valued="ValDt",
    bank_reference="AcctSvcrRef",
    reference="NtryRef",
    kind="concat(BkTxCd/Domn/Cd, ' ', BkTxCd/Domn/Fmly/Cd, ' ', BkTxCd/Domn/Fmly/SubFmlyCd)",
    own_kind="BkTxCd/Prtry/Cd",
    told="AddtlNtryInf",
    **_HERE,
)
END = _raw("end", STATEMENT, **_HERE)
_AMOUNT = re.compile(r"\+?([0-9]{1,15})(?:\.([0-9]*))?")
_XML = Xml(
    "Document",
    (BALANCE, SUMMARY, PART, ENTRY, END),
    marker="BkToCstmrStmt",
    structure=STRUCTURE,
    any_namespace=True,
)


class Camt053:
    """The format."""

    def recognises(self, head: bytes) -> bool:
        return _XML.recognises(head)

    def decode(self, stream: BinaryIO, options: Any = None) -> Iterator[Chunk | Unreadable]:
        statement = _Statement()
        for part in _XML.decode(stream, options):
            if isinstance(part, Unreadable):
                yield part
            else:
                yield from chunks(said for row in part.rows() for said in statement.take(row))


@dataclass(slots=True)
class _Statement:
    """The statement that is being read: what stands before its entries, and the parts of the next entry."""

    balances: list[Row] = field(default_factory=list)
    summary: Mapping[str, str] = field(default_factory=dict)
    parts: list[Row] = field(default_factory=list)
    entries: int = 0
    lines: int = 0
    line: int = 0
    """Of the file, where what was yielded last stands. Many banks write a document without line ends; each
    line of the account has one of its own all the same, because people and checks name it by that."""

    def take(self, row: Row) -> Iterator[Said]:
        """What a record comes to: lines for an entry, the page at the end of the statement."""
        match row.layout.name:
            case "balance":
                self.balances.append(row)
            case "summary":
                self.summary = row.values
            case "part":
                self.parts.append(row)
            case "entry":
                self.entries += 1
                yield from self._lines(row)
                self.parts = []
            case _:
                yield PAGE, self._own(row), {**self._place(row), **self._page(row), **self._told()}
                self.balances, self.summary, self.entries, self.lines = [], {}, 0, 0

    def _own(self, row: Row) -> int:
        self.line = max(row.line, self.line + 1)
        return self.line

    def _place(self, row: Row) -> Mapping[str, str]:
        closing = self._closing()
        number = row["statement"] or row["legal_statement"] or row["id"]
        return {
            "account": one_line(row["account"]),
            "year": (_day(closing["day"]) if closing else _day(row["made"]))[:4],
            "statement": one_line(number),
            "page": one_line(row["page"] or row["message_page"]) or "1",
        }

    def _lines(self, entry: Row) -> Iterator[Said]:
        whole = _entry(entry)
        parts = [_part(part, entry) for part in self.parts]
        summed = _sum(parts)
        split = len(parts) > 1 and format_pounds(summed or 0) == whole["amount"]
        if len(parts) == 1:
            whole |= {name: text for name, text in parts[0].items() if name != "amount"}
        if summed is not None and format_pounds(summed) != whole["amount"]:
            whole["detailed"] = format_pounds(summed)
        lines = [{**whole, **part, "part": str(n)} for n, part in enumerate(parts, start=1)]
        for values in lines if split else [whole]:
            self.lines += 1
            counted = {"number": str(self.lines), "entry": str(self.entries)}
            yield LINE, self._own(entry), {**self._place(entry), **counted, **values}

    def _page(self, row: Row) -> Mapping[str, str]:
        opening, closing = self._opening(), self._closing()
        currencies = {one["currency"] for one in self.balances} or {row["account_currency"]}
        told = {"currency": "/".join(sorted(currencies))}
        for name, days, one, codes in (
            ("opening", "opened", opening, _OPENS),
            ("closing", "closed", closing, _CLOSES),
        ):
            if one is not None:
                told[days] = FINAL if one["code"].strip() in codes else INTERMEDIATE
                told |= {f"{name}_day": _day(one["day"]), name: _pounds(one["amount"], one["mark"])}
        return told

    def _told(self) -> Mapping[str, str]:
        told = self.summary
        if not told:
            return {}
        sums = {name: _pounds(told[name], "CRDT") for name in _SUMS if told[name].strip()}
        counts = {name: told[name].strip() for name in _COUNTS}
        net = _pounds(told["net"], told["mark"]) if told["net"].strip() else ""
        return {**sums, **counts, "told_net": net}

    def _opening(self) -> Row | None:
        return self._balance(_OPENS) or next(iter(self._at_the_turn()), None)

    def _closing(self) -> Row | None:
        return self._balance(_CLOSES) or next(reversed(self._at_the_turn()), None)

    def _balance(self, codes: Sequence[str]) -> Row | None:
        return next((one for code in codes for one in self.balances if one["code"].strip() == code), None)

    def _at_the_turn(self) -> list[Row]:
        return [one for one in self.balances if one["code"].strip() == _BETWEEN]


_SUMS = ("told_sum", "told_credits", "told_debits")
_COUNTS = ("told_count", "told_credits_count", "told_debits_count")
_BOOKED = {"BOOK": "Y", "PDNG": "N", "INFO": "N", "FUTR": "N"}


def _entry(row: Row) -> dict[str, str]:
    booked = _day(row["booked"]) or _day(row["valued"])
    return {
        "booked": booked,
        "valued": _day(row["valued"]),
        "amount": _pounds(row["amount"], row["mark"]),
        "currency": row["currency"],
        "is_booked": _BOOKED.get(row["status"].strip(), row["status"].strip()),
        "reversal": "Y" if row["reversal"].strip() in ("true", "1") else "",
        "kind": one_line(row["kind"]) or one_line(row["own_kind"]),
        "bank_reference": one_line(row["bank_reference"]),
        "reference": one_line(row["reference"]),
        "text": one_line(row["told"]),
    }


def _part(row: Row, entry: Row) -> dict[str, str]:
    """What a part says of itself; the rest is as its entry says."""
    mark = row["mark"].strip() or entry["mark"].strip()
    other = row["debtor"] if mark == "CRDT" else row["creditor"]
    said = {
        "amount": _pounds(row["amount"], mark) if row["amount"].strip() else "",
        "bank_reference": one_line(row["bank_reference"]),
        "reference": one_line(row["reference"]),
        "payer": one_line(other),
        "text": one_line(row["told"], entry["told"]),
    }
    return {name: text for name, text in said.items() if text}


def _sum(parts: Sequence[Mapping[str, str]]) -> int | None:
    """Pence that the parts come to; None unless each has an amount."""
    amounts = [part.get("amount", "") for part in parts]
    if not amounts or not all(_IN_PENCE.fullmatch(amount) for amount in amounts):
        return None
    return sum(int(amount.replace(".", "")) for amount in amounts)


_IN_PENCE = re.compile(r"-?[0-9]+\.[0-9]{2}")


def _pounds(amount: str, mark: str) -> str:
    """`1234.5` is 1234.50, a debit negative. What is no such amount or mark stays as it is, to be refused."""
    found = _AMOUNT.fullmatch(amount.strip())
    part = (found[2] or "").rstrip("0").ljust(2, "0") if found else ""
    if found is None or mark.strip() not in ("CRDT", "DBIT"):
        return f"{mark} {amount}"
    negative = mark.strip() == "DBIT" and (int(found[1]) or int(part))
    return f"{'-' if negative else ''}{int(found[1])}.{part}"


def _day(text: str) -> str:
    """The day of `Dt` or `DtTm`."""
    return text.strip()[:10]
