"""How the financial system is talked with, by REST or SOAP. All of it is the tenant's own: read it in its
swagger, or ask for it, before the first posting.

Source: formats page agresso.md, section 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from hub.api import Options
from plugins.agresso.query_criteria import Criterion


class RestOptions(Options):
    """How the financial system's REST interface is talked with. The names of fields are the tenant's: read
    them in its swagger before the first posting.

    ledger_type:  what a customer and a supplier are called there
    lines_per_call: at most 10,000 are taken there
    look_path:    where a batch that lies in staging can be asked for, {batch_id} and {interface} filled in;
                  none = nobody can tell whether a batch arrived whose answer was lost: a person asks
    report_id, report_name, variant, user_id: how the posting of a batch (GL07) is ordered
    job_field, job_done, job_failed: what the order says of itself, and which words are final
    ledger_path, ledger_fields: where posted lines are read, and what their key, amount, number, line, account
                  and period are called
    looks, pause: how often, and after how many seconds, an order that runs is asked for
    """

    ledger_type: Mapping[Literal["R", "P"], str] = {"R": "r", "P": "p"}
    lines_per_call: int = Field(default=10_000, ge=1, le=10_000)
    look_path: str | None = None
    report_id: str = "BI88"
    report_name: str = "GL07"
    variant: int = Field(default=0, ge=0)
    user_id: str = "FEEDHUB"
    job_field: str = "status"
    job_done: frozenset[str] = frozenset({"T", "finished"})
    job_failed: frozenset[str] = frozenset({"E", "C", "failed"})
    ledger_path: str = "/v1/objects/general-ledger-transactions"
    ledger_fields: Mapping[str, str] = {
        "key": "externalReference",
        "amount": "amount",
        "number": "transactionNumber",
        "line": "sequenceNumber",
        "account": "account",
        "period": "period",
        "kind": "lineType",
        "type": "transactionType",
        "document": "invoiceNumber",
        "party": "customerOrSupplierId",
        "batch": "batchId",
    }
    looks: int = Field(default=30, ge=1)
    pause: int = Field(default=60, ge=1)


Shown = Literal["key", "amount", "number", "line", "period"]
COLUMNS: Mapping[str, str] = {
    "key": "ext_ref",
    "amount": "amount",
    "number": "voucher_no",
    "line": "sequence_no",
    "period": "period",
}
"""What a template calls them, where a route does not say otherwise."""


class SoapOptions(Options):
    """How the import service and the query engine are talked with. Templates are browser queries that finance
    has built; each must have a criterion for the batch.

    process, menu: what is ordered, where that is not GL07 (BI88), LG04 (SO103) or CS15 (BI192), as what is
                     imported needs
    variant, parameters: of the order
    look_template:   shows what lies in staging or in the ledger of a batch; none = nobody can tell whether
                     one arrived whose answer was lost: a person asks
    ledger_template: shows the posted lines of a batch; none = what was posted comes back another way
    batch_column:    what the templates call the batch; for orders, the number of an order; for customers, the
                     source's reference
    criteria:        further criteria of the templates that show vouchers, as they are exported there
    ledger_fields:   what the ledger's template calls the key, amount, number, line and period of a line
    status_element:  where GetResult says how an order stands; none = it is not asked
    job_done, job_failed: which words are final there
    looks, pause:    how often, and after how many seconds, an order that runs is asked for
    """

    process: str | None = Field(default=None, pattern=r"^[A-Za-z0-9]{1,25}$")
    menu: str | None = Field(default=None, pattern=r"^[A-Za-z0-9]{1,25}$")
    variant: int = Field(default=0, ge=0)
    parameters: Mapping[str, str] = {}
    look_template: int | None = Field(default=None, ge=0)
    ledger_template: int | None = Field(default=None, ge=0)
    batch_column: str = Field(default="batch_id", pattern=r"^[A-Za-z0-9_]{1,60}$")
    criteria: tuple[Criterion, ...] = ()
    ledger_fields: Mapping[Shown, str] = {}
    status_element: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_]{1,60}$")
    job_done: frozenset[str] = frozenset({"T", "Finished"})
    job_failed: frozenset[str] = frozenset({"E", "C", "Failed"})
    looks: int = Field(default=30, ge=1)
    pause: int = Field(default=60, ge=1)

    @property
    def columns(self) -> Mapping[str, str]:
        return {**COLUMNS, **{str(name): told for name, told in self.ledger_fields.items()}}


class Listed(Options):
    """One list that is asked for, and what it is called there. `{today}` and `{since}` stand for days.

    path, query: by REST: where it is, and what its query says (filter, orderBy); `{order_id}` in the path
                 asks once for each order that is not finished
    template, criteria: by SOAP: the number of a browser query of finance's, and what it is asked with
    inside:      by REST: the list within each record whose entries are the rows (the lines of an order)
    columns:     our column → what it is called there, parts joined by dots; `a * b` is their product. One
                 that is not named is called there as here
    words:       our column → what they say → what we say
    always:      our column → what it is in every row
    """

    path: str | None = Field(default=None, pattern=r"^/")
    query: Mapping[str, str] = {}
    template: int | None = Field(default=None, ge=0)
    criteria: tuple[Criterion, ...] = ()
    inside: str | None = None
    columns: Mapping[str, str] = {}
    words: Mapping[str, Mapping[str, str]] = {}
    always: Mapping[str, str] = {}

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.path is None) == (self.template is None):
            raise ValueError("needs either path (by REST) or template (by SOAP)")
        return self


class AskOptions(Options):
    """Options of what comes back, for a route that asks for it (`from: {asks: rest_lists}`, or soap_lists).

    client:     whose books
    lists:      what is asked for, one after the other
    page:       by REST: so many records a call; 5 MB are told at most
    since_days: `{since}` is so many days before `{today}`
    """

    required_for: ClassVar[Mapping[str, tuple[str, ...]]] = dict.fromkeys(
        ("rest_lists", "soap_lists"), ("client", "lists")
    )

    client: str | None = Field(default=None, pattern=r"^[A-Z0-9]{1,25}$")
    lists: tuple[Listed, ...] = ()
    page: int = Field(default=5_000, ge=1, le=50_000)
    since_days: int = Field(default=7, ge=0, le=400)
