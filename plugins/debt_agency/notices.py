"""Breathing-space notices: the file that tells of them, and what becomes of each. Start at `NOTICE_FEED`.

Nobody sends creditors a file: notices come by the Insolvency Service's portal, by e-mail or by post. Staff,
or a program of the council's, write them into this table, which is the project's own [project layout]. Who is
sure to be meant is held at once; in doubt all who may be meant are held, and a person decides
(`notice_matching`). Source: debt_agency.md, section 5.3 (SI 2020/1311).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hub.api import (
    HOLD,
    Chunk,
    Code,
    Context,
    Day,
    Deadline,
    Direction,
    Disposition,
    Effect,
    Facts,
    Feed,
    Found,
    Item,
    ItemState,
    Layout,
    Level,
    Lifecycle,
    Lookup,
    Matching,
    Move,
    Need,
    Record,
    SentItem,
    Severity,
    Table,
    Taken,
    Tally,
    Task,
    check,
    column,
    days,
    normal_reference,
    told_hold,
    years,
)
from plugins.debt_agency.debtors import BREATHING_SPACE, TENANT
from plugins.debt_agency.holds import last_day
from plugins.debt_agency.notice_matching import accounts_of, meant
from plugins.debt_agency.placements import PLACEMENT
from plugins.debt_agency.references import placement_ref
from plugins.debt_agency.types import upto

SPACE, ITEM, SOURCE = "breathing_space", "BREATHING_SPACE_NOTICE", "notice"
MATCHED, DOUBTFUL, UNKNOWN, ENDED = "MATCHED", "DOUBTFUL", "UNKNOWN", "ENDED"
START, ADD_DEBT, AMEND, END, CANCEL, CANCEL_DEBT = (
    "START", "ADD_DEBT", "AMEND", "END", "CANCEL", "CANCEL_DEBT",
)  # fmt: skip
BEGINS, ENDS = (START, ADD_DEBT), (END, CANCEL)
SURE, ASKED, OTHER = "sure", "asked", "other"
"""What is said of an account, as the fact `on ACCOUNT` of a breathing space."""

CODES = {"S": None, "M": "MHC"}
"""By kind of moratorium, the code of its holds where their kind does not say it."""

DAY = Day("%Y-%m-%d")
QUOTED = Matching(r"[A-Za-z0-9/\-]*[0-9][A-Za-z0-9/\-]*", "a reference: letters, /, - and at least one digit")
NOTICE = Layout(
    "notice",
    (
        column("notice_id", Matching(r"[A-Za-z0-9/\-]{1,30}", "up to 30 letters, digits, / and -"),
               note="of the moratorium: the same in all that is told of it"),
        column("event", Code(START, ADD_DEBT, AMEND, END, CANCEL, CANCEL_DEBT)),
        column("kind", Code("S", "M"), note="S standard, M mental health crisis"),
        column("registered_on", DAY, note="the day on which this was entered on the register"),
        column("start_date", DAY, required=False, note="of START and ADD_DEBT: from when it counts"),
        column("end_date", DAY, required=False, note="as notified; it is never reckoned where it is told"),
        column("creditor_ref", QUOTED, required=False, note="as it was quoted: an account, a placement"),
        column("surname", upto(60), personal=True),
        column("forenames", upto(60), required=False, personal=True),
        column("date_of_birth", DAY, required=False, personal=True),
        column("postcode", upto(10), required=False, personal=True, note="blank where it is withheld"),
        column("address", upto(240), required=False, personal=True),
        column("debt", upto(240), required=False, personal=True, note="as the adviser described it"),
        column("adviser", upto(120), required=False, personal=True, note="who to write to, and their body"),
    ),
)  # fmt: skip
PERSONAL = tuple(field.name for field in NOTICE.fields if field.personal)


@check("DA-BSP-1", level=Level.RECORD)
def a_beginning_has_its_day(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Found]:
    """What begins a breathing space, or adds a debt to one, says from when it counts; it ends not before."""
    for row in chunk.rows():
        start, end = row["start_date"].strip(), row["end_date"].strip()
        if row["event"] in BEGINS and not start:
            yield Found(f"{row['event']} has no start_date", row.line, "start_date", "the day it counts from")
        if start and end and end < start:
            yield Found("it ends before it begins", row.line, "end_date")


@check("DA-BSP-2", level=Level.CROSS, severity=Severity.HOLD_ITEM, needs=(Need.RECORDS,))
def its_beginning_is_known(taken: Sequence[Taken], ctx: Context[Any]) -> Iterator[Found]:
    """What changes or ends a breathing space is about one that was notified before; else it waits."""
    begun = {str(one.item.data["notice_id"]) for one in taken if one.item.kind == ITEM and _begins(one.item)}
    for one in taken:
        notice = str(one.item.data["notice_id"])
        if not _begins(one.item) and notice not in begun and _known(notice, ctx.facts) is None:
            yield Found(f"no notice has begun {notice}", one.item.line, "notice_id")


def _begins(item: Item) -> bool:
    return item.data["event"] in BEGINS


def _known(notice: str, facts: Facts) -> Record | None:
    return facts.records.get(SPACE, notice) if facts.records is not None else None


def notice_items(chunk: Chunk, tally: Tally, ctx: Context[Any]) -> Iterator[Item]:
    for row in chunk.rows():
        data = {
            "notice_id": row["notice_id"],
            "event": row["event"],
            "kind": row["kind"],
            "start": row["start_date"].strip() or None,
            "end": row["end_date"].strip() or None,
        }
        personal = {name: row[name] for name in PERSONAL if row[name].strip()}
        quoted, on = normal_reference(row["creditor_ref"]), DAY.read(row["registered_on"])
        yield Item(ITEM, row.line, quoted or row["notice_id"], 0, on, data, personal)


def notice_key(item: Item) -> str:
    told = item.data
    return f"{told['notice_id']}/{told['event']}/{item.on}/{item.reference}"


def match_notice(item: Item, ctx: Context[Any], sent: SentItem | None) -> Disposition:
    history = ctx.facts.history
    if history is not None and notice_key(item) in history.posted:
        return Disposition(ItemState.DUPLICATE, reason="an earlier file told it already")
    return Disposition(ItemState.NOTED)


def notice_moves(one: Taken, ctx: Context[Any]) -> Iterator[Move]:
    """The notice as a record, and the holds that follow from it."""
    item, facts = one.item, ctx.facts
    if facts.records is None:
        return
    if _begins(item):
        yield from _begun(item, facts)
    elif item.data["event"] == AMEND:
        yield from _amended(item, facts)
    else:
        yield from _over(item, facts)


def _begun(item: Item, facts: Facts) -> Iterator[Move]:
    notice, told = str(item.data["notice_id"]), item.data
    quoted = _account_quoted(item, facts)
    tenants = facts.records.all(TENANT) if facts.records else ()
    sure, likely = meant(item.personal, quoted, tenants)
    accounts = accounts_of(sure or likely, tenants) or _of_the_register(quoted, facts)
    state = MATCHED if sure else DOUBTFUL if accounts else UNKNOWN
    data = {
        "kind": told["kind"],
        "from": told["start"],
        "until": told["end"],
        **{f"on {account}": SURE if sure else ASKED for account in accounts},
    }
    reason = f"{told['event']} is notified"
    yield Move(kind=SPACE, key=notice, to=state, data=data, personal=item.personal, reason=reason)
    for account in accounts:
        yield from _held(notice, account, item, facts)


def _account_quoted(item: Item, facts: Facts) -> str | None:
    """The rent account that the adviser quoted, by itself or by the number of a placement."""
    ref = placement_ref(item.reference)
    placed = facts.records.get(PLACEMENT, ref) if facts.records is not None and ref is not None else None
    return placed.account if placed is not None else item.reference


def _of_the_register(quoted: str | None, facts: Facts) -> list[str]:
    """An account that is known, though of its tenants nothing was told."""
    known = facts.register.account(quoted) if facts.register is not None and quoted is not None else None
    return [known.payment_ref] if known is not None else []


def _held(notice: str, account: str, item: Item, facts: Facts) -> Iterator[Move]:
    """The hold on an account; one that stands there already becomes this notice's."""
    code = CODES[str(item.data["kind"])]
    terms = {"until": item.data["end"], "notice": notice, **({"code": code} if code else {})}
    start, why = date.fromisoformat(str(item.data["start"])), f"breathing space {notice} is notified"
    begun = list(told_hold(SOURCE, account, BREATHING_SPACE, start, facts.records, why))
    yield from (replace(move, data={**move.data, **terms}) for move in begun)
    standing = facts.records.about(HOLD, account) if facts.records and not begun else ()
    for hold in standing:
        if hold.data["kind"] == BREATHING_SPACE and hold.state == "ACTIVE":
            yield Move(kind=HOLD, key=hold.key, account=account, data={**hold.data, **terms}, reason=why)


