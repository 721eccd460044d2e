"""The pretend investigator: an NFI extract that is refused, mended and uploaded; a match that is worked. All
persons are invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from hub.api import Act, Desk, Edit, Scene, Tenant, nothing_new

WHO = "demo-investigator"
HEADER = (
    "Tenancy reference|Tenant status flag|Title|Surname|Forename|Date of birth|Address line 1|Address line 2|"
    "Postcode|UPRN|Home telephone number|Tenancy start date|asset_type"
)
CALENDAR = (
    "cycle,activity,from,to,owner,what,note\r\n"
    "2026/27,privacy_notice,2026-12-01,2026-12-18,fraud-team,make the privacy notice declaration,\r\n"
    "2026/27,submit,2026-12-14,2026-12-31,fraud-team,upload the data sets,\r\n"
)
MATCH = (
    "cycle,report_no,report_title,match_id,risk,released_at,our_dataset,our_reference,our_surname,other_body,"
    "other_dataset,match_fields,status",
    "2026/27,101,Housing tenants to housing tenants,M0001,H,2026-12-18,Housing tenants,000003/01,SAMPLEAD,"
    "Mockborough Council,Housing tenants,NAME+DOB,NEW",
)
OUTCOME = (
    "cycle,report_no,match_id,new_status,outcome,value_prevented,recovering,note",
    "2026/27,101,M0001,CLOSED_FRAUD,FRAUD_TENANCY_RECOVERED,9300000,N,keys handed back",
)


def _row(tenant: Tenant, **other: str) -> str:
    number = tenant.number
    letters = "".join(chr(65 + number // 26**place % 26) for place in (1, 0))
    told = {
        "reference": tenant.tenancy_ref,
        "flag": "F",
        "title": "Mx",
        "surname": f"SAMPLE{letters}",
        "forename": "INVENTED",
        "born": f"{number % 28 + 1:02d}0619{number % 40 + 50}",
        "address": f"{number} Sample Court",
        "place": "Fakeley",
        "postcode": "ZZ1 1AB",
        "uprn": f"10009999{number:04d}",
        "phone": f"01632960{number % 1000:03d}",
        "start": "08042019",
        "asset": "HOUSE",
    }
    return "|".join((told | other).values())


def _write(desk: Desk, name: str, *lines: str) -> Path:
    path = desk.folder / name
    path.write_text("\r\n".join([*lines, ""]), "utf-8", newline="")
    return path


def _timetable(desk: Desk) -> None:
    path = desk.folder / "calendar.csv"
    path.write_text(CALENDAR, "utf-8", newline="")
    desk.feedhub("put", "nfi.calendar", path)


def _export(spoiled: bool) -> Callable[[Desk], None]:
    def put(desk: Desk) -> None:
        first, second, *others = desk.stage.tenants
        faults = [_row(first, born="14022015"), _row(second, uprn="1.0001E+11")]
        rows = [*(faults if spoiled else map(_row, (first, second))), *map(_row, others)]
        garage = _row(first, reference="G00001", surname="SAMPLEGARAGE", asset="GARAGE")
        name = "tenants_1.txt" if spoiled else "tenants_2.txt"
        desk.feedhub("put", "nfi.tenants", _write(desk, name, HEADER, *rows, garage))

    return put


def _entry(desk: Desk, what: str) -> str:
    """The worklist's entry whose title holds some words."""
    (found,) = [one["id"] for one in desk.look("worklist", "list") if what in one["title"]]
    return str(found)


def _take(desk: Desk) -> None:
    desk.feedhub("worklist", "take", _entry(desk, "NFI_202627_tenants"), "--out", desk.folder)


def _tell_passphrase(desk: Desk) -> None:
    newest = max(one["id"] for one in desk.look("transfers", "list", "--route", "nfi.tenants"))
    desk.feedhub("transfers", "passphrase", newest, "--reason", "the key contact was told by telephone")


def _declare(desk: Desk) -> None:
    desk.feedhub("worklist", "answer", _entry(desk, "privacy notice"), "--answer", "done")


def _confirm(desk: Desk) -> None:
    count = len(desk.stage.tenants)
    entered = ("--reference", "DFU-DEMO-1", "--on", "2026-12-18", "--count")
    desk.feedhub("worklist", "answer", _entry(desk, "NFI_202627_tenants"), *entered, count - 1)
    desk.feedhub("worklist", "answer", _entry(desk, "NFI_202627_tenants"), *entered, count)


def _match(desk: Desk) -> None:
    desk.feedhub("put", "nfi.matches", _write(desk, "matches.csv", *MATCH))
    desk.feedhub("worklist", "answer", _entry(desk, "2026/27:101:M0001"), "--answer", "open")
    desk.feedhub("put", "nfi.work", _write(desk, "work.csv", *OUTCOME))
    desk.feedhub("records", "show", "nfi_match", "2026/27:101:M0001")


def _sees_nothing(desk: Desk) -> None:
    desk.feedhub("records", "list", "--kind", "nfi_match")


ROUTES = "routes/nfi.yaml"
NFI_SCENES = (
    Scene(
        date(2026, 12, 18),
        "The rent system's export for the National Fraud Initiative is refused: the pre-flight names each "
        "row and column. Mended, it leaves as a zip under a passphrase of its own, in the hands of the one "
        "who is named, and its upload is confirmed. A match comes back and is worked. Who may not know of it "
        "sees nothing.",
        nothing_new,
        (
            Edit("settings/rtb_fraud/nfi.yaml", "uploaders: []", f"uploaders: [{WHO}]"),
            Edit(ROUTES, "mode: off", "mode: live", below="  tenants:"),
            Edit(ROUTES, "file:nfi_passphrase", "env:FEEDHUB_DEMO_PASSWORD", below="  tenants:"),
            Act(WHO, _timetable),
            Act(WHO, _export(spoiled=True)),
            Act(WHO, _export(spoiled=False)),
            Act(WHO, _take),
            Act(WHO, _declare),
            Act(WHO, _take),
            Act(WHO, _tell_passphrase),
            Act(WHO, _confirm),
            Act(WHO, _match),
            Act("demo-clerk", _sees_nothing),
        ),
    ),
)
