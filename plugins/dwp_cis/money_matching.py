"""How a line finds its rent account: the first rule that gives exactly one wins, and nothing is guessed.

Source: formats page dwp_cis.md, section 8.4. Names are compared as HMRC's comparable interface does
(section 5.3): the first letter of the forename, the first three of the surname.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from hub.api import (
    KINDS,
    PAYER,
    Account,
    Disposition,
    Item,
    ItemState,
    Record,
    Records,
    Register,
    learned_account,
)
from plugins.dwp_cis.money_settings import Money

SURE = 8
"""Characters of a number: the last letter tells nobody apart."""


@dataclass(frozen=True, slots=True)
class Person:
    """A tenant as the rent system exports them."""

    account: str
    nino: str
    surname: str
    forename: str
    postcode: str
    live: bool

    @classmethod
    def of(cls, record: Record) -> Person:
        told = record.personal
        return cls(
            account=record.account or str(record.data.get("payment_ref") or ""),
            nino=compact(told.get("nino", ""))[:SURE],
            surname=letters(told.get("surname", "")),
            forename=letters(told.get("forenames", "")),
            postcode=compact(told.get("corr_postcode", "")),
            live=record.state == "CURRENT",
        )

    def has_name(self, surname: str, forename: str) -> bool:
        same = self.surname[:3] == surname[:3] and bool(surname)
        return same and (not forename or not self.forename or self.forename[0] == forename[0])


@dataclass(frozen=True, slots=True)
class People:
    """The tenants, as rules look for them."""

    by_account: Mapping[str, Sequence[Person]] = field(default_factory=dict)
    by_nino: Mapping[str, Sequence[Person]] = field(default_factory=dict)
    by_name: Mapping[tuple[str, str], Sequence[Person]] = field(default_factory=dict)


_KNOWN: WeakKeyDictionary[Any, People] = WeakKeyDictionary()
_BARE: WeakKeyDictionary[Any, Mapping[str, frozenset[str]]] = WeakKeyDictionary()
"""One index for all lines of a file, gone with the facts that it was made of."""


def people_of(records: Records | None) -> People:
    if records is None:
        return People()
    found = _KNOWN.get(records)
    if found is None:
        found = _KNOWN[records] = _indexed([Person.of(one) for one in records.all("tenant")])
    return found


def _indexed(people: Sequence[Person]) -> People:
    by_account: defaultdict[str, list[Person]] = defaultdict(list)
    by_nino: defaultdict[str, list[Person]] = defaultdict(list)
    by_name: defaultdict[tuple[str, str], list[Person]] = defaultdict(list)
    for one in people:
        by_account[one.account].append(one)
        if one.live and one.nino:
            by_nino[one.nino].append(one)
        if one.live and one.postcode:
            by_name[one.surname, one.postcode].append(one)
    return People(by_account, by_nino, by_name)


def place(item: Item, ctx: Money, feed: str) -> Disposition:
    """Where the money of a line belongs; what no rule is sure of is suspended."""
    register = ctx.facts.register
    if register is None:
        return _suspended("NO_REGISTER: the rent accounts are not known here")
    if not item.data["posts"]:
        return _suspended("NOT_RENT: a deduction for something else than rent")
    people = people_of(ctx.facts.records)
    who = _Who.of(item, ctx)
    owners = sorted({person.account for person in people.by_nino.get(who.nino, ())})
    for found in (_by_reference, _by_reference_without_signs):
        account = found(item, register)
        if account is not None:
            return _checked(account, item, who, owners, people, ctx)
    account = _learned(feed, item, ctx)
    if account is not None:
        if owners and account.payment_ref not in owners:
            return _conflict(account.payment_ref, owners)
        return _placed(account, item, "LEARNED_PAIR: cleared to this account before")
    return _by_person(item, who, owners, people, register)


def _checked(
    account: Account, item: Item, who: _Who, owners: Sequence[str], people: People, ctx: Money
) -> Disposition:
    """An account that the reference names, unless the number or the name is somebody else's."""
    if owners and account.payment_ref not in owners:
        return _conflict(account.payment_ref, owners)
    known = people.by_account.get(account.payment_ref, ())
    if known and not any(person.has_name(who.surname, who.forename) for person in known):
        return _suspended("NAME_DIFFERS: nobody of this name is a tenant of the account", account.payment_ref)
    if not known and ctx.options.names == "required":
        return _suspended("NAME_UNKNOWN: the account's tenants are not known here", account.payment_ref)
    return _placed(account, item, None)


