"""ABWTransaction is validated by the operator's own schema, where one is configured."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.api import CannotRender, Context, Facts
from plugins.agresso import abw
from plugins.agresso.settings import LedgerOptions
from plugins.agresso.writing import prove
from tests.unit.agresso.worked import invoices

SPACE = "http://services.agresso.com/schema/ABWTransaction/2011/11/14"
SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{space}"
  elementFormDefault="qualified"><xs:element name="ABWTransaction"><xs:complexType><xs:sequence>
  <xs:element name="Interface"><xs:simpleType><xs:restriction base="xs:string">
  <xs:enumeration value="{value}"/></xs:restriction></xs:simpleType></xs:element>
  <xs:any processContents="skip" maxOccurs="unbounded"/>
  </xs:sequence></xs:complexType></xs:element></xs:schema>"""


def proved(schema: Path) -> None:
    options = LedgerOptions(client="ZZ", write_as="abw-2011", schema_file=schema)
    prove(abw.written(invoices()), Context(options, Facts(), "batch"))


def test_a_document_that_the_schema_takes_is_let_go(tmp_path: Path) -> None:
    (tmp_path / "a.xsd").write_text(SCHEMA.format(space=SPACE, value="BI"))
    proved(tmp_path / "a.xsd")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SCHEMA.format(space=SPACE, value="CW"), "AGR19: the schema a.xsd refuses the document"),
        ("<nothing", "is no schema that can be read"),
        (None, "there is no schema"),
    ],
)
def test_one_that_it_refuses_or_that_it_cannot_judge_is_not(
    tmp_path: Path, content: str | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "a.xsd").write_text(content)
    with pytest.raises(CannotRender, match=said):
        proved(tmp_path / "a.xsd")
