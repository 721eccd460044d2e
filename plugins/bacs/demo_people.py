"""What people of the pretend council do about its collections."""

from __future__ import annotations

from datetime import date

from hub.api import Act, Desk, Edit, Meanwhile, Scene, nothing_new

CLERK, APPROVER = "demo-clerk", "demo-approver"
DECEASED = 60  # the tenant who has died by December
SUBMISSION, GARAGES = "bacs.submission", "bacs.garages"


def _upload(desk: Desk) -> None:
    """Take the file to the bank's web site, and enter what that says."""
    (entry,) = desk.look("worklist", "list", "--mine", "--kind", "hand_over")
    desk.feedhub("worklist", "take", entry["id"], "--out", desk.folder)
    desk.feedhub("worklist", "answer", entry["id"], "--reference", "BANK-SITE-0001")


def _upload_too_late(desk: Desk) -> None:
    """Nobody was at the desk for a week."""
    (entry,) = desk.look("worklist", "list", "--mine", "--kind", "hand_over")
    desk.feedhub("worklist", "take", entry["id"], "--out", desk.folder)


def _release(desk: Desk) -> None:
    """With the totals that the approver has before them."""
    (entry,) = desk.look("approvals", "list")
    totals = ("--count", entry["proposal"]["count"], "--value", entry["proposal"]["value"])
    desk.feedhub("approvals", "release", entry["id"], *totals, "--reason", "agreed with rents")


def _hold(desk: Desk) -> None:
    account = desk.stage.tenants[DECEASED].payment_ref
    desk.feedhub("holds", "add", account, "deceased", "--reason", "the registrar told us")


def _end_hold(desk: Desk) -> None:
    account = desk.stage.tenants[DECEASED].payment_ref
    desk.feedhub("holds", "end", account, "deceased", "--reason", "it was somebody of the same name")
    desk.feedhub("holds", "list", "--all")


BY_HAND = (GARAGES, Act(CLERK, _upload))
TO_AN_ABSENT_BUREAU = (
    Edit("routes/bacs.yaml", "above_value: 2000000.00", "above_value: 40000.00"),
    SUBMISSION,
    Meanwhile("The bureau's server is away.", lambda partners: partners.away("bureau")),
    Act(APPROVER, _release),
)
HELD_AT_THE_DOOR = Scene(
    date(2026, 12, 4),
    "Before the bureau is back a tenant turns out to have died: the submission is stopped at the door, its "
    "approval falls, and it goes without that debit when it is approved again. Then the next files go.",
    nothing_new,
    (
        Act(CLERK, _hold),
        Meanwhile("The bureau is back.", lambda partners: partners.back("bureau")),
        SUBMISSION,
        Act(APPROVER, _release),
        SUBMISSION,
    ),
)
MISSED = Scene(
    date(2026, 12, 10),
    "The garages' file of a week ago was left lying, and its last input day has passed: whoever takes it now "
    "is stopped at the door.",
    nothing_new,
    (Act(CLERK, _upload_too_late),),
)
ALIVE = Scene(
    date(2026, 12, 11),
    "The tenant is alive after all: the hold ends, from now on and not from the next night.",
    nothing_new,
    (Act(CLERK, _end_hold),),
)
LATE = Scene(
    date(2026, 12, 17),
    "What is late by now: an Input report that never came for the garages, and what waits for a person.",
    nothing_new,
    (Act(CLERK, lambda desk: desk.feedhub("overdue")),),
)
