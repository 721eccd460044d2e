"""`feedhub bacs tables`: published tables are loaded, dated, several held, and the one in force counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from hub.clock.now import SystemClock, local_date
from hub.config.load import load
from hub.config.modulus_tables import tables_in_force
from hub.config.settings import Person, Role
from hub.store.tables import Shelf
from tests.unit.cli.conftest import Feedhub
from tests.unit.cli.council import Council

SAMPLE = Path(__file__).parents[1] / "fields/modulus"
WEIGHTS, PAIRS = SAMPLE / "modulus-sample-weights.txt", SAMPLE / "modulus-sample-substitutions.txt"
VALID = "499273 499273 DBLAL" + "    2    1" * 7 + "\n"
PASSES, FAILS = ("499273", "12345678"), ("499273", "12345679")


def load_them(feedhub: Feedhub, council: Council, *words: object) -> object:
    return feedhub("--config", council.config, "bacs", "tables", "load", *words)


def tables(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, "ascii")
    return path


def held(feedhub: Feedhub, council: Council) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = feedhub("--config", council.config, "bacs", "tables", "--json").json
    return listed


def checked(feedhub: Feedhub, council: Council, account: tuple[str, str]) -> str:
    ran = feedhub("--config", council.config, "check-field", "bank_account", *account, "--json")
    return str(ran.json[0]["status"])


def test_tables_are_loaded_and_told_with_rows_hash_and_day(feedhub: Feedhub, council: Council) -> None:
    words = (WEIGHTS, PAIRS, "--from", "2026-01-05", "--version", "made up", "--min-rows", 20)
    ran = load_them(feedhub, council, *words)
    content = PAIRS.read_bytes() + WEIGHTS.read_bytes()
    assert ran.code == 0, ran.err  # type: ignore[attr-defined]
    (row,) = held(feedhub, council)
    assert (row["from"], row["version"], row["rows"]) == ("2026-01-05", "made up", 22)
    assert row["sha256"] == sha256(content).hexdigest()
    assert row["in_force"] is True
    assert row["by"]
    shown = feedhub("--config", council.config, "bacs", "tables").out
    assert "made up" in shown and str(row["sha256"]) in shown


def test_files_alone_are_valid_from_today_and_called_so(feedhub: Feedhub, council: Council) -> None:
    ran = load_them(feedhub, council, WEIGHTS, PAIRS, "--min-rows", 20)
    today = local_date(SystemClock().now()).isoformat()
    (row,) = held(feedhub, council)
    assert (row["from"], row["version"], row["in_force"]) == (today, today, True)
    assert today in ran.out  # type: ignore[attr-defined]


def test_account_numbers_are_held_against_what_is_loaded(
    feedhub: Feedhub, council: Council, tmp_path: Path
) -> None:
    assert checked(feedhub, council, FAILS) == "cannot_be_checked"
    made = tables(tmp_path, "valacdos.txt", VALID)
    load_them(feedhub, council, made, "--from", "2026-01-05", "--version", "1", "--min-rows", 1)
    assert checked(feedhub, council, PASSES) == "valid"
    assert checked(feedhub, council, FAILS) == "invalid"


def test_a_version_of_the_future_does_not_count_before_its_day(
    feedhub: Feedhub, council: Council, tmp_path: Path
) -> None:
    today = local_date(SystemClock().now())
    old = tables(tmp_path, "old.txt", VALID)
    new = tables(tmp_path, "new.txt", VALID.replace("499273 499273", "000100 000199"))
    for path, day in ((old, today - timedelta(days=1)), (new, today + timedelta(days=1))):
        load_them(feedhub, council, path, "--from", day, "--version", path.stem, "--min-rows", 1)
    assert [(row["version"], row["in_force"]) for row in held(feedhub, council)] == [
        ("old", True),
        ("new", False),
    ]
    state = load(council.config).hub.state_folder
    tomorrow = tables_in_force(state, today + timedelta(days=1))
    assert tomorrow is not None
    assert tomorrow.check(*FAILS) == "not_covered"
    assert checked(feedhub, council, FAILS) == "invalid"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (VALID.replace("DBLAL", "MOD12"), ["line 1 of the weight table has an unknown method"]),
        (VALID.rstrip() + "   15\n", ["line 1 of the weight table has an unknown exception"]),
        (VALID + VALID[:40] + "\n000000\n", ["line 2 of the weight table", "line 3 of the weight table"]),
        ("000901 000910\n", ["no weight table"]),
        ("", ["no weight table"]),
    ],
)
def test_bad_tables_are_refused_with_all_that_is_wrong(
    feedhub: Feedhub, council: Council, tmp_path: Path, text: str, said: list[str]
) -> None:
    made = tables(tmp_path, "valacdos.txt", text)
    ran = load_them(feedhub, council, made, "--from", "2026-01-05", "--version", "1", "--min-rows", 1)
    assert ran.code == 1  # type: ignore[attr-defined]
    assert [one for one in said if one not in ran.err] == []  # type: ignore[attr-defined]
    assert held(feedhub, council) == []


def test_tables_that_may_have_been_cut_short_are_refused(feedhub: Feedhub, council: Council) -> None:
    ran = load_them(feedhub, council, WEIGHTS, "--from", "2026-01-05", "--version", "1")
    assert (ran.code, held(feedhub, council)) == (1, [])  # type: ignore[attr-defined]
    assert "22 rows, expected at least 1000" in ran.err  # type: ignore[attr-defined]


def test_the_same_tables_are_not_held_twice_for_a_day(feedhub: Feedhub, council: Council) -> None:
    words = (WEIGHTS, "--from", "2026-01-05", "--version", "1", "--min-rows", 1)
    load_them(feedhub, council, *words)
    again = load_them(feedhub, council, *words)
    assert "held already" in again.err  # type: ignore[attr-defined]
    assert len(held(feedhub, council)) == 1


def test_of_one_day_what_was_loaded_last_counts(tmp_path: Path) -> None:
    shelf, day = Shelf(tmp_path, "modulus"), date(2026, 1, 5)
    for number in (1, 2):
        assert len(shelf.held()) == number - 1
        at = datetime(2026, 1, number, tzinfo=UTC)
        shelf.add({"a.txt": b"%d" % number}, valid_from=day, version=str(number), rows=1, at=at, by="anna")
    found = shelf.in_force(day)
    assert found is not None
    assert (found.version, shelf.in_force(date(2026, 1, 4))) == ("2", None)


def test_a_load_that_a_crash_cut_off_is_not_there_and_can_be_done_again(tmp_path: Path) -> None:
    shelf, day = Shelf(tmp_path, "modulus"), date(2026, 1, 5)
    name = f"{day}_{sha256(b'x').hexdigest()[:16]}"
    half = tmp_path / "tables/modulus" / f".{name}"
    half.mkdir(parents=True)
    (half / "a.txt").write_bytes(b"half")
    (half / "table.json").write_bytes(b"{}")
    assert shelf.held() == []
    shelf.add(
        {"a.txt": b"x"}, valid_from=day, version="1", rows=1, at=datetime(2026, 1, 1, tzinfo=UTC), by="a"
    )
    assert [(one.folder / "a.txt").read_bytes() for one in shelf.held()] == [b"x"]


def test_only_an_administrator_loads_tables(feedhub: Feedhub, council: Council) -> None:
    from hub.config.login import system_login

    person = Person(login=system_login(), name="You", roles=(Role.OPERATOR,))
    with (council.config / "hub.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"people: [{{login: '{person.login}', name: You, roles: [operator]}}]\n")
    words = (WEIGHTS, "--from", "2026-01-05", "--version", "1", "--min-rows", 1)
    ran = load_them(feedhub, council, *words)
    assert "may not load published tables" in ran.err  # type: ignore[attr-defined]
    assert held(feedhub, council) == []
