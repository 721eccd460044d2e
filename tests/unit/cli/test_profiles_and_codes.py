"""`profiles`, `codes`, `items list --grouped`: how the rent system is told, and which codes nobody knows."""

from __future__ import annotations

import os

import pytest

from tests.unit.cli.council import NOW, Council
from tests.unit.cli.running import Feedhub


def test_every_profile_says_what_it_cannot_carry(feedhub: Feedhub) -> None:
    lossy = {one["name"]: one["lossy"] for one in feedhub("profiles", "--json").json}
    assert lossy["generic.renttran"] == []
    assert "the narrative is cut to 20 characters" in lossy["universal_housing.cash"]
    assert "reversals cannot be carried: the line has no sign" in lossy["export43.receipts"]
    assert "reversals cannot be carried" in feedhub("profiles").out


def test_a_profile_is_shown_with_its_options(feedhub: Feedhub) -> None:
    shown = feedhub("profiles", "nec.transactions", "--json").json
    assert (shown["writes"], shown["way"]) == ("RentTransaction", "file")
    assert shown["options"]["codes"] == "nec_types"
    assert "transaction_types" in shown["help"]
    assert feedhub("profiles", "generic.renttran", "--json").json["options"]["landlord"] == "must be set"
    assert "cut to its last 25 characters" in feedhub("profiles", "nec.transactions").out


def test_an_unknown_profile_is_told(feedhub: Feedhub) -> None:
    ran = feedhub("profiles", "uh.cash")
    assert (ran.code, "There is no profile “uh.cash”. Known: allpay.payments" in ran.err) == (2, True)


def test_code_maps_are_listed_and_shown_as_of_a_day(feedhub: Feedhub, council: Council) -> None:
    path = council.config / "codes" / "dated.csv"
    path.write_text("a,b,valid_from,valid_to\nX,OLD,,2030-01-31\nX,NEW,2030-02-01,\n", "utf-8")
    at = ("--config", council.config, "codes")
    assert feedhub(*at, "--json").json["dated"] == 1
    assert [row["becomes"] for row in feedhub(*at, "dated", "--json").json] == ["OLD", "NEW"]
    (row,) = feedhub(*at, "dated", "--date", "2030-02-01", "--json").json
    assert row == {"code": "X", "becomes": "NEW", "from": "2030-02-01", "to": None}
    assert "cash_methods" in feedhub(*at).out
    assert feedhub(*at, "nothing").code == 2


@pytest.mark.parametrize("grouped", [True, False])
def test_what_waits_for_a_code_is_one_line_a_code(feedhub: Feedhub, council: Council, grouped: bool) -> None:
    council.accounts()
    lines = [f"{'91000010':<10}{'':20}XXX+{pounds:06}.00{NOW:%d/%m/%Y}01\n" for pounds in (10, 11)]
    folder = council.folder("rent", "/income/cash")
    path = folder / "CashFile.dat"
    path.write_text("".join(lines), "ascii")
    os.utime(path, (NOW.timestamp() - 3600,) * 2)
    for name in ("/income/cash/done", "/income/replies"):
        council.folder("rent", name)
    routes = council.config / "routes" / "rent.yaml"
    routes.write_text(routes.read_text("utf-8").replace("totals_from: INCOME", "control: none"), "utf-8")
    at = ("--config", council.config)
    assert feedhub(*at, "run", "rent.accounts").code == 0
    ran = feedhub(*at, "run", "rent.cash")
    assert ran.code == 0, ran.out + ran.err
    found = feedhub(*at, "items", "list", *(["--grouped"] if grouped else []), "--json").json
    assert len(found) == (1 if grouped else 2)
    if grouped:
        assert (found[0]["items"], found[0]["amount"], found[0]["waits_as"]) == (2, "-21.00", "CASH_UNMAPPED")
        assert found[0]["reason"] == "the method XXX is not in cash_methods (E16)"
        assert "CASH_UNMAPPED" in feedhub(*at, "items", "list", "--grouped").out
