"""LG04, orders: records of 1,905 characters, the only layout seen in public.

It is of an old version (client is 2 wide, dimensions 4 to 12) and so off unless a route names it, or a layout
of the site's own. Source: formats page agresso.md, section 4.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, Literal

from hub.api import Context, Layout
from plugins.agresso.site_layouts import Fields, site_layout
from plugins.agresso.types import laid_out

LG04 = "lg04-52"

# Name, first and last position as the specification prints them.
FIELDS = (
    ("accept_flag", 1, 1),
    ("account", 2, 9),
    ("accountable", 10, 29),
    ("address", 30, 189),
    ("allocation_key", 190, 191),
    ("amount", 192, 208),
    ("amount_set", 209, 209),
    ("apar_id", 210, 217),
    ("apar_name", 218, 247),
    ("art_descr", 248, 282),
    ("article", 283, 297),
    ("att_1_id", 298, 299),
    ("att_2_id", 300, 301),
    ("att_3_id", 302, 303),
    ("att_4_id", 304, 305),
    ("att_5_id", 306, 307),
    ("att_6_id", 308, 309),
    ("att_7_id", 310, 311),
    ("bank_account", 312, 346),
    ("batch_id", 347, 358),
    ("client", 359, 360),
    ("client_ref", 361, 362),
    ("confirm_date", 363, 379),
    ("control", 380, 380),
    ("cur_amount", 381, 397),
    ("currency", 398, 400),
    ("del_met_descr", 401, 460),
    ("del_term_descr", 461, 520),
    ("deliv_addr", 521, 775),
    ("deliv_attention", 776, 825),
    ("deliv_countr", 826, 828),
    ("deliv_date", 829, 845),
    ("deliv_method", 846, 853),
    ("deliv_terms", 854, 861),
    ("dim_1", 862, 869),
    ("dim_2", 870, 877),
    ("dim_3", 878, 885),
    ("dim_4", 886, 893),
    ("dim_5", 894, 905),
    ("dim_6", 906, 909),
    ("dim_7", 910, 913),
    ("dim_value_1", 914, 925),
    ("dim_value_2", 926, 937),
    ("dim_value_3", 938, 949),
    ("dim_value_4", 950, 961),
    ("dim_value_5", 962, 973),
    ("dim_value_6", 974, 985),
    ("dim_value_7", 986, 997),
    ("disc_percent", 998, 1014),
    ("exch_rate", 1015, 1031),
    ("ext_ord_ref", 1032, 1046),
    ("intrule_id", 1047, 1052),
    ("line_no", 1053, 1056),
    ("location", 1057, 1060),
    ("long_info1", 1061, 1180),
    ("long_info2", 1181, 1300),
    ("lot", 1301, 1310),
    ("main_apar_id", 1311, 1318),
    ("mark_attention", 1319, 1368),
    ("mark_ctry_cd", 1369, 1371),
    ("markings", 1372, 1491),
    ("obs_date", 1492, 1508),
    ("order_date", 1509, 1525),
    ("order_id", 1526, 1534),
    ("order_type", 1535, 1536),
    ("pay_method", 1537, 1538),
    ("period", 1539, 1546),
    ("place", 1547, 1576),
    ("province", 1577, 1616),
    ("rel_value", 1617, 1628),
    ("responsible", 1629, 1636),
    ("responsible2", 1637, 1644),
    ("sequence_no", 1645, 1652),
    ("sequence_ref", 1653, 1660),
    ("serial_no", 1661, 1680),
    ("short_info", 1681, 1740),
    ("status", 1741, 1741),
    ("tax_code", 1742, 1743),
    ("tax_system", 1744, 1745),
    ("template_id", 1746, 1753),
    ("terms_id", 1754, 1755),
    ("tekst1", 1756, 1767),
    ("tekst2", 1768, 1779),
    ("tekst3", 1780, 1791),
    ("tekst4", 1792, 1803),
    ("trans_type", 1804, 1805),
    ("unit_code", 1806, 1808),
    ("unit_descr", 1809, 1858),
    ("value_1", 1859, 1875),
    ("voucher_ref", 1876, 1884),
    ("voucher_type", 1885, 1886),
    ("warehouse", 1887, 1890),
    ("zip_code", 1891, 1905),
)

DATES = ("confirm_date", "deliv_date", "order_date", "obs_date")
DateStyle = Literal["right8", "left8", "left6", "blank6"]
"""YYYYMMDD on the right or left, YYMMDD on the left, or YYMMDD after a blank: all were seen, none is safe."""


def record_of(name: str, dates: DateStyle, ctx: Context[Any]) -> Layout:
    """The layout that a route names. Raises CannotRender when there is none."""
    if name == LG04:
        return _made(name, FIELDS, dates)
    own = site_layout(name, "lg04", ctx)
    return _made(name, own.placed, dates, own.width)


@lru_cache
def _made(name: str, fields: Fields, dates: DateStyle, width: int | None = None) -> Layout:
    return laid_out(name, fields, right=DATES if dates == "right8" else (), width=width)


def dated(day: date, style: DateStyle) -> str:
    return f"{day:%Y%m%d}" if style in ("right8", "left8") else f"{' ' * (style == 'blank6')}{day:%y%m%d}"
