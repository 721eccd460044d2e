"""`rent.accounts`: the extract that fills the register."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from hub.checks.base import Context
from hub.model import Account, Disposition, Facts, Finding, ItemState, Severity, Taken, Verdict
from hub.rent.accounts import ACCOUNTS, AccountOptions, account_rows
from hub.rent.calendar import RentCalendar, RentGroup
from hub.rent.register import AccountRegister, accounts_in
from tests.unit.rent.rent_files import Outcome, enveloped, read

TOM = (
    "1900000011,0190001/01,MAIN,HRA,ACTIVE,SEC,2019-04-01,,0440001,000000000001,WEEKLY,"
    "-12.30,2030-06-04T23:00:00+01:00,DISPUTE,2030-07-01,90000116x,DD"
)
ANN = "1900000029,0190002/01,GARAGE,GPS,ENDED,,2019-04-01,2029-12-31,,,,,,,,,"
TRAILER = "2,0.00,0.00,0.00,3800000040"
GOOD = enveloped("RENTACC", [TOM, ANN], TRAILER)


def register_of(outcome: Outcome) -> AccountRegister:
    return AccountRegister(accounts_in(account_rows(outcome.items)))


def extract(*details: str) -> AccountRegister:
    total = sum(int(detail.partition(",")[0]) for detail in details)
    outcome = read(ACCOUNTS, enveloped("RENTACC", details, f"{len(details)},0.00,0.00,0.00,{total}"))
    assert outcome.told == []
    return register_of(outcome)


def test_an_extract_becomes_accounts() -> None:
    outcome = read(ACCOUNTS, GOOD)
    assert outcome.verdict is Verdict.ACCEPTED
    assert [(item.kind, item.reference, item.amount) for item in outcome.items] == [
        ("ACCOUNT", "1900000011", 0),
        ("ACCOUNT", "1900000029", 0),
    ]
    assert register_of(outcome).account("1900000011") == Account(
        payment_ref="1900000011",
        tenancy_ref="0190001/01",
        account_type="MAIN",
        rent_group="HRA",
        status="ACTIVE",
        tenure_type="SEC",
        start_date=date(2019, 4, 1),
        balance=-1230,
        claim_ref="90000116X",
    )


def test_an_account_with_little_known_is_taken_too() -> None:
    account = register_of(read(ACCOUNTS, GOOD)).account("1900000029")
    assert account is not None
    assert (account.status, account.end_date, account.balance) == ("ENDED", date(2029, 12, 31), None)


def test_balances_may_be_summed_in_the_trailer_or_not_but_not_wrongly() -> None:
    summed = GOOD.replace("T,2,0.00,0.00,0.00", "T,2,0.00,-12.30,-12.30")
    assert read(ACCOUNTS, summed).verdict is Verdict.ACCEPTED
    wrong = read(ACCOUNTS, summed.replace("-12.30,-12.30,", "-12.31,-12.31,"))
    assert wrong.told == [("E03", 4), ("E03", 4)]
    assert "or 0.00 in all three" in wrong.messages


BAD = {
    "end before start": ("2029-12-31", "2019-03-31", "E20"),
    "ended without end": ("2029-12-31", "", "E20"),
    "31 June": ("2029-12-31", "2029-06-31", "E11"),
    "unknown status": ("ENDED", "GONE", "E16"),
    "unknown kind of account": ("GARAGE", "GARDEN", "E16"),
    "no rent group": ("GPS", "", "E16"),
    "reference of 26": ("0190002/01", "0" * 26, "E13"),
}


@pytest.mark.parametrize(("good", "bad", "check"), BAD.values(), ids=BAD.keys())
def test_a_bad_row_refuses_the_extract(good: str, bad: str, check: str) -> None:
    outcome = read(ACCOUNTS, GOOD.replace(good, bad))
    assert outcome.told == [(check, 3)]
    assert outcome.verdict is Verdict.REJECTED


def test_the_check_digit_is_the_landlords_own() -> None:
    assert "E13" in read(ACCOUNTS, GOOD).reading.not_checked
    settings = {
        "engine": "weighted",
        "modulus": "10",
        "weights": "0,0,9,7,1,4,6,3,2,8,0",
        "subtract": "true",
        "result": "10:0",
    }
    good = GOOD.replace("1900000011", "60000123457").replace("1900000029", "60000123469")
    good = good.replace("3800000040", "120000246926")
    options = AccountOptions(payment_reference=settings)
    assert read(ACCOUNTS, good, options=options).verdict is Verdict.ACCEPTED
    bad = good.replace("60000123457", "60000123475").replace("246926", "246944")
    assert read(ACCOUNTS, bad, options=options).told == [("E13", 2)]


@pytest.mark.parametrize("settings", [{"engine": "guess"}, {"engine": "weighted"}, {"motor": "letter"}])
def test_wrong_settings_of_the_check_digit_are_mistakes_of_the_configuration(
    settings: dict[str, str],
) -> None:
    with pytest.raises(ValidationError):
        AccountOptions(payment_reference=settings)


def test_who_moves_and_keeps_the_reference_has_the_new_tenancy() -> None:
    old = ANN.replace("1900000029", "1900000011")
    account = extract(TOM, old).account("0190002/01")
    assert account is not None
    assert (account.payment_ref, account.tenancy_ref, account.status) == (
        "1900000011",
        "0190001/01",
        "ACTIVE",
    )


def test_two_live_tenancies_on_one_reference_name_neither() -> None:
    other = TOM.replace("0190001/01", "0190009/01").replace("DISPUTE", "DECEASED")
    account = extract(TOM, other).account("1900000011")
    assert account is not None
    assert account.tenancy_ref is None
    assert account.alt_refs == ("0190001/01", "0190009/01")


LIVE = [Account(f"190000{number:04}") for number in range(40)]


def ended(account: Account) -> str:
    return f"{account.payment_ref},,MAIN,HRA,ENDED,,2019-04-01,2029-12-31,,,,,,,,,"


def closing(accounts: int, **options: int) -> list[Finding]:
    """What is found about an extract that ends so many live accounts, and one that had ended before."""
    before = [*LIVE, Account("1909999999", status="ENDED")]
    rows = [ended(account) for account in (*LIVE[:accounts], before[-1])]
    total = sum(int(row.partition(",")[0]) for row in rows)
    facts = Facts(register=AccountRegister(before))
    settings = AccountOptions(**options)
    outcome = read(
        ACCOUNTS,
        enveloped("RENTACC", rows, f"{len(rows)},0.00,0.00,0.00,{total}"),
        facts=facts,
        options=settings,
    )
    taken = [Taken(str(at), item, Disposition(ItemState.NOTED)) for at, item in enumerate(outcome.items)]
    outcome.reading.cross(taken, Context(settings, facts, "generic-csv"))
    return [found for found in outcome.reading.findings.kept if found.check == "CLOSED"]


def test_an_extract_that_closes_more_accounts_than_usual_waits_for_a_person() -> None:
    assert closing(2) == []
    (found,) = closing(3)
    assert (found.severity, found.message) == (
        Severity.HOLD,
        "3 of 40 live accounts would end, more than 5 percent",
    )
    assert closing(3, most_closed_percent=10) == []


def test_without_a_register_nobody_can_say_how_many_accounts_end() -> None:
    outcome = read(ACCOUNTS, GOOD)
    outcome.reading.cross([], Context(AccountOptions(), Facts(), "generic-csv"))
    assert outcome.reading.not_checked["CLOSED"] == "needs register, which is not known here"


def test_a_rent_group_without_a_calendar_is_told_where_the_council_has_listed_its_groups() -> None:
    def groups(*codes: str) -> list[tuple[str, int | None]]:
        calendar = RentCalendar(groups={code: RentGroup(code) for code in codes})
        return read(ACCOUNTS, GOOD, facts=Facts(rent_calendar=calendar)).told

    assert groups("HRA") == [("GROUP", 3)]
    assert groups("HRA", "GPS") == groups() == []
