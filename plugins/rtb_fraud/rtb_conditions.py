"""The fixed list of functions that rules are made of (formats page rtb_fraud.md, 6.4); configuration holds no
code. Beside the page's own: gte, lte, not_in, and all_of and any_of to join conditions.

Each is true, false or unknown. all_of is false as soon as one of its conditions is, any_of true as soon as
one is; otherwise one that is unknown makes them unknown: what is missing is never passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from plugins.rtb_fraud.rtb_measure import COUNT, DAY, MONEY, ROWS, WORD, YES_NO, Asked, Measure, Unknown
from plugins.rtb_fraud.rtb_measures import MEASURES
from plugins.rtb_fraud.rtb_params import Parameters
from plugins.rtb_fraud.rtb_types import Shape

Plain = str | tuple[str, ...]


@dataclass
class Told:
    """What a condition came to: `holds` None = unknown, `why` then; what may be shown of it, by name."""

    holds: bool | None
    why: str | None = None
    shown: dict[str, str] = field(default_factory=dict)


def money(pence: int) -> str:
    return f"£{pence // 100:,}.{pence % 100:02d}" if pence >= 0 else f"-{money(-pence)}"


def written(value: Any, kind: str) -> str:
    """A value as people read it; of rows how many."""
    if kind == MONEY:
        return money(value)
    if kind == ROWS:
        return str(len(value))
    if kind == YES_NO:
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def read(text: str, kind: str) -> Any:
    """What a rule compares with, from the text in which it is written. Raises ValueError with a sentence."""
    try:
        if kind == MONEY:
            return int(Decimal(text) * 100)
        if kind == COUNT:
            return int(text)
        if kind == DAY:
            return date.fromisoformat(text)
    except (ValueError, InvalidOperation):
        what = {MONEY: "an amount in pounds", COUNT: "a whole number", DAY: "a day, such as 2026-04-01"}
        raise ValueError(f"“{text}” is not {what[kind]}") from None
    if kind == YES_NO:
        if text not in ("true", "false"):
            raise ValueError(f"“{text}” is neither true nor false")
        return text == "true"
    return text


_HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, with_: bool(value == with_),
    "in": lambda value, with_: value in with_,
    "not_in": lambda value, with_: value not in with_,
    "gt": lambda value, with_: bool(value > with_),
    "gte": lambda value, with_: bool(value >= with_),
    "lt": lambda value, with_: bool(value < with_),
    "lte": lambda value, with_: bool(value <= with_),
}
_ORDERED = ("gt", "gte", "lt", "lte")
_MANY = ("in", "not_in")
Operator = Literal["eq", "in", "not_in", "gt", "gte", "lt", "lte"]


def _check(operator: str, with_: Plain, kind: str, what: str) -> None:
    if kind == ROWS:
        raise ValueError(f"{what} is a list: use any_match or count_gte")
    if operator in _ORDERED and kind in (WORD, YES_NO):
        raise ValueError(f"{what} has no order: use eq or in")
    if (operator in _MANY) is isinstance(with_, str):
        raise ValueError(f"{operator} of {what} needs {'a list' if operator in _MANY else 'one value'}")
    _with(operator, with_, kind)


def _with(operator: str, with_: Plain, kind: str) -> Any:
    return [read(one, kind) for one in with_] if operator in _MANY else read(str(with_), kind)


def _measured(name: str) -> Measure:
    found = MEASURES.get(name)
    if found is None:
        raise ValueError(f"there is no measure “{name}”; README.md lists them")
    return found


def _parameter(name: str) -> None:
    if name not in Parameters.model_fields:
        raise ValueError(f"there is no parameter “{name}”")


class Condition(Shape):
    """What all of them do."""

    def ask(self, asked: Asked) -> Told:
        try:
            return self._ask(asked)
        except Unknown as unknown:
            return Told(None, str(unknown))

    def _ask(self, asked: Asked) -> Told:
        raise NotImplementedError

    def names(self) -> Iterator[str]:
        """The measures that it looks at."""
        raise NotImplementedError

    def shows(self) -> Iterator[str]:
        """What a reason may name beside its measures."""
        yield from ("v", "t")


class Compare(Condition):
    """A measure beside a threshold, a parameter of the law or another measure of its kind."""

    fn: Operator
    value: str
    threshold: Plain | None = None
    parameter: str | None = None
    measure: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> Compare:
        kind = _measured(self.value).kind
        if sum(one is not None for one in (self.threshold, self.parameter, self.measure)) != 1:
            raise ValueError("needs one of threshold, parameter and measure")
        if self.parameter is not None:
            _parameter(self.parameter)
        elif self.measure is not None and _measured(self.measure).kind != kind:
            raise ValueError(f"{self.value} and {self.measure} are not of one kind")
        elif self.threshold is not None:
            _check(self.fn, self.threshold, kind, self.value)
        return self

    def _ask(self, asked: Asked) -> Told:
        kind, value = MEASURES[self.value].kind, MEASURES[self.value].of(asked)
        if self.parameter is not None:
            with_ = _of_law(asked, self.parameter)
        elif self.measure is not None:
            with_ = MEASURES[self.measure].of(asked)
        else:
            with_ = _with(self.fn, self.threshold or "", kind)
        shown = ", ".join(written(one, kind) for one in with_) if self.fn in _MANY else written(with_, kind)
        return Told(_HOLDS[self.fn](value, with_), shown={"v": written(value, kind), "t": shown})

    def names(self) -> Iterator[str]:
        yield from (self.value,) if self.measure is None else (self.value, self.measure)


class Days(Condition):
    """Whether `to` is less than so many days after `of`; a day before it is not."""

    fn: Literal["days_between_lt"]
    of: str
    to: str
    threshold: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _fits(self) -> Days:
        if {_measured(self.of).kind, _measured(self.to).kind} != {DAY}:
            raise ValueError("both “of” and “to” are measures of a day")
        return self

    def _ask(self, asked: Asked) -> Told:
        days = (MEASURES[self.to].of(asked) - MEASURES[self.of].of(asked)).days
        return Told(0 <= days < self.threshold, shown={"v": str(days), "t": str(self.threshold)})

    def names(self) -> Iterator[str]:
        yield from (self.of, self.to)


class Ratio(Condition):
    """Whether the share of `num` in `den` is greater than the threshold; unknown where `den` is nothing."""

    fn: Literal["ratio_gt"]
    num: str
    den: str
    threshold: Decimal | None = None
    parameter: str | None = None
    percent: bool = True

    @model_validator(mode="after")
    def _fits(self) -> Ratio:
        if {_measured(self.num).kind, _measured(self.den).kind} - {MONEY, COUNT}:
            raise ValueError("both “num” and “den” are amounts or counts")
        if (self.threshold is None) is (self.parameter is None):
            raise ValueError("needs one of threshold and parameter")
        if self.parameter is not None:
            _parameter(self.parameter)
        return self

    def _ask(self, asked: Asked) -> Told:
        num, den = (MEASURES[name].of(asked) for name in (self.num, self.den))
        limit = self.threshold if self.threshold is not None else _of_law(asked, self.parameter)
        if den == 0:
            raise Unknown(f"{self.den} is 0, so there is no share of it")
        kinds = (MEASURES[self.num].kind, MEASURES[self.den].kind)
        shown = {"num": written(num, kinds[0]), "den": written(den, kinds[1])}
        shown |= {"v": self._written(Decimal(num) / Decimal(den)), "t": self._written(Decimal(str(limit)))}
        return Told(Decimal(num) > Decimal(den) * Decimal(str(limit)), shown=shown)

    def _written(self, share: Decimal) -> str:
        text = f"{(share * 100 if self.percent else share):.2f}".rstrip("0").rstrip(".")
        return f"{text} %" if self.percent else text

    def names(self) -> Iterator[str]:
        yield from (self.num, self.den)

    def shows(self) -> Iterator[str]:
        yield from ("v", "t", "num", "den")


class _OfRows(Condition):
    value: str
    where: Mapping[str, Mapping[Operator, Plain]] = {}

    @model_validator(mode="after")
    def _rows_fit(self) -> _OfRows:
        measure = _measured(self.value)
        if measure.kind != ROWS and (self.where or measure.kind != COUNT):
            raise ValueError(f"{self.value} is no list")
        for column, tests in self.where.items():
            if column not in measure.columns:
                raise ValueError(f"{self.value} has no “{column}”: only {', '.join(measure.columns)}")
            for operator, with_ in tests.items():
                _check(operator, with_, measure.columns[column], column)
        return self

    def _fitting(self, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [row for row in rows if all(self._fits(row, column) for column in self.where)]

    def _fits(self, row: Mapping[str, Any], column: str) -> bool:
        kind, tests = MEASURES[self.value].columns[column], self.where[column]
        return all(_HOLDS[op](row[column], _with(op, with_, kind)) for op, with_ in tests.items())

    def _row(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """What may be shown of the first that fits."""
        kinds = MEASURES[self.value].columns
        return {name: written(rows[0][name], kind) for name, kind in kinds.items()} if rows else {}

    def names(self) -> Iterator[str]:
        yield self.value

    def shows(self) -> Iterator[str]:
        yield from ("v", "t", *_measured(self.value).columns)


class Count(_OfRows):
    fn: Literal["count_gte"]
    threshold: Annotated[int, Field(ge=1)]

    def _ask(self, asked: Asked) -> Told:
        value = MEASURES[self.value].of(asked)
        rows = self._fitting(value) if isinstance(value, list) else []
        count = len(rows) if isinstance(value, list) else value
        shown = {"v": str(count), "t": str(self.threshold), **self._row(rows)}
        return Told(count >= self.threshold, shown=shown)


class AnyMatch(_OfRows):
    fn: Literal["any_match"]

    def _ask(self, asked: Asked) -> Told:
        rows = self._fitting(MEASURES[self.value].of(asked))
        return Told(bool(rows), shown={"v": str(len(rows)), "t": "0", **self._row(rows)})


class Missing(Condition):
    fn: Literal["is_missing"]
    value: str

    @model_validator(mode="after")
    def _fits(self) -> Missing:
        _measured(self.value)
        return self

    def _ask(self, asked: Asked) -> Told:
        try:
            return Told(
                False, shown={"v": written(MEASURES[self.value].of(asked), MEASURES[self.value].kind)}
            )
        except Unknown as unknown:
            return Told(True, shown={"v": str(unknown)})

    def names(self) -> Iterator[str]:
        yield self.value


class Joined(Condition):
    fn: Literal["all_of", "any_of"]
    of: Annotated[tuple[AnyCondition, ...], Field(min_length=1)]

    def _ask(self, asked: Asked) -> Told:
        told = [one.ask(asked) for one in self.of]
        decides = self.fn == "any_of"
        deciding = [one for one in told if one.holds is decides]
        unknown = [one for one in told if one.holds is None]
        if deciding:
            return Told(decides, shown=_together(deciding if decides else told))
        if unknown:
            return Told(None, "; ".join(dict.fromkeys(one.why or "" for one in unknown)))
        return Told(not decides, shown=_together(told))

    def names(self) -> Iterator[str]:
        for one in self.of:
            yield from one.names()

    def shows(self) -> Iterator[str]:
        for one in self.of:
            yield from one.shows()


AnyCondition = Annotated[
    Compare | Days | Ratio | Count | AnyMatch | Missing | Joined, Field(discriminator="fn")
]
Joined.model_rebuild()


def _together(told: Iterable[Told]) -> dict[str, str]:
    """The first that shows a name is the one that is shown."""
    shown: dict[str, str] = {}
    for one in told:
        shown = {**one.shown, **shown}
    return shown


def _of_law(asked: Asked, parameter: str | None) -> Any:
    """A parameter as of the day on which the RTB1 was served."""
    return getattr(asked.law, parameter or "")
