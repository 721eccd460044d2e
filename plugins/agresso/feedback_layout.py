"""What comes back, as this project's own CSV files: UTF-8, a header row, a last row with count and sum.

No public layout of such feedback exists; a council's query or report is mapped to these columns. Source:
formats page agresso.md, section 10.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.api import (
    Blank,
    Chunk,
    Code,
    Context,
    Day,
    Delimited,
    Digits,
    Found,
    Layout,
    Level,
    Literal,
    Matching,
    Options,
    Pounds,
    Row,
    Tally,
    Text,
    check,
    column,
    format_pounds,
)

TEXT, DAY, MONEY, COUNT = Text(), Day("%Y-%m-%d"), Pounds(), Digits()
PERIOD = Matching("[0-9]{6}", expected="a period as YYYYPP")
INSTANT = Matching(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+\-][0-9:]+)", expected="a date and time")
QUANTITY = Matching(r"-?[0-9]+(\.[0-9]+)?", expected="a quantity")
POSTED, REJECTED, STAGED = "POSTED", "REJECTED", "STAGED"
LISTS = ("DIMENSION", "TAX_CODE", "VOUCHER_TYPE", "PAY_METHOD", "SUPPLIER")
"""Of which the master data holds nothing but the codes."""

OPEN_STATES = ("OPEN", "PART", "PAID", "CREDITED", "WRITTEN_OFF", "DISPUTED", "REFUNDED")

TRAILER = Layout(
    "trailer", (column("TRL", Literal("TRL")), column("rows", COUNT), column("sum", MONEY)), tag="TRL"
)


POST = Layout(
    "agr-post",
    (
        column("batch_id", TEXT),
        column("client", TEXT),
        column("interface", TEXT),
        column("voucher_type", TEXT),
        column("source_voucher_no", COUNT, required=False),
        column("source_line", COUNT, required=False),
        column("trans_type", Blank(Code("GL", "AP", "AR", "TX")), required=False),
        column("ext_ref", TEXT, required=False),
        column("ext_inv_ref", TEXT, required=False),
        column("apar_id", TEXT, required=False),
        column("status", Code(POSTED, REJECTED, STAGED)),
        column("agresso_voucher_no", COUNT, required=False),
        column("agresso_sequence_no", COUNT, required=False),
        column("period", PERIOD, required=False),
        column("voucher_date", DAY),
        column("amount", MONEY),
        column("error_code", TEXT, required=False),
        column("error_text", TEXT, required=False),
        column("run_at", INSTANT),
    ),
)
OPEN = Layout(
    "agr-open",
    (
        column("client", TEXT),
        column("apar_type", Code("P", "R")),
        column("apar_id", TEXT),
        column("voucher_type", TEXT),
        column("voucher_no", COUNT),
        column("sequence_no", COUNT, required=False),
        column("ext_inv_ref", TEXT, required=False),
        column("ext_ref", TEXT, required=False),
        column("order_id", TEXT, required=False),
        column("voucher_date", DAY),
        column("due_date", DAY, required=False),
        column("currency", TEXT),
        column("amount", MONEY),
        column("rest_amount", MONEY),
        column("status", Code(*OPEN_STATES)),
        column("last_payment_date", DAY, required=False),
        column("reminder_level", TEXT, required=False),
        column("dispute_code", TEXT, required=False),
        column("as_at", DAY),
    ),
)
ORDER = Layout(
    "agr-order",
    (
        column("client", TEXT),
        column("order_id", TEXT),
        column("line_no", COUNT),
        column("status", TEXT),
        column("workflow_state", TEXT, required=False),
        column("ordered_qty", QUANTITY),
        column("received_qty", QUANTITY),
        column("invoiced_qty", QUANTITY),
        column("ordered_net", MONEY),
        column("invoiced_net", MONEY),
        column("supplier_id", TEXT),
        column("as_at", DAY),
    ),
)
MASTER = Layout(
    "agr-master",
    (
        column("client", TEXT),
        column("kind", Code("ACCOUNT", "PERIOD", "CUSTOMER", *LISTS)),
        column("value", TEXT),
        column("status", Code("N", "C")),
        column("ext_ref", TEXT, required=False),
        column("first", DAY, required=False),
        column("last", DAY, required=False),
        column("rule", TEXT, required=False),
        column("as_at", DAY),
    ),
)


def csv_of(layout: Layout) -> Delimited:
    return Delimited([layout, TRAILER], header=True, tag_column=0, structure="AGR17")


class FeedbackTally(Tally):
    """Rows, the sum of what the trailer sums, and the trailer."""

    def __init__(self, ctx: Context[Options], summed: str) -> None:
        super().__init__(ctx)
        self.trailer: Row | None = None
        self.name = ""
        self._summed = summed
        self.after: int | None = None

    def add(self, chunk: Chunk) -> None:
        if chunk.layout is TRAILER:
            self.trailer = self.trailer or next(chunk.rows(), None)
            return
        if self.trailer and len(chunk):
            self.after = chunk.lines[0]
        self.name = chunk.layout.name
        self.records += len(chunk)
        if self._summed:
            self.value += sum(map(MONEY.read, chunk.columns[self._summed]))

    def totals(self) -> Mapping[str, str | int]:
        return {"count": self.records, "value": format_pounds(self.value)}


@check("AGR17", level=Level.FILE, whole=True)
def trailer_agrees(tally: FeedbackTally, ctx: Context[Options]) -> Iterator[Found]:
    """The last row, TRL, counts the rows and sums their amounts, to the penny. Without it the file may have
    been cut short: ask for it again."""
    if tally.trailer is None:
        yield Found(
            "the file has no last row TRL; it may have been cut short", expected="TRL as the last row"
        )
        return
    rows, total = int(tally.trailer["rows"]), MONEY.read(tally.trailer["sum"])
    if tally.after is not None:
        yield Found("rows follow the last row TRL", tally.after)
    if rows != tally.records:
        yield Found(f"TRL counts {rows} rows, the file has {tally.records}", tally.trailer.line, "rows")
    if total != tally.value:
        told = f"TRL sums {format_pounds(total)}, the rows {format_pounds(tally.value)}"
        yield Found(told, tally.trailer.line, "sum", format_pounds(tally.value))
