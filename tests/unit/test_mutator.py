"""The fault planter is a tool of other tests: it must change what it says, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests import mutator
from tests.mutator import KINDS, faults, plant

FILE = b"HDR 2026\r\nD0000012345A TENANT   12.35\r\nD0000054321B TENANT   99.10\r\nT0002 000000066666\r\n"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_changes_the_bytes_at_the_place_it_names(kind: str) -> None:
    for spoiled, fault in faults(FILE, 50, kinds=[kind]):
        assert spoiled != FILE
        assert spoiled[: fault.offset] == FILE[: fault.offset]
        assert fault.kind == kind
        assert fault.line == FILE[: fault.offset].count(b"\n") + 1


def test_the_same_seed_plants_the_same_fault() -> None:
    assert plant(FILE, 5) == plant(FILE, 5)
    assert len({plant(FILE, seed)[1].kind for seed in range(200)}) == len(KINDS)


def test_a_penny_is_a_penny() -> None:
    for spoiled, fault in faults(FILE, 50, kinds=["change an amount by a penny"]):
        assert abs(spoiled[fault.offset] - FILE[fault.offset]) == 1
        assert len(spoiled) == len(FILE)


def test_the_last_line_is_the_trailer() -> None:
    assert all(fault.line == 4 for _, fault in faults(FILE, 50, kinds=["change the last line"]))


def test_swapped_lines_are_still_there() -> None:
    for spoiled, _ in faults(FILE, 50, kinds=["swap two lines"]):
        assert sorted(spoiled.splitlines()) == sorted(FILE.splitlines())


def test_where_a_kind_cannot_be_planted_it_says_so() -> None:
    with pytest.raises(ValueError, match="lower-case a letter"):
        plant(b"123\n", kinds=["lower-case a letter"])


def test_it_knows_nothing_of_the_hub() -> None:
    tree = ast.parse(Path(mutator.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name for name in imported if name.split(".")[0] in ("hub", "plugins")}
