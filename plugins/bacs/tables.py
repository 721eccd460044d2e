"""The published modulus tables that account numbers are held against: the operator loads them.

They are their publisher's and are not shipped. Source: formats page bacs.md, section 8.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.api import ReferenceTables, read_tables


def _rows(texts: Mapping[str, str]) -> int:
    return len(read_tables(texts).tables.rows)


MODULUS = ReferenceTables(name="modulus", title="modulus tables", read=_rows, least=1000)
