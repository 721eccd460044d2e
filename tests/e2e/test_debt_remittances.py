"""A debt agency's remittance: gross to rent accounts, commission and tax to the purchase ledger, and the
bank's line, to the penny. What partners were sent is read by a few lines of the tests' own."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hub.bank.receipts import RECEIPTS
from hub.bank.records import ACCOUNT_LIFE, DUE_LIFE, LINE_LIFE
from hub.door.milestone import MILESTONE
from hub.engine.items import release_item
from hub.engine.overdue import overdue
from hub.finance.documents import DOCUMENT_LIFE
from hub.finance.parties import PARTY_LIFE
from hub.model import ItemState, Move
from hub.rent.exports.homes import TENANT_LIFE
from hub.rent.holds import HOLD_LIFE
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.transfer.effects import apply_moves
from plugins.agresso.feeds import JOURNAL, SUPPLIER_INVOICES
from plugins.agresso.feeds import LIFECYCLES as FINANCE
from plugins.debt_agency.lifecycles import LIFECYCLES
from plugins.debt_agency.pay_feed import PAYMENT
from tests.banking import ACCOUNT_NUMBER, SORT_CODE, Entry, Statement, mt940
from tests.little import little
from tests.remitting import FIRST, WORKED, Paid, Remitted, pay_file
from tests.world import World

GOLDEN = Path(__file__).parents[1] / "golden/debt_agency"
WORKED_FILE = GOLDEN / "pay/ACMEDCA_PAY_MIDBC_20260405_000012.csv"
OUT = GOLDEN / "remittance"

ROUTES = f"""
partner: Acme Debt Collections
routes:
  receipts:
    feed: bank.receipts
    from: {{endpoint: in, pattern: "*.mt940", then: "archive:done"}}
    options:
      accounts: {{rent_income: {{sort_code: "{SORT_CODE}", account_number: "{ACCOUNT_NUMBER}"}}}}
      money: {{acme: {{says: ACME DEBT, file_within: 3}}}}
    mode: live
    owner: income-team
  remittances:
    feed: debt_agency.payment
    from: {{endpoint: in, pattern: "*_PAY_*", then: "archive:done"}}
    to: [{{output: postings, endpoint: out, profile: generic.renttran, options: {{landlord: FAKESHIRE}}}}]
    options:
      council_id: MIDBC
      agency_id: ACMEDCA
      agency: ACME
      contract:
        - {{plan: P1, valid_from: 2026-01-01, rate: 0.1250}}
        - {{plan: P2, stage: 2, valid_from: 2026-01-01, rate: 0.1800}}
      ledger:
        supplier_ref: S4471
        commission_account: E4100
        cost_centre: INCOME
        bank_account: B0100
        control_account: B1700
        offset_account: B2900
    awaits: {{money: acme, within: 3}}
    in_order: true
    mode: live
    owner: income-team
  supplier_invoices:
    feed: agresso.supplier_invoices
    from: {{items: SUPPLIER_INVOICE}}
    to: [{{output: ledger, endpoint: out}}]
    options: {{client: ZZ, batch_code: PURC, tax_account: B8800, responsible: FEEDHUB}}
    mode: live
    owner: finance-team
  journal:
    feed: agresso.journal
    from: {{items: JOURNAL}}
    to: [{{output: ledger, endpoint: out}}]
    options: {{client: ZZ, batch_code: DCAJ, tax_account: B8800}}
    mode: live
    owner: finance-team
