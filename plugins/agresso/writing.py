"""From items to a ledger file and its control file; what was written is read back before it is handed out.

Source: formats page agresso.md, sections 3, 8 (batch id) and 9.3 (control file, this project's own).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from hub.api import (
    CannotRender,
    Check,
    Context,
    Facts,
    Format,
    Number,
    Reading,
    Rendered,
    Severity,
    Taken,
    format_pounds,
    schema_faults,
)
from plugins.agresso import abw, gl07_csv, rest_lines
from plugins.agresso.gl07 import Gl07, written
from plugins.agresso.ledger_checks import LEDGER_CHECKS
from plugins.agresso.ledger_tally import LedgerTally
from plugins.agresso.names import batch_name, line_name
from plugins.agresso.outgoing import Build, Options, Outgoing
from plugins.agresso.records import known, records
from plugins.agresso.settings import LedgerFileOptions

Write = Callable[[Sequence[Taken], Options], Rendered]
_FORMATS: Mapping[str, Format] = {
    "gl07": Gl07(),
    "gl07-csv": gl07_csv.Gl07Csv(),
    "abw-2011": abw.FORMAT,
    "abw-2005": abw.FORMAT,
}


def run_counter(taken: Sequence[Taken], ctx: Options) -> str:
    """Runs are counted by day, so that a batch id never comes twice (AGR14)."""
    options, today = ctx.options, ctx.facts.today
    day = today.strftime("%y%m%d") if today else ""
    return f"agresso.batch:{options.client}/{options.interface}/{options.batch_code}/{day}"


RUN = Number("run", run_counter, last=999, shared=True)
"""The ledger file and its control file are of one batch."""


def batch_id(ctx: Context[Any]) -> str:
    """Raises CannotRender when the day or the run is not known."""
    if ctx.moment is None or ctx.facts.today is None:
        raise CannotRender("the day and the number of this batch are not known here")
    return batch_name(ctx.options.batch_code, ctx.facts.today, ctx.moment.numbers["run"])


def short_batch_id(ctx: Context[Any]) -> str:
    """For layouts of twelve characters: FH, a letter for what it is, day and run. Raises as `batch_id`."""
    whole = batch_id(ctx)
    return whole[:3] + whole[-9:]


def writes_ledger(build: Build) -> Write:
    """The writer of the ledger file of a feed."""

    def write(taken: Sequence[Taken], ctx: Options) -> Rendered:
        outgoing, batch = list(build(taken, ctx)), batch_id(ctx)
        data = ledger_bytes(outgoing, batch, ctx)
        tally = prove(data, ctx)
        name = _file_name(batch, ctx)
        identity = f"{ctx.options.client}/{ctx.options.interface}/{batch}"
        return Rendered(name, data, dict(tally.totals()), identity, called=called(outgoing, batch, ctx))

    return write


def writes_control(build: Build) -> Write:
    """The writer of the control file that lies beside it, or stays in the hub."""

    def write(taken: Sequence[Taken], ctx: Options) -> Rendered:
        batch = batch_id(ctx)
        data = ledger_bytes(build(taken, ctx), batch, ctx)
        told = _control(data, prove(data, ctx), batch, ctx)
        text = json.dumps(told, indent=2, sort_keys=True) + "\n"
        return Rendered(f"{batch}.ctl.json", text.encode(), {"count": told["records"], "net": told["net"]})

    return write


def writes_lines(build: Build) -> Write:
    """The writer of what is told by calls: the same lines as JSON, after they were proved as a file."""

    def write(taken: Sequence[Taken], ctx: Options) -> Rendered:
        outgoing, batch = list(build(taken, ctx)), batch_id(ctx)
        tally = prove(ledger_bytes(outgoing, batch, ctx), ctx)
        lines = rest_lines.vouchers(list(records((one.voucher for one in outgoing), batch, ctx)), ctx)
        told = {"batch": batch, "interface": ctx.options.interface, "client": ctx.options.client}
        data = json.dumps({**told, "vouchers": lines}, sort_keys=True, separators=(",", ":")).encode()
        identity = f"{ctx.options.client}/{ctx.options.interface}/{batch}"
        return Rendered(
            f"{batch}.json", data, dict(tally.totals()), identity, called=called(outgoing, batch, ctx)
        )

    return write


def writes_document(build: Build) -> Write:
    """The writer of what SOAP imports: the lines as ABWTransaction, and as JSON for what comes back."""

    def write(taken: Sequence[Taken], ctx: Options) -> Rendered:
        as_xml = ctx.options.write_as if ctx.options.is_xml else "abw-2011"
        of_xml = replace(ctx, options=ctx.options.model_copy(update={"write_as": as_xml}))
        outgoing, batch = list(build(taken, ctx)), batch_id(ctx)
        data = ledger_bytes(outgoing, batch, of_xml)
        tally = prove(data, of_xml)
        lines = rest_lines.vouchers(list(records((one.voucher for one in outgoing), batch, ctx)), ctx)
        own = {"batch": batch, "interface": ctx.options.interface, "client": ctx.options.client}
        told = json.dumps(
            {**own, "vouchers": lines, "xml": _inner(data)}, sort_keys=True, separators=(",", ":")
        )
        names = called(outgoing, batch, ctx)
        identity = f"{ctx.options.client}/{ctx.options.interface}/{batch}"
        return Rendered(f"{batch}.json", told.encode(), dict(tally.totals()), identity, called=names)

    return write


def imports(
    write: Callable[[Sequence[Taken], Context[Any]], Rendered],
    process: str,
    known_by: Callable[[Sequence[Taken]], str],
) -> Write:
    """The writer of what SOAP imports of a document that another writer makes; `known_by`: by which a query
    finds it there when the answer was lost, blank where nothing of it can be found."""

    def told(taken: Sequence[Taken], ctx: Context[Any]) -> Rendered:
        document = write(taken, ctx)
        batch = batch_id(ctx)
        as_told: dict[str, Any] = {
            "batch": batch,
            "client": ctx.options.client,
            "process": process,
            "known_by": known_by(taken),
            "vouchers": [],
            "xml": _inner(document.data),
        }
        data = json.dumps(as_told, sort_keys=True, separators=(",", ":")).encode()
        return replace(document, name=f"{batch}.json", data=data)

    return told


def _inner(document: bytes) -> str:
    """A document without its declaration: it lies inside another one."""
    return document.decode().partition("\n")[2]


def ledger_bytes(outgoing: Iterable[Outgoing], batch: str, ctx: Options) -> bytes:
    options = ctx.options
    lines = records((one.voucher for one in outgoing), batch, ctx)
    if options.is_xml:
        return abw.written(list(lines), options.write_as.removeprefix("abw-"))
    if options.write_as == gl07_csv.GL07_CSV:
        return gl07_csv.written(lines, options.amount_unit, options.formulas)
    return b"".join(
        written(
            lines,
            layout=options.layout,
            style=options.number_style,
            encoding=options.encoding,
            end=options.end,
        )
    )


def prove(data: bytes, ctx: Options) -> LedgerTally:
    """What the file holds when it is read. Raises CannotRender when it would be refused."""
    options = LedgerFileOptions(encoding=ctx.options.encoding, amount_unit=ctx.options.amount_unit)
    format = _FORMATS[ctx.options.write_as]
    tally = LedgerTally(Context(options, Facts(), "gl07"))
    reading = Reading(_Written(lambda ctx: tally), tally.ctx)
    for _ in reading.chunks(format.decode(BytesIO(data), options)):
        pass
    reading.finish()
    wrong = [one for one in reading.findings.kept if one.severity is Severity.ERROR]
    if ctx.options.is_xml and ctx.options.schema_file is not None:
        _prove_by_schema(data, ctx.options.schema_file)
    if wrong:
        told = "; ".join(f"{one.check} line {one.line}: {one.message}" for one in wrong[:3])
        raise CannotRender(f"the file was written and not let go, because it is wrong: {told}")
    return tally


def _prove_by_schema(data: bytes, schema: Path) -> None:
    """Raises CannotRender when the operator's schema refuses the document, or cannot be read."""
    try:
        faults = schema_faults(data, schema)
    except (OSError, ValueError) as error:
        raise CannotRender(f"the document cannot be validated: {error}") from None
    if faults:
        raise CannotRender(f"AGR19: the schema {schema.name} refuses the document: {'; '.join(faults[:3])}")


