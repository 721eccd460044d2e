"""Search criteria of a query template, under the names by which they are exported: all are kept, also several
of one column, and go in their order. Source: formats page agresso.md, section 7.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal
from xml.sax.saxutils import escape

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from hub.api import Options

PERIOD = "##PERIOD##"
"""Stands for the period of the batch: for its first, or after `<=` for its last where it has several."""


class Criterion(Options):
    """One condition. restriction_type: `=`, `<=`, `>=`, `<>` (from … to) or `!()`; data_type: 3 whole number,
    8 date, 10 text, 21 large whole number."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)

    column_name: str = Field(pattern=r"^[A-Za-z0-9_]{1,60}$")
    description: str = ""
    restriction_type: Literal["=", "<>", "<=", ">=", "!()"] = "="
    from_value: str = ""
    to_value: str = ""
    data_type: int = 10
    data_length: int = 25
    data_case: int = 0
    is_parameter: bool = True
    is_visible: bool = True
    is_prompt: bool = False
    is_mandatory: bool = False
    can_be_overridden: bool = True
    rel_date_crit: str = ""


def periods_of(file: Mapping[str, Any]) -> list[str]:
    """The periods of what is told by calls, in order."""
    lines = (line for voucher in file["vouchers"] for line in voucher)
    return sorted({str(line["transactionInformation"]["period"]) for line in lines})


def elements(criteria: Sequence[Criterion], periods: Sequence[str]) -> str:
    """The criteria as the query engine takes them."""
    return "".join(
        f"<SearchCriteriaProperties>{''.join(_cells(one, periods))}</SearchCriteriaProperties>"
        for one in criteria
    )


def _cells(one: Criterion, periods: Sequence[str]) -> Iterator[str]:
    for name, field in type(one).model_fields.items():
        value, tag = getattr(one, name), str(field.alias)
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if periods:
            text = text.replace(PERIOD, periods[-1 if one.restriction_type == "<=" else 0])
        yield f"<{tag[0].upper()}{tag[1:]}>{escape(text)}</{tag[0].upper()}{tag[1:]}>"
