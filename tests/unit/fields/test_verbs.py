"""The examples in the docstrings of the fields are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import hub.fields
import hub.fields.bank_account
import hub.formats.layout
import hub.model

MODULES = [
    importlib.import_module(f"hub.fields.{found.name}") for found in pkgutil.iter_modules(hub.fields.__path__)
]


@pytest.mark.parametrize(
    "module", [*MODULES, hub.formats.layout, hub.model], ids=lambda module: module.__name__
)
def test_examples(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


NO_FIELDS = ("kinds", "modulus", "problem")


@pytest.mark.parametrize("name", [m.__name__ for m in MODULES if m.__name__.split(".")[-1] not in NO_FIELDS])
def test_every_field_has_the_same_verbs_and_shows_them(name: str) -> None:
    module = importlib.import_module(name)
    assert all(callable(getattr(module, verb)) for verb in ("compact", "validate", "is_valid", "format"))
    assert ">>>" in (module.__doc__ or "")


WRITTEN = {
    "account_number": ("4015 4823", "40154823"),
    "claim_reference": ("90000012x", "90000012X"),
    "ddi_reference": ("RENT0010000123  ", "RENT0010000123"),
    "payment_reference": (" 0190001/01 ", "0190001/01"),
    "service_user_number": ("b12345", "B12345"),
    "sort_code": ("000299", "00-02-99"),
    "postcode": ("e81ea", "E8 1EA"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_the_form_for_people_means_the_same(name: str) -> None:
    module = importlib.import_module(f"hub.fields.{name}")
    text, written = WRITTEN[name]
    assert module.format(text) == written
    assert module.compact(written) == module.compact(text)


def test_a_bank_account_is_two_fields() -> None:
    assert hub.fields.bank_account.compact("00-02-99", "4015 4823") == ("000299", "40154823")
    assert hub.fields.bank_account.is_valid("00-02-99", "40154823")
    assert not hub.fields.bank_account.is_valid("00-02-99", "4015482")
