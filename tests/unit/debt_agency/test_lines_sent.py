"""What agencies are sent beside accounts and amounts: charges, notes, corrections; and what may not leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.api import Context, Disposition, Facts, Item, ItemState, Moment, Record, Severity, Taken
from hub.transfer.records import Snapshot
from plugins.debt_agency import charges, placing, updating
from plugins.debt_agency.exceptions import EXCEPTION_LIFE
from plugins.debt_agency.feeds import PLACEMENT, UPDATE
from tests.unit.debt_agency.receipts import debt

DAY, ACCOUNT = date(2026, 3, 2), "7001234501"
US = {"council_id": "MIDBC", "agency_id": "ACMEDCA", "agency": "ACME"}
PERSON = {
    "debtor_surname": "Testerman",
    "last_known_address1": "9 Nowhere Lane",
    "last_known_postcode": "ZZ1 4AD",
}


def line(number: int, kind: str, amount: int | None = None, start: str = "2025-06-02") -> Record:
    told = {
        "placement_ref": "100201", "number": number, "line_type": kind, "from_date": start,
        "to_date": "2025-11-10", "amount": amount,
    }  # fmt: skip
    said = {"text": "Told at 9 Nowhere Lane"}
    return Record(
        kind="debt_line", key=f"100201/{number}", state="TOLD", account=ACCOUNT, data=told, personal=said
    )


CHARGES = (line(1, "C", 1000_00), line(2, "C", 842_37, "2025-09-01"), line(3, "N"))


def placed(*records: Record, **personal: str) -> tuple[Taken, Context[Any]]:
    told = {"stage": 1, "debt_from": "2025-06-02", "debt_to": "2025-11-10", "tenancy_end": "2025-11-16"}
    item = Item("PLACEMENT", 2, "100201", 2197_37, DAY, {**told, "costs": 355_00}, {**PERSON, **personal})
    facts = Facts(DAY, records=Snapshot(records))
    ctx = Context(PLACEMENT.options.model_validate(US), facts, "batch")
    return Taken("T.1", item, Disposition(ItemState.TAKEN, ACCOUNT)), ctx


def sent(*records: Record, **personal: str) -> list[list[str]]:
    one, ctx = placed(*records, **personal)
    return [line.layout.texts(line.values) for line in placing.account_lines(one, ctx)]


def found(check: Any, one: Taken, ctx: Context[Any]) -> list[str]:
    assert check.severity is Severity.REFUSE_ITEM
    return [finding.message for finding in check.run([one], ctx)]


def test_charges_stand_behind_the_parties_and_notes_behind_them() -> None:
    assert [[row[0], *row[2:]] for row in sent(*reversed(CHARGES))[2:]] == [
        ["C", "2025-06-02", "2025-11-10", "Told at 9 Nowhere Lane", "1000.00"],
        ["C", "2025-09-01", "2025-11-10", "Told at 9 Nowhere Lane", "842.37"],
        ["N", "2025-06-02", "Told at 9 Nowhere Lane"],
    ]
    assert found(charges.charges_make_the_debt, *placed(*CHARGES)) == []


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ((*CHARGES[:1], line(2, "C", 842_36, "2025-09-01")), "the charges sum to 1842.36"),
        ((line(1, "C", 1842_37, "2025-06-01"),), "a charge of 2025-06-01 is older than debt_from"),
    ],
)
def test_charges_that_are_not_the_debt_keep_it_back(told: tuple[Record, ...], says: str) -> None:
    (message,) = found(charges.charges_make_the_debt, *placed(*told))
    assert says in message


def guarantor(number: int, role: str = "G", status: str | None = None) -> Record:
    record = line(number, "P")
    data = {**record.data, "party_role": role, "party_address_status": status}
    told = {
        "surname": "Surety",
        "forenames": "Gwen",
        "date_of_birth": "1961-05-04",
        "phone1": "+441632960009",
    }
    lives = {"address1": "4 Elsewhere Road", "postcode": "ZZ1 9AB"}
    return replace(
        record, data=data, personal={f"party_{name}": text for name, text in (told | lives).items()}
    )


def test_further_parties_stand_behind_the_debtor_and_are_counted() -> None:
    account, debtor, *parties = sent(guarantor(5, "R"), *CHARGES, guarantor(4))
    cells = ["", "Gwen", "Surety", "1961-05-04", "4 Elsewhere Road", "", "", "", "ZZ1 9AB", "L"]
    assert account[-1] == "3" and debtor[2:4] == ["1", "D"]
    assert [row[2:15] for row in parties[:2]] == [
        [str(number), role, *cells, "+441632960009"] for number, role in ((2, "G"), (3, "R"))
    ]
    assert [row[0] for row in parties[2:]] == ["C", "C", "N"]


@pytest.mark.parametrize(("status", "flags"), [("W", ""), (None, "DA")])
def test_the_withheld_address_of_a_further_party_leaves_in_no_column(status: str | None, flags: str) -> None:
    party = sent(guarantor(4, status=status), flags=flags)[2]
    assert party[8:14] == ["WITHHELD", "", "", "", "", "W"]


@pytest.mark.parametrize("flag", ["WITHHELD", "DA"])
def test_a_withheld_address_leaves_in_no_column_and_in_no_note(flag: str) -> None:
    rows = sent(*CHARGES, flags=flag)
    assert [row[0] for row in rows] == ["A", "P", "C", "C"]
    text = " ".join(cell for row in rows for cell in row)
    assert "Nowhere" not in text and "ZZ1" not in text
    assert rows[1][13] == "W"


@pytest.mark.parametrize(
    ("personal", "says"),
    [({"last_known_postcode": "ZZ14AD"}, "postcode"), ({"last_known_address1": ""}, "prop_line1")],
)
def test_one_debt_that_no_record_can_carry_stays_and_stops_no_other(
    personal: dict[str, str], says: str
) -> None:
    (message,) = found(placing.can_be_written, *placed(**personal))
    assert says in message and "ZZ14AD" not in message
    assert found(placing.can_be_written, *placed()) == []


def corrected(**changes: Any) -> tuple[Taken, Context[Any]]:
    withheld = changes.pop("withheld", False)
    told = {"update_type": "COR", "party_no": 1, "party_role": "D", "party_address_status": "C", **changes}
    personal = {
        "party_surname": "Mock",
        "party_address1": told.pop("line1", "12 Nowhere Lane"),
        "party_postcode": "ZZ1 4AD",
        "party_date_of_birth": "1988-02-29",
    }
    records = Snapshot([debt("0001002013", withheld=withheld)])
    ctx = Context(
        UPDATE.options.model_validate(US),
        Facts(DAY, records=records),
        "batch",
        Moment(datetime(2026, 3, 2, 16, tzinfo=UTC), DAY, "T", numbers={"file_seq": 7}),
    )
    item = Item("PLACEMENT_UPDATE", 2, "0001002013", 0, DAY, told, personal)
    return Taken("T.1", item, Disposition(ItemState.TAKEN, ACCOUNT)), ctx


def party(**changes: Any) -> list[str]:
    one, ctx = corrected(**changes)
    rows = updating.write_updates([one], ctx).data.decode().splitlines()
    assert rows[1] == "U,0001002013,COR,2026-03-02,0.00,2197.37,,,"
    return rows[2].split(",")


def test_a_correction_carries_the_party_as_it_is_now() -> None:
    cells = ["P", "0001002013", "1", "D", "", "", "Mock", "1988-02-29", "12 Nowhere Lane"]
    assert party() == [*cells, "", "", "", "ZZ1 4AD", "C", "", "", ""]


@pytest.mark.parametrize(("layout", "asked"), [("ygc-upd", ["0001002013/deletion"]), (None, [])])
def test_a_deletion_that_no_file_can_tell_asks_a_person_by_the_same_day(
    layout: str | None, asked: list[str]
) -> None:
    told = updating.deletion(debt("0001002013"), DAY, date(2026, 5, 31)).item
    options = UPDATE.options.model_validate({**US, "layout": layout})
    ctx = Context(options, Facts(DAY, records=Snapshot([debt("0001002013")])), "batch")
    one = Taken("T.1", told, Disposition(ItemState.TAKEN, ACCOUNT))
    state = ItemState.REJECTED if found(updating.can_be_written, one, ctx) else ItemState.TAKEN
    judged = replace(one, disposition=Disposition(state, ACCOUNT))
    moves = list(UPDATE.unnamed([judged], ctx))
    assert [move.key for move in moves] == asked
    (deadline,) = EXCEPTION_LIFE.deadlines
    for move in moves:
        record = Record(kind=move.kind, key=move.key, state="OPEN", data=move.data)
        (task,) = EXCEPTION_LIFE.when(None, record, Facts())  # type: ignore[misc]
        assert "delete what it knows of 0001002013 by 2026-05-31" in task.title
        assert deadline.due(record, Facts()) == date(2026, 5, 31)


@pytest.mark.parametrize("changes", [{"withheld": True}, {"party_address_status": "W"}])
def test_a_correction_tells_no_address_that_is_withheld(changes: dict[str, Any]) -> None:
    assert party(**changes)[8:14] == ["WITHHELD", "", "", "", "", "W"]


def test_a_correction_without_an_address_stays_and_stops_no_other() -> None:
    (message,) = found(updating.can_be_written, *corrected(line1=""))
    assert "addr_line1" in message
