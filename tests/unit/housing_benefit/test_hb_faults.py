"""Whatever byte of a posting file is spoiled: the plug-in refuses it, or its money is what the file says.

The judge is a few lines of this file, which cut the records by hand and know nothing of the plug-in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.model import Verdict
from tests.mutator import KINDS, SEED, faults
from tests.unit.housing_benefit.posting_files import (
    ADJUSTMENT,
    OVERPAYMENT,
    TODAY,
    Row,
    posting_file,
    read,
)

SOUND = posting_file(
    Row(recovered=2310),
    replace(ADJUSTMENT, claim="1234567", rent_ref="FAKE0002/1"),
    OVERPAYMENT,
    Row(claim="90000027B", rent_ref="FAKE9999/9", entry="DHP"),
)
HEADER = re.compile("HHBPOST019999(ACAD|NECI|CIVI|OTHR)[0-9]{24}(01|02|04)(?!000000)[0-9]{6}L {70}")
DETAIL = re.compile("D.{35}[0-9]{8}(HBE|HBA|OPD|OPR|DHP|DHR)([+-][0-9]{9}){4}[0-9]{16}[01]{2}.{15}")
TRAILER = re.compile("T[0-9]{7}([+-][0-9]{12}){3}[0-9]{9} {64}")
CONTROL = re.compile("[\0-\x1f\x7f-\x9f]")


def posted(data: bytes) -> int | None:
    """What a sound file posts, in pence; None when the file must be refused."""
    text = data.removesuffix(b"\x1a").decode("latin-1").replace("\r\n", "\n")
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 2 or any(len(line) != 120 or CONTROL.search(line) for line in lines):
        return None
    head, *rows, tail = lines
    if not (HEADER.fullmatch(head) and TRAILER.fullmatch(tail) and all(map(DETAIL.fullmatch, rows))):
        return None
    try:
        sound = header_fits(head) and all(map(row_fits, rows))
    except ValueError:
        return None
    return int(tail[34:47]) if sound and totals(rows) == tail[1:56] else None


def header_fits(head: str) -> bool:
    run, start, end = (day(head[place : place + 8]) for place in (17, 25, 33))
    whole = end == start + timedelta(7 * int(head[41:43]) - 1)
    return run <= TODAY + timedelta(7) and start.weekday() == 0 and whole


def row_fits(row: str) -> bool:
    gross, recovered, post = (int(row[place : place + 10]) for place in (57, 67, 77))
    signs = {"HBE": post >= 0, "OPR": post >= 0, "DHP": post >= 0, "OPD": post <= 0, "DHR": post <= 0}
    return (
        day(row[36:44]) <= date.max
        and day(row[87:95]) <= day(row[95:103])
        and post == gross - recovered
        and 0 <= recovered <= max(gross, 0)
        and signs.get(row[44:47], True)
        and re.fullmatch("[0-9]{1,8}[A-Z0-9]?", row[1:10].strip()) is not None
        and not re.fullmatch(r"[0-9.]+E\+[0-9]+", row[12:36].strip())
    )


def totals(rows: list[str]) -> str:
    sums = [sum(int(row[place : place + 10]) for row in rows) for place in (57, 67, 77)]
    hashed = sum(int(re.sub("[^0-9]", "", row[1:10])[:8]) for row in rows) % 10**9
    return f"{len(rows):07d}{sums[0]:+013d}{sums[1]:+013d}{sums[2]:+013d}{hashed:09d}"


def day(text: str) -> date:
    """Raises ValueError; no year before 1900 is a year."""
    return date(int(text[:4]) if text >= "1900" else 0, int(text[4:6]), int(text[6:]))


def agree(data: bytes) -> bool:
    outcome = read(data)
    taken = outcome.verdict in (Verdict.ACCEPTED, Verdict.HELD)
    return (outcome.examined.tally.value if taken else None) == posted(data)


def test_the_judge_knows_a_sound_file() -> None:
    assert posted(SOUND) == 22468 - 2310 - 5425 - 4000 + 22468
    assert agree(SOUND)
    assert agree(SOUND.replace(b"\n", b"\r\n"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_fault_is_found(kind: str, run_seed: int) -> None:
    planted = [*faults(SOUND, 30, SEED, [kind]), *faults(SOUND, 30, run_seed, [kind])]
    assert [fault for spoiled, fault in planted if not agree(spoiled)] == []


def spoiled_everywhere() -> Iterator[tuple[int, bytes]]:
    """Each byte in turn as another digit and as a letter."""
    for place, byte in enumerate(SOUND):
        for instead in (b"1" if byte != ord("1") else b"2", b"X"):
            yield place, SOUND[:place] + instead + SOUND[place + 1 :]


def test_no_byte_can_be_changed_unseen() -> None:
    assert [place for place, data in spoiled_everywhere() if not agree(data)] == []


def test_most_changes_make_a_file_that_must_be_refused() -> None:
    """Else the test above would prove little."""
    refused = [place for place, data in spoiled_everywhere() if posted(data) is None]
    assert len(refused) > 1000


@pytest.mark.parametrize("line", range(6))
def test_a_file_cut_off_anywhere_posts_nothing(line: int) -> None:
    start = line * 121
    for end in range(start, start + 120):
        assert read(SOUND[:end]).verdict in (Verdict.REJECTED, Verdict.UNREADABLE)