"""
VAT = "meaning,percent,description,valid_from,valid_to\nSTANDARD,20,,2011-01-04,\nOUTSIDE,0,,,\n"
TAX_CODES = "meaning,tax_code,description,valid_from,valid_to\nSTANDARD,S1,,,\nOUTSIDE,SO,,,\n"
DEBTS = {  # placement: rent account, plan, stage, kind of debt, pence
    "0001002013": ("7001234501", "P1", 1, "FTA", 2197_37),
    "0001002021": ("7001239902", "P1", 1, "RCG", 612_08),
    "0001002039": ("7001244410", "P2", 2, "FTA", 3626_75),
}


def placed(reference, state="ACTIVE", **changes):
    account, plan, stage, debt_type, due = DEBTS[reference]
    data = {
        "agency": "ACME", "agency_ref": None, "request": reference, "stage": stage, "debt_type": debt_type,
        "plan": plan, "total_due": due, "balance": due, "paid": 0, "adjusted": 0, "placed_on": "2026-03-02",
        "debt_from": "2025-06-02", **changes,
    }  # fmt: skip
    moves = [Move(kind="placement", key=reference, to="QUEUED", account=account, data=data)]
    way = {"ACTIVE": ("SENT", "ACCEPTED", "ACTIVE"), "RETURNED": ("SENT", "ACCEPTED", "RETURNED")}
    return [*moves, *(Move(kind="placement", key=reference, to=to) for to in way.get(state, ()))]


def make(world, moves):
    with world.hub() as hub:
        for move in moves:
            hub.store.write(lambda conn, move=move: apply_moves(conn, hub.services, [move], who="tests"))


@pytest.fixture
def world(tmp_path):
    world = World(
        tmp_path,
        feeds=[little(), RECEIPTS, PAYMENT, SUPPLIER_INVOICES, JOURNAL],
        lifecycles=[
            *(MILESTONE, ACCOUNT_LIFE, LINE_LIFE, DUE_LIFE, DOCUMENT_LIFE, PARTY_LIFE, HOLD_LIFE),
            TENANT_LIFE, *LIFECYCLES, *FINANCE,
        ],
        profiles=[GENERIC_RENTTRAN],
    )  # fmt: skip
    world.clock.at = datetime(2026, 4, 6, 9, tzinfo=UTC)
    world.write("config/routes/acme.yaml", ROUTES)
    (tmp_path / "config/codes").mkdir()
    world.write("config/codes/vat_rates.csv", VAT)
    world.write("config/codes/agresso_tax_codes.csv", TAX_CODES)
    make(world, [move for reference in DEBTS for move in placed(reference)])
    return world


def statement(world, number, pence, opening=100_000, text="ACME DEBT COLL", day="2026-04-03"):
    entry = Entry(pence, text, "ACME")
    shown = mt940(Statement(number, opening, (entry,), date.fromisoformat(day)))
    world.arrive(f"{number}.mt940", shown)
    (came,) = run(world, "receipts")
    assert came.state == "APPLIED", came.reason


def run(world, route="remittances"):
    with world.hub() as hub:
        return hub.run(route).transfers


def come(world, number, *remitted, **changes):
    world.arrive(f"ACMEDCA_PAY_MIDBC_20260405_{number:06d}.csv", pay_file(number, *remitted, **changes))
    (came,) = run(world)
    return came


def let_in(world, number, *remitted, opening=100_000):
    """A file whose money the bank shows first."""
    pence = sum(int(one.comes_to["bank"] * 100) for one in remitted)
    if pence:
        statement(world, number, pence, opening, day=remitted[0].day)
    return come(world, number, *remitted)


def posted(world):
    """What the rent system was told: account, kind, type, pounds."""
    texts = [data.decode() for name, data in world.delivered().items() if name.startswith("RENTTRAN")]
    rows = [row for text in texts for row in csv.reader(io.StringIO(text)) if row[0] == "D"]
    return sorted((row[2], row[4], row[6], row[9]) for row in rows)


def ledger(world, prefix):
    """What finance was sent: role, account, pence, by position."""
    texts = [data.decode("cp1252") for name, data in world.delivered().items() if prefix in name]
    lines = [line for text in texts for line in text.splitlines()]
    return [(line[75:77], line[102:127].strip(), int(line[399:419])) for line in lines]


def items(world, transfer):
    with world.hub() as hub, hub.look() as look:
        return look.items(transfer.id)


def findings(world, transfer):
    with world.hub() as hub, hub.look() as look:
        return [(one.check, one.line, one.message) for one in look.findings(transfer.id)]


def records(world, kind):
    with world.hub() as hub, hub.look() as look:
        return {record.key: record for record in look.records(kind)}


@pytest.fixture
def after_first(world):
    """The payment that the worked remittance takes back has been posted."""
    first = let_in(world, 11, FIRST)
    assert first.state == "SENT", first.reason
    return world


IN_MARCH = 100_000 + 21_24


def test_the_worked_remittance_comes_out_to_the_penny(after_first):
    """What the rent system and finance are sent is, byte for byte, what `tests/golden/debt_agency` has; its
    README does the sums by hand."""
    world = after_first
    world.arrive(WORKED_FILE.name, WORKED_FILE.read_bytes())
    (waits,) = run(world)
    assert (waits.state, "0.00 of 395.99 is there" in waits.reason) == ("STAGED", True)
    assert posted(world) == [("7001239902", "RECEIPT", "RDA", "-25.00")]
    statement(world, 12, 395_99, IN_MARCH)
    before = set(world.delivered())
    (went,) = run(world)
    (invoices,) = run(world, "supplier_invoices")
    (journals,) = run(world, "journal")
    assert {one.state for one in (went, invoices, journals)} == {"SENT"}
    assert [(one.reference, one.state, one.account, one.amount) for one in items(world, went)] == [
        ("0001002013", ItemState.POSTED, "7001234501", -100_00),
        ("0001002013", ItemState.NOTED, "7001234501", -50_00),
        ("0001002039", ItemState.POSTED, "7001244410", -433_33),
        ("0001002021", ItemState.POSTED, "7001239902", 25_00),
        ("REM-2026-04", ItemState.NOTED, None, 0),
    ]
    assert went.money == {ItemState.POSTED: (3, -508_33), ItemState.NOTED: (2, -50_00)}
    assert records(world, "debt_receipt")["ACME/T-0001"].state == "REVERSED"
    sent = {name: data for name, data in world.delivered().items() if name not in before}
    assert sorted(sent) == sorted(path.name for path in OUT.iterdir())
    assert [name for name, data in sent.items() if data != (OUT / name).read_bytes()] == []


def test_the_known_files_clear_the_control_account():
    """The golden files read by position: the agency's invoice, and cash = bank + what was kept back."""
    bought, journal = (
        [(line[75:77], line[102:127].strip(), int(line[399:419])) for line in text.splitlines()]
        for name in ("PURC", "DCAJ")
        for text in [path.read_text("cp1252") for path in OUT.iterdir() if name in path.name]
    )
    assert sum(pence for *_, pence in bought + journal) == 0
    roles = Counter[str]()
    for role, _, pence in bought:
        roles[role] += pence
    assert roles == {"AP": -(93_62 + 18_72) - 3_76, "GL": 93_62 + 3_13, "TX": 18_72 + 63}
    moved = Counter[str]()
    for _, account, pence in journal:
        moved[account] += pence
    assert moved == {
        "B0100": 395_99 + 21_24,
        "B2900": 93_62 + 18_72 + 3_76,
        "B1700": -(508_33 + 25_00),
    }


