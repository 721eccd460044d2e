"""Who a breathing-space notice is about, among the tenants that the rent system has told of.

As HMRC matches such notices: by first name, last name, date of birth, address and a known debt. Nothing is
sure but a name and a date of birth that agree, with an address or an account beside. Source: debt_agency.md,
section 5.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hub.api import Record
from plugins.debt_agency.debtors import LIABLE


def meant(
    told: Mapping[str, str], quoted: str | None, tenants: Iterable[Record]
) -> tuple[list[Record], list[Record]]:
    """Who is sure to be meant, and who may be. `told`: the notice's personal values; `quoted`: an account."""
    sure: list[Record] = []
    likely: list[Record] = []
    for tenant in tenants:
        name, born = _same_name(told, tenant), _born(told, tenant)
        account = quoted is not None and tenant.account == quoted and tenant.data["role"] in LIABLE
        home = _plain(told.get("postcode")) == _plain(tenant.personal.get("corr_postcode")) != ""
        if name and born is True and (account or home):
            sure.append(tenant)
        elif account or (name and (born is True or (born is None and home))):
            likely.append(tenant)
    return sure, likely


def accounts_of(persons: Sequence[Record], tenants: Iterable[Record]) -> list[str]:
    """Every current and former account of these people, and of who is liable with them."""
    tenants = list(tenants)
    numbers = {str(one.data["person_ref"]) for one in persons}
    own = _accounts(numbers, tenants)
    joint = {str(t.data["person_ref"]) for t in tenants if t.account in own and t.data["role"] in LIABLE}
    return sorted(_accounts(numbers | joint, tenants))


def _accounts(numbers: set[str], tenants: Iterable[Record]) -> set[str]:
    return {
        tenant.account
        for tenant in tenants
        if tenant.account and tenant.data["role"] in LIABLE and str(tenant.data["person_ref"]) in numbers
    }


def _same_name(told: Mapping[str, str], tenant: Record) -> bool:
    """The surname and the first of the forenames, however they are written."""
    names = [_plain(told.get("surname")), _first(told.get("forenames"))]
    return names == [_plain(tenant.personal.get("surname")), _first(tenant.personal.get("forenames"))]


def _born(told: Mapping[str, str], tenant: Record) -> bool | None:
    """Whether the dates of birth agree; None where one is not known."""
    own, theirs = told.get("date_of_birth"), tenant.personal.get("date_of_birth")
    return own.strip() == theirs.strip() if own and theirs else None


def _first(text: str | None) -> str:
    words = (text or "").split()
    return _plain(words[0]) if words else ""


def _plain(text: str | None) -> str:
    return "".join(letter for letter in (text or "").casefold() if letter.isalnum())
