"""What a day of DWP leaves behind: nothing of it tells a number, a name, a birth or a reason in clear."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from functools import partial

import pytest

from hub.config.people import Viewer
from hub.config.settings import Role
from hub.engine.purge import purge
from hub.errors import FeedHubError
from hub.model import Compartment
from hub.testing.dwp_api import AWAY, DwpApi
from tests.asking_dwp import ALEX, HIDDEN, OTHER, PEOPLE, SAM, Ground, enquiries, enquiry
from tests.scanning import everything
from tests.unit.dwp_cis.uc_files import line, payments

KEEPER = Viewer("keeper", "Kim Example", frozenset({Role.ADMINISTRATOR, Role.DWP}))
PLANTED = [
    *(text for one in (ALEX, SAM, HIDDEN, OTHER) for text in (one.nino, one.surname, one.forename)),
    "planted-reason-behind-it",
    "universal_credit",
    "ZZ99 9ZZ",
    "1980-02-29",
    "NOBODY-NEEDS-THIS",
]


def found(folder):
    return [
        (str(path.relative_to(folder)), text)
        for path, contents in everything(folder).items()
        for content in contents
        for text in PLANTED
        if text.lower().encode() in content.lower()
    ]


@pytest.mark.parametrize("hidden", [b"%b", b'{"x": "%b"}'])
def test_the_scan_finds_what_is_planted(tmp_path, hidden):
    """The scan itself, on each way to hide a number."""
    number = ALEX.nino.encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("inner.txt", hidden % number)
    ways = {
        "plain": hidden % number,
        "utf16": (hidden % number).decode().encode("utf-16-le"),
        "big": (hidden % number).decode().encode("utf-16-be"),
        "base64": b'"' + base64.b64encode(b"some text before " + number) + b'"',
        "behind": b"path/to" + base64.b64encode(b"!" + number + b"some text behind") + b"word",
        "zip": packed.getvalue(),
        "zlib": zlib.compress(hidden % number),
    }
    for name, content in ways.items():
        (tmp_path / name).write_bytes(content)
    assert {path for path, _ in found(tmp_path)} == set(ways)


@pytest.fixture
def day(tmp_path, monkeypatch):
    """A day with every kind of trouble, its temporary files in a folder of their own."""
    temporary = tmp_path / "left/temporary"
    temporary.mkdir(parents=True)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    with DwpApi(PEOPLE) as api:
        ground = Ground(tmp_path, api.url)
        ground.agree()
        api.instead["match"] = [AWAY, None]
        rows = [enquiry(f"R{n}", one) for n, one in enumerate((ALEX, SAM, HIDDEN, OTHER))]
        rows.append(enquiry("R9", ALEX, nino="AB12345", justification="planted-reason-behind-it"))
        ground.put("wanted", enquiries(*rows))
        ground.put("wanted", enquiries(enquiry("R8", ALEX, surname="X" * 40)), name="too_long.csv")
        ground.put("wanted", payments(line(nino=ALEX.nino, surname=ALEX.surname)).decode(), name="wrong.csv")
        ground.ask(3)
    return ground


def test_nothing_that_a_day_leaves_tells_of_anybody(day, tmp_path):
    assert day.record("R0").state == "ANSWERED"
    left = tmp_path / "config/state"
    assert found(left) == []
    assert found(tmp_path / "left") == []
    assert found(tmp_path / "config") == []  # the log, and whatever lies beside the configuration


def test_people_see_masks(day):
    with day.hub() as hub, hub.look() as look:
        told = [str(view) for view in look.transfers()] + [str(one) for one in look.worklist(limit=None)]
        told += [str(event) for row in look.transfers() for event in look.transfer_events(row.id)]
        told += [str(finding) for row in look.transfers() for finding in look.findings(row.id)]
        told += [str(call) for row in look.transfers() for call in look.calls(row.id)]
    assert not [text for text in PLANTED for one in told if text.lower() in one.lower()]


def kept(hub):
    """How many of the replies that DWP gave can be read still."""
    with hub.store.read() as conn:
        replies = conn.exec_driver_sql("select distinct reply from call where reply is not null").scalars()
        names = list(replies)
    return sum(map(partial(can_be_read, hub.store.blobs(Compartment.DWP)), names))


def can_be_read(blobs, name):
    try:
        return bool(blobs.read(name))
    except FeedHubError:
        return False


def told_in_histories(hub, *texts):
    with hub.store.read() as conn:
        rows = str(conn.exec_driver_sql("select m.data, r.data from record_move m, record r").all())
    return [text in rows for text in texts]


def test_results_live_as_long_as_the_purpose_allows_and_the_access_record_as_the_audit_does(day):
    """Thirty days, and seven years: then nothing tells who asked about whom."""
    asked = "HC-R0", day.record("R0").data["nino_digest"]
    day.clock.turn(days=28)
    with day.hub(KEEPER) as hub:
        purge(hub.services)
        assert kept(hub) > 0
    assert day.record("R0").personal["benefits"]
    day.clock.turn(days=3)
    with day.hub(KEEPER) as hub:
        purge(hub.services)
        assert kept(hub) == 0
    record = day.record("R0")
    assert (record.state, record.data["outcome"], dict(record.personal)) == ("ANSWERED", "MATCHED", {})
    for years, stays in ((6, True), (1, False)):
        day.clock.turn(days=366 * years)
        with day.hub(KEEPER) as hub:
            purge(hub.services)
            assert told_in_histories(hub, *asked) == [stays, stays]
    assert day.states("R0")[:2] == ["WANTED", "ASKED"]
