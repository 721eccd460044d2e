"""Published tables that rules compare with: caps of the discount, and expected sale prices.

Both lie in `data/` with where they come from (README.md); which of a day is a row's own dates.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

_DATA = Path(__file__).with_name("data")
_LONDON = "London"
_DISPUTED = "DISPUTED"


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that a discount may be, in pence, or why that is not known."""

    pence: int | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """What homes of a local authority with so many bedrooms are expected to sell for, in pence."""

    least: int
    most: int


def cap_of(received: date, region: str | None, district: str | None) -> Cap:
    """The cap for an RTB1 served on a day. A row that is marked as disputed is applied to nobody."""
    if region is None:
        return Cap(why="the application names no region")
    rows = [row for row in _caps() if _holds(row, received)]
    named = [row for row in rows if _is_region(row["region"], region)]
    own = [row for row in named if district and _key(district) in _areas(row)]
    fitting = own or [row for row in named if not row["exception_areas"]]
    if len(fitting) != 1:
        return Cap(why=f"no one cap is known for the region on {received.isoformat()}")
    if fitting[0]["note"].startswith(_DISPUTED):
        return Cap(why="the cap of this district is disputed: read SI 2024/1073 and decide")
    return Cap(int(fitting[0]["max_discount_gbp"]) * 100)


def band_of(la_code: str, bedrooms: int) -> Band | None:
    """Four bedrooms stand for four and more; None for a home that the table does not know."""
    return _bands().get((la_code, min(bedrooms, 4)))


def _holds(row: Mapping[str, str], received: date) -> bool:
    """Rows begin on a day, and some end on one."""
    starts, ends = row["application_received_from"], row["application_received_to"]
    return starts <= received.isoformat() and (not ends or received.isoformat() <= ends)


def _is_region(named: str, region: str) -> bool:
    """The earlier caps know London and the rest only."""
    if named == "England outside London":
        return _key(region) != _key(_LONDON)
    return _key(named.removesuffix(" boroughs")) == _key(region)


def _areas(row: Mapping[str, str]) -> set[str]:
    return {_key(one) for one in row["exception_areas"].split(";")}


def _key(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


@cache
def _caps() -> list[dict[str, str]]:
    with (_DATA / "rtb_discount_caps.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


@cache
def _bands() -> Mapping[tuple[str, int], Band]:
    with (_DATA / "la_sale_ranges_2026.csv").open(encoding="utf-8", newline="") as rows:
        return {
            (row["la"], int(row["bedrooms"])): Band(int(row["soft_min"]) * 100, int(row["soft_max"]) * 100)
            for row in csv.DictReader(rows)
        }
