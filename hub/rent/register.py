"""The register of rent accounts and mandates as matching sees it: built once, then looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from string import ascii_uppercase, digits

from hub.door.feed import RegisterChange
from hub.model import Account, Mandate
from hub.rent.canonical import normal_reference

MOST_CANDIDATES = 10
_LETTERS = digits + ascii_uppercase
_MISREAD = str.maketrans("OQDILZSB", "00011258")


class AccountRegister:
    """Accounts by payment reference, tenancy reference or old reference; mandates by theirs."""

    def __init__(self, accounts: Iterable[Account], mandates: Iterable[Mandate] = ()) -> None:
        self._by_reference: dict[str, list[Account]] = {}
        self._by_claim: dict[str, list[Account]] = {}
        self._live: set[str] = set()
        self._mandates = {normal_reference(mandate.mandate_ref): mandate for mandate in mandates}
        for account in accounts:
            self._enter(account)

    def _enter(self, account: Account) -> None:
        references = {account.payment_ref, account.tenancy_ref, *account.alt_refs}
        for reference in {normal_reference(text) for text in references if text}:
            self._by_reference.setdefault(reference, []).append(account)
        if account.status != "ENDED":
            self._live.add(account.payment_ref)
        if account.claim_ref:
            self._by_claim.setdefault(normal_reference(account.claim_ref), []).append(account)

    def account(self, reference: str) -> Account | None:
        """By payment reference, tenancy reference or old reference; None when none or more than one fits."""
        fitting = self._by_reference.get(normal_reference(reference), [])
        return fitting[0] if len(fitting) == 1 else None

    def live(self) -> Collection[str]:
        """The payment references of the accounts that have not ended."""
        return self._live

    def by_claim(self, claim_ref: str) -> Sequence[Account]:
        return tuple(self._by_claim.get(normal_reference(claim_ref), ()))

    def of_tenancy(self, tenancy_ref: str) -> Sequence[Account]:
        tenancy = normal_reference(tenancy_ref)
        fitting = self._by_reference.get(tenancy, ())
        return tuple(one for one in fitting if normal_reference(one.tenancy_ref or "") == tenancy)

    def mandate(self, mandate_ref: str) -> Mandate | None:
        return self._mandates.get(normal_reference(mandate_ref))

    def candidates(self, reference: str) -> Sequence[str]:
        """Payment references one slip of the pen away, likeliest slip first; at most `MOST_CANDIDATES`."""
        found: dict[str, None] = {}
        for guess in _slips(normal_reference(reference)):
            found.update((account.payment_ref, None) for account in self._by_reference.get(guess, ()))
            if len(found) >= MOST_CANDIDATES:
                break
        return tuple(found)[:MOST_CANDIDATES]


def accounts_in(change: RegisterChange) -> Iterator[Account]:
    """The accounts that an extract names, for work without a store."""
    for values, _ in change.rows.values():
        yield Account(**{**values, "alt_refs": tuple(values["alt_refs"])})


def _slips(reference: str) -> Iterator[str]:
    """The reference itself (it may fit too many), then: letters misread for digits, another check character,
    neighbours swapped, one character wrong, one too many, one left out."""
    yield reference
    yield reference.translate(_MISREAD)
    yield from (reference[:-1] + letter for letter in _LETTERS)
    yield from _swaps(reference)
    for at in range(len(reference)):
        yield from (reference[:at] + letter + reference[at + 1 :] for letter in _LETTERS)
    yield from (reference[:at] + reference[at + 1 :] for at in range(len(reference)))
    for at in range(len(reference) + 1):
        yield from (reference[:at] + letter + reference[at:] for letter in _LETTERS)


def _swaps(reference: str) -> Iterator[str]:
    for at in range(len(reference) - 1):
        yield reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
