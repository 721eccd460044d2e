"""The pretend benefits system: a posting file that is right and one that is not, in a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from hub.api import Act, Desk, Edit, Meanwhile, Scene, Stage, nothing_new

MONDAY = date(2026, 11, 16)
WEEKS = 2
PLACED = 2  # the tenant whose posting came without a reference that is known


def _postings(stage: Stage) -> None:
    """Good: a posting for each claim, one of them for an unknown account, and a discretionary payment.
    Bad: the same period again under the next number, damaged in five places."""
    claims = [(t.claim_ref or "", t.tenancy_ref) for t in stage.tenants if t.claim_ref]
    rows = [_row(n, claim, account) for n, (claim, account) in enumerate(claims)]
    rows.append(_row(3, "99999999Z", "FAKE9999/9"))
    rows.append(_row(2, claims[0][0], claims[0][1], kind="DHP"))
    stage.put("benefits", "outgoing", "rentpost_000041.dat", _file(stage.day, 41, rows))
    stage.put("benefits", "outgoing", "rentpost_000042.dat", _damaged(_file(stage.day, 42, rows[:30])))


def _row(
    number: int, claim: str, account: str, kind: str = "HBE", monday: date = MONDAY
) -> tuple[str, int, int, str]:
    weekly = 8_000 + number * 53 % 4_000
    recovered = 2 * 1_155 if number % 20 == 0 else 0
    text = (
        f"D{claim:9}01{account:24}{monday:%Y%m%d}{kind}{weekly:+010d}{weekly * WEEKS:+010d}"
        f"{recovered:+010d}{weekly * WEEKS - recovered:+010d}{monday:%Y%m%d}"
        f"{_last_day(monday):%Y%m%d}00{'':15}"
    )
    return text, weekly * WEEKS, recovered, claim


def _last_day(monday: date) -> date:
    return monday + timedelta(weeks=WEEKS) - timedelta(days=1)


def _file(
    day: date, sequence: int, rows: Sequence[tuple[str, int, int, str]], monday: date = MONDAY
) -> bytes:
    gross, recovered = sum(row[1] for row in rows), sum(row[2] for row in rows)
    claims = sum(int(row[3][:8]) for row in rows) % 10**9
    head = (
        f"HHBPOST019999ACAD{day:%Y%m%d}{monday:%Y%m%d}{_last_day(monday):%Y%m%d}"
        f"{WEEKS:02d}{sequence:06d}L{'':70}"
    )
    tail = f"T{len(rows):07d}{gross:+013d}{recovered:+013d}{gross - recovered:+013d}{claims:09d}{'':64}"
    return "".join(f"{line}\n" for line in [head, *(row[0] for row in rows), tail]).encode("latin-1")


def _damaged(content: bytes) -> bytes:
    lines = content.decode("latin-1").splitlines()
    lines[3] = lines[3][:36] + "20261131" + lines[3][44:]  # 31 November
    lines[5] = lines[5][:77] + "+00000000l" + lines[5][87:]  # a letter in the amount
    lines[8] = lines[8][:-1]  # a character short
    lines[11] = lines[11][:77] + "+000099999" + lines[11][87:]  # posted is not gross less recovered
    lines[-1] = lines[-1][:7] + "9" + lines[-1][8:]  # the trailer's count
    return "".join(f"{line}\n" for line in lines).encode("latin-1")


def _debit_is_raised(desk: Desk) -> None:
    """The business date of a posting file is the last day that it pays for."""
    why = ("--reason", "the debit run is through")
    desk.feedhub("milestone", "set", "debit_raised", "--date", _last_day(MONDAY), *why)


def _place(desk: Desk) -> None:
    """The claimant has told the clerk which tenancy is meant; the clerk alone cannot let the money go."""
    (suspended,) = desk.look("suspense", "list")["items"]
    tenant = desk.stage.tenants[PLACED]
    why = ("--reason", "the claimant rang")
    desk.feedhub("suspense", "propose", suspended["id"], "--account", tenant.payment_ref, *why)
    desk.feedhub("suspense", "clear", suspended["id"], *why)


def _clear(desk: Desk) -> None:
    (suspended,) = desk.look("suspense", "list")["items"]
    desk.feedhub("suspense", "clear", suspended["id"], "--reason", "seen on the claim")


def _discretionary(stage: Stage) -> None:
    """A zip with two files, each of two weeks and three claims."""
    claims = [(t.claim_ref or "", t.tenancy_ref) for t in stage.tenants if t.claim_ref][4:7]
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as bundle:
        for sequence, monday in ((1, MONDAY - timedelta(weeks=WEEKS)), (2, MONDAY)):
            rows = [_row(n, *claim, "DHP", monday) for n, claim in enumerate(claims, start=1)]
            bundle.writestr(f"rentpost_dhp_{sequence:06}.dat", _file(stage.day, sequence, rows, monday))
    stage.put("benefits", "outgoing_dhp", "dhp_202612.zip", packed.getvalue())


POSTINGS, DISCRETIONARY, SUSPENSE = (
    "housing_benefit.postings",
    "housing_benefit.discretionary",
    "rent.suspense",
)
ROUTES, ROUTE = "routes/housing_benefit.yaml", "  discretionary:"
MILESTONES, AFTER = "milestones: [debit_raised, month_closed]", "after: [debit_raised]"
SCENES = (
    Scene(
        date(2026, 12, 1),
        "The benefits system posts two weeks of Housing Benefit, and sends a damaged file after it. Both "
        "wait until the rent of those weeks is raised.",
        _postings,
        (
            Edit("hub.yaml", f"# {MILESTONES}", MILESTONES),
            Edit(ROUTES, f"# {AFTER}", AFTER),
            POSTINGS,
            Act("demo-operator", _debit_is_raised),
            POSTINGS,
        ),
    ),
    Scene(
        date(2026, 12, 2),
        "One posting named no rent account. Two people place it; it is posted once, as a contra pair.",
        nothing_new,
        (Act("demo-clerk", _place), Act("demo-approver", _clear), SUSPENSE, SUSPENSE),
    ),
    Scene(
        date(2026, 12, 9),
        "Discretionary payments come in a zip and go to the rent system's API. That route is new, so it is "
        "rehearsed: nothing of it is meant.",
        _discretionary,
        (Edit(ROUTES, "mode: off", "mode: rehearse", below=ROUTE), DISCRETIONARY),
    ),
    Scene(
        date(2026, 12, 10),
        "It goes live, and the rent system's answer gets lost after it posted: the hub asks, and nothing is "
        "posted twice.",
        nothing_new,
        (
            Edit(ROUTES, "mode: rehearse", "mode: live", below=ROUTE),
            Meanwhile(
                "The rent system posts the batch and breaks the line before it answers.",
                lambda partners: partners.lose_answer("post"),
            ),
            DISCRETIONARY,
            DISCRETIONARY,
        ),
    ),
)
