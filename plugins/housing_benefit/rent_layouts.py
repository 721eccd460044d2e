"""Record types of the files that tell benefits of rents: how they are written, and what a reply says.

Source: formats page housing_benefit.md, sections 5.2 to 5.4. Of `hb-rentchange-fw1` the names and widths are
those of one borough's export and the order is this project's own; `nec-thi-csv` is as one council publishes
it, as far as it does; `hb-events-csv1` is this project's own.
"""

from __future__ import annotations

from functools import cache

from hub.api import (
    Blank,
    Code,
    Day,
    Delimited,
    Field,
    Fixed,
    Layout,
    Literal,
    Matching,
    Pounds,
    Right,
    Spaces,
    Text,
    at,
    column,
)

SLASHED, ISO_DAY = Day("%d/%m/%Y"), Day("%Y-%m-%d")
AMOUNT = Right(Pounds())
LATIN = "iso-8859-1"
EVENT_TYPES = (
    "TEN_START", "TEN_END", "DEATH", "RENT_CHANGE", "CHARGE_CHANGE", "NAME_CHANGE", "JOINT_CHANGE"
)  # fmt: skip
LARGEST = 99_999_99
"""Pence that eight characters hold."""


def _personal(name: str, start: int, end: int) -> Field:
    return at(name, start, end, Text(), personal=True)


RENT_CHANGE = Layout(
    "rent change",
    (
        at("ha_code", 1, 2, Text()),
        at("rent_ref", 3, 26, Text()),
        _personal("title", 27, 30),
        _personal("forename", 31, 62),
        _personal("surname", 63, 94),
        _personal("addr1", 95, 126),
        _personal("addr2", 127, 158),
        _personal("addr3", 159, 190),
        _personal("addr4", 191, 222),
        _personal("post_code", 223, 230),
        at("from_date", 231, 240, SLASHED),
        at("to_date", 241, 250, Blank(SLASHED), note="blank while the rent is open"),
        at("rent_amt", 251, 258, AMOUNT, note="what `rent_amount` says"),
        at("water_rates_amt", 259, 266, AMOUNT),
        at("heating_amt", 267, 274, AMOUNT),
        at("hot_water_amt", 275, 282, AMOUNT),
        at("lighting_amt", 283, 290, AMOUNT),
        at("cooking_amt", 291, 298, AMOUNT),
        at("inelig_serv_amt", 299, 306, AMOUNT, note="other charges that benefit does not meet"),
        at("gencounselling_amt", 307, 314, AMOUNT, note="0.00: the rent system does not tell it"),
        at("nursing_amt", 315, 322, AMOUNT, note="0.00"),
        at("emergencyalarm_amt", 323, 330, AMOUNT, note="0.00"),
        at("roomclean_amt", 331, 338, AMOUNT, note="0.00"),
        at("no_bedr", 339, 341, Blank(Right(Matching("[0-9]{1,2}", "up to two digits")))),
        at("supported_accom", 342, 342, Code("Y", "N"), note="Y in one of `supported_groups`"),
        at("warning_ind", 343, 362, Text(), note="blank"),
    ),
)
RENT_CHANGES = Fixed((RENT_CHANGE,), encoding=LATIN, structure="HB-RENT-STRUCTURE")

RENT_CONTROL = Layout(
    "rent change control",
    (
        column("file", Text()),
        column("count", Matching("[0-9]+", "the number of rows")),
        column("rent_amt", Pounds(), note="the sum of `rent_amt`"),
        column("sha256", Matching("[0-9a-f]{64}", "64 hexadecimal digits"), note="of the file's bytes"),
    ),
)
RENT_CONTROLS = Delimited([RENT_CONTROL], header=True)

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
THI_DAY = Matching(f"[0-9]{{2}}-({'|'.join(MONTHS)})-[0-9]{{4}}", "a date as 05-Apr-2021")
ADDRESS_COLUMNS = 10
"""N to W. What they are called is not published, but that the first begins with THI_STR."""


@cache
def thi(address: tuple[str, ...], services: tuple[tuple[str, str], ...]) -> Delimited:
    """The rent-increase file with the headings that a council's own sample has from N on.

    services: for each pair from X on, what its two columns are called"""
    pairs = [
        field
        for code, amount in services
        for field in (column(code, Text(), required=False), column(amount, Pounds(), required=False))
    ]
    layout = Layout(
        "rent increase",
        (
            column("THI_RECORD_TYPE", Literal("UPD")),
            column("THI_RAC_PAY_REF", Text()),
            column("THI_RENT_ACC_START_DATE", Literal("01-Apr-2000")),
            column("THI_RENT_ACC_END_DATE", Spaces(), required=False),
            column("THI_GROSS_RENT", Pounds()),
            column("THI_REBATEABLE_RENT", Pounds()),
            column("THI_RENT_START_DATE", THI_DAY),
            column("THI_RENT_END_DATE", Spaces(), required=False),
            column("THI_SURNAME", Text(), personal=True),
            column("THI_FORENAME", Text(), required=False, personal=True),
            column("THI_FLAT_NAME_NUMBER", Text(), required=False, personal=True),
            column("THI_BUILDING_NAME", Text(), required=False, personal=True),
            column("THI_STREET_NUMBER", Text(), required=False, personal=True),
            *(column(name, Text(), required=False, personal=True) for name in address),
            *pairs,
        ),
    )
    return Delimited([layout], header=True)


COMPANION = Layout(
    "companion",
    (column("landlord", Text()), column("claim", Text(), required=False), column("rent_ref", Text())),
)
COMPANIONS = Delimited([COMPANION])

EVENT = Layout(
    "event",
    (
        column("event_id", Text(), note="unique for ever"),
        column("event_type", Code(*EVENT_TYPES)),
        column("rent_ref", Text()),
        column("claim_ref", Text(), required=False),
        column("effective_date", ISO_DAY),
        column("previous_weekly", Pounds(), required=False, note="as benefits knows it"),
        column("new_weekly", Pounds(), required=False),
        column("charges_json", Text(), required=False, note="pounds by charge, where there is a new rent"),
        column("reason", Text(), required=False),
        column("tenant_surname", Text(), required=False, personal=True),
        column("tenant_forename", Text(), required=False, personal=True),
        column("uprn", Text(), required=False),
        column("address", Text(), required=False, personal=True),
        column("postcode", Text(), required=False, personal=True),
        column("forwarding_postcode", Text(), required=False, personal=True),
        column("sent_at", Text(), note="ISO 8601, UTC"),
    ),
)
EVENTS = Delimited([EVENT], header=True)

REPLY = Layout(
    "reply",
    (
        column("event_id", Matching("[A-Z][0-9]{9}", "the event_id as it was sent"), check="HB-REPLY"),
        column("status", Code("ACCEPTED", "REJECTED", "IGNORED"), check="HB-REPLY"),
        column("reason_code", Matching("[A-Za-z0-9_-]{1,20}", "a code"), required=False, check="HB-REPLY"),
        column("claim_ref", Matching("[A-Za-z0-9]{1,9}", "a claim"), required=False, check="HB-REPLY"),
    ),
)
REPLIES = Delimited([REPLY], header=True, structure="HB-REPLY")
