"""What leaves in an agency's own layout is read back before: it must say what was meant.

Source: debt_agency.md, section 4, the round-trip rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from io import BytesIO

from hub.api import CannotRender, Unreadable
from plugins.debt_agency.canonical import HEADER, TRAILER, Kind
from plugins.debt_agency.mapping import Reading, carried_by
from plugins.debt_agency.mapping_rows import Texts
from plugins.debt_agency.mapping_spec import AgencyLayout
from plugins.debt_agency.mapping_write import CanonicalLine, write


def written_as(spec: AgencyLayout, kind: Kind, lines: Sequence[CanonicalLine]) -> bytes:
    """The bytes of canonical lines in a layout. Raises CannotRender for what it cannot carry, or says
    otherwise when it is read back."""
    if spec.kind != kind.code:
        raise CannotRender(f"the layout {spec.layout} is of {spec.kind}, and this is a file of {kind.code}")
    fits(spec, lines)
    data = write(spec, lines)
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for part in Reading(spec).chunks(BytesIO(data)):
        if isinstance(part, Unreadable):
            raise CannotRender(f"the layout {spec.layout} cannot be read back: {part.message}")
        found[part.layout.name] += [dict(row.values) for row in part.rows()]
    whole = {place for place, lossless in carried_by(spec).items() if lossless}
    for record in set(found) - {HEADER, TRAILER}:
        _compare(spec, whole, [texts for letter, texts in lines if letter == record], found[record])
    return data


def fits(spec: AgencyLayout, lines: Sequence[CanonicalLine]) -> None:
    """Raises CannotRender where a layout says the same of every line, and it is not so of one: what is no
    direct payment must not be told as one."""
    for record, texts in lines:
        for name, said in spec.defaults.items() if record == spec.of.main.name else ():
            if texts.get(name, said).strip() not in ("", said):
                raise CannotRender(f"the layout {spec.layout} can only tell {name} {said}, not {texts[name]}")


def _compare(
    spec: AgencyLayout, whole: Collection[tuple[str, str]], meant: Sequence[Texts], read: Sequence[Texts]
) -> None:
    if len(meant) != len(read):
        raise CannotRender(f"the layout {spec.layout} has room for {len(read)} of {len(meant)} lines")
    for own, back in zip(meant, read, strict=True):
        holders = {own["rec_type"], f"{own['rec_type']}{own.get('party_no', '')}"}
        for name, text in own.items():
            carried = any((holder, name) in whole for holder in holders)
            if carried and text.strip() != back[name].strip():
                raise CannotRender(_otherwise(spec, name))


def _otherwise(spec: AgencyLayout, name: str) -> str:
    """Why what is written does not say what was meant, and what helps; no value is told."""
    held = (one for one in spec.columns if any(source.rpartition(".")[2] == name for source in one.sources))
    column = next(held, None)
    said = f"the layout {spec.layout} reads {name} otherwise than it was"
    if column is None or len(column.sources) < 2:
        return said if column is None else f"{said}: look at {column.label}"
    return (
        f"{said}: {column.label} joins {', '.join(column.sources)} by “{column.join}”, which one of them "
        "holds, or lacks; give each a column of its own, or join them by what no value holds"
    )
