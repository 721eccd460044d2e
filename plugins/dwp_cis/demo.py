"""The pretend officers: a policy, and people about whom they ask a pretend DWP. All of them are invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hub.api import Act, Desk, Edit, Meanwhile, Scene, nothing_new

POLICY = """P,MOU-DEMO-2026,2026-04-01,2027-03-31,head-of-benefits,DPIA-DEMO-1
U,HB_ADMIN,IDENTITY BENEFITS
O,demo-officer,2026-09-01,2026-09-01,NO
T,3
"""
HEADER = (
    "check_ref,asked_on,purpose,scopes,officer,case_ref,justification,nino,surname,forename,date_of_birth,"
    "postcode,payment_ref"
)
FIRST = (
    "DEMO-1,2026-12-17,HB_ADMIN,IDENTITY BENEFITS,demo-officer,HB-1,new claim to be checked,AB123457C,"
    "PRETENDER,PAT,1980-02-29,ZZ99 9ZZ,1900000003",
    "DEMO-2,2026-12-17,HB_ADMIN,IDENTITY,demo-officer,HB-2,new claim to be checked,CS100700A,INVENTED,INA,"
    "1991-11-05,ZZ99 8ZZ,1900000006",
    "DEMO-3,2026-12-17,HB_ADMIN,IDENTITY,demo-officer,HB-3,test,CS100703B,NOBODY,NOEL,1961-01-05,,",
)
ON_A_BAD_DAY = (
    "DEMO-4,2026-12-21,HB_ADMIN,IDENTITY BENEFITS,demo-officer,HB-4,change of address,AB123457C,"
    "PRETENDER,PAT,1980-02-29,ZZ99 9ZZ,1900000003",
)
MISMATCHED = (
    "DEMO-5,2026-12-22,HB_ADMIN,IDENTITY,demo-officer,HB-5,number has a slip,CS100705A,SOMEBODY,ELSA,"
    "1985-03-05,,",
    "DEMO-6,2026-12-22,HB_ADMIN,IDENTITY,demo-officer,HB-6,new name after a wedding,CS100706A,MAIDEN,MAUD,"
    "1986-03-06,ZZ99 6ZZ,",
    "DEMO-7,2026-12-22,HB_ADMIN,IDENTITY,demo-officer,HB-7,letters come back,CS100707B,DEPARTED,DORA,"
    "1937-03-07,,",
    "DEMO-8,2026-12-22,HB_ADMIN,IDENTITY,demo-officer,HB-8,new claim to be checked,CS100708C,SHELTERED,"
    "SHEILA,1988-03-08,,",
    "DEMO-9,2026-12-22,HB_ADMIN,IDENTITY,demo-officer,HB-9,new claim to be checked,CS100709D,COMMON,CLAUDE,"
    "1989-03-09,,",
)
"""Another's number of the same digits, another surname, somebody who died, somebody whose record is
restricted, and somebody of whom DWP wants a postcode that nobody has."""
ASKED = (*FIRST, *ON_A_BAD_DAY, *MISMATCHED)
WHY = ("--reason", "as agreed with DWP")


def _policy(desk: Desk) -> None:
    path = desk.folder / "policy.csv"
    path.write_text(POLICY, "utf-8")
    desk.feedhub("put", "dwp_cis.policy", path)


def _agree(desk: Desk) -> None:
    """The second of the two persons."""
    held = desk.look("approvals", "list")
    (entry,) = [one for one in held if one["title"].startswith("policy.csv")]
    desk.feedhub("approvals", "release", entry["id"], *WHY)


def _wants(name: str, rows: Sequence[str]) -> Act:
    """The officer hands a file of enquiries in."""

    def put(desk: Desk) -> None:
        path = desk.folder / name
        path.write_text("\r\n".join([HEADER, *rows, ""]), "utf-8")
        desk.feedhub("put", "dwp_cis.wanted", path)

    return Act("demo-officer", put)


def _shows(who: str, reference: str) -> Act:
    return Act(who, lambda desk: desk.feedhub("records", "show", "dwp_enquiry", reference))


def _comes_to(desk: Desk) -> None:
    period = ("--from", "2026-12-01", "--to", "2026-12-31")
    desk.feedhub("reports", "show", "dwp_cis.outcomes", *period)
    desk.feedhub("reports", "show", "dwp_cis.access", *period, "--out", desk.folder / "access.xlsx")


def _dwp(how: str, says: str) -> Meanwhile:
    return Meanwhile(says, lambda partners: partners.dwp_is(how))


ROUTES, ASK = "routes/dwp_cis.yaml", "dwp_cis.ask"
MANUAL, API = "[{output: manual, endpoint: dwp_screens}]", "[{output: citizen_api, endpoint: dwp_gateway}]"
SCENES = (
    Scene(
        date(2026, 12, 17),
        "An officer asks DWP about three people. Nothing leaves before two people have agreed to a policy, "
        "and one enquiry gives no reason. Who may not know of it sees nothing.",
        nothing_new,
        (
            _wants("enquiries.csv", FIRST),
            Edit(ROUTES, MANUAL, API, below="  ask:"),
            Edit(ROUTES, "mode: off", "mode: live", below="  ask:"),
            ASK,
            Act("demo-officer", _policy),
            Act("demo-owner", _agree),
            ASK,
            ASK,
            _shows("demo-clerk", "DEMO-1"),
            _shows("demo-officer", "DEMO-1"),
        ),
    ),
    Scene(
        date(2026, 12, 21),
        "DWP has a bad day. An outage is never “no match”: the enquiry waits and is asked again as the same, "
        "and the access record holds each attempt.",
        nothing_new,
        (
            _wants("enquiries_4.csv", ON_A_BAD_DAY),
            _dwp("away", "DWP is away: a page of maintenance answers."),
            ASK,
            _dwp("slow", "It is back, and slower than the hub waits."),
            ASK,
            _dwp("busy", "It takes no more calls for ten minutes (429)."),
            ASK,
            _dwp("well", "It answers as it should."),
            ASK,
            ASK,
            _shows("demo-officer", "DEMO-4"),
        ),
    ),
    Scene(
        date(2026, 12, 22),
        "Five enquiries that do not simply match: each has its outcome, and what it asks of somebody.",
        nothing_new,
        (_wants("enquiries_5.csv", MISMATCHED), ASK, ASK, Act("demo-owner", _comes_to)),
    ),
)