def _holds(notice: str, facts: Facts) -> list[Record]:
    every = facts.records.all(HOLD) if facts.records else ()
    return [one for one in every if one.data.get("notice") == notice and one.state == "ACTIVE"]


def _amended(item: Item, facts: Facts) -> Iterator[Move]:
    notice, until = str(item.data["notice_id"]), item.data["end"]
    told = {"until": until, "kind": item.data["kind"]}
    yield Move(kind=SPACE, key=notice, data=told, personal=item.personal, reason="AMEND is notified")
    code = CODES[str(item.data["kind"])]
    for hold in _holds(notice, facts):
        data = {**hold.data, "until": until, **({"code": code} if code else {})}
        yield Move(kind=HOLD, key=hold.key, account=hold.account, data=data, reason="the notice is amended")


def _over(item: Item, facts: Facts) -> Iterator[Move]:
    """Its holds end; that agencies go on is asked of a person for each (`fan_out`)."""
    notice, event = str(item.data["notice_id"]), str(item.data["event"])
    only = _account_quoted(item, facts) if event == CANCEL_DEBT else None
    for hold in _holds(notice, facts):
        if only in (None, hold.account):
            yield Move(kind=HOLD, key=hold.key, to="ENDED", reason=f"{event} of {notice} is notified")
    to = ENDED if event in ENDS else None
    yield Move(kind=SPACE, key=notice, to=to, data={"over": event}, reason=f"{event} is notified")


