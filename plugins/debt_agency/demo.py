"""The pretend agency: it loads what it is sent and refuses one debt, stops when it is told, gives one back
and remits what it collected.

It reads the files with a few lines of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from hub.api import Act, Desk, Export, Scene, Stage, format_pounds, nothing_new

OWED = (92_040, 41_515, 188_000)
"""Pence, of the last three tenants of the pretend council."""

REFUSED, COUNCIL, AGENCY = 1, "MIDBC", "ACMEDCA"


def _debts(stage: Stage) -> None:
    rows = [
        Export(tenant.payment_ref, pence, _columns(f"PL{number:04d}", tenant.payment_ref, pence))
        for number, (tenant, pence) in enumerate(zip(stage.tenants[-3:], OWED, strict=True), start=1)
    ]
    stage.export("FTAPLACE", "export/placements", 1, rows)


def _columns(ref: str, account: str, pence: int) -> list[str]:
    """One debt as the rent system exports it; the columns that it leaves out may be missing."""
    debt = [ref, account, "ACME", format_pounds(pence), "2026-06-01", "2026-09-21", "2026-09-27"]
    debtor = ["", "Sam", f"Pretender{ref[-1]}", ""]
    return [*debt, *debtor, "1 Nowhere Lane", "Fakeley", "", "", "ZZ1 1AB", *[""] * 6]


def _sent(stage: Stage, kind: str) -> Iterator[tuple[int, list[str]]]:
    """The lines of the newest file of a kind that the agency was sent, with their numbers."""
    path = max(stage.folder("acme_dca", "in").glob(f"{COUNCIL}_{kind}_*"), default=None)
    if path is None:  # the scenes before were not played
        return iter(())
    lines = path.read_text("utf-8").splitlines()
    return ((number, line.split(",")) for number, line in enumerate(lines, start=1))


def _answer(
    stage: Stage, kind: str, number: int, lines: Sequence[str], *below: str, totals: str = "0.00,0.00"
) -> None:
    """`below`: lines that are no debt's, behind the others."""
    hashed = sum(int(line.split(",")[1]) for line in lines)
    told = [kind, AGENCY, COUNCIL, f"{number:06d}", f"{stage.day}T06:00:00+00:00", str(stage.day), "GBP", "N"]
    text = [
        ",".join(["H", "FHDA1.0", *told, "HSGFTA"]),
        *lines,
        *below,
        f"T,{len(lines) + len(below)},{len(lines)},{totals},{hashed}",
    ]
    name = f"{AGENCY}_{kind}_{COUNCIL}_{stage.day:%Y%m%d}_{number:06d}.csv"
    stage.put("acme_dca", "out", name, "".join(f"{line}\r\n" for line in text).encode())


def _loaded(stage: Stage) -> None:
    accounts = [(number, line) for number, line in _sent(stage, "PLC") if line[0] == "A"]
    lines = [
        f"K,{line[1]},PLC,1,{number},R,R05,,,{stage.day}"
        if place == REFUSED
        else f"K,{line[1]},PLC,1,{number},A,,AC-{line[1][-4:]},{line[13]},{stage.day}"
        for place, (number, line) in enumerate(accounts)
    ]
    _answer(stage, "ACK", 1, lines)


def _given_back(stage: Stage) -> None:
    """What is not on hold: the debtor cannot be found."""
    stopped = {line[1] for _, line in _sent(stage, "HLD") if line[0] == "L"}
    kept = [line for place, (_, line) in enumerate(_accounts(stage)) if place != REFUSED]
    lines = [
        f"X,{line[1]},AC-{line[1][-4:]},GNA,{stage.day},{line[13]},,"
        for line in kept
        if line[1] not in stopped
    ]
    _answer(stage, "RTN", 1, lines)


def _remitted(stage: Stage) -> None:
    """60.00 that was paid during the breathing space, which a debtor may, and 25.00 that came after the other
    debt was given back; less 12.5 % and its tax, as the bank shows on the same day."""
    if not (accounts := _accounts(stage)):
        return
    held, _, back = (line[1] for _, line in accounts)
    lines = [
        f"Y,{held},AC-{held[-4:]},R-1,PA,,2026-12-07,,DC,60.00,0.1250,7.50,1.50,51.00,",
        f"Y,{back},AC-{back[-4:]},R-2,PA,,2026-12-10,,BT,25.00,0.1250,3.13,0.63,21.24,",
    ]
    summed = f"M,REM-1,{stage.day},N,72.24,85.00,85.00,10.63,2.13,ACME-0001,GB000000000"
    _answer(stage, "PAY", 1, lines, summed, totals="85.00,72.24")
    entry = f":61:{stage.day:%y%m%d}{stage.day:%m%d}C72,24NTRFREM-1//BK0001"
    balances = [
        f":6{place}F:C{stage.day:%y%m%d}GBP{pounds}" for place, pounds in ((0, "100,00"), (2, "172,24"))
    ]
    statement = [
        ":20:FAKE1",
        ":25:000199-20000015",
        ":28C:1",
        balances[0],
        entry,
        ":86:FAKE AGENCY REMITTANCE",
    ]
    text = "".join(f"{line}\r\n" for line in [*statement, balances[1], "-"])
    stage.put("bank", "statements", "statement_1.mt940", text.encode("ascii"))


def _accounts(stage: Stage) -> list[tuple[int, list[str]]]:
    return [(number, line) for number, line in _sent(stage, "PLC") if line[0] == "A"]


def _breathing_space(desk: Desk) -> None:
    account = desk.stage.tenants[-3].payment_ref
    desk.feedhub(
        "holds",
        "add",
        account,
        "BREATHING_SPACE",
        "--until",
        "2027-01-16",
        "--reason",
        "notified by an adviser",
    )


def _shown(desk: Desk) -> None:
    desk.feedhub("records", "list", "--kind", "placement")


def _receipts_shown(desk: Desk) -> None:
    desk.feedhub("records", "list", "--kind", "debt_receipt")


SCENES = (
    Scene(
        date(2026, 11, 16),
        "Former tenants' debts go to a collection agency; each that may not would stay, with its reason.",
        _debts,
        ("rent.placements", "debt_agency_acme.placements"),
    ),
    Scene(
        date(2026, 11, 17),
        "The agency has loaded two of the three and refuses one.",
        _loaded,
        ("debt_agency_acme.acknowledgements", Act("demo-clerk", _shown)),
    ),
    Scene(
        date(2026, 11, 18),
        "An adviser tells of a breathing space: the agency is told to stop with the next run, minutes later.",
        nothing_new,
        (Act("demo-clerk", _breathing_space), "debt_agency_acme.holds"),
    ),
    Scene(
        date(2026, 11, 30),
        "The agency gives the other debt back: nobody can be found.",
        _given_back,
        ("debt_agency_acme.returns", Act("demo-clerk", _shown)),
    ),
    Scene(
        date(2026, 12, 15),
        "The agency remits what it collected: posted gross once the bank shows the net; its invoice and the "
        "journal that clears its account go to finance.",
        _remitted,
        (
            *("debt_agency_acme.payments", "bank.receipts", "debt_agency_acme.payments"),
            *("agresso.supplier_invoices", "agresso.journal", Act("demo-clerk", _receipts_shown)),
        ),
    ),
)
