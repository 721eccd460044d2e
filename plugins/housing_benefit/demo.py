"""The pretend benefits system: a posting file that is right and one that is not, in a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hub.api import Scene, Stage

MONDAY = date(2026, 11, 16)
WEEKS = 2


def _postings(stage: Stage) -> None:
    """Good: a posting for each claim, one of them for an unknown account, and a discretionary payment.
    Bad: the same period again under the next number, damaged in five places."""
    claims = [(t.claim_ref or "", t.tenancy_ref) for t in stage.tenants if t.claim_ref]
    rows = [_row(n, claim, account) for n, (claim, account) in enumerate(claims)]
    rows.append(_row(3, "99999999Z", "FAKE9999/9"))
    rows.append(_row(2, claims[0][0], claims[0][1], kind="DHP"))
    stage.put("benefits", "outgoing", "rentpost_000041.dat", _file(stage.day, 41, rows))
    stage.put("benefits", "outgoing", "rentpost_000042.dat", _damaged(_file(stage.day, 42, rows[:30])))


def _row(number: int, claim: str, account: str, kind: str = "HBE") -> tuple[str, int, int, str]:
    weekly = 8_000 + number * 53 % 4_000
    recovered = 2 * 1_155 if number % 20 == 0 else 0
    text = (
        f"D{claim:9}01{account:24}{MONDAY:%Y%m%d}{kind}{weekly:+010d}{weekly * WEEKS:+010d}"
        f"{recovered:+010d}{weekly * WEEKS - recovered:+010d}{MONDAY:%Y%m%d}"
        f"{MONDAY + timedelta(days=13):%Y%m%d}00{'':15}"
    )
    return text, weekly * WEEKS, recovered, claim


def _file(day: date, sequence: int, rows: Sequence[tuple[str, int, int, str]]) -> bytes:
    gross, recovered = sum(row[1] for row in rows), sum(row[2] for row in rows)
    claims = sum(int(row[3][:8]) for row in rows) % 10**9
    head = (
        f"HHBPOST019999ACAD{day:%Y%m%d}{MONDAY:%Y%m%d}{MONDAY + timedelta(days=13):%Y%m%d}"
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


SCENES = (
    Scene(
        date(2026, 12, 1),
        "The benefits system posts two weeks of Housing Benefit, and sends a damaged file after it.",
        _postings,
        ("housing_benefit.postings",),
    ),
)
