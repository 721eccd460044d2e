"""Sound Standard 18 files of every kind, and what one of them means: written and read with a few slices of
their own, by nothing of the hub's.

All account numbers pass one made-up modulus row that covers every sort code (`WEIGHTS`).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

CREATED, DAY, LATER = (
    " 26328",
    " 26334",
    " 26341",
)  # Tuesday 24 and Monday 30 November, Monday 7 December 2026
WEIGHTS = (3, 9, 5, 4, 2, 7, 8, 7, 6, 5, 4, 3, 2, 1)
OURS = ("00019920000015", "00019920000023")
SIDE = {"01": "debit", "17": "debit", "18": "debit", "99": "credit"}
CONTRA = {"debit": "99", "credit": "17"}


@dataclass(frozen=True, slots=True)
class Payment:
    account: str
    code: str
    ours: str
    pence: int
    reference: str
    day: str


def sound_account(draw: random.Random) -> str:
    """Sort code and account number whose weighted sum 11 divides."""
    while True:
        digits = f"{draw.randrange(100_000, 900_000):06}{draw.randrange(1_000_000, 9_999_999):07}"
        last = -sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits, strict=False)) % 11
        if last < 10:
            return f"{digits}{last}"


def payments(draw: random.Random, kind: str, count: int) -> list[Payment]:
    """What a file of a kind holds: debits, several (days), credits, instructions or mixed."""
    codes = {"credits": ["99"], "instructions": ["0N"], "mixed": ["17", "01", "99", "0C"]}.get(
        kind, ["17", "01"]
    )
    days = [DAY, LATER] if kind == "several" else [DAY]
    made = []
    for number in range(count):
        code = draw.choice(codes)
        pence = 0 if code[0] == "0" and code != "01" else draw.randrange(1, 200_000)
        reference = f"RENT{draw.randrange(10**6):06}{number:04}"
        made.append(
            Payment(sound_account(draw), code, draw.choice(OURS), pence, reference, draw.choice(days))
        )
    return made


def written(made: Sequence[Payment], serial: int, *, several: bool) -> bytes:
    """A volume with one file of these payments."""
    records, sums = [], Counter[tuple[str, str, str]]()
    last = {_balance(one): number for number, one in enumerate(made)}
    values, counts = Counter[str](), Counter[str]()
    for number, one in enumerate(made):
        records.append(_record(one, "A TENANT", "EXAMPLE COUNCIL", one.reference, several=several))
        side = SIDE.get(one.code, "instruction")
        sums[_balance(one)] += one.pence
        values[side] += one.pence
        counts[side] += 1
        if side in CONTRA and last[_balance(one)] == number:
            total, other = sums[_balance(one)], "credit" if side == "debit" else "debit"
            contra = Payment(one.ours, CONTRA[side], one.ours, total, "CONTRA", one.day)
            records.append(_record(contra, "EXAMPLE COUNCIL", "HRA RENT DD", "CONTRA", several=several))
            values[other] += total
            counts[other] += 1
    return _volume(records, serial, values, counts, several=several)


def _balance(one: Payment) -> tuple[str, str, str]:
    return one.day, one.ours, SIDE.get(one.code, "instruction")


def _record(one: Payment, name: str, user: str, reference: str, *, several: bool) -> str:
    text = f"{one.account}0{one.code}{one.ours}    {one.pence:011}{user:18}{reference:18}{name:18}"
    return text + (one.day if several else "")


def _volume(
    records: Sequence[str], serial: int, values: Counter[str], counts: Counter[str], *, several: bool
) -> bytes:
    expires = " 26348" if several else " 26341"  # a week after the last processing day
    hdr1 = f"A654321S   654321{serial:06}00010001{'':6}{CREATED}{expires} 000000{'':20}"
    hdr2 = f"F02000{'00106' if several else '00100'}{'':35}00{'':28}"
    told = f"{counts['instruction']:07}" if counts["instruction"] else " " * 7
    work_code = "4 MULTI  " if several else "1 DAILY  "
    lines = [
        f"VOL1{serial:06}{'':31}654321{'':32}1",
        f"HDR1{hdr1}",
        f"HDR2{hdr2}",
        f"UHL1{'      ' if several else DAY}999999    00000000{work_code}001{'':40}",
        *records,
        f"EOF1{hdr1}",
        f"EOF2{hdr2}",
        f"UTL1{values['debit']:013}{values['credit']:013}{counts['debit']:07}{counts['credit']:07}{'':8}{told}{'':21}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


KINDS: Mapping[str, Callable[[random.Random], tuple[list[Payment], bool]]] = {
    kind: lambda draw, kind=kind: (payments(draw, kind, 8), kind == "several")  # type: ignore[misc]
    for kind in ("debits", "several", "credits", "instructions", "mixed")
}

Meaning = tuple[str, frozenset[tuple[tuple[str, ...], int]]]
"""Whose money it is, and each payment with how often it stands there."""


def meaning(data: bytes) -> Meaning | None:
    """What a volume with one file would do: which money goes from where to where, on which day, under which
    reference. None when it cannot be read to its end.

    Left out, because no money follows it and nothing else in a file tells it: names, the reference that a
    payee sees, and whether a collection is called a first or a later one."""
    lines = data.decode("latin-1").replace("\r\n", "\n").rstrip("\x1a\n").split("\n")
    if [line[:4] for line in (lines[0], lines[-1])] != ["VOL1", "UTL1"] or len(lines) < 8:
        return None
    several, whole = "MULTI" in lines[3], Counter[tuple[str, ...]]()
    for line in lines[4:-3]:
        if len(line) != (106 if several else 100):
            return None
        code, reference = line[15:17], line[64:82].rstrip()
        day = line[100:] if several else lines[3][4:10]
        told = "" if code in ("99", "Z4", "Z5") else reference
        whole[line[:14], "17" if code == "01" else code, line[17:31], line[35:46], told, day] += 1
    return lines[1][5:11], frozenset(whole.items())
