"""The record of GL07, the ledger postings: 66 fields, 2,060 characters, or 2,059 at sites of the older width.

Source: formats page agresso.md, sections 3.2 to 3.4 and appendix A.
"""

from __future__ import annotations

from functools import lru_cache

from hub.api import Blank, Code, Day, Field, FieldType, Layout, Matching, at
from plugins.agresso.types import OnTheRight, Style, Whole, Words, filled

GL, AP, AR, TX = "GL", "AP", "AR", "TX"
SUPPLIER, CUSTOMER = "P", "R"
STANDARD, SHORT = "gl07-55", "gl07-55-wcg"
WIDTHS = {2060: STANDARD, 2059: SHORT}

DAY = Blank(Day("%Y%m%d"))
TEXT = Words()
PERIOD = Blank(Matching("[0-9]{6}", expected="a period as YYYYPP"))

# Name, first and last position as the specification prints them, class (A text, N number, D date).
FIELDS = (
    ("batch_id", 1, 25, "A"),
    ("interface", 26, 50, "A"),
    ("voucher_type", 51, 75, "A"),
    ("trans_type", 76, 77, "A"),
    ("client", 78, 102, "A"),
    ("account", 103, 127, "A"),
    ("dim_1", 128, 152, "A"),
    ("dim_2", 153, 177, "A"),
    ("dim_3", 178, 202, "A"),
    ("dim_4", 203, 227, "A"),
    ("dim_5", 228, 252, "A"),
    ("dim_6", 253, 277, "A"),
    ("dim_7", 278, 302, "A"),
    ("tax_code", 303, 327, "A"),
    ("tax_system", 328, 352, "A"),
    ("currency", 353, 377, "A"),
    ("dc_flag", 378, 379, "N"),
    ("cur_amount", 380, 399, "N"),
    ("amount", 400, 419, "N"),
    ("number_1", 420, 430, "N"),
    ("value_1", 431, 450, "N"),
    ("value_2", 451, 470, "N"),
    ("value_3", 471, 490, "N"),
    ("description", 491, 745, "A"),
    ("trans_date", 746, 753, "D"),
    ("voucher_date", 754, 761, "D"),
    ("voucher_no", 762, 776, "N"),
    ("period", 777, 782, "A"),
    ("tax_id", 783, 783, "A"),
    ("ext_inv_ref", 784, 883, "A"),
    ("ext_ref", 884, 1138, "A"),
    ("due_date", 1139, 1146, "D"),
    ("disc_date", 1147, 1154, "D"),
    ("discount", 1155, 1174, "A"),
    ("commitment", 1175, 1199, "A"),
    ("order_id", 1200, 1214, "A"),
    ("kid", 1215, 1241, "A"),
    ("pay_transfer", 1242, 1243, "A"),
    ("status", 1244, 1244, "A"),
    ("apar_type", 1245, 1245, "A"),
    ("apar_id", 1246, 1270, "A"),
    ("pay_flag", 1271, 1271, "N"),
    ("voucher_ref", 1272, 1286, "N"),
    ("sequence_ref", 1287, 1295, "N"),
    ("intrule_id", 1296, 1320, "A"),
    ("factor_short", 1321, 1345, "A"),
    ("responsible", 1346, 1370, "A"),
    ("apar_name", 1371, 1625, "A"),
    ("address", 1626, 1785, "A"),
    ("province", 1786, 1825, "A"),
    ("place", 1826, 1865, "A"),
    ("bank_account", 1866, 1900, "A"),
    ("pay_method", 1901, 1902, "A"),
    ("vat_reg_no", 1903, 1927, "A"),
    ("zip_code", 1928, 1942, "A"),
    ("curr_licence", 1943, 1945, "A"),
    ("account2", 1946, 1970, "A"),
    ("base_amount", 1971, 1990, "N"),
    ("base_curr", 1991, 2010, "N"),
    ("pay_temp_id", 2011, 2014, "A"),
    ("allocation_key", 2015, 2017, "N"),
    ("period_no", 2018, 2019, "N"),
    ("clearing_code", 2020, 2032, "A"),
    ("swift", 2033, 2043, "A"),
    ("arrive_id", 2044, 2058, "N"),
    ("bank_acc_type", 2059, 2060, "A"),
)

SUNDRY = frozenset({
    "apar_name", "address", "province", "place", "bank_account", "vat_reg_no", "zip_code", "clearing_code",
    "swift", "bank_acc_type",
})  # fmt: skip
"""Who a sundry customer or supplier is; personal, and never written by the hub."""

_KINDS: dict[str, tuple[FieldType, str]] = {
    "trans_type": (Code(GL, AP, AR, TX), "AGR03"),
    "apar_type": (Blank(Code(SUPPLIER, CUSTOMER)), "AGR12"),
    "period": (PERIOD, "AGR08"),
}


@lru_cache
def gl07(name: str = STANDARD, style: Style = "left") -> Layout:
    """The layout of one width, whose writer fills numbers in one style. All styles are read alike."""
    return Layout(name, tuple(_fields(name, style)))


def _fields(name: str, style: Style) -> list[Field]:
    made, start = [], 1
    for field, first, last, kind in FIELDS:
        end = start + last - first
        if (name, field) == (SHORT, "allocation_key"):
            end -= 1  # two wide at these sites, so that all after it stand one to the left
        made.append(_field(field, start, end, kind, style))
        start = end + 1
    return made


def _field(name: str, start: int, end: int, kind: str, style: Style) -> Field:
    type, check = kind_of(name, kind, style)
    return at(name, start, end, type, check=check, personal=name in SUNDRY)


def kind_of(name: str, kind: str, style: Style) -> tuple[FieldType, str]:
    """The type of a field and the id that its findings carry."""
    if name in _KINDS:
        return _KINDS[name]
    if kind == "N":
        return Whole(filled(style, name)), "AGR04"
    if kind == "D":
        return DAY, "AGR07"
    right = name == "commitment" and style == "wcg"
    return (OnTheRight() if right else TEXT), "AGR01"
