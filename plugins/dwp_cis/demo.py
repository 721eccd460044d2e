"""The pretend officers: a policy, and a few people about whom they ask. All of them are invented."""

from __future__ import annotations

from datetime import date

from hub.api import Act, Desk, Edit, Scene, nothing_new

POLICY = """P,MOU-DEMO-2026,2026-04-01,2027-03-31,head-of-benefits,DPIA-DEMO-1
U,HB_ADMIN,IDENTITY BENEFITS
O,demo-officer,2026-09-01,2026-09-01,NO
T,3
"""
ASKED = (
    "check_ref,asked_on,purpose,scopes,officer,case_ref,justification,nino,surname,forename,date_of_birth,"
    "postcode,payment_ref",
    "DEMO-1,2026-12-17,HB_ADMIN,IDENTITY BENEFITS,demo-officer,HB-1,new claim to be checked,AB123457C,"
    "PRETENDER,PAT,1980-02-29,ZZ99 9ZZ,1900000003",
    "DEMO-2,2026-12-17,HB_ADMIN,IDENTITY,demo-officer,HB-2,new claim to be checked,CS100700A,INVENTED,INA,"
    "1991-11-05,ZZ99 8ZZ,1900000006",
    "DEMO-3,2026-12-17,HB_ADMIN,IDENTITY,demo-officer,HB-3,test,CS100703B,NOBODY,NOEL,1961-01-05,,",
)
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


def _enquiries(desk: Desk) -> None:
    path = desk.folder / "enquiries.csv"
    path.write_text("\r\n".join([*ASKED, ""]), "utf-8")
    desk.feedhub("put", "dwp_cis.wanted", path)


def _answers(desk: Desk) -> None:
    desk.feedhub("records", "show", "dwp_enquiry", "DEMO-1")


ROUTES = "routes/dwp_cis.yaml"
MANUAL, API = "[{output: manual, endpoint: dwp_screens}]", "[{output: citizen_api, endpoint: dwp_gateway}]"
SCENES = (
    Scene(
        date(2026, 12, 17),
        "An officer asks DWP about three people. Nothing leaves before two people have agreed to a policy, "
        "and one enquiry gives no reason. Who may not know of it sees nothing.",
        nothing_new,
        (
            Act("demo-officer", _enquiries),
            Edit(ROUTES, MANUAL, API, below="  ask:"),
            Edit(ROUTES, "mode: off", "mode: live", below="  ask:"),
            "dwp_cis.ask",
            Act("demo-officer", _policy),
            Act("demo-owner", _agree),
            "dwp_cis.ask",
            "dwp_cis.ask",
            Act("demo-clerk", _answers),
            Act("demo-officer", _answers),
        ),
    ),
)
