"""`feedhub demo --month`: every rent account ends at the balance that a few lines make of partners' files.

The lines are this page's own: slices, splits and regular expressions, nothing of the hub's or the plug-ins'.
"""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest

from hub.demo.council import tenants
from hub.door.demo import Story
from tests.played import pence, played

ACCOUNTS, WEEKS = 2_000, 5
UNPAID = r'<ReturnedDebitItem ref="(\w+)".*? valueOf="(.*?)"'
CLAIMED = r"<SUReference>(\w+)</SUReference>.*?<TotalAmount>(.*?)</TotalAmount>"
REFUSED = r'<ErrorMessage type="REJECTED".*?<ErrorItem reference="(\w+)" valueOf="(.*?)"'


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    return played(tmp_path_factory, Story.MONTH)


def debited(month):
    """Pence of all debits that were sent, by mandate."""
    books = Counter()
    for path in month.at("bureau", "inbound/dd_collections"):
        lines = [line for line in path.read_text("ascii").splitlines() if line[:1].isdigit()]
        for line in lines:
            if line[15:17] in ("01", "17", "18") and line[64:70] != "CONTRA":
                books[line[64:82].strip()] += int(line[35:46])
    return books


def reported(month, pattern):
    """Pence of what the banks' reports name, by mandate."""
    books = Counter()
    for path in month.at("bureau", "outbound/reports/archive"):
        for reference, pounds in re.findall(pattern, path.read_text("utf-8"), re.DOTALL):
            books[reference] += pence(pounds)
    return books


def posted(month):
    """Pence of what the rent system was told to post, by account."""
    books = Counter()
    for path in month.at("rent", "import/transactions"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                if row[0] == "D":
                    books[row[2]] += pence(row[9])
    return books


def test_every_account_ends_at_the_balance_that_the_partners_files_give(month):
    sent, ledger = debited(month), posted(month)
    back = Counter()
    for pattern in (UNPAID, CLAIMED, REFUSED):
        found = reported(month, pattern)
        assert found, pattern
        back += found
    opened = {row[2]: pence(row[13]) for row in details(month.one("rent", "export/accounts", "RENTACC"))}
    assert len(opened) == ACCOUNTS
    rents = {tenant.payment_ref: tenant for tenant in tenants(ACCOUNTS)}
    for reference, opening in opened.items():
        mandate = rents[reference].mandate_ref
        rent = rents[reference].rent_pence * WEEKS
        assert opening + rent + ledger[reference] == opening + rent - sent[mandate] + back[mandate], reference


def details(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file) if row[0] == "D"]


def test_it_says_so(month):
    (line,) = re.findall(r"accounts on which both agree to the penny +([\d,]+)", month.said)
    assert line == f"{ACCOUNTS:,}"
    ours, theirs = re.findall(
        r"owed in the end, by the (?:rent system|banks) +[\d,]+ +(\d+\.\d\d)", month.said
    )
    assert ours == theirs


def test_what_comes_again_is_presented_again_once_and_nobody_is_debited_twice_in_a_call(month):
    for path in month.at("bureau", "inbound/dd_collections"):
        lines = [line for line in path.read_text("ascii").splitlines() if line[:1].isdigit()]
        debits = Counter(line[64:82].strip() for line in lines if line[64:70] != "CONTRA")
        assert set(debits.values()) == {1}
    again = [line[64:82] for line in lines if line[15:17] == "18"]
    assert again
