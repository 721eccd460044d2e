"""What rules measure: named values, each a pure function of some inputs. Rules name them; there is no code in
a rule. A measure that lacks an input says which one (`Unknown`), and no rule that needs it is evaluated.

Values: money in pence, days as `date`, counts and months as `int`, lists as rows of plain values. None of
them holds a name, a number of a person or an address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from plugins.rtb_fraud import rtb_evidence as known
from plugins.rtb_fraud.rtb_application import Applicant, Application
from plugins.rtb_fraud.rtb_params import Parameters, months_between


class Unknown(Exception):
    """Why a value is not known, as people read it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a measure may look at: inputs in their own shapes, None = missing; why, by input."""

    inputs: Mapping[str, Any]
    why: Mapping[str, str]
    parameters: Parameters | None
    on: date

    @property
    def application(self) -> Application:
        found: Application = self.get(known.APPLICATION)
        return found

    @property
    def received(self) -> date:
        found = self.application.received_at
        if found is None:
            raise Unknown("the RTB1 has no day of receipt")
        return found

    @property
    def law(self) -> Parameters:
        if self.parameters is None:
            raise Unknown("no parameters are in force for the day on which the RTB1 was served")
        return self.parameters

    def tenancy(self) -> known.TenancyRecord:
        found: known.TenancyRecord = self.get("tenancy")
        return found

    def get(self, name: str) -> Any:
        """An input in its own shape."""
        value = self.inputs.get(name)
        if value is None:
            raise Unknown(f"{name} is missing: {self.why.get(name, 'it did not come')}")
        return value


@dataclass(frozen=True, slots=True)
class Measure:
    """One value. `kind`: money, count, yes_no, word, day or rows; `inputs`: what it looks at; `columns`: of
    rows, by name their kinds."""

    of: Callable[[Asked], Any]
    kind: str
    inputs: tuple[str, ...]
    columns: Mapping[str, str]


MONEY, COUNT, YES_NO, WORD, DAY, ROWS = "money", "count", "yes_no", "word", "day", "rows"
Measures = dict[str, Measure]
F = TypeVar("F", bound=Callable[[Asked], Any])


def declaring(measures: Measures) -> Callable[..., Callable[[F], F]]:
    """What declares a measure in a table, under the name of its function."""

    def measure(kind: str, /, *inputs: str, **columns: str) -> Callable[[F], F]:
        def declare(function: F) -> F:
            measures[function.__name__] = Measure(function, kind, inputs, columns)
            return function

        return declare

    return measure


def told(value: Any, what: str) -> Any:
    """Something that an application may leave out."""
    if value is None:
        raise Unknown(f"the application does not say {what}")
    return value


def any_declared(asked: Asked, name: str, what: str) -> bool:
    """Whether one of the applicants says so; unknown while none does and one says nothing."""
    answers = [getattr(one, name) for one in asked.application.applicants]
    return any(answers) or any(bool(told(one, what)) for one in answers)


def age(one: Applicant, on: date) -> int:
    return months_between(one.date_of_birth, on) // 12


def months_ago(stays: Sequence[known.Stay], received: date) -> list[dict[str, Any]]:
    """How many whole months before the RTB1 each ended; 0 for one that goes on."""
    return [{"months_ago": max(0, months_between(one.ends, received)) if one.ends else 0} for one in stays]
