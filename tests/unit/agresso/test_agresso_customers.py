"""The worked example of a customer record (agresso.md, section 11.5), byte for byte."""

from __future__ import annotations

import hashlib

from plugins.agresso.cs15_layout import CS15, record_of
from plugins.agresso.settings import CustomerOptions
from plugins.agresso.types import put
from tests.unit.agresso.making import context


def test_the_worked_customer_is_written_byte_for_byte() -> None:
    line = put(
        record_of(CS15, context(CustomerOptions)),
        {
            "full_record": "1", "change_status": "I", "apar_gr_id": "20", "apar_id": "1",
            "apar_name": "EXAMPLE LEASEHOLDER LTD", "apar_type": "R", "client": "ZZ", "control": "C",
            "currency": "GBP", "ext_apar_ref": "RL0004471", "language": "EN", "pay_method": "IP",
            "status": "N",
            "address1": "FLAT 3 EXAMPLE COURT", "address2": "1 SAMPLE ROAD", "address_type": "1",
            "country_code": "GB", "place": "EXAMPLETOWN", "zip_code": "ZZ1 1ZZ",
            "e_mail": "accounts@example.org",
        },
    )  # fmt: skip
    assert len(line) == 1608
    told = "e9f25e85a5176fffa7ccf20eea061bf4d694be1861dee8af430094af0e8ee1fc"
    assert hashlib.sha256(line.encode("latin-1")).hexdigest() == told
