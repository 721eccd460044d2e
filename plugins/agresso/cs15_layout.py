"""CS15, customers and suppliers: one record of 1,608 characters each, the only layout seen in public.

It is of an old version (client is 2 wide, the address 4 x 40) and so off unless a route names it, or a layout
of the site's own. Source: formats page agresso.md, section 5.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from hub.api import Context, Layout
from plugins.agresso.site_layouts import Fields, site_layout
from plugins.agresso.types import laid_out

CS15 = "cs15-52"

# Name, first and last position as the specification prints them.
FIELDS = (
    ("full_record", 1, 1),
    ("change_status", 2, 2),
    ("apar_gr_id", 3, 4),
    ("apar_id", 5, 13),
    ("apar_id_ref", 14, 22),
    ("apar_name", 23, 72),
    ("apar_type", 73, 73),
    ("bank_account", 74, 108),
    ("bonus_gr", 109, 112),
    ("cash_delay", 113, 115),
    ("clearing_code", 116, 128),
    ("client", 129, 130),
    ("collect_flag", 131, 131),
    ("comp_reg_no", 132, 156),
    ("control", 157, 157),
    ("credit_limit", 158, 177),
    ("currency", 178, 180),
    ("currency_set", 181, 181),
    ("disc_code", 182, 185),
    ("ext_apar_ref", 186, 200),
    ("factor_short", 201, 208),
    ("foreign_acc", 209, 243),
    ("int_rule_id", 244, 249),
    ("invoice_code", 250, 261),
    ("language", 262, 263),
    ("main_apar_id", 264, 272),
    ("message_text", 273, 352),
    ("pay_delay", 353, 355),
    ("pay_method", 356, 357),
    ("postal_acc", 358, 370),
    ("priority_no", 371, 371),
    ("short_name", 372, 381),
    ("status", 382, 382),
    ("swift", 383, 393),
    ("tax_set", 394, 394),
    ("tax_system", 395, 396),
    ("terms_id", 397, 398),
    ("terms_set", 399, 399),
    ("vat_reg_no", 400, 424),
    ("address1", 425, 464),
    ("address2", 465, 504),
    ("address3", 505, 544),
    ("address4", 545, 584),
    ("address_type", 585, 585),
    ("agr_user_id", 586, 591),
    ("cc_name", 592, 846),
    ("country_code", 847, 849),
    ("description", 850, 899),
    ("place", 900, 939),
    ("province", 940, 979),
    ("telephone_1", 980, 1014),
    ("telephone_2", 1015, 1049),
    ("telephone_3", 1050, 1084),
    ("telephone_4", 1085, 1119),
    ("telephone_5", 1120, 1154),
    ("telephone_6", 1155, 1189),
    ("telephone_7", 1190, 1224),
    ("to_name", 1225, 1479),
    ("zip_code", 1480, 1494),
    ("e_mail", 1495, 1544),
    ("pos_title", 1545, 1579),
    ("pay_temp_id", 1580, 1583),
    ("reference_1", 1584, 1608),
)

PERSONAL = frozenset({
    "apar_name", "address1", "address2", "address3", "address4", "place", "zip_code", "e_mail", "telephone_1",
    "telephone_2", "bank_account", "comp_reg_no", "vat_reg_no",
})  # fmt: skip
"""Never in messages. Bank accounts and personal numbers are never written by the hub at all."""


def record_of(name: str, ctx: Context[Any]) -> Layout:
    """The layout that a route names. Raises CannotRender when there is none."""
    if name == CS15:
        return _made(name, FIELDS)
    own = site_layout(name, "cs15", ctx)
    return _made(name, own.placed, own.width)


@lru_cache
def _made(name: str, fields: Fields, width: int | None = None) -> Layout:
    return laid_out(name, fields, right={"apar_id"}, personal=PERSONAL, width=width)
