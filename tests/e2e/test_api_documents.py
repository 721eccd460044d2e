"""A route whose files are documents of an API: each is taken once, and the API is told that we have it."""

from __future__ import annotations

import pytest

from hub.connectors.folder import FolderConnector
from hub.connectors.http import HttpsConnector
from tests.agency_api import AgencyApi
from tests.little import little
from tests.world import World

ROUTE = """
partner: Little
routes:
  payments:
    feeds: [little.payments]
    from: {endpoint: api, folder: /outbox, pattern: "*.txt", then: remove}
    to: [{output: payments, endpoint: out}]
    mode: live
    owner: tests
"""
FILE = b"ABC001-0001000\n"


@pytest.fixture
def api():
    with AgencyApi() as started:
        yield started


@pytest.fixture
def world(tmp_path, api):
    world = World(tmp_path, feeds=[little()])
    listed = "{inside: data.items, size: bytes, ending: .txt}"
    world.write(
        "config/endpoints.yaml",
        "endpoints:\n"
        f'  api: {{type: https, url: "{api.url}", timeout: 5s, documents: {listed}}}\n'
        "  out: {type: folder, path: ../out}\n",
    )
    world.write("config/routes/little.yaml", ROUTE)
    return world


def run(world):
    with world.hub(folder=FolderConnector(), https=HttpsConnector()) as hub:
        return hub.run("payments")


def test_a_document_is_read_posted_and_taken_off_the_list(world, api):
    api.has["outbox"]["D-1"] = FILE
    (came,) = run(world).transfers
    assert (came.name, came.state) == ("D-1.txt", "SENT")
    assert api.has["outbox"] == {}
    assert api.calls == [
        ("GET", "/outbox"),
        ("GET", "/outbox"),
        ("GET", "/outbox/D-1"),
        ("DELETE", "/outbox/D-1"),
    ]
    assert run(world).transfers == []


def test_what_was_taken_before_is_gone_without_a_word(world, api):
    """The answer to DELETE was lost, and asked again it says that there is no such document."""
    api.has["outbox"]["D-1"] = FILE
    asked = api.answer

    def taken_off_meanwhile(method, path, headers, body):
        if method == "DELETE":
            asked(method, path, headers, body)
        return asked(method, path, headers, body)

    api.answer = taken_off_meanwhile
    assert [one.state for one in run(world).transfers] == ["SENT"]


def test_a_document_that_is_longer_than_it_was_listed_waits_for_the_next_look(world, api):
    api.has["outbox"]["D-1"] = FILE
    asked = api.answer

    def still_written(method, path, headers, body):
        told = asked(method, path, headers, body)
        return (200, told[1] + FILE) if path.endswith("D-1") else told

    api.answer = still_written
    (came,) = run(world).transfers
    assert (came.state, "still being made" in came.reason) == ("FOUND", True)


@pytest.mark.parametrize("said", [b"<html>log in</html>", b'{"data": {"items": "none"}}', b"[1]"])
def test_an_answer_that_is_no_list_is_told_and_nothing_is_done(world, api, said):
    api.has["outbox"]["D-1"], api.says = FILE, said
    ran = run(world)
    assert ran.transfers == []
    assert "no list of documents" in ran.trouble or "other than JSON" in ran.trouble


def test_a_name_that_is_no_file_name_is_passed_over_and_told(world, api):
    api.has["outbox"]["../../etc"] = FILE
    ran = run(world)
    assert ran.transfers == []
    assert "Ask the partner" in " ".join(ran.passed_over)
