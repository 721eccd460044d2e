"""Checks on the labels of a Standard 18 file: their order, whose file they say it is, what they hold.

The codes are the project's own; source: formats page bacs.md, sections 2.1 to 2.5 and 2.8. A field that the
sources fill differently takes whatever any of them writes. What only looks odd is a warning; another currency
or receiver is an error, because then the file is not for Bacs in sterling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.api import (
    REPADDED,
    Blank,
    Chunk,
    Code,
    Context,
    Digits,
    FieldType,
    Found,
    Level,
    Severity,
    Spaces,
    check,
)
from plugins.bacs.layouts import DATA, DATED
from plugins.bacs.settings import SubmissionOptions
from plugins.bacs.tally import Section, Standard18Tally, Step

Options = Context[SubmissionOptions]
LABELS = ("VOL1", "HDR1", "HDR2", "UHL1", "EOF1", "EOF2", "UTL1")
START, END = Step("the beginning", None), Step("the end of the file", None)
FOLLOWS = {
    START.name: ("VOL1",),
    "VOL1": ("HDR1",),
    "HDR1": ("HDR2",),
    "HDR2": ("UHL1",),
    "UHL1": ("data",),
    "data": ("data", "EOF1"),
    "EOF1": ("EOF2",),
    "EOF2": ("UTL1",),
    "UTL1": ("HDR1", END.name),
}
"""What may follow each record: section 2.1."""

BACS = "999999"
USUAL: Mapping[str, Mapping[str, FieldType]] = {
    "VOL1": {
        "accessibility": Code(" ", "0"),
        "reserved_12_31": Spaces(),
        "reserved_32_37": Code("      ", "HSBC  "),
        "owner_38_41": Spaces(),
        "owner_48_51": Spaces(),
        "reserved_52_79": Spaces(),
    },
    "HDR1": {
        "identifier_13_14": Spaces(),
        "identifier_15": Code(" ", "1"),
        "section_number": Code("0001"),
        "generation": Spaces(),
        "generation_version": Spaces(),
        "accessibility": Code(" ", "0"),
        "block_count": Blank(Digits()),
        "reserved_74_80": Spaces(),
    },
    "HDR2": {
        "block_length": Digits(),
        "reserved_16_50": Spaces(),
        "buffer_offset": Blank(Digits()),
        "reserved_53_80": Spaces(),
    },
    "UHL1": {"receiving_party_17_20": Spaces(), "reserved_41_47": Spaces()},
    "UTL1": {"reserved_45_52": Spaces()},
}
"""What stands where a label says nothing that matters. EOF1 and EOF2 repeat HDR1 and HDR2."""


@check("S18-001", level=Level.FILE)
def records_are_in_order(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """VOL1, then for each file HDR1 HDR2 UHL1, its data records, EOF1 EOF2 UTL1; nothing after that."""
    before = START
    for step in (*tally.order, END):
        allowed = FOLLOWS[before.name]
        if step.name not in allowed:
            expected = " or ".join(allowed)
            message = f"{_misplaced(before, step)}: expected {expected}"
            yield Found(message, step.line or before.last or before.line, expected=expected)
        before = step


def _misplaced(before: Step, step: Step) -> str:
    if step is END:
        what = "holds no readable record" if before is START else f"ends after {before.name}"
        return f"the file {what}, so it may have been cut short"
    if before is START:
        return f"the first readable record is {step.name}"
    return f"{step.name} comes after {before.name}"


@check("S18-001", level=Level.FILE, severity=Severity.WARNING)
def files_are_numbered(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """The files of a volume are numbered 0001, 0002 and so on in HDR1, and carry the serial of VOL1.

    A warning, because the serial and the numbers that repeats are found by stand elsewhere."""
    for number, section in enumerate(tally.sections, start=1):
        wanted = {"sequence_number": f"{number:04}", "set_identification": tally.serial()}
        for name, expected in wanted.items():
            found = section.text("HDR1", name)
            if found is not None and expected is not None and found != expected:
                message = f"{name} of HDR1 is another: expected {expected}"
                yield Found(message, section.line("HDR1"), name, expected)


@check("S18-001", level=Level.RECORD, layouts=("UHL1",))
def file_is_for_bacs_in_sterling(chunk: Chunk, tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """UHL1 names Bacs (999999, or the service user itself), sterling (00) and no country (000000)."""
    user = tally.section.text("HDR1", "service_user_number") or BACS
    wanted = {"receiving_party": Code(BACS, user), "currency": Code("00"), "country": Code("000000")}
    yield from _unlike(chunk, wanted)


@check("S18-001", level=Level.RECORD, severity=Severity.WARNING, layouts=tuple(USUAL))
def labels_hold_the_usual(chunk: Chunk, tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """Reserved places of the labels are blank and counters are numbers; odd ones hint at shifted columns."""
    yield from _unlike(chunk, USUAL[chunk.layout.name])


def _unlike(chunk: Chunk, kinds: Mapping[str, FieldType]) -> Iterator[Found]:
    for name, kind in kinds.items():
        for row in kind.bad(chunk.columns[name]):
            message = f"{chunk.layout.field(name).label} holds something else: expected {kind.expected}"
            yield Found(message, chunk.lines[row], name, kind.expected)


@check("S18-002", level=Level.RECORD, severity=Severity.WARNING, layouts=LABELS)
def labels_are_whole(chunk: Chunk, tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """A label that lost its trailing spaces (some editors strip them) is read as if they were there."""
    for line, length in zip(chunk.lines, chunk.columns.get(REPADDED, ()), strict=False):
        if length:
            message = f"the label is {length} characters long and was read as filled up with spaces"
            yield Found(message, line, expected="80 characters")


@check("S18-002", level=Level.FILE, severity=Severity.WARNING)
def record_length_is_told(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """HDR2 tells the length of the data records; the lines themselves decide."""
    lengths = {DATA.name: "00100", DATED.name: "00106"}
    for section in tally.sections:
        told = section.text("HDR2", "record_length")
        for shape in section.shapes if told is not None and len(section.shapes) == 1 else ():
            if told != lengths[shape]:
                message = f"HDR2 gives another record length; the lines are {int(lengths[shape])} long"
                yield Found(message, section.line("HDR2"), "record_length", lengths[shape])


@check("S18-005", level=Level.FILE, options=("service_user_number",))
def service_user_is_ours(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """The file is for the feed's service user and VOL1 names it, or the bureau, as the sender."""
    ours = str(ctx.options.service_user_number)
    senders = [number for number in (ours, ctx.options.bureau_number) if number]
    if tally.volume and tally.volume["owner"].strip() not in senders:
        expected = " or ".join(senders)
        yield Found(f"VOL1 names another sender: expected {expected}", tally.volume.line, "owner", expected)
    for section in tally.sections:
        for label in ("HDR1", "EOF1"):
            for name in ("service_user_number", "service_user_number_again"):
                found = (section.text(label, name) or "").strip()
                if found and found != ours:
                    message = f"{label} is for another service user: expected {ours}"
                    yield Found(message, section.line(label), name, ours)


@check("S18-006", level=Level.FILE)
def ends_repeat_beginnings(tally: Standard18Tally, ctx: Options) -> Iterator[Found]:
    """EOF1 repeats HDR1, and EOF2 repeats HDR2, from position 5 on."""
    for section in tally.sections:
        for first, last in (("HDR1", "EOF1"), ("HDR2", "EOF2")):
            if first in section.labels and last in section.labels:
                yield from _differences(section, first, last)


def _differences(section: Section, first: str, last: str) -> Iterator[Found]:
    for name, before in section.labels[first].values.items():
        if name not in ("label", REPADDED) and section.text(last, name) != before:
            message = f"{name} of {last} is not that of {first}"
            yield Found(message, section.line(last), name, f"the same as in {first}")


LABEL_CHECKS = (
    records_are_in_order,
    files_are_numbered,
    file_is_for_bacs_in_sterling,
    labels_hold_the_usual,
    labels_are_whole,
    record_length_is_told,
    service_user_is_ours,
    ends_repeat_beginnings,
)