def what_follows(old: Record | None, new: Record, facts: Facts) -> Iterator[Effect]:
    """In doubt a person decides account by account; of nobody who is known, somebody looks."""
    before = old.data if old is not None else {}
    for account in (one for one in _told(new, OTHER) if before.get(f"on {one}") != OTHER):
        for hold in _holds(new.key, facts):
            if hold.account == account:
                yield Move(kind=HOLD, key=hold.key, to="ENDED", reason="the notice is about somebody else")
    if new.state == DOUBTFUL:
        asked = _told(new, ASKED)
        yield from (_task(new, account) for account in asked if before.get(f"on {account}") != ASKED)
        if not asked:
            yield Move(kind=SPACE, key=new.key, to=MATCHED, reason="somebody has said who is meant")
    elif new.state == UNKNOWN and (old is None or old.state != UNKNOWN):
        yield Task(
            "nobody",
            f"Breathing space {new.key} is about nobody who is known here by name and date of birth, address "
            "or account. Look who it is; hold their accounts, or tell the adviser that they owe nothing.",
            answers={"seen": Move(kind=SPACE, key=new.key, to=MATCHED, reason="somebody has seen to it")},
        )


def _told(space: Record, said: str) -> list[str]:
    """The accounts of which that is said."""
    return [name.removeprefix("on ") for name, told in space.data.items() if told == said]


def _task(space: Record, account: str) -> Task:
    def answer(said: str, reason: str) -> Move:
        return Move(kind=SPACE, key=space.key, data={f"on {account}": said}, reason=reason)

    return Task(
        f"is it {account}",
        f"Breathing space {space.key} may be about a tenant of {account}, which is on hold because of it. "
        "Is it? Compare name, date of birth and address.",
        answers={
            "yes": answer(SURE, f"{account} is meant"),
            "no": answer(OTHER, f"{account} is somebody else's"),
        },
    )


def _last(space: Record, facts: Facts) -> date | None:
    """The day after its last protected one, as for a hold."""
    told = {**space.data, "kind": BREATHING_SPACE, "code": CODES[str(space.data["kind"])]}
    return last_day(replace(space, data=told)) if space.data.get("from") else None


SPACE_LIFE = Lifecycle(
    kind=SPACE,
    title="Breathing spaces, as they were notified",
    begins=(MATCHED, DOUBTFUL, UNKNOWN),
    moves={
        MATCHED: (DOUBTFUL, UNKNOWN, ENDED),
        DOUBTFUL: (MATCHED, UNKNOWN, ENDED),
        UNKNOWN: (MATCHED, DOUBTFUL, ENDED),
        ENDED: (),
    },
    deadlines=tuple(
        Deadline(
            "last protected day",
            state,
            _last,
            "it should have ended; nothing is lifted by itself",
        )
        for state in (MATCHED, DOUBTFUL)
    ),
    when=what_follows,
    looks_up=(Lookup(HOLD),),
    owner="rents",
    keep=years(7),
)


def _notice_of(item: Item) -> tuple[str, ...]:
    return (str(item.data["notice_id"]),)


def _placement_of(item: Item) -> tuple[str, ...]:
    ref = placement_ref(item.reference)
    return (ref,) if ref else ()


NOTICE_FEED = Feed(
    name="debt_agency.breathing_space",
    title="Notices of breathing spaces",
    direction=Direction.IN,
    formats={"table": Table(NOTICE)},
    checks=(a_beginning_has_its_day, its_beginning_is_known),
    items=notice_items,
    match=match_notice,
    item_key=notice_key,
    looks_up=(
        Lookup(TENANT),
        Lookup(HOLD),
        Lookup(SPACE, keys=_notice_of),
        Lookup(PLACEMENT, keys=_placement_of),
    ),
    moves=notice_moves,
    personal_data=PERSONAL,
    keep=days(396),
)
