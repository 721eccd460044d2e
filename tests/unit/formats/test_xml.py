"""XML reports: what is read, and that no document can make the hub do anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.formats.layout import Layout, attr
from hub.formats.types import Pounds, Text
from hub.formats.xml import BLOCK, ROWS, Xml
from tests.unit.formats.reading import chunks, decoded, findings, rows, unreadable

ITEM = Layout(
    "item",
    (
        attr("reference", "@ref", Text()),
        attr("amount", "@valueOf", Pounds()),
        attr("payer", "Payer/@name", Text(), required=False, personal=True),
        attr("note", "Note", Text(), required=False),
        attr("service_user", "ancestor::ARUDD/Header/@user", Text()),
    ),
    path="Data/ARUDD/Item",
)
TOTALS = Layout("totals", (attr("value", "@valueOf", Pounds()),), path="Data/ARUDD/Totals")
FORMAT = Xml("BACSDocument", (ITEM, TOTALS), marker="Data/ARUDD", structure="ARUDD-00")

HEAD = '<BACSDocument><Data><ARUDD><Header user="654321"/>\n'
FIRST = '<Item ref="R1" valueOf="1.00"><Payer name="A TENANT"/><Note>late</Note></Item>\n'
SECOND = '<Item ref="R2" valueOf="2.50" new="x"><Unknown/></Item>\n'
TAIL = '<Totals valueOf="3.50"/></ARUDD></Data></BACSDocument>'
SOUND = HEAD + FIRST + SECOND + TAIL


def test_values_come_from_attributes_elements_and_ancestors() -> None:
    assert rows(FORMAT, SOUND.encode()) == [
        (
            "item",
            2,
            {
                "reference": "R1",
                "amount": "1.00",
                "payer": "A TENANT",
                "note": "late",
                "service_user": "654321",
            },
        ),
        ("item", 3, {"reference": "R2", "amount": "2.50", "payer": "", "note": "", "service_user": "654321"}),
        ("totals", 4, {"value": "3.50"}),
    ]
    assert not findings(FORMAT, SOUND.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_the_declared_encoding_is_honoured(encoding: str) -> None:
    document = f'<?xml version="1.0" encoding="{encoding}"?>' + SOUND.replace("A TENANT", "RENÉE")
    assert rows(FORMAT, document.encode(encoding))[0][2]["payer"] == "RENÉE"
    assert FORMAT.recognises(document.encode(encoding))


def test_a_missing_value_is_a_finding_and_the_rest_is_read() -> None:
    document = SOUND.replace(' ref="R1"', "").replace("2.50", "2,50")
    assert [(f.line, f.field) for f in findings(FORMAT, document.encode())] == [
        (2, "reference"),
        (3, "amount"),
    ]


def test_a_report_without_items_has_none() -> None:
    empty = "<BACSDocument><Data><ARUDD/></Data></BACSDocument>"
    assert decoded(FORMAT, empty.encode()) == []


def test_a_long_report_comes_in_bounded_chunks_with_true_line_numbers() -> None:
    document = HEAD + FIRST * 70_000 + TAIL
    parts = [part for part in chunks(FORMAT, document.encode()) if part.layout is ITEM]
    assert max(map(len, parts)) <= ROWS
    assert [line for part in parts for line in part.lines] == list(range(2, 70_002))
    assert parts[-1].columns["service_user"][-1] == "654321"


def test_records_that_were_read_are_forgotten() -> None:
    before = Layout(
        "item", (attr("before", "count(preceding-sibling::Item)", Text()),), path="Data/ARUDD/Item"
    )
    document = HEAD + FIRST * 50 + TAIL
    seen = rows(Xml("BACSDocument", (before,)), document.encode())
    assert {texts["before"] for _, _, texts in seen} == {"0", "1"}


def entity_bomb() -> str:
    entities = ['<!ENTITY a0 "ha">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))]
    return f"<!DOCTYPE BACSDocument [{''.join(entities)}]>" + SOUND.replace("late", "&a9;")


HOSTILE = {
    "DTD": "<!DOCTYPE BACSDocument>" + SOUND,
    "inner entity": "<!DOCTYPE BACSDocument [<!ENTITY x 'boo'>]>" + SOUND.replace("late", "&x;"),
    "entity bomb": entity_bomb(),
    "entity bomb in an attribute": entity_bomb().replace('ref="R1"', 'ref="&a9;"'),
    "broken DTD": "<!DOCTYPE BACSDocument [<!ENTITY ]>" + SOUND,
    "outer DTD": '<!DOCTYPE BACSDocument SYSTEM "http://127.0.0.1:9/x.dtd">' + SOUND,
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_with_a_dtd_is_refused_before_anything_is_read(document: str, encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>{document}'.encode(encoding)
    (wrong,) = decoded(FORMAT, declared)
    assert "has a DTD" in wrong.message  # type: ignore[union-attr]
    assert FORMAT.recognises(declared)


def test_no_other_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    dtd = f'<!DOCTYPE BACSDocument [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    parts = decoded(FORMAT, (dtd + SOUND.replace("late", "&x;")).encode())
    assert "SECRET" not in repr(parts)
    assert len(unreadable(FORMAT, (dtd + SOUND).encode())) == 1


@pytest.mark.parametrize(
    ("document", "line", "told"),
    [
        ("", 1, "document is empty"),
        ("R1,1.00\n", 1, "document empty"),
        (SOUND[:-20], 4, "well-formed"),
        (SOUND.replace("</Note>", "</Nope>"), 2, "tag name mismatch"),
        (SOUND.replace("late", "&undeclared;"), 2, "undeclared entity"),
        (SOUND.replace("late", "\x01"), 2, "invalid char"),
        (SOUND + "<more/>", 4, "document end"),
        (
            SOUND.replace("BACSDocument", "VocaDocument"),
            1,
            "root element is VocaDocument: expected BACSDocument",
        ),
        (SOUND.replace("ARUDD", "ADDACS"), 1, "no BACSDocument/Data/ARUDD"),
        ('<?xml version="1.0" encoding="klingon"?>' + SOUND, 1, "unsupported encoding"),
        (SOUND.replace("late", "x" * 11_000_000), 2, "resource limit"),
        (SOUND.replace("late", "<a>" * 400), 2, "resource limit"),
        (SOUND.replace("late", "<:late/>"), 2, ":late is no name of an element"),
    ],
    ids=lambda value: value[-30:] if isinstance(value, str) else None,
)
def test_what_cannot_be_read_is_one_sentence_with_its_line(document: str, line: int, told: str) -> None:
    (wrong,) = unreadable(FORMAT, document.encode())
    assert (wrong.check, wrong.line) == ("ARUDD-00", line)
    assert told in wrong.message


def test_bytes_that_break_the_declared_encoding_are_told() -> None:
    document = '<?xml version="1.0" encoding="utf-8"?>' + SOUND.replace("late", "RENÉE SMITH")
    (wrong,) = unreadable(FORMAT, document.encode("iso-8859-1"))
    assert "invalid encoding" in wrong.message
    assert "SMITH" not in wrong.message


def test_a_document_larger_than_allowed_is_given_up() -> None:
    small = Xml("BACSDocument", (ITEM,), marker="Data/ARUDD", largest=BLOCK)
    (wrong,) = unreadable(small, (HEAD + FIRST * 10_000 + TAIL).encode())
    assert f"larger than {BLOCK} bytes" in wrong.message


@pytest.mark.parametrize(
    ("head", "recognised"),
    [
        (SOUND, True),
        (SOUND[:60], True),
        ("<?xml version='1.0'?>\n<!-- report -->\n" + SOUND, True),
        (SOUND.replace("ARUDD", "ARUDDX"), False),
        (SOUND.replace("BACSDocument", "VocaDocument"), False),
        ("R1,1.00\n", False),
        ("", False),
    ],
)
def test_content_tells_whether_a_file_is_of_the_format(head: str, recognised: bool) -> None:
    assert FORMAT.recognises(head.encode()) is recognised
