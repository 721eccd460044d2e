"""Synthetic files of any size, sound to their last total. All data are evidently fake."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

HEADER = f"HHBPOST019999ACAD20260413202603302026041202000042L{'':70}\n"
DETAIL = (
    "D{claim:08d}X01FAKE{number:07d}/1           20260413HBE+000011234+000022468+000000000+000022468"
    "202603302026041200               \n"
)
TRAILER = "T{count:07d}+{gross:012d}+000000000000+{gross:012d}{hash:09d}{blank:64}\n"
GROSS = 22468

LABELS = (
    f"VOL1000124{'':31}654321{'':32}1\r\n"
    "HDR1A654321S   65432100012400010001       26328 26341 000000                    \r\n"
    "HDR2F0200000100                                   00                            \r\n"
    "UHL1 26334999999    000000001 DAILY  001                                        \r\n"
)
COLLECTION = (
    "000299{account:08d}01700019920000015    00000052148"
    "EXAMPLE COUNCIL   RENT{number:010d}    A TENANT          \r\n"
)
END = (
    "0001992000001509900019920000015    {sum:011d}HRA RENT DD       CONTRA            EXAMPLE COUNCIL   \r\n"
    "EOF1A654321S   65432100012400010001       26328 26341 000000                    \r\n"
    "EOF2F0200000100                                   00                            \r\n"
    "UTL1{sum:013d}{sum:013d}{count:07d}0000001{blank:36}\r\n"
)
COLLECTED = 521_48


def posting_lines(count: int) -> Iterator[str]:
    """A posting file (`hb-posting-fw1`) of so many details."""
    yield HEADER
    for number in range(count):
        yield DETAIL.format(claim=10_000_000 + number, number=number)
    hashed = sum(range(10_000_000, 10_000_000 + count)) % 10**9
    yield TRAILER.format(count=count, gross=GROSS * count, hash=hashed, blank="")


def standard18_lines(count: int) -> Iterator[str]:
    """A one-day Standard 18 file of so many collections and their contra."""
    yield LABELS
    for number, account in enumerate(islice(_sound_accounts(), count)):
        yield COLLECTION.format(account=account, number=number)
    yield END.format(sum=COLLECTED * count, count=count, blank="")


def _sound_accounts() -> Iterator[int]:
    """Account numbers that can be at sort code 000299 by the made-up modulus table: with weights 8 to 1,
    their sum divides by 11."""
    for start in range(1_000_000, 10_000_000):
        last = (
            -sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), str(start), strict=True)) % 11
        )
        if last < 10:
            yield 10 * start + last


def modulus_table(rows: int = 1_151) -> str:
    """A weight table as long as the published one, made up: each sort code has one row or a pair, some with
    exceptions."""
    kinds = (
        "MOD11",
        "MOD10",
        "DBLAL",
        "DBLAL 1",
        "MOD11 2|MOD11 9",
        "MOD11 4",
        "MOD11 10|MOD11 11",
        "MOD11 14",
    )
    lines: list[str] = []
    for number in range(rows):
        for kind in kinds[number % len(kinds)].split("|"):
            method, _, exception = kind.partition(" ")
            weights = "".join(f"{(number * at) % 10 + 1:4}" for at in range(1, 15))
            lines.append(f"{number * 500:06} {number * 500 + 499:06} {method}{weights}   {exception}")
    return "\r\n".join(lines[:rows]) + "\r\n"
