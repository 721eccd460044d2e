"""What every statement says, however it is written: its lines, and after them the page that they stood on.

Amounts are pounds as text, positive = money came in. The names are this project's own; each format says where
in its specification they come from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice

from hub.formats.layout import Layout, column
from hub.formats.types import Code, Day, Matching, Pounds, Text
from hub.model import Chunk

ROWS = 4096
DAY = Day("%Y-%m-%d")
AMOUNT = Pounds()
COUNT = Matching(r"[0-9]{1,9}", expected="a number")
CURRENCY = Matching(r"[A-Z]{3}", expected="a currency as three letters")
STATEMENT_NUMBER = Matching(r"[A-Za-z0-9][A-Za-z0-9 ._/+\-]{0,34}", expected="a statement's number")
FINAL, INTERMEDIATE = "F", "M"
_WHOLE = Code(FINAL, INTERMEDIATE)

PLACE = (
    column("account", Text(), personal=True, note="the account as the bank writes it"),
    column(
        "year", Matching(r"[0-9]{4}", expected="a year"), note="of the statement: its numbers may restart"
    ),
    column("statement", STATEMENT_NUMBER, note="its number or, where the bank gives none, its day"),
    column("page", COUNT),
)
"""Where a line stands; rows of one page follow each other."""

LINE = Layout(
    "line",
    (
        *PLACE,
        column("number", COUNT, note="from 1 within its page"),
        column("entry", COUNT, note="the booking that it is, or is a part of"),
        column("part", COUNT, required=False, note="which part of its booking"),
        column("booked", DAY),
        column("valued", DAY, required=False),
        column("amount", AMOUNT),
        column("currency", CURRENCY),
        column("is_booked", Code("Y", "N"), note="N: announced, not in the balance"),
        column("reversal", Code("Y"), required=False),
        column("kind", Text(), required=False, note="the bank's code for the kind of transaction"),
        column("bank_reference", Text(), required=False),
        column("reference", Text(), required=False, personal=True, note="as the payer gave it"),
        column("payer", Text(), required=False, personal=True),
        column("text", Text(), required=False, personal=True, note="all that the bank says beside"),
        column("balance", AMOUNT, required=False, note="of the account after the line"),
        column(
            "detailed", AMOUNT, required=False, note="what the parts of its booking come to, if not to it"
        ),
    ),
)
PAGE = Layout(
    "page",
    (
        *PLACE,
        column(
            "opened", _WHOLE, required=False, note="whose balance it opens with: the statement's, the page's"
        ),
        column("opening_day", DAY, required=False),
        column("opening", AMOUNT, required=False),
        column("closed", _WHOLE, required=False),
        column("closing_day", DAY, required=False),
        column("closing", AMOUNT, required=False),
        column("currency", CURRENCY),
        *(
            column(name, kind, required=False, note="as the bank sums the statement up")
            for name, kind in {
                "told_count": COUNT,
                "told_sum": AMOUNT,
                "told_net": AMOUNT,
                "told_credits_count": COUNT,
                "told_credits": AMOUNT,
                "told_debits_count": COUNT,
                "told_debits": AMOUNT,
            }.items()
        ),
    ),
)

Said = tuple[Layout, int, Mapping[str, str]]
"""A layout, the line of the file, and the values that are not empty."""


def chunks(rows: Iterable[Said]) -> Iterator[Chunk]:
    """Rows as chunks of one layout each, in their order."""
    for layout, group in groupby(rows, key=lambda row: row[0]):
        while some := list(islice(group, ROWS)):
            columns: dict[str, list[str]] = defaultdict(list)
            for _, _, values in some:
                for field in layout.fields:
                    columns[field.name].append(values.get(field.name, ""))
            yield Chunk(layout, [line for _, line, _ in some], dict(columns))


def one_line(*texts: str) -> str:
    """Texts as one, without line ends and double blanks.

    >>> one_line("DWP  UC", "", "S0007\\n")
    'DWP UC S0007'
    """
    return " ".join(" ".join(texts).split())
