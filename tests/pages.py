"""Every page that somebody may look at, by a name for its picture."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from hub.console.sought import hidden
from tests.serving import Served

NOTHING = {"text": "nothing-like-that"}


def pages_of(console: Served) -> Mapping[str, str]:
    """Addresses of pages with something on them."""
    with console.hub.look() as look:
        entries = [entry for entry in look.worklist(limit=None) if entry.compartment == "open"]
        (suspended,) = (one for one in look.items(console.made["small"]) if one.state == "SUSPENDED")
    (asked,) = (entry for entry in entries if entry.subject_id == "case:case-1")
    work = {entry.kind.value: entry.id for entry in entries}
    return {
        "today": "/",
        "transfers": "/transfers",
        "transfers-none": f"/transfers?{urlencode(hidden(console.hub.store.keys, NOTHING))}",
        "transfer-sent": f"/transfers/{console.made['small']}",
        "transfer-held": f"/transfers/{console.made['held']}",
        "transfer-refused": f"/transfers/{console.made['refused']}",
        "files": f"/transfers/{console.made['small']}/files",
        "find": "/find",
        "worklist": "/worklist",
        **{f"worklist-{kind}": f"/worklist/{id}" for kind, id in work.items()},
        "cases": "/worklist/of/case",
        "case": "/records/case/case-1",
        "worklist-case": f"/worklist/{asked.id}",
        "suspense": "/suspense",
        "suspense-item": f"/items/{suspended.id}",
        "records": "/records",
        "record": "/records/milestone/debit_raised%2F2026-11-02",
        "routes": "/routes",
        "route": "/routes/little.payments",
        "endpoints": "/endpoints",
        "endpoint": "/endpoints/in",
        "endpoint-person": "/endpoints/portal",
        "calendar": "/calendar?month=2026-11",
        "reports": "/reports?first=2026-11-01&last=2026-11-30",
        "report": "/reports/own/little.sums",
        "audit": "/audit?everything=yes",
        "people": "/people",
        "person": "/people/clerk",
        "account": "/account",
        "help": "/help",
        "help-page": "/help/alerts",
        "not-found": "/transfers/no-such-transfer",
    }


BEFORE = {"sign-in": "/sign-in"}
"""Pages for who is not signed in."""
