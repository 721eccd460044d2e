"""What officers want to know: rows of a file become enquiries that wait until DWP may be asked.

Source: formats page dwp_cis.md, sections 3, 4, 6 and 12. The file layout is this project's own.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from hub.api import (
    KINDS,
    Chunk,
    Code,
    Context,
    Day,
    Delimited,
    Disposition,
    Found,
    Item,
    ItemState,
    Layout,
    Level,
    Matching,
    Need,
    Rendered,
    Row,
    SentItem,
    Severity,
    Taken,
    Tally,
    Text,
    check,
    column,
)
from plugins.dwp_cis.access import WAITS_AS, scopes_of
from plugins.dwp_cis.door import justification
from plugins.dwp_cis.networks import why_outside
from plugins.dwp_cis.policy import LOGIN, REFERENCE, SCOPE_LIST
from plugins.dwp_cis.purposes import IDENTITY, PURPOSES
from plugins.dwp_cis.settings import Enquiring, EnquiryOptions, settings_of

FORMAT = "dwp-enquiries-csv1"
DAY = Day("%Y-%m-%d")
CHECK_REF = Matching(r"[A-Za-z0-9._/\-]{1,36}", "up to 36 letters, digits and ./_-")
POSTCODE = Matching(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}", "a postcode in capitals with one blank")
OLDEST = 120


def _up_to(most: int) -> Matching:
    return Matching(rf"[^\x00-\x1f\x7f-\x9f]{{0,{most}}}", f"text of up to {most} characters")


ENQUIRY = Layout(
    "enquiry",
    (
        column("check_ref", CHECK_REF, note="one an enquiry, never used again"),
        column("asked_on", DAY),
        column("purpose", Code(*PURPOSES)),
        column("scopes", SCOPE_LIST),
        column("officer", LOGIN, note="who wants to know"),
        column("case_ref", REFERENCE),
        column("justification", _up_to(200), personal=True, note="5 to 200 characters"),
        column("nino", Text(), personal=True),
        column("surname", _up_to(35), personal=True),
        column("forename", _up_to(70), required=False, personal=True),
        column("date_of_birth", DAY, personal=True),
        column("postcode", POSTCODE, required=False, personal=True),
        column("payment_ref", REFERENCE, required=False, note="of the rent account"),
    ),
)
PERSONAL = ("nino", "surname", "forename", "date_of_birth", "postcode", "justification")
CSV = Delimited((ENQUIRY,), header=True, skip_blank=True)


class EnquiryTally(Tally):
    """How many enquiries, and by whom for what."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.by: Counter[str] = Counter()
        self.refs: Counter[str] = Counter()

    def add(self, chunk: Chunk) -> None:
        self.records += len(chunk)
        columns = (chunk.columns[name] for name in ("officer", "purpose"))
        self.by.update(f"{officer}/{purpose}" for officer, purpose in zip(*columns, strict=True))
        self.refs.update(chunk.columns["check_ref"])

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": "0.00"}

    def summary(self) -> Mapping[str, str | int | None]:
        return dict(self.by)


@check("DWP-NINO", level=Level.RECORD, severity=Severity.REFUSE_ITEM)
def number_is_one(chunk: Chunk, tally: EnquiryTally, ctx: Enquiring) -> Iterator[Found]:
    """A National Insurance number is one by HMRC's rules (NIM39110). On test gateways (`nino_check: warn`)
    one that is not is told and passes; so are, everywhere, prefixes that were given out for
    administration."""
    told = {"warn_prefixes": ctx.options.warn_prefixes}
    for line, text in zip(chunk.lines, chunk.columns["nino"], strict=True):
        result = KINDS["nino"].check({"nino": text}, told)
        if result.status == "invalid":
            severity = Severity.WARNING if ctx.options.nino_check == "warn" else None
            code = f"NINO_{result.code or 'FORMAT'}"
            yield Found(f"{code}: {result.reason}", line, "nino", severity=severity)
        elif result.reason:
            yield Found(f"NINO_DOUBTFUL: {result.reason}", line, "nino", severity=Severity.WARNING)


@check("DWP-BORN", level=Level.RECORD, severity=Severity.REFUSE_ITEM, needs=(Need.TODAY,))
def birth_is_plausible(chunk: Chunk, tally: EnquiryTally, ctx: Enquiring) -> Iterator[Found]:
    """A date of birth lies in the past, at most 120 years ago; 1 January 1900 stands for "not known"."""
    today = ctx.facts.today
    for line, text in zip(chunk.lines, chunk.columns["date_of_birth"], strict=True):
        born = DAY.read(text)
        if today is not None and not 0 <= (today - born).days < OLDEST * 365.25:
            yield Found("DOB_INVALID: nobody who lives was born then", line, "date_of_birth")


@check("DWP-REASON", level=Level.RECORD, severity=Severity.REFUSE_ITEM)
def reason_is_given(chunk: Chunk, tally: EnquiryTally, ctx: Enquiring) -> Iterator[Found]:
    """Each enquiry has a reason of 5 to 200 characters, which is none of `blocked_words`."""
    settings = settings_of(ctx.facts)
    for line, text in zip(chunk.lines, chunk.columns["justification"], strict=True):
        if wrong := justification(text, settings):
            yield Found(wrong, line, "justification")


