"""How orders are written, and what they call the codings of a line: the council's configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field

from hub.api import Options
from plugins.agresso.lg04_layout import DateStyle
from plugins.agresso.site_layouts import LayoutName

Dimension = Literal["dim_1", "dim_2", "dim_3", "dim_4", "dim_5", "dim_6", "dim_7"]
OrderCoding = Literal["account", "cost_centre", "project", "property"]
ATTRIBUTES: Mapping[OrderCoding, str] = {
    "account": "A0",
    "cost_centre": "C1",
    "project": "B0",
    "property": "F0",
}
"""Attribute ids that were seen."""


class Lg04Options(Options):
    """How orders are written as LG04, in a layout of an old version or the site's own; none is official.

    layout:      must be named by the route: lg04-52, or one of `settings: {agresso: {layouts: …}}`
    date_style:  how dates stand in it
    order_type, pay_method, responsible: what each order says of itself
    coding:      the layout's field for each coding; the account is mostly the product's own
    """

    layout: LayoutName
    date_style: DateStyle = "right8"
    order_type: str = Field(default="PO", pattern=r"^[A-Z0-9]{1,2}$")
    pay_method: str = Field(default="", pattern=r"^[A-Z0-9]{0,2}$")
    responsible: str = Field(default="FEEDHUB", pattern=r"^[A-Z0-9]{1,8}$")
    coding: Mapping[OrderCoding, Dimension | Literal["account"]] = {
        "cost_centre": "dim_1",
        "property": "dim_2",
    }


class SalesOrderOptions(Options):
    """How invoices are written that the financial system is to number, price and print.

    first_order, last_order: the range of order numbers that finance has given
    articles:    the code map from the accounts of lines to products there, which carry the coding
    layout, date_style: of LG04, as in `lg04:` of orders; must be named by a route that sends it
    order_type, responsible: what each order says of itself
    coding:      LG04's field for each coding
    """

    first_order: int = Field(ge=0)
    last_order: int = Field(ge=0)
    articles: str
    layout: LayoutName | None = None
    date_style: DateStyle = "right8"
    order_type: str = Field(default="FS", pattern=r"^[A-Z0-9]{1,2}$")
    responsible: str = Field(default="FEEDHUB", pattern=r"^[A-Z0-9]{1,8}$")
    coding: Mapping[OrderCoding, Dimension | Literal["account"]] = {
        "cost_centre": "dim_1",
        "property": "dim_2",
    }

    def code_maps(self) -> Iterable[str]:
        return (self.articles,)