@pytest.mark.parametrize("pence", [395_98, 396_00])
def test_a_penny_more_or_less_at_the_bank_posts_nothing_and_the_owner_is_told(after_first, pence):
    world = after_first
    waits = come(world, 12, WORKED)
    statement(world, 12, pence, IN_MARCH)
    assert [one.state for one in run(world)] == ["STAGED"]
    assert posted(world) == [("7001239902", "RECEIPT", "RDA", "-25.00")]
    (due,) = [one for one in records(world, "bank_due").values() if one.state == "AWAITED"]
    (line,) = [one for one in records(world, "bank_line").values() if one.state == "OPEN"]
    assert (due.data["amount"], line.data["left"], due.data["transfer"]) == (395_99, pence, waits.id)
    world.clock.turn(days=7)
    run(world, "receipts")
    with world.hub() as hub, hub.look() as look:
        late = [(one.subject, one.what) for one in overdue(hub.services, look) if one.late]
    assert ["395.99 of acme" in what for _, what in late] == [True, False]
    assert f"{pence // 100}.{pence % 100:02d} of acme" in late[1][1]


def test_a_line_that_came_before_is_passed_over_and_the_rest_is_posted(after_first):
    world = after_first
    again = replace(WORKED, paid=[*WORKED.paid[:3], *FIRST.paid])
    statement(world, 12, int(again.comes_to["bank"] * 100), IN_MARCH)
    came = come(world, 12, again)
    assert came.state == "SENT", came.reason
    assert [one.state for one in items(world, came)] == ["POSTED", "NOTED", "POSTED", "DUPLICATE", "NOTED"]
    assert posted(world).count(("7001239902", "RECEIPT", "RDA", "-25.00")) == 1


