"""The feeds of the financial system. Start reading here: each tells a file's whole story."""

from __future__ import annotations

from hub.api import Direction, Feed, ItemState, Output, Severity
from plugins.agresso import journal, ledger_file, periods, voucher_checks
from plugins.agresso.gl07 import Gl07
from plugins.agresso.gl07_layout import SUNDRY
from plugins.agresso.ledger_checks import LEDGER_CHECKS
from plugins.agresso.ledger_tally import LedgerTally
from plugins.agresso.master import ACCOUNT_LIFE
from plugins.agresso.outgoing import Build
from plugins.agresso.settings import LedgerFileOptions, LedgerOptions
from plugins.agresso.writing import RUN, writes_control, writes_ledger

LEDGER_FILE = Feed(
    name="agresso.ledger_file",
    title="Ledger files that another system made",
    direction=Direction.OUT,
    options=LedgerFileOptions,
    formats={"gl07": Gl07()},
    tally=LedgerTally,
    checks=LEDGER_CHECKS,
    items=ledger_file.ledger_items,
    match=ledger_file.match_line,
    left=ledger_file.lines_left,
    outputs=(
        Output(
            "ledger",
            takes=(ledger_file.LEDGER_LINE,),
            forward=lambda ctx: True,
            name_forwarded=ledger_file.forwarded_name,
            becomes=ItemState.SENT,
        ),
    ),
    personal_data=tuple(sorted(SUNDRY)),
)

LEDGER_LOOKS_UP = (periods.OF_PERIODS, *voucher_checks.LOOKS_UP)


def _written(kinds: tuple[str, ...], build: Build) -> tuple[Output, ...]:
    """The ledger file of these kinds of item, and the control file that lies beside it."""
    return (
        Output("ledger", takes=kinds, write=writes_ledger(build), numbers=(RUN,), becomes=ItemState.SENT),
        Output("control", takes=kinds, write=writes_control(build), numbers=(RUN,), becomes=ItemState.SENT),
    )


JOURNAL = Feed(
    name="agresso.journal",
    title="Journals of the rent system to the ledger",
    direction=Direction.OUT,
    options=LedgerOptions,
    checks=voucher_checks.voucher_checks(journal.journals, Severity.HOLD),
    looks_up=LEDGER_LOOKS_UP,
    gathers=(journal.JOURNAL,),
    outputs=_written((journal.JOURNAL,), journal.journals),
)

FEEDS = (LEDGER_FILE, JOURNAL)
LIFECYCLES = (periods.PERIOD_LIFE, ACCOUNT_LIFE)
