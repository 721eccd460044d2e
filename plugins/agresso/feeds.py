"""The feeds of the financial system. Start reading here: each tells a file's whole story."""

from __future__ import annotations

from hub.api import Direction, Feed, ItemState, Output
from plugins.agresso import ledger_file
from plugins.agresso.gl07 import Gl07
from plugins.agresso.gl07_layout import SUNDRY
from plugins.agresso.ledger_checks import LEDGER_CHECKS
from plugins.agresso.ledger_tally import LedgerTally
from plugins.agresso.settings import LedgerFileOptions

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

FEEDS = (LEDGER_FILE,)