def test_what_is_taken_back_bears_the_rate_that_it_was_paid_at(world):
    """The contract changes in between; the reversal keeps to the old one, the new payment to the new one."""
    changing = "{{plan: P1, valid_from: 2026-01-01, valid_to: 2026-03-31, rate: 0.1250}}\n        - "
    changing += "{{plan: P1, valid_from: 2026-04-01, rate: 0.2000}}"
    world.write(
        "config/routes/acme.yaml",
        ROUTES.replace("{plan: P1, valid_from: 2026-01-01, rate: 0.1250}", changing.format()),
    )
    let_in(world, 11, FIRST)
    both = [
        Paid("0001002021", "PAR", "-10.00", "0.1250", "T-2", "T-0001"),
        Paid("0001002013", "PA", "80.00", "0.2000", "T-3"),
        Paid("0001002021", "PAR", "-15.00", "0.1250", "T-4", "T-0001"),
    ]
    came = let_in(world, 12, Remitted("REM-2", both), opening=IN_MARCH)
    assert came.state == "SENT", (came.reason, findings(world, came))
    again = come(
        world, 13, Remitted("REM-3", [Paid("0001002021", "PAR", "-0.01", "0.1250", "T-5", "T-0001")])
    )
    assert again.state == "REJECTED"
    assert "0.00 is left of it" in again.reason


def test_commission_on_direct_payments_alone_is_invoiced_and_nothing_is_awaited_of_the_bank(world):
    only = Remitted("REM-1", [Paid("0001002013", "DP", "50.00", "0.1250", "T-1")])
    came = come(world, 11, only)
    assert came.state == "APPLIED", came.reason
    assert (posted(world), records(world, "bank_due")) == ([], {})
    (remittance,) = records(world, "debt_remittance").values()
    assert (remittance.data["bank"], remittance.data["owed"]) == (0, 7_50)
    run(world, "supplier_invoices")
    assert [pence for role, _, pence in ledger(world, "PURC") if role == "AP"] == [-7_50]


def test_commission_that_is_given_back_is_a_credit_in_the_purchase_ledger(after_first):
    """The payment of March bounced, and nothing else was collected: the agency owes its commission, and the
    cash."""
    world = after_first
    run(world, "supplier_invoices")
    before = ledger(world, "PURC")
    back = replace(WORKED, paid=WORKED.paid[3:], invoice="CN-0103")
    came = come(world, 12, back)
    assert came.state == "SENT", (came.reason, findings(world, came))
    run(world, "supplier_invoices")
    run(world, "journal")
    lines = [line for line in ledger(world, "PURC") if line not in before]
    assert sorted((role, pence) for role, _, pence in lines) == [("AP", 3_76), ("GL", -3_13), ("TX", -63)]


