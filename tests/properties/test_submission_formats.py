"""Every format of a submission: what is written reads back equal, and no bytes make a reading raise."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.bacs.bureau_file import encoded
from plugins.bacs.feeds import SUBMISSION
from plugins.bacs.outgoing import Outgoing
from plugins.bacs.settings import SubmissionOptions
from tests.unit.bacs.bacs_files import FACTS, GOLDEN, OPTIONS, Outcome, request

CSV = ("paygate", "sddirect", "eazipay", "accesspay_custom", "csv")
COLUMNS = {
    "columns": [
        *("day", "reference", "-", "account_name", "amount", "transaction_code"),
        *("sort_code", "account_number", "user_name"),
    ],
    "date": "DD-MMM-YYYY",
    "delimiter": "|",
    "quote_all": True,
}
ACCOUNTS = [
    {"sort_code": "000199", "account_number": number, "account_name": f"ACCOUNT {number}"}
    for number in ("20000015", "20000023")
]
ORIGINS = SubmissionOptions.model_validate({**OPTIONS, "originating_accounts": ACCOUNTS}).originating_accounts
TEXT = st.text("ABCXYZ019.&/- ", min_size=1, max_size=18).map(str.strip).filter(bool)
DIGITS = st.text("0123456789", min_size=8, max_size=8).filter(lambda text: text.strip("0"))
PAYMENTS = st.lists(
    st.builds(
        Outgoing,
        day=st.dates(date(2026, 11, 25), date(2027, 11, 25)),
        origin=st.sampled_from(ORIGINS),
        code=st.sampled_from(["01", "17", "18", "99", "0N", "0C"]),
        amount=st.integers(0, 99_999_999_999),
        sort_code=DIGITS.map(lambda text: text[:6]).filter(lambda text: text.strip("0")),
        account_number=DIGITS,
        account_name=TEXT,
        reference=TEXT,
        user_name=TEXT,
    ),
    min_size=1,
    max_size=12,
)


def looked_at(format: str, data: bytes) -> Outcome:
    return request(format, data, originating_accounts=ACCOUNTS, csv=COLUMNS)


@pytest.mark.parametrize("format", CSV)
@settings(max_examples=40)
@given(payments=PAYMENTS)
def test_written_rows_of_a_bureau_read_back_equal(format: str, payments: list[Outgoing]) -> None:
    ctx = looked_at(format, b"").ctx
    found = [one.item for one in looked_at(format, encoded(payments, format, ctx)).taken]
    assert [
        (item.on, item.data["transaction_code"], item.amount, item.reference, *_account(item.personal))
        for item in found
    ] == [
        (one.day, one.code, one.amount, one.reference, one.sort_code, one.account_number, one.account_name)
        for one in payments
    ]
    named = {item.personal["originating_account_number"] for item in found if len(item.personal) > 3}
    assert named <= {one.origin.account_number for one in payments}


def _account(personal: object) -> tuple[str, str, str]:
    assert isinstance(personal, dict)
    return personal["sort_code"], personal["account_number"], personal["account_name"]


SEEDS = [path.read_bytes() for path in sorted(GOLDEN.glob("submission/*"))]
PIECES = [line + b"\r\n" for seed in SEEDS for line in seed.splitlines()[:12]]
JUNK = st.sampled_from(
    [b"\0", b"\x1a", b"\r", b'"', b",", b"\xff", b"\xef\xbb\xbf", b"VOL1", b"\n\n", b"UTL1"]
)
HOSTILE = st.lists(st.sampled_from(PIECES) | JUNK | st.binary(max_size=20), max_size=25).map(b"".join)


@pytest.mark.parametrize("format", SUBMISSION.formats)
@settings(max_examples=40)
@given(data=HOSTILE)
def test_no_bytes_make_a_reading_raise(format: str, data: bytes) -> None:
    SUBMISSION.recognise(data)
    outcome = looked_at(format, data)
    assert outcome.verdict
    assert FACTS.register is not None
    assert len(outcome.taken) <= data.count(b"\n") + 1
