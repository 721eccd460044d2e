"""The files that tell benefits of rents, byte for byte, made of the rent system's own exported file."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hub.checks.base import Context
from hub.errors import CannotRender
from hub.model import Account, Disposition, Facts, ItemState, Moment, Record, Taken
from hub.rent.exports.homes import BENEFIT_RENTS
from hub.rent.register import AccountRegister
from hub.transfer.examine import examine
from hub.transfer.records import Snapshot
from plugins.housing_benefit.claims import CLAIM, KNOWN
from plugins.housing_benefit.rent_changes import RENT_CHANGES
from plugins.housing_benefit.rents_told import RENT, SENT
from tests.golden.rent.test_exports_golden import FILES

HERE = Path(__file__).parent / "rent_changes"
ADDRESS = {
    "THI_STREET": "address1",
    "THI_AREA": "address2",
    "THI_TOWN": "",
    "THI_COUNTY": "",
    "THI_COUNTRY": "",
    "THI_POSTCODE": "postcode",
    **{f"THI_OTHER_{n}": "" for n in range(1, 5)},
}
"""Made up: what N to W are called nobody has published."""

OPTIONS = RENT_CHANGES.options.model_validate(
    {
        "ha_code": "01",
        "landlord_account": "1234",
        "supported_groups": ["SHELTERED"],
        "thi_address": ADDRESS,
        "thi_services": {"heating": "HTG", "lighting": "LGT", "water": "WTR"},
    }
)
ACCOUNTS = (
    Account("1900000011", "0190001/01", rent_group="HRA"),
    Account("1900000037", "0190003/02", rent_group="SHELTERED"),
)
FIRST = {"from": "2026-04-06", "gross": 122_75, "eligible": 107_20, "heating": 9_50}
RECORDS = (
    Record(kind=RENT, key="1900000011", state=SENT, account="1900000011", data={"told": FIRST}),
    Record(
        kind=CLAIM,
        key="90000237M",
        state=KNOWN,
        account="1900000037",
        data={"accounts": {"1900000037": "2026-10-25"}},
    ),
)
FACTS = Facts(today=date(2026, 11, 2), register=AccountRegister(ACCOUNTS), records=Snapshot(RECORDS))
MOMENT = Moment(datetime(2026, 11, 2, 18, 30, tzinfo=UTC), date(2026, 11, 2), "t", {"file": 7})


def rents() -> list[Taken]:
    data = FILES["HBRENT"].read_bytes()
    options = BENEFIT_RENTS.feed.options.model_validate({"landlord": "FAKESHIRE"})
    examined = examine(BENEFIT_RENTS.feed, io.BytesIO(data), Context(options, Facts(), "generic-csv"))
    return [
        Taken(f"i{n}", item, Disposition(ItemState.TAKEN, item.reference))
        for n, item in enumerate(examined.items, start=1)
    ]


def context(**options: object) -> Context:
    taken = rents()
    moment = replace(MOMENT, each={"event": {one.id: n for n, one in enumerate(taken, start=41)}})
    return Context(OPTIONS.model_copy(update=options), FACTS, "batch", moment)


@pytest.mark.parametrize("output", ["rents", "rents_control", "companion", "increases", "events"])
def test_each_file_is_as_it_was_agreed(output: str) -> None:
    write = RENT_CHANGES.output(output).write
    assert write is not None
    rendered = write(rents(), context())
    assert rendered.data == (HERE / rendered.name).read_bytes()
    assert rendered.summary["count"] == 2


def test_the_total_before_and_after_is_told_with_the_file() -> None:
    write = RENT_CHANGES.output("rents").write
    assert write is not None
    summary = write(rents(), context()).summary
    assert summary == {"count": 2, "rent_amt": "226.84", "before": "122.75", "after": "128.64", "new": 1}


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("thi_address", {}, "thi_address"),
        ("thi_services", {"heating": "HTG"}, "lighting"),
        ("landlord_account", None, "landlord_account"),
    ],
)
def test_what_only_the_council_knows_must_be_set(option: str, value: object, told: str) -> None:
    write = RENT_CHANGES.output("increases").write
    assert write is not None
    with pytest.raises(CannotRender, match=told):
        write(rents(), context(**{option: value}))


def test_the_tenancy_reference_may_be_what_benefits_knows() -> None:
    write = RENT_CHANGES.output("companion").write
    assert write is not None
    assert b"1234|0190001/01" in write(rents(), context(rent_reference="tenancy_ref")).data
