"""The example routes of the rent system do what their comments say."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.config.example import init
from hub.config.load import load
from hub.config.options import feed_options
from hub.config.routes import Route
from hub.door.feed import Feed
from hub.door.manager import Door
from hub.model import Verdict
from hub.rent.accounts import ACCOUNTS
from hub.rent.mandates import MANDATES
from tests.product import PLUGINS
from tests.unit.rent.rent_files import enveloped, read


def route(folder: Path, name: str) -> Route:
    return load(folder, Door.load(PLUGINS).catalogue()).route(name)


@pytest.mark.parametrize(
    ("reference", "verdict"), [("60000123457", Verdict.ACCEPTED), ("60000123475", Verdict.REJECTED)]
)
def test_the_check_digit_of_the_comment_is_that_of_its_landlord(
    tmp_path: Path, reference: str, verdict: Verdict
) -> None:
    init(tmp_path / "council")
    path = tmp_path / "council" / "routes" / "rent.yaml"
    commented = path.read_text("utf-8")
    path.write_text(commented.replace("# payment_reference:", "payment_reference:"), "utf-8")
    options = feed_options(ACCOUNTS, route(tmp_path / "council", "rent.accounts").options)
    account = f"{reference},,MAIN,HRA,ACTIVE,,2019-04-01,,,,,,,,,,"
    extract = enveloped("RENTACC", [account], f"1,0.00,0.00,0.00,{reference}")
    assert read(ACCOUNTS, extract, options=options).verdict is verdict


@pytest.mark.parametrize("feed", [ACCOUNTS, MANDATES], ids=lambda feed: feed.name)
def test_another_landlords_extract_is_refused(tmp_path: Path, feed: Feed) -> None:
    init(tmp_path / "council")
    options = feed_options(feed, route(tmp_path / "council", feed.name).options)
    name = {"rent.accounts": "RENTACC", "rent.mandates": "MANDATE"}[feed.name]
    extract = enveloped(name, [], "0,0.00,0.00,0.00,0")
    assert read(feed, extract, options=options).told == []
    assert read(feed, extract.replace("FAKESHIRE", "MOCKTON"), options=options).told == [("E01", 1)]
