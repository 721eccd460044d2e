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
    names, postcode = (
        (_plain(told.get("surname")), _first(told.get("forenames"))),
        _plain(told.get("postcode")),
    )
    for tenant in tenants:
        own = tenant.personal
        account = quoted is not None and tenant.account == quoted and tenant.data["role"] in LIABLE
        name = _plain(own.get("surname")) == names[0] and _first(own.get("forenames")) == names[1]
        if not (account or name):
            continue
        born = _born(told, tenant)
        home = postcode == _plain(own.get("corr_postcode")) != ""
        if name and born is True and (account or home):
            sure.append(tenant)
        elif account or born is True or (born is None and home):
            likely.append(tenant)
    return sure, likely


def accounts_of(persons: Sequence[Record], tenants: Iterable[Record]) -> list[str]:
    """Every current and former account of these people, and of who is liable with them."""
    liable = [
        (str(one.data["person_ref"]), one.account)
        for one in tenants
        if one.account and one.data["role"] in LIABLE
    ]
    numbers = {str(one.data["person_ref"]) for one in persons}
    own = {account for number, account in liable if number in numbers}
    joint = {number for number, account in liable if account in own}
    return sorted({account for number, account in liable if number in numbers | joint})


def _born(told: Mapping[str, str], tenant: Record) -> bool | None:
    """Whether the dates of birth agree; None where one is not known."""
    own, theirs = told.get("date_of_birth"), tenant.personal.get("date_of_birth")
    return own.strip() == theirs.strip() if own and theirs else None


def _first(text: str | None) -> str:
    words = (text or "").split()
    return _plain(words[0]) if words else ""


def _plain(text: str | None) -> str:
    """Letters and digits alone, in one case: how they are written says nothing."""
    plain = (text or "").casefold()
    return plain if plain.isalnum() else "".join(letter for letter in plain if letter.isalnum())