def _by_person(
    item: Item, who: _Who, owners: Sequence[str], people: People, register: Register
) -> Disposition:
    """By the number where exactly one live tenancy has it. By name and postcode it is only proposed."""
    if len(owners) > 1:
        return _suspended("NINO_NOT_UNIQUE: several live tenancies have this number", *owners)
    if owners:
        holders = people.by_nino[who.nino]
        account = register.account(owners[0])
        if account is not None and any(one.has_name(who.surname, who.forename) for one in holders):
            return _placed(account, item, "BY_NINO: the one live tenancy with this number")
        return _suspended("NAME_DIFFERS: the number is known under another name", *owners)
    likely = [one for one in people.by_name.get((who.surname, who.postcode), ()) if who.fits(one)]
    accounts = sorted({one.account for one in likely})
    if len(accounts) == 1:
        return _suspended("PROPOSED: one live tenancy has this name and postcode", *accounts)
    return _suspended("NO_ACCOUNT: nothing of the line is known here", *register.candidates(item.reference))


@dataclass(frozen=True, slots=True)
class _Who:
    """The person of a line."""

    nino: str
    surname: str
    forename: str
    postcode: str

    @classmethod
    def of(cls, item: Item, ctx: Money) -> _Who:
        told = item.personal
        return cls(
            nino=number_of(told.get("nino", ""), ctx),
            surname=letters(told.get("surname", "")),
            forename=letters(told.get("forename", "")),
            postcode=compact(told.get("postcode", "")),
        )

    def fits(self, person: Person) -> bool:
        return bool(self.postcode) and person.has_name(self.surname, self.forename)


def _by_reference(item: Item, register: Register) -> Account | None:
    return register.account(item.reference) if item.reference else None


def _by_reference_without_signs(item: Item, register: Register) -> Account | None:
    """The one live account whose reference is the same without blanks, slashes, hyphens and leading zeros."""
    wanted = bare(item.reference)
    found = bare_references(register).get(wanted, frozenset()) if wanted else frozenset()
    return register.account(next(iter(found))) if len(found) == 1 else None


def bare_references(register: Register) -> Mapping[str, frozenset[str]]:
    """By bare reference, the payment references of the live accounts that have it."""
    known = _BARE.get(register)
    if known is None:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for reference in register.live():
            account = register.account(reference)
            for own in (reference, (account and account.tenancy_ref) or ""):
                found[bare(own)].add(reference)
        known = _BARE[register] = {key: frozenset(same) for key, same in found.items()}
    return known


def _learned(feed: str, item: Item, ctx: Money) -> Account | None:
    """The live account to which two people cleared this number's money, or this reference, before."""
    may = ctx.options.allow_learned_pairs and (item.data.get(PAYER) or item.reference)
    account = learned_account(feed, item, ctx) if may else None
    return account if account is not None and account.status != "ENDED" else None


def _placed(account: Account, item: Item, reason: str | None) -> Disposition:
    """Taken; of a tenancy that has ended, if the money is for the time of it."""
    if account.status != "ENDED":
        return Disposition(ItemState.TAKEN, account.payment_ref, reason, tenancy=account.tenancy_ref)
    last = date.fromisoformat(str(item.data["period_to"] or item.on))
    if account.end_date is not None and last <= account.end_date:
        told = "FORMER_ACCOUNT: for the time of the tenancy"
        return Disposition(ItemState.TAKEN, account.payment_ref, told, tenancy=account.tenancy_ref)
    return _suspended("TENANCY_ENDED: probably to be paid back to DWP", account.payment_ref)


def _conflict(named: str, owners: Sequence[str]) -> Disposition:
    return _suspended("CONFLICT: the reference and the number name different tenancies", named, *owners)


def _suspended(reason: str, *candidates: str) -> Disposition:
    return Disposition(ItemState.SUSPENDED, reason=reason, candidates=candidates)


def bare(reference: str) -> str:
    """A reference without blanks, slashes, hyphens and leading zeros.

    >>> bare("FAKE 0002 1"), bare("0190001/01")
    ('FAKE00021', '19000101')
    """
    return "".join(letter for letter in reference.upper() if letter.isalnum()).lstrip("0")


def number_of(text: str, ctx: Money) -> str:
    """The eight characters of a National Insurance number that are one person's; empty for what is none."""
    settings = {"suffix_optional": str(ctx.options.nino_suffix_optional).lower()}
    valid = KINDS["nino"].check({"nino": text}, settings).status == "valid"
    return compact(text)[:SURE] if valid else ""


def compact(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())


def letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalpha())
