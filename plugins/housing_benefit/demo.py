"""The pretend benefits system and those who deal with it: postings, suspense, awards, rents told and
rejected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from hub.api import (
    Act,
    Books,
    Desk,
    Edit,
    Export,
    Meanwhile,
    Scene,
    Stage,
    Tenant,
    format_pounds,
    nothing_new,
)
from plugins.housing_benefit.demo_files import (
    WEEKS,
    Posting,
    compared,
    damaged,
    extract,
    fill_in,
    last_day,
    posting,
    posting_file,
    replies,
    weekly,
)

MONDAY = date(2026, 11, 16)
BY_COMMAND, BY_WORKBOOK = (2, "FAKE9999/9"), (5, "FAKE9998/8")
"""Of the postings without a reference that is known: which tenant is meant, and what was quoted."""


def _claims(stage: Stage) -> list[tuple[str, str]]:
    return [(t.claim_ref or "", t.tenancy_ref) for t in stage.tenants if t.claim_ref]


def _row(number: int, claim: str, account: str, kind: str = "HBE", monday: date = MONDAY) -> Posting:
    return posting(number, claim, account, kind, monday)


def _postings(stage: Stage) -> None:
    """Good: a posting for each claim, two of them for unknown accounts, and a discretionary payment.
    Bad: the same period again under the next number, damaged in five places."""
    claims = _claims(stage)
    rows = [_row(n, claim, account) for n, (claim, account) in enumerate(claims)]
    rows.append(_row(3, "99999999Z", BY_COMMAND[1]))
    rows.append(_row(4, "99999998Y", BY_WORKBOOK[1]))
    rows.append(_row(2, claims[0][0], claims[0][1], kind="DHP"))
    good, bad = (posting_file(stage.day, n, some, MONDAY) for n, some in ((41, rows), (42, rows[:30])))
    stage.put("benefits", "outgoing", "rentpost_000041.dat", good)
    stage.put("benefits", "outgoing", "rentpost_000042.dat", damaged(bad))


def _debit_is_raised(desk: Desk) -> None:
    """The business date of a posting file is the last day that it pays for."""
    why = ("--reason", "the debit run is through")
    desk.feedhub("milestone", "set", "debit_raised", "--date", last_day(MONDAY), *why)


def _suspended(desk: Desk, quoted: str) -> str:
    (item,) = (one["id"] for one in desk.look("suspense", "list")["items"] if one["reference"] == quoted)
    return str(item)


def _place(desk: Desk) -> None:
    """The claimant has told the clerk which tenancy is meant; the clerk alone cannot let the money go."""
    number, quoted = BY_COMMAND
    item, why = _suspended(desk, quoted), ("--reason", "the claimant rang")
    account = desk.stage.tenants[number].payment_ref
    desk.feedhub("suspense", "propose", item, "--account", account, *why)
    desk.feedhub("suspense", "clear", item, *why)


def _clear(desk: Desk) -> None:
    desk.feedhub("suspense", "clear", _suspended(desk, BY_COMMAND[1]), "--reason", "seen on the claim")


def _fill_in_account(desk: Desk) -> None:
    account = desk.stage.tenants[BY_WORKBOOK[0]].payment_ref
    _by_workbook(desk, "E2", "D2", account, f"filled in {account}: the claimant wrote")


def _fill_in_yes(desk: Desk) -> None:
    _by_workbook(desk, "F2", "E2", "yes", "agreed: seen on the claim")


def _by_workbook(desk: Desk, cell: str, beside: str, text: str, why: str) -> None:
    """What is left in suspense goes out as a workbook, and comes back with one cell filled in."""
    workbook = desk.folder / "suspense.xlsx"
    desk.feedhub("suspense", "export", workbook)
    fill_in(workbook, cell, beside, text)
    desk.feedhub("suspense", "import", workbook, "--reason", why)


def _discretionary(stage: Stage) -> None:
    """A zip with two files, each of two weeks and three claims."""
    claims = _claims(stage)[4:7]
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as bundle:
        for sequence, monday in ((1, MONDAY - timedelta(weeks=WEEKS)), (2, MONDAY)):
            rows = [_row(n, *claim, "DHP", monday) for n, claim in enumerate(claims, start=1)]
            content = posting_file(stage.day, sequence, rows, monday)
            bundle.writestr(f"rentpost_dhp_{sequence:06}.dat", content)
    stage.put("benefits", "outgoing_dhp", "dhp_202612.zip", packed.getvalue())


def _awards(stage: Stage) -> None:
    """The award of each claim as it was posted, but: one rose, one is suspended, one is not there, and one is
    there for which nothing was posted."""
    awards = [(claim, "1", weekly(n)) for n, (claim, _) in enumerate(_claims(stage))]
    awards[7] = (awards[7][0], "1", weekly(7) + 250)
    awards[8] = (awards[8][0], "2", weekly(8))
    awards[9] = ("90009999K", "1", 7_125)
    awards += [("99999999Z", "1", weekly(3)), ("99999998Y", "1", weekly(4))]
    stage.put("benefits", "outgoing_shbe", "shbe_202612.csv", extract(awards, last_day(MONDAY)))


REPORT = "awards_202611.csv"
PERIOD = ("--from", MONDAY, "--to", last_day(MONDAY))


def _hold_against(desk: Desk) -> None:
    """The table goes to the Benefits service; what was got back of overpaid benefit is short."""
    out = desk.stage.folder("benefits", "incoming") / REPORT
    desk.feedhub("reports", "show", "housing_benefit.awards", *PERIOD, "--out", out)
    desk.feedhub("reports", "show", "housing_benefit.overpayments", *PERIOD)


def _what_differs(stage: Stage) -> Sequence[tuple[str, int, int]]:
    return compared(stage.folder("benefits", "incoming") / REPORT)


FROM = date(2026, 12, 28)
CLAIMANTS, NO_CLAIMANT = (6, 9, 12, 15), 1
"""Tenants whose rents are exported, by number; one of them claims nothing."""
REJECTED = 9


def _rents(stage: Stage, sequence: int, raised: dict[int, int]) -> None:
    """Rents as the rent system exports them; `raised`: by tenant, by how many pence a week."""
    tenants = [t for t in stage.tenants if t.number in (NO_CLAIMANT, *CLAIMANTS)]
    rows = [_rent(one, one.rent_pence + raised.get(one.number, 0)) for one in tenants]
    stage.export("HBRENT", "export/benefit_rents", sequence, rows)


def _rent(tenant: Tenant, pence: int) -> Export:
    amount, water = format_pounds(pence), format_pounds(250)
    columns = [
        tenant.payment_ref, tenant.tenancy_ref, tenant.claim_ref or "", tenant.account_name, "",
        f"{tenant.number} SAMPLE ROAD", "", "", "", "ZZ99 9ZZ", f"{FROM}", amount,
        format_pounds(pence - 250), "", "", "", "", water, "", "2",
    ]  # fmt: skip
    return Export(tenant.payment_ref, pence, columns)


def _first_rents(stage: Stage) -> None:
    _rents(stage, 1, {})


def _rents_again(stage: Stage) -> None:
    """Benefits rejects one of the rents; the rent system exports all again, of which two changed."""
    (events,) = (stage.folder("benefits", "incoming") / "events").iterdir()
    rejected = {_tenant(stage, REJECTED).payment_ref: "NO_LIVE_CLAIM"}
    stage.put("benefits", "outgoing_replies", "replies_000001.csv", replies(events, rejected))
    _rents(stage, 2, {6: 220, 12: 2_000})


def _tenant(stage: Stage, number: int) -> Tenant:
    return stage.tenants[number - 1]


def _told(desk: Desk) -> None:
    desk.feedhub("records", "show", "hb_rent", _tenant(desk.stage, REJECTED).payment_ref)


POSTINGS, DISCRETIONARY, SUSPENSE = (
    "housing_benefit.postings",
    "housing_benefit.discretionary",
    "rent.suspense",
)
AWARDS, EXPORTED, RENTS, REPLIES = (
    "housing_benefit.awards",
    "rent.benefit_rents",
    "housing_benefit.rents",
    "housing_benefit.replies",
)
FILE, ROUTE = "routes/housing_benefit.yaml", "  discretionary:"
MILESTONES, AFTER = "milestones: [debit_raised, month_closed]", "after: [debit_raised]"
SCENES = (
    Scene(
        date(2026, 12, 1),
        "The benefits system posts two weeks of Housing Benefit, and sends a damaged file after it. Both "
        "wait until the rent of those weeks is raised.",
        _postings,
        (
            Edit("hub.yaml", f"# {MILESTONES}", MILESTONES),
            Edit(FILE, f"# {AFTER}", AFTER),
            POSTINGS,
            Act("demo-operator", _debit_is_raised),
            POSTINGS,
        ),
    ),
    Scene(
        date(2026, 12, 2),
        "Two postings named no rent account. Two people place one by command and the other in a workbook, "
        "which goes out and comes back filled in; each is posted once, as a contra pair.",
        nothing_new,
        (
            Act("demo-clerk", _place),
            Act("demo-approver", _clear),
            Act("demo-clerk", _fill_in_account),
            Act("demo-approver", _fill_in_yes),
            SUSPENSE,
            SUSPENSE,
        ),
    ),
    Scene(
        date(2026, 12, 9),
        "Discretionary payments come in a zip and go to the rent system's API. That route is new, so it is "
        "rehearsed: nothing of it is meant.",
        _discretionary,
        (Edit(FILE, "mode: off", "mode: rehearse", below=ROUTE), DISCRETIONARY),
    ),
    Scene(
        date(2026, 12, 10),
        "It goes live, and the rent system's answer gets lost after it posted: the hub asks, and nothing is "
        "posted twice.",
        nothing_new,
        (
            Edit(FILE, "mode: rehearse", "mode: live", below=ROUTE),
            Meanwhile(
                "The rent system posts the batch and breaks the line before it answers.",
                lambda partners: partners.lose_answer("post"),
            ),
            DISCRETIONARY,
            DISCRETIONARY,
        ),
    ),
    Scene(
        date(2026, 12, 11),
        "The benefits system's monthly extract tells each award: five facts of it are read. What was posted "
        "is held against it, and the Benefits service gets the table.",
        _awards,
        (
            Edit(FILE, "mode: off", "mode: live", below="  awards:"),
            AWARDS,
            Act("demo-clerk", _hold_against),
            Books("posted against awarded, 16 to 29 November", _what_differs),
        ),
    ),
    Scene(
        date(2026, 12, 11),
        "Rents change on 28 December. The Benefits service is told those of claimants, and of nobody else.",
        _first_rents,
        (EXPORTED, RENTS),
    ),
    Scene(
        date(2026, 12, 14),
        "The Benefits service rejects one rent. The rent system exports all of them again: what was rejected "
        "and what changed is sent, what is known is not, and a rent that rises by too much waits.",
        _rents_again,
        (REPLIES, EXPORTED, RENTS, Act("demo-clerk", _told)),
    ),
)
