"""ABWTransaction, element by element: names, namespaces and order are fixed, and the commonest error.

`t` is the namespace of ABWTransaction, `l` that of the schema library. Those of 2005 count as those of 2011.
Source: formats page agresso.md, sections 6.1 and 6.2.
"""

from __future__ import annotations

from hub.api import Element

BASE = "http://services.agresso.com/schema"
VERSIONS = {"2011": "2011/11/14", "2005": "2005/05/13"}
NAMESPACES = {
    "t": tuple(f"{BASE}/ABWTransaction/{version}" for version in VERSIONS.values()),
    "l": tuple(f"{BASE}/ABWSchemaLib/{version}" for version in VERSIONS.values()),
}


def _leaf(told: str) -> Element:
    """`l:TaxCode=tax_code`: the prefix, the name and, where the hub fills it, the GL07 field."""
    name, _, holds = told.partition("=")
    prefix, _, name = name.partition(":")
    return Element(name.removesuffix("!"), prefix, required=name.endswith("!"), holds=holds)


def _leaves(*told: str) -> tuple[Element, ...]:
    return tuple(map(_leaf, told))


AMOUNTS = Element(
    "Amounts",
    "t",
    _leaves(
        "t:DcFlag=dc_flag", "l:Amount=amount", "l:CurrAmount=cur_amount", "t:Number1=number_1", "t:Value1",
        "t:Value2", "t:Value3",
    ),
)  # fmt: skip
ANALYSIS = Element(
    "GLAnalysis",
    "t",
    _leaves(
        "l:Account=account",
        *(f"t:Dim{number}=dim_{number}" for number in range(1, 8)),
        "l:Currency=currency",
        "l:TaxCode=tax_code",
        "l:TaxSystem=tax_system",
        "t:TaxId=tax_id",
    ),
)
TAX = Element(
    "TaxTransInfo", "t", _leaves("t:Account2=account2", "t:BaseAmount=base_amount", "t:BaseCurr=base_curr")
)
SUNDRY_INFO = Element(
    "SundryInfo",
    "t",
    _leaves(
        "t:ApArName", "l:Address", "l:ZipCode", "l:Place", "l:Province", "l:VatRegNo", "t:BankAccountType",
        "l:BankAccount", "l:ClearingCode", "l:Swift",
    ),
)  # fmt: skip
PARTY_INFO = Element(
    "ApArInfo",
    "t",
    (
        *_leaves(
            "l:ApArType=apar_type", "l:ApArNo=apar_id", "t:FactorShort=factor_short",
            "l:InvoiceNo=ext_inv_ref", "l:Responsible=responsible", "l:DueDate=due_date",
            "t:DiscDate=disc_date", "l:Discount=discount", "l:BacsId=kid", "l:PayMethod=pay_method",
            "t:PayFlag=pay_flag", "t:CurrLicense=curr_licence", "l:VoucherRef=voucher_ref",
            "l:SequenceRef=sequence_ref", "t:ArriveId=arrive_id", "t:Commitment=commitment",
            "t:OrderNo=order_id", "l:IntruleId=intrule_id", "t:PayTemplate=pay_temp_id",
        ),
        SUNDRY_INFO,
        *_leaves(
            "t:OrigReference=voucher_ref", "t:ArrivalDate", "t:PayCurrency", "t:ComplaintCode",
            "t:ComplaintDate",
        ),
    ),
)  # fmt: skip
TRANSACTION = Element(
    "Transaction",
    "t",
    (
        *_leaves(
            "l:TransType=trans_type", "l:Description=description", "l:Status=status",
            "t:TransDate=trans_date",
            "l:AllocationKey=allocation_key", "t:PeriodNo=period_no", "t:PayTransfer=pay_transfer",
            "t:ExternalRef=ext_ref",
        ),
        AMOUNTS,
        ANALYSIS,
        TAX,
        PARTY_INFO,
    ),
    many=True,
    required=True,
)  # fmt: skip
VOUCHER = Element(
    "Voucher",
    "t",
    (
        *_leaves(
            "t:VoucherNo=voucher_no", "l:VoucherType=voucher_type", "l:CompanyCode!=client",
            "l:Period=period",
            "t:VoucherDate=voucher_date",
        ),
        TRANSACTION,
    ),
    many=True,
    required=True,
)  # fmt: skip
HEAD = _leaves("t:Interface!=interface", "l:BatchId!=batch_id", "l:ReportClient=client")
ROOT = Element("ABWTransaction", "t", (*HEAD, VOUCHER), required=True)
