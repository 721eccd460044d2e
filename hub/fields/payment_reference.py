"""Payment references of rent accounts. There is no national check digit: each landlord configures its own.

Two published engines (rent system formats page, section 2.2): a weighted sum whose check character is the
last one, and a check letter, modulus 11 or 10. A right check character proves only that nothing was mistyped.

>>> rents = Weighted(10, (0, 0, 9, 7, 1, 4, 6, 3, 2, 8, 0), subtract=True, result={"10": "0"})
>>> validate("60000123457", rents), is_valid("60000123475", rents)
('60000123457', False)
>>> validate("91000010g", Letter())
'91000010G'
>>> Letter().expected("91000036K"), Letter(6, modulus=10).expected("411926C")
('K', 'C')
>>> with_check("91000010", Letter())
'91000010G'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from hub.fields.problem import FieldProblem, passes, without

_SHAPE = re.compile(r"[A-Z0-9/-]{1,25}")
_MANGLED = re.compile(r"[0-9.]+E\+[0-9]+")


class Engine(Protocol):
    """How a landlord computes the check character that ends a reference."""

    def expected(self, reference: str) -> str:
        """The check character that the reference should end with. Raises FieldProblem for a wrong shape."""


@dataclass(frozen=True, slots=True)
class Weighted:
    """Digit times weight over the whole reference, modulo `modulus`. Letters add nothing.

    weights:  one a character, 0 where the check character stands; more than there are characters is fine
    source:   digits that overwrite the start of the reference before weighing
    subtract: whether the remainder is taken from the modulus
    result:   what stands for a result that is no digit (`{"10": "0"}`)
    """

    modulus: int
    weights: tuple[int, ...]
    source: str = ""
    subtract: bool = False
    result: Mapping[str, str] = field(default_factory=dict)

    def expected(self, reference: str) -> str:
        if len(reference) > len(self.weights):
            raise FieldProblem(
                f"it has more than {len(self.weights)} characters, for which there are no weights"
            )
        weighed = self.source + reference[len(self.source) :]
        digits = (int(character) if character.isdigit() else 0 for character in weighed)
        remainder = sum(d * weight for d, weight in zip(digits, self.weights, strict=False)) % self.modulus
        number = str(self.modulus - remainder if self.subtract else remainder)
        return self.result.get(number, number)


@dataclass(frozen=True, slots=True)
class Letter:
    """`digits` digits and a check letter.

    modulus 11: weights falling to 2; A to K for 11 minus the remainder (rents with 8 digits, benefit
                overpayments and sundry debts with 7 and 6)
    modulus 10: weights rising from 1; A C E F H J K L M P for the remainder (council tax, 6 digits)
    """

    digits: int = 8
    modulus: int = 11

    def expected(self, reference: str) -> str:
        if not re.fullmatch(f"[0-9]{{{self.digits}}}[A-Z]", reference):
            raise FieldProblem(f"it has {self.digits} digits and a check letter")
        falling = range(self.digits + 1, 1, -1)
        weights = falling if self.modulus == 11 else range(1, self.digits + 1)
        total = sum(int(d) * weight for d, weight in zip(reference, weights, strict=False))
        return "ABCDEFGHIJK"[10 - total % 11] if self.modulus == 11 else "ACEFHJKLMP"[total % 10]


def compact(text: str) -> str:
    return without(text.strip(), "")


def validate(text: str, engine: Engine | None = None) -> str:
    """The reference in capitals. Without an engine only its shape is checked."""
    reference = compact(text)
    if _MANGLED.fullmatch(reference):
        raise FieldProblem("a spreadsheet has turned it into a number; ask for the file as text")
    if not _SHAPE.fullmatch(reference):
        raise FieldProblem("a payment reference has 1 to 25 capitals, digits, slashes and hyphens")
    if engine is not None and engine.expected(reference) != reference[-1]:
        raise FieldProblem("its check character is wrong: it was probably mistyped")
    return reference


def with_check(text: str, engine: Engine) -> str:
    """The reference with its check character, of one that comes without. Raises FieldProblem."""
    bare = compact(text)
    stand_in = "A" if isinstance(engine, Letter) else "0"
    return bare + engine.expected(bare + stand_in)


def is_valid(text: str, engine: Engine | None = None) -> bool:
    return passes(validate, text, engine)


def format(text: str) -> str:
    return compact(text)
