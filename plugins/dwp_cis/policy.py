"""The policy without which DWP is asked nothing: the memorandum, what for, and by whom.

Source: formats page dwp_cis.md, section 3. The file layout is this project's own. A policy is one file that
an officer of the council hands in and a second person agrees to; then it is a record, and the one before
ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hub.api import (
    Chunk,
    Code,
    Compartment,
    Context,
    Day,
    Delimited,
    Digits,
    Direction,
    Feed,
    Found,
    Item,
    Layout,
    Level,
    Lifecycle,
    Literal,
    Lookup,
    Matching,
    Move,
    Record,
    Records,
    Row,
    Severity,
    Taken,
    Tally,
    check,
    column,
)
from plugins.dwp_cis import staff
from plugins.dwp_cis.purposes import PURPOSES, SCOPES

FORMAT = "dwp-policy-csv1"
KIND, IN_FORCE, ENDED = "dwp_policy", "IN_FORCE", "ENDED"
DAY = Day("%Y-%m-%d")
REFERENCE = Matching(r"[A-Za-z0-9][A-Za-z0-9._/\-]{0,39}", "a reference of up to 40 letters, digits and ./_-")
LOGIN = Matching(r"[^\x00-\x1f\x7f,]{1,128}", "a login")
SCOPE_LIST = Matching(rf"({'|'.join(SCOPES)})( ({'|'.join(SCOPES)}))*", "scopes with blanks between them")

MEMORANDUM = Layout(
    "memorandum",
    (
        column("record", Literal("P")),
        column("mou_ref", REFERENCE, note="of the Memorandum of Understanding with DWP"),
        column("starts", DAY),
        column("ends", DAY, note="the last day"),
        column("asset_owner", REFERENCE, note="the post that owns the information, no name"),
        column("dpia_ref", REFERENCE, note="of the data protection impact assessment"),
    ),
    tag="P",
)
PURPOSE = Layout(
    "purpose",
    (column("record", Literal("U")), column("purpose", Code(*PURPOSES)), column("scopes", SCOPE_LIST)),
    tag="U",
)
OFFICER = Layout(
    "officer",
    (
        column("record", Literal("O")),
        column("login", LOGIN, note="as hub.yaml names the person"),
        column("trained_on", DAY),
        column("confidentiality_on", DAY, note="signed"),
        column("suspended", Code("YES", "NO")),
    ),
    tag="O",
)
TOTAL = Layout("policy total", (column("record", Literal("T")), column("count", Digits())), tag="T")


class PolicyTally(Tally):
    """The whole policy, which becomes one item at its last row."""

    def __init__(self, ctx: Context[Any]) -> None:
        super().__init__(ctx)
        self.memoranda: list[Row] = []
        self.purposes: dict[str, list[str]] = {}
        self.officers: dict[str, dict[str, str]] = {}
        self.staff: list[Mapping[str, str]] = []
        self.stated: int | None = None

    def add(self, chunk: Chunk) -> None:
        for row in chunk.rows():
            if chunk.layout is TOTAL:
                self.stated = int(row["count"])
                continue
            self.records += 1
            if chunk.layout is MEMORANDUM:
                self.memoranda.append(row)
            elif chunk.layout is PURPOSE:
                self.purposes[row["purpose"]] = row["scopes"].split()
            elif chunk.layout is staff.ROW:
                self.staff.append({name: row[name].strip() for name in staff.WHO})
            else:
                named = ("trained_on", "confidentiality_on", "suspended")
                self.officers[row["login"]] = {name: row[name] for name in named}

    def totals(self) -> Mapping[str, str | int]:
        return {
            "count": self.records,
            "value": "0.00",
            "purposes": len(self.purposes),
            "officers": len(self.officers),
            "staff": len(self.staff),
        }


@check("DWP-POLICY", level=Level.FILE, whole=True)
def policy_is_whole(tally: PolicyTally, ctx: Context[Any]) -> Iterator[Found]:
    """A policy names one memorandum, at least one purpose and one officer, and the count of its rows; it ends
    after it starts, and no purpose has a scope that the purpose does not cover."""
    if len(tally.memoranda) != 1:
        yield Found(f"the file has {len(tally.memoranda)} P rows", expected="one")
    elif tally.memoranda[0]["ends"] < tally.memoranda[0]["starts"]:
        yield Found("the memorandum ends before it starts", tally.memoranda[0].line, "ends")
    if not tally.purposes or not tally.officers:
        yield Found("a policy without purposes or officers allows nothing", expected="U and O rows")
    if tally.stated != tally.records:
        yield Found(
            f"the T row says {tally.stated}, and there are {tally.records} rows", expected=str(tally.records)
        )
    for purpose, scopes in tally.purposes.items():
        if more := sorted(set(scopes) - PURPOSES[purpose]):
            yield Found(
                f"{purpose} does not cover {', '.join(more)}", expected=", ".join(sorted(PURPOSES[purpose]))
            )


@check("DWP-AGREED", level=Level.FILE, severity=Severity.HOLD)
def second_person_agrees(tally: PolicyTally, ctx: Context[Any]) -> Iterator[Found]:
    """A policy is in force only once a second person has agreed to it."""
    yield Found("a second person must agree to the policy")


def policy_items(chunk: Chunk, tally: PolicyTally, ctx: Context[Any]) -> Iterator[Item]:
    if chunk.layout is not TOTAL or len(tally.memoranda) != 1:
        return
    told = tally.memoranda[0].values
    yield Item(
        "POLICY",
        chunk.lines[0],
        told["mou_ref"],
        0,
        DAY.read(told["starts"]),
        {
            **{name: told[name] for name in ("starts", "ends", "asset_owner", "dpia_ref")},
            "purposes": json.dumps(tally.purposes, sort_keys=True),
            "officers": json.dumps(tally.officers, sort_keys=True),
        },
        staff.sealed(tally.staff),
    )


def policy_moves(taken: Taken, ctx: Context[Any]) -> Iterable[Move]:
    """The policy as it is now, and the end of any other."""
    item, records = taken.item, ctx.facts.records
    data = {**item.data, **{name: json.loads(str(item.data[name])) for name in ("purposes", "officers")}}
    for other in records.all(KIND) if records else ():
        if other.key != item.reference and other.state == IN_FORCE:
            yield Move(kind=KIND, key=other.key, to=ENDED, reason="another policy is in force")
    yield Move(kind=KIND, key=item.reference, to=IN_FORCE, data=data, personal=item.personal)


def policy_in_force(records: Records | None) -> Record | None:
    """The one policy; whether its dates are, is asked at the door."""
    found = [one for one in records.all(KIND) if one.state == IN_FORCE] if records else []
    return found[0] if len(found) == 1 else None


POLICY_LIFE = Lifecycle(
    kind=KIND,
    title="What the council and DWP have agreed",
    begins=(IN_FORCE,),
    moves={IN_FORCE: (ENDED,), ENDED: (IN_FORCE,)},
    owner="benefits-team",
    compartment=Compartment.DWP,
)
LOOKS_UP = Lookup(KIND, states=(IN_FORCE,))

POLICY = Feed(
    name="dwp_cis.policy",
    title="What the council may ask DWP: memorandum, purposes, officers",
    direction=Direction.IN,
    formats={
        FORMAT: Delimited((MEMORANDUM, PURPOSE, OFFICER, staff.ROW, TOTAL), tag_column=0, skip_blank=True)
    },
    tally=PolicyTally,
    checks=(policy_is_whole, second_person_agrees),
    items=policy_items,
    moves=policy_moves,
    looks_up=(LOOKS_UP,),
    compartment=Compartment.DWP,
    personal_data=(staff.STAFF, "nino", "surname", "postcode"),
)
