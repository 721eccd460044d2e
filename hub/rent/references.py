"""Payment references as partners write them, and as the rent system does: rules that a route sets.

Source: rent system interface, 2.2 (check digits) and 3.4 (card barcodes). No scheme is national: without
rules a reference is only stripped and made capitals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import Field as Setting
from pydantic import field_validator, model_validator

from hub.door.feed import Options
from hub.errors import ConfigError
from hub.fields.kinds import KINDS, FieldResult, engine_from
from hub.fields.payment_reference import with_check
from hub.fields.problem import FieldProblem
from hub.rent.canonical import normal_reference

CHECKED = KINDS["payment_reference"]
_BARCODE = re.compile("[0-9]{23}")
_SERVICE, _ACCOUNT = slice(11, 12), slice(14, 22)
Settings = Mapping[str, str]


def usable(settings: Settings | None) -> Settings | None:
    """Settings of a check digit as they are. Raises ValueError for such as cannot be used, so that it is told
    with the configuration."""
    try:
        CHECKED.check({"payment_reference": "0"}, settings or {})
    except ConfigError as mistake:
        raise ValueError(str(mistake)) from mistake
    return settings


class CardRules(Options):
    """A 23-digit card barcode: issuer 1-8, service 12, rent account 15-22 without its check letter.

    issuer:  whose cards are read; None = anybody's
    service: the digit of rents; a card for another service is not rent
    """

    issuer: str | None = Setting(default=None, pattern="^[0-9]{8}$")
    service: str = Setting(default="8", pattern="^[0-9]$")


class ReferenceRules(Options):
    """What is done to a quoted reference, in this order, before an account is looked for.

    remove:    these characters are left out wherever they stand: " -"
    drop:      text that is taken off where it leads
    pad:       zeros go in front up to this length
    card:      a card barcode becomes its rent account
    add_check: the check character is computed and added, for references that come without
    check:     the landlord's check digit, as settings of the field kind `payment_reference`
    """

    remove: str = ""
    drop: str = ""
    pad: int = Setting(default=0, ge=0, le=25)
    card: CardRules | None = None
    add_check: bool = False
    check: Settings | None = None

    _usable = field_validator("check")(usable)

    @model_validator(mode="after")
    def _has_what_it_adds(self) -> ReferenceRules:
        if self.add_check and engine_from(self.check or {}) is None:
            raise ValueError("add_check needs check, with the engine that computes the character")
        return self

    def normal(self, text: str) -> str:
        """The reference as the rent system writes it. Raises FieldProblem when that cannot be told."""
        reference = normal_reference(text).translate({ord(letter): None for letter in self.remove.upper()})
        reference = reference.removeprefix(self.drop.upper())
        if self.card is not None:
            reference = account_on(reference, self.card)
        reference = reference.rjust(self.pad, "0") if reference else reference
        engine = engine_from(self.check or {}) if self.add_check else None
        return with_check(reference, engine) if engine else reference

    def checked(self, reference: str) -> FieldResult:
        """What the landlord's check digit says of a normal reference."""
        return CHECKED.check({"payment_reference": reference}, self.check or {})


def account_on(barcode: str, rules: CardRules) -> str:
    """The rent account of a card barcode, without check letter. Raises FieldProblem."""
    if not _BARCODE.fullmatch(barcode):
        raise FieldProblem("a card barcode has 23 digits")
    if rules.issuer is not None and not barcode.startswith(rules.issuer):
        raise FieldProblem("the card is of another issuer")
    if barcode[_SERVICE] != rules.service:
        raise FieldProblem(f"the card is for service {barcode[_SERVICE]}, not for rent ({rules.service})")
    return barcode[_ACCOUNT]