def _file_name(batch: str, ctx: Options) -> str:
    endings = {"gl07": "dat", "gl07-csv": "csv"}
    return f"{batch}.{endings.get(ctx.options.write_as, 'xml')}"


@dataclass(frozen=True, slots=True)
class _Written:
    """What a reading of our own file needs."""

    tally: Callable[[Context[Any]], LedgerTally]
    checks: tuple[Check, ...] = LEDGER_CHECKS


def called(outgoing: Sequence[Outgoing], batch: str, ctx: Options) -> Mapping[str, Mapping[str, str]]:
    """What feedback calls each item: by the key of its line, or by its place in the batch."""
    names: dict[str, dict[str, str]] = {}
    for number, one in enumerate(outgoing, start=1):
        if one.beside:
            continue
        kind = known(ctx.options.voucher_type(one.voucher.kind), f"{one.voucher.kind} has no voucher type")
        places = {line.key: place for place, line in enumerate(one.voucher.lines, start=1)}
        for item in one.items:
            line = f"{line_name(batch, kind, number)}/{places.get(item.id, 1)}"
            names[item.id] = {"ext_ref": item.id, "line": line}
    return names


def _control(data: bytes, tally: LedgerTally, batch: str, ctx: Options) -> dict[str, Any]:
    moment = ctx.moment
    return {
        "format": ctx.options.layout if ctx.options.write_as == "gl07" else ctx.options.write_as,
        "batch_id": batch,
        "client": ctx.options.client,
        "interface": ctx.options.interface,
        "file": _file_name(batch, ctx),
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "records": tally.records,
        "vouchers": len(tally.vouchers),
        "debit": format_pounds(tally.debit),
        "credit": format_pounds(tally.credit),
        "net": format_pounds(tally.debit - tally.credit),
        "voucher_types": {
            kind: {"vouchers": count, "gross": format_pounds(tally.gross[kind])}
            for kind, count in tally.by_type().items()
        },
        "tax": format_pounds(tally.tax),
        "apar_hash": tally.apar_hash,
        "periods": sorted(tally.periods),
        "created": moment.now.isoformat(timespec="seconds") if moment else None,
        "source": moment.transfer_id if moment else None,
    }
