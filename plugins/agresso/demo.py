"""The pretend financial system: it takes up a journal, posts most of it, and says what it made of each line.

It reads the ledger file with a few lines of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from hub.api import Act, Desk, Edit, Export, Meanwhile, Scene, Stage, format_pounds

JOURNAL, CLOSED, BY_CALLS = "2732", "2733", "2734"
LINES = (
    ("B1000", 5_468_050, "Rent raised week 32"),
    ("I2100", -5_120_040, "Dwelling rents"),
    ("I2200", -228_010, "Tenant service charges"),
    ("I2160", -100_000, "Garages let to others net"),
    ("B8900", -20_000, "Output tax of garages"),
)
EDITED, REJECTED, SILENT = "I2100", "I2160", "B8900"
"""Finance adds five pence to one line, rejects another, and says nothing of a third."""

HEADER = (
    "batch_id,client,interface,voucher_type,source_voucher_no,source_line,trans_type,ext_ref,ext_inv_ref,apar_id,"
    "status,agresso_voucher_no,agresso_sequence_no,period,voucher_date,amount,error_code,error_text,run_at"
)


def _journal(stage: Stage) -> None:
    _exported(stage, JOURNAL, 1)


def _exported(stage: Stage, journal: str, sequence: int) -> None:
    rows = [
        Export(
            journal,
            pence,
            [journal, "32", "2027", account, "HRA", format_pounds(pence), text, f"32/{number}", "400"],
        )
        for number, (account, pence, text) in enumerate(LINES, start=1)
    ]
    stage.export("RENTGL", "export/journals", sequence, rows)


def _periods(stage: Stage, november: str) -> None:
    """The ledger's periods, of which December is open."""
    rows = [
        f"ZZ,PERIOD,202608,{november},,2026-11-01,2026-11-30,,{stage.day}",
        f"ZZ,PERIOD,202609,N,,2026-12-01,2026-12-31,,{stage.day}",
    ]
    lines = ["client,kind,value,status,ext_ref,first,last,rule,as_at", *rows, f"TRL,{len(rows)},0.00"]
    text = "".join(f"{line}\r\n" for line in lines)
    stage.put("finance", "export", f"periods_{stage.day:%Y%m%d}.csv", text.encode())


def _closes(stage: Stage) -> None:
    _periods(stage, "C")
    _exported(stage, CLOSED, 2)


def _opens(stage: Stage) -> None:
    _periods(stage, "N")


def _by_calls(stage: Stage) -> None:
    _exported(stage, BY_CALLS, 3)


def _released(desk: Desk) -> None:
    (entry,) = desk.look("approvals", "list")
    totals = ("--count", entry["proposal"]["count"], "--value", entry["proposal"]["value"])
    desk.feedhub("approvals", "release", entry["id"], *totals, "--reason", "finance has opened the period")


def _posted(stage: Stage) -> None:
    (ledger,) = stage.folder("finance", "import").glob("*.dat")
    rows = list(_answers(ledger.read_text("cp1252").splitlines(), stage.day))
    total = format_pounds(sum(int(row[15].replace(".", "")) for row in rows))
    lines = [HEADER, *(",".join(row) for row in rows), f"TRL,{len(rows)},{total}"]
    stage.put("finance", "export", "posted.csv", "".join(f"{line}\r\n" for line in lines).encode())


def _answers(lines: Sequence[str], day: date) -> Iterator[list[str]]:
    for place, line in enumerate(lines, start=1):
        batch, account, key = line[:25].strip(), line[102:127].strip(), line[883:1138].strip()
        pence, period = int(line[399:419]), line[776:782]
        if account == SILENT:
            continue
        said = "REJECTED" if account == REJECTED else "POSTED"
        number = ["26004411", str(place)] if said == "POSTED" else ["", ""]
        error = ["", ""] if said == "POSTED" else ["GL12", "Account is closed for this source"]
        amount = format_pounds(pence + (5 if account == EDITED else 0))
        yield [
            batch, "ZZ", "BI", "RJ", "1", str(place), line[75:77], key, "", "", said, *number, period,
            f"{day}", amount, *error, f"{day}T19:02:11Z",
        ]  # fmt: skip


def _compared(desk: Desk) -> None:
    desk.feedhub("reports", "show", "agresso.totals", "--from", "2026-11-01", "--to", "2026-11-30")


SCENES = (
    Scene(
        date(2026, 11, 9),
        "The week's journal goes to finance as a ledger file with its control file beside it.",
        _journal,
        ("rent.debit", "agresso.journal"),
    ),
    Scene(
        date(2026, 11, 11),
        "Finance says what it posted: it changed one line, rejected one, and says nothing of another, "
        "which is unknown and not refused.",
        _posted,
        ("agresso.back", Act("demo-clerk", _compared)),
    ),
    Scene(
        date(2026, 11, 12),
        "Finance has closed its period. The next journal is dated within it: it waits, and is not moved to "
        "another period.",
        _closes,
        ("agresso.back", "rent.debit", "agresso.journal"),
    ),
    Scene(
        date(2026, 11, 13),
        "Finance opens the period again, and somebody agrees the totals: the journal goes.",
        _opens,
        ("agresso.back", Act("demo-approver", _released)),
    ),
    Scene(
        date(2026, 11, 16),
        "The council tries the financial system's REST interface for a week. It takes the batch, and its "
        "answer is lost: the hub looks for the batch, finds it and sends nothing again; what was posted comes"
        " back.",
        _by_calls,
        (
            Edit("routes/agresso.yaml", "mode: live", "mode: off", "  journal:"),
            Edit("routes/agresso.yaml", "mode: off", "mode: live", "  journal_by_calls:"),
            "rent.debit",
            Meanwhile(
                "The financial system takes the next batch, and the line breaks before it answers.",
                lambda partners: partners.lose_answer("ledger"),
            ),
            "agresso.journal_by_calls",
            "agresso.journal_by_calls",
            "agresso.journal_by_calls",
            Act("demo-clerk", _compared),
            Edit("routes/agresso.yaml", "mode: live", "mode: off", "  journal_by_calls:"),
            Edit("routes/agresso.yaml", "mode: off", "mode: live", "  journal:"),
        ),
    ),
)