def test_one_bad_money_line_waits_alone_and_is_posted_once_somebody_lets_it_go(after_first):
    world = after_first
    world.write(
        "config/routes/acme.yaml",
        ROUTES.replace("agency: ACME\n", "agency: ACME\n      all_or_nothing: false\n"),
    )
    bad = Paid("0001002039", "PAR", "-1.00", "0.1800", "T-9", "T-88")
    came = let_in(world, 12, replace(WORKED, paid=[WORKED.paid[0], bad]), opening=IN_MARCH)
    assert came.state == "SENT", (came.reason, findings(world, came))
    found = items(world, came)
    assert [one.state for one in found] == ["POSTED", "HELD", "NOTED"]
    with world.hub(who="supervisor") as hub:
        release_item(hub.services, found[1].id, "the agency has sent the cheque's copy")
    (let_go,) = run(world)
    assert let_go.state == "SENT", let_go.reason
    assert posted(world)[-1] == ("7001244410", "REVERSAL", "RDA", "1.00")
    assert records(world, "debt_receipt")["ACME/T-9"].state == "POSTED"
    assert records(world, "placement")["0001002039"].data["balance"] == 3627_75


def test_of_two_remittances_the_one_that_the_bank_shows_is_posted(world):
    parted = "awaits: {{money: acme, within: 3, lets_go: part, each: remittance}}".format()
    world.write("config/routes/acme.yaml", ROUTES.replace("awaits: {money: acme, within: 3}", parted))
    first, second = (
        Remitted(f"REM-{n}", [Paid("0001002013", "PA", f"{n}00.00", "0.1250", f"T-{n}")]) for n in (1, 2)
    )
    statement(world, 11, 170_00)
    came = come(world, 11, first, second)
    assert came.state == "SENT", came.reason
    assert posted(world) == [("7001234501", "RECEIPT", "RDA", "-200.00")]
    assert {one.reference: one.state for one in items(world, came) if one.kind == "REMITTANCE"} == {
        "REM-1": "NOTED",
        "REM-2": "NOTED",
    }
    statement(world, 12, 85_00, 100_000 + 170_00)
    (behind,) = run(world)
    assert behind.state == "SENT", behind.reason
    assert posted(world)[0] == ("7001234501", "RECEIPT", "RDA", "-100.00")


def test_the_debts_balance_follows_what_is_posted_and_a_difference_is_told(after_first):
    world = after_first
    statement(world, 12, 395_99, IN_MARCH)
    came = come(
        world, 12, replace(WORKED, paid=[replace(WORKED.paid[0], balance="2097.36"), *WORKED.paid[1:]])
    )
    (told,) = [message for check, _, message in findings(world, came) if "BALANCE_DIFF" in message]
    assert told == "BALANCE_DIFF: the agency has 2097.36 left after this, the hub 2097.37"
    asked = records(world, "placement_exception").values()
    assert {one.data["code"]: (one.data["told"], one.data["known"]) for one in asked} == {
        "BALANCE_DIFF": (2097_36, 2097_37),
        "DIRECT_UNTOLD": (50_00, 0),
    }
    balances = {
        key: (one.data["balance"], one.data["paid"]) for key, one in records(world, "placement").items()
    }
    assert balances == {
        "0001002013": (2097_37, 100_00),
        "0001002021": (612_08, 0),
        "0001002039": (3193_42, 433_33),
    }


def test_money_of_nobodys_debt_is_banked_suspended_and_invoiced_like_the_rest(world):
    stray = Paid("0001002047", "PA", "40.00", "0.1250", "T-1")
    came = let_in(world, 11, Remitted("REM-1", [stray, replace(FIRST.paid[0], txn="T-2")]))
    assert came.money == {
        ItemState.SUSPENDED: (1, -40_00),
        ItemState.POSTED: (1, -25_00),
        ItemState.NOTED: (1, 0),
    }
    assert {key: one.state for key, one in records(world, "debt_receipt").items()} == {
        "ACME/T-1": "SUSPENDED",
        "ACME/T-2": "POSTED",
    }
    (remittance,) = records(world, "debt_remittance").values()
    assert remittance.data["bank"] == 55_24