@check("DWP-SCOPES", level=Level.RECORD, severity=Severity.REFUSE_ITEM)
def scopes_fit_the_purpose(chunk: Chunk, tally: EnquiryTally, ctx: Enquiring) -> Iterator[Found]:
    """No scope goes beyond what the purpose covers, and IDENTITY is always asked for."""
    names = (chunk.columns[name] for name in ("purpose", "scopes"))
    for line, purpose, text in zip(chunk.lines, *names, strict=True):
        scopes = scopes_of(text)
        if more := sorted(scopes - PURPOSES[purpose]):
            yield Found(f"SCOPE_NOT_ALLOWED: {purpose} does not cover {', '.join(more)}", line, "scopes")
        if IDENTITY not in scopes:
            yield Found(f"SCOPE_NOT_ALLOWED: {IDENTITY} is missing", line, "scopes")


@check("DWP-REF", level=Level.FILE)
def reference_is_used_once(tally: EnquiryTally, ctx: Enquiring) -> Iterator[Found]:
    """No two enquiries of a file have the same check_ref."""
    twice = sorted(reference for reference, count in tally.refs.items() if count > 1)
    if twice:
        yield Found(f"DUPLICATE_REF: {len(twice)} references stand on more than one row, first {twice[0]}")


@check("DWP-OFFICER", level=Level.HISTORY, severity=Severity.HOLD)
def officer_asks(tally: EnquiryTally, ctx: Enquiring) -> Iterator[Found]:
    """Enquiries are handed in by the officer who is named in them; what a machine lays out, or somebody else
    hands in, waits until a second person has approved it."""
    officers = {by.partition("/")[0] for by in tally.by}
    others = sorted(officers - {ctx.facts.by_hand or ""})
    if others:
        yield Found(f"not handed in by {', '.join(others)}, who would ask; somebody must approve it")


@check("DWP-NETWORK", level=Level.FILE)
def officer_is_where_they_may_ask(tally: EnquiryTally, ctx: Enquiring) -> Iterator[Found]:
    """Enquiries are handed in from a network of `networks`, if any are set."""
    if wrong := why_outside(ctx.facts.by_hand_at, settings_of(ctx.facts)):
        yield Found(wrong)


def enquiry_items(chunk: Chunk, tally: EnquiryTally, ctx: Enquiring) -> Iterator[Item]:
    return (_item(row, ctx) for row in chunk.rows())


def _item(row: Row, ctx: Enquiring) -> Item:
    on = DAY.read(row["asked_on"])
    personal = {name: row[name].strip() for name in PERSONAL if row[name].strip()}
    personal["nino"] = personal.get("nino", "").replace(" ", "").replace("-", "").upper()
    data: dict[str, str | int | bool | None] = {
        "purpose": row["purpose"],
        "scopes": " ".join(sorted(scopes_of(row["scopes"]))),
        "case_ref": row["case_ref"],
        "officer": row["officer"],
        "rent_ref": row["payment_ref"].strip() or None,
    }
    expires = on + timedelta(days=settings_of(ctx.facts).days_for(row["purpose"]))
    return Item("ENQUIRY", row.line, row["check_ref"], 0, on, data, personal, expires)


def enquiry_key(item: Item) -> str | None:
    return item.reference


def match_enquiry(item: Item, ctx: Enquiring, sent: SentItem | None) -> Disposition:
    """Waits to be asked, for the rent account that it names if the hub knows that one."""
    history, register, named = ctx.facts.history, ctx.facts.register, item.data["rent_ref"]
    if history is not None and item.reference in history.posted:
        return Disposition(ItemState.DUPLICATE, reason="DUPLICATE_REF: an earlier file used this check_ref")
    account = register.account(str(named)) if register and named else None
    return Disposition(
        ItemState.WAITING,
        account.payment_ref if account else None,
        waits_as=WAITS_AS,
        tenancy=account.tenancy_ref if account else None,
    )


SHEET = (
    "check_ref",
    "purpose",
    "scopes",
    "case_ref",
    "nino",
    "surname",
    "forename",
    "date_of_birth",
    "postcode",
)
KEYED = (
    "outcome",
    "detail",
    "date_of_death",
    "benefits",
    "housing_element",
    "managed_payment",
    "payee_is_landlord",
    "arrears_deduction",
    "next_payment_date",
)


def worksheet(taken: Sequence[Taken], ctx: Enquiring) -> Rendered:
    """For an officer at DWP's own screens: what to look up, and columns to key what they show."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*SHEET, *KEYED])
    for one in taken:
        known = {"check_ref": one.item.reference, **one.item.data, **one.item.personal}
        writer.writerow([_safe(str(known.get(name) or "")) for name in SHEET] + [""] * len(KEYED))
    moment = ctx.moment
    name = f"dwp-enquiries-{moment.transfer_id if moment else 'sheet'}.csv"
    return Rendered(name, out.getvalue().encode("utf-8-sig"), {"records": len(taken)})


def _safe(text: str) -> str:
    """A spreadsheet takes no name for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


CHECKS = (
    number_is_one,
    birth_is_plausible,
    reason_is_given,
    scopes_fit_the_purpose,
    reference_is_used_once.only(FORMAT),
    officer_asks.only(FORMAT),
    officer_is_where_they_may_ask.only(FORMAT),
)
OPTIONS = EnquiryOptions
