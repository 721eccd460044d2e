"""What goes to an API is handed over by calls, and the mistake is told where it was written."""

from __future__ import annotations

import pytest

from hub.api import Output, Question
from hub.errors import ConfigError
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.rent.rest import GENERIC_REST
from tests.little import little, write
from tests.talking import posting
from tests.world import ENDPOINTS, ROUTES, World

API = '  api: {type: https, url: "https://rent.example"}\n  post: {type: person, what: "carry it"}\n'


def talk(content, ctx):
    raise AssertionError("nobody talks in this test")


@pytest.fixture
def world(tmp_path):
    outputs = (
        Output("payments", ("PAYMENT",), makes=posting),
        Output("file", ("PAYMENT",), write=write),
        Output("call", ("PAYMENT",), write=write, converse=talk),
        Output("less", ("REFUND",), write=write),
    )
    asks = (Question("open", lambda ctx: talk(b"", ctx)),)
    lacks = {"post": "there is no call for it; name file"}
    feed = little(outputs=outputs, asks=asks, lacks=lacks)
    made = World(tmp_path, feeds=[feed], profiles=[GENERIC_RENTTRAN, GENERIC_REST])
    made.write("config/endpoints.yaml", ENDPOINTS + API)
    return made


def mistakes(world, target, source="in"):
    route = ROUTES.replace('{output: payments, endpoint: out, folder: ""}', target)
    world.write("config/routes/little.yaml", route.replace("endpoint: in,", f"endpoint: {source},"))
    try:
        with world.hub():
            return ""
    except ConfigError as error:
        return str(error)


REST = "profile: generic.rest, options: {landlord: FAKE}"
AWAY = "after: 4h"
RENTTRAN = "profile: generic.renttran, options: {landlord: FAKE}"


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        (f"{{output: payments, endpoint: api, {REST}}}", ""),
        ("{output: call, endpoint: api}", ""),
        ("{output: call, endpoint: post}", ""),
        ("{output: file, endpoint: out}", ""),
        (f"{{output: payments, endpoint: api, {RENTTRAN}}}", "the profile generic.renttran writes files"),
        ("{output: file, endpoint: api}", "the output file writes files"),
        ("{output: call, endpoint: api, otherwise: {endpoint: post, after: 4h}}", ""),
        ("{output: call, endpoint: api, otherwise: {endpoint: post, output: file, after: 4h}}", ""),
        (
            f"{{output: payments, endpoint: api, {REST}, otherwise: {{endpoint: post, {AWAY}, {RENTTRAN}}}}}",
            "",
        ),
        ("{output: post, endpoint: api}", "there is no output “post”: there is no call for it; name file"),
        (
            "{output: call, endpoint: api, otherwise: {endpoint: out, after: 4h}}",
            "out is of type folder; name an endpoint of type person",
        ),
        (
            "{output: call, endpoint: api, otherwise: {endpoint: pots, after: 4h}}",
            "there is no endpoint “pots”; did you mean “post”?",
        ),
        (
            "{output: call, endpoint: api, otherwise: {endpoint: post, output: flie, after: 4h}}",
            "there is no output “flie”; did you mean “file”?",
        ),
        (
            "{output: call, endpoint: api, otherwise: {endpoint: post, output: less, after: 4h}}",
            "less does not carry all that call does",
        ),
        (
            f"{{output: payments, endpoint: api, {REST}, otherwise: {{endpoint: post, {AWAY}, {REST}}}}}",
            "the profile generic.rest hands postings over by calls",
        ),
        (
            "{output: call, endpoint: api, otherwise: {endpoint: post, after: 4h}}, "
            "{output: file, endpoint: out}",
            "let it stay behind (after: call)",
        ),
        (
            "{output: call, endpoint: api, otherwise: {endpoint: post, after: 4h}}, "
            "{output: file, endpoint: out, after: call}",
            "",
        ),
        (
            f"{{output: payments, endpoint: out, {REST}}}",
            "the profile generic.rest hands postings over by calls",
        ),
    ],
)
def test_files_and_calls_are_kept_apart(world, target, sentence):
    told = mistakes(world, target)
    assert sentence in told
    assert bool(told) == bool(sentence)


def test_nothing_is_fetched_from_an_api_that_does_not_say_how_it_lists(world):
    told = mistakes(world, "{output: file, endpoint: out}", source="api")
    assert "little.yaml line 6: files cannot be fetched from an endpoint of type https" in told


def test_an_api_has_no_folders_to_archive_to(world):
    world.write("config/endpoints.yaml", ENDPOINTS + API.replace('e"}', 'e", documents: {}}'))
    told = mistakes(world, "{output: file, endpoint: out}", source="api")
    assert "files cannot be fetched" not in told
    assert "an API has no folders to archive to" in told


def test_a_file_of_authorities_is_looked_for_beside_the_configuration(world):
    world.write("config/endpoints.yaml", ENDPOINTS + API.replace('e"}', 'e", ca_file: ca.pem}'))
    assert not mistakes(world, "{output: file, endpoint: out}")
    with world.hub() as hub:
        found = hub.services.config.endpoints["api"].ca_file
    assert found == (world.folder / "config/ca.pem").resolve()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("{asks: open, endpoint: api}", ""),
        ("{asks: opne, endpoint: api}", "asks for no “opne”; did you mean “open”?"),
        ("{asks: open, endpoint: in}", "only an endpoint of type https can be asked"),
        ("{asks: open, endpoint: api, folder: x}", "what an API answers lies in no folder"),
    ],
)
def test_an_api_is_asked_only_what_its_feed_asks(world, source, sentence):
    route = ROUTES.replace('{endpoint: in, folder: "", pattern: "*.txt", then: "archive:done"}', source)
    world.write("config/routes/little.yaml", route.replace("output: payments", "output: file"))
    told = ""
    try:
        with world.hub():
            pass
    except ConfigError as error:
        told = str(error)
    assert sentence in told
    assert bool(told) == bool(sentence)
