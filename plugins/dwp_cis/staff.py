"""The council's own people: nobody looks them up, and who may be an officer's family is looked at twice.

Source: formats page dwp_cis.md, section 3 ("self and family"). The list comes with the policy, and is sealed
as one value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from hub.api import Item, Layout, Literal, Matching, Record, column

STAFF = "staff"
WHO = ("login", "nino", "surname", "postcode")

ROW = Layout(
    "member of staff",
    (
        column("record", Literal("S")),
        column("login", Matching(r"[^\x00-\x1f\x7f,]{0,128}", "a login"), required=False, note="of officers"),
        column("nino", Matching(r"[A-Z]{2}[0-9]{6}[A-D]", "a National Insurance number"), personal=True),
        column("surname", Matching(r"[^\x00-\x1f\x7f-\x9f]{1,35}", "a surname"), personal=True),
        column("postcode", Matching("[A-Z0-9 ]{0,8}", "a postcode"), required=False, personal=True),
    ),
    tag="S",
)


def sealed(staff: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    """The list as one personal value of the policy; nothing where there is none."""
    rows = [[one[name] for name in WHO] for one in staff]
    return {STAFF: json.dumps(rows)} if rows else {}


def _listed(policy: Record) -> list[Mapping[str, str]]:
    rows = json.loads(policy.personal.get(STAFF, "[]"))
    return [dict(zip(WHO, row, strict=True)) for row in rows]


def is_staff(item: Item, policy: Record) -> bool:
    """Whether somebody of the council is asked about; the number's last letter counts for nothing."""
    number = item.personal.get("nino", "")[:8]
    return any(one["nino"][:8] == number for one in _listed(policy))


def is_kin(item: Item, policy: Record) -> bool:
    """Whether the subject has surname and postcode of the officer who asks."""
    subject = _place(item.personal)
    own = [one for one in _listed(policy) if one["login"] and one["login"] == item.data.get("officer")]
    return all(subject) and any(_place(one) == subject for one in own)


def _place(who: Mapping[str, str]) -> tuple[str, str]:
    return who.get("surname", "").strip().upper(), who.get("postcode", "").replace(" ", "").upper()
