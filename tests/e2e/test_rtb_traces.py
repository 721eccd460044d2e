"""Who has not the role sees no trace of a case, a match or an extract, wherever they look: pages and exports
of the console, the API, commands, metrics, messages. The fraud team sees none of a disclosure."""

from __future__ import annotations

import io
import json
import re
import zipfile
from contextlib import ExitStack

import pytest

from hub.cli.main import outcome
from hub.config.people import HUB, Viewer
from hub.config.settings import ConsoleSettings, Role
from hub.console.console import Console
from hub.console.serving import serving
from hub.engine.health import Health
from hub.engine.telling import tell_people
from hub.engine.tokens import SCOPES, add_token
from hub.errors import ConfigError, UsageError
from hub.model import Compartment, ItemState, PromiseState
from hub.testing.certificates import Authority
from hub.testing.fraud_team import FraudTeam
from tests.mailing import Mailbox, mail_server
from tests.nfi_ground import CALENDAR, PASSPHRASE
from tests.rtb_ground import OFFICER, REPORTER, SECOND, STRANGER, Ground, evidence, lines, update, updates
from tests.serving import Client
from tests.unit.console.test_authorisation import NEEDS
from tests.unit.rtb_fraud.match_files import ADA, listed
from tests.unit.rtb_fraud.nfi_files import ADA as TENANT
from tests.unit.rtb_fraud.nfi_files import BEN, file

PLANTED = ("TESTERMAN", "AB123457C", "1979-06-18", "Sham and Co", "Bank of Nowhere", "planted-suspicion")
NAMES = ("RTB-1", "RFR-", "rtb_", "rtb.", "fraud", *PLANTED)
DISCLOSURE = (
    "disclosure_id,made_on,rtb_ref,made_by,suspicion\nD-1,2026-03-12,RTB-1,faye,planted-suspicion of cash\n"
)
KEEPER = Viewer("keeper", "Kim Example", frozenset({Role.ADMINISTRATOR}))
PEOPLE = """
people:
  - {login: keeper, name: Kim Example, roles: [administrator, auditor, clerk, operator, approver],
     email: keeper@example.invalid}
  - {login: faye, name: Faye Example, roles: [administrator, auditor, clerk, operator, approver, fraud],
     email: faye@example.invalid}
alerts:
  channels: {mail: {type: email, host: 127.0.0.1, port: PORT, tls: none, sender: hub@example.invalid}}
  tell: [{by: mail, to: all@example.invalid}, {by: mail, role: administrator, digest: ["10:00"]}]
"""
NFI = """
partner: Anti-fraud
routes:
  calendar:
    feed: rtb_fraud.nfi_calendar
    from: {endpoint: desk, folder: nfi/calendar, then: remove}
    mode: live
    owner: nfi-team
  matches:
    feed: rtb_fraud.nfi_matches
    from: {endpoint: desk, folder: nfi/matches, then: remove}
    mode: live
    owner: nfi-team
  tenants:
    feed: rtb_fraud.nfi_tenants
    format: export
    from: {endpoint: desk, folder: nfi/tenants, then: remove}
    to: [{output: extract, endpoint: site, pack: {type: aes_zip, passphrase: file:site_passphrase}}]
    mode: live
    owner: nfi-team
"""
SITE = "  site: {type: person, who: fraud, what: Upload it, asks: the receipt, confirms: [on, count]}\n"
CASES = ("RTB-1", "RFR-", "2026/27:", "M0001", "NFI_2026", "T0004711", "TESTERMAN")
CASES += ("closed-tenants", "closed-list", "closed-wrong")
KINDS = ("rtb_case", "rtb_assessment", "rtb_claim", "rtb_referral", "rtb_index")
KINDS += ("nfi_match", "nfi_step", "nfi_extract")
TRACES = (*CASES, *KINDS, "Anti-fraud", "nfi-team", "nfi.", "rtb.referral", "rtb.evidence")
CONFIGURED = (("routes",), ("timetable",), ("feeds",))
"""Commands that tell what stands in the configuration, which whoever gives them reads anyway."""


@pytest.fixture(scope="module")
def box():
    with mail_server(Mailbox()) as made:
        yield made


@pytest.fixture(scope="module")
def ground(tmp_path_factory, box):
    """A case that was referred and met a match, an extract that waits for a person, a file that was refused,
    a promise that broke."""
    folder = tmp_path_factory.mktemp("unseen")
    with FraudTeam(Authority(folder / "authority")) as team:
        made = Ground(folder, team)
        config = folder / "config"
        made.write(
            "hub.yaml", (config / "hub.yaml").read_text("utf-8") + PEOPLE.replace("PORT", str(box.port))
        )
        made.write("endpoints.yaml", (config / "endpoints.yaml").read_text("utf-8") + SITE)
        made.write("routes/nfi.yaml", NFI)
        made.write("credentials/site_passphrase", PASSPHRASE)
        (config / "credentials").chmod(0o700)
        (config / "credentials/site_passphrase").chmod(0o600)
        made.referred()
        made.put(
            "updates", updates(update("E1", "2026-03-11T12:00:00Z", "RECEIVED")), name="closed-updates.csv"
        )
        made.put(
            "evidence", lines(evidence("title", {"other_properties": "many"})), name="closed-wrong.jsonl"
        )
        made.put("calendar", CALENDAR, name="closed-steps.csv")
        made.put("matches", listed(ADA).decode(), name="closed-list.csv")
        made.put("tenants", file(TENANT, BEN).decode(), name="closed-tenants.txt")
        made.clock.turn(days=60)
        made.run()
        yield made


def seen(ground, viewer):
    """All that a person can list, count, search and export, as one text."""
    with ground.hub(viewer) as hub, hub.look() as look:
        transfers = look.transfers(limit=1000)
        told = [
            transfers,
            *[(look.findings(row.id), look.transfer_events(row.id), look.items(row.id)) for row in transfers],
            *[look.runs(route, limit=1000) for route in ("rtb.referral", "rtb.updates", "mlro.disclosures")],
            look.worklist(limit=1000),
            look.records(limit=1000),
            look.moves("rtb_case", "RTB-1"),
            *[look.find(text) for text in ("RTB-1", "RFR-2026-000001", "D-1")],
            look.promises(states=tuple(PromiseState), limit=1000),
            look.counters(),
            look.alerts(over=True, limit=1000),
            look.messages(limit=1000),
            look.items_that_are(tuple(ItemState)),
            look.groups_that_are(tuple(ItemState)),
            list(look.reported(list(hub.services.catalogue.feeds))),
        ]
    return str(told)


def test_a_stranger_sees_no_trace_of_a_case(ground):
    for viewer in (STRANGER, KEEPER, REPORTER):
        told = seen(ground, viewer)
        assert not [word for word in NAMES if word in told]
        with pytest.raises(UsageError, match="There is no rtb_case"):
            ground.record("RTB-1", viewer=viewer)
        for name in ("rtb.referral", "referral"):
            with ground.hub(viewer) as hub, pytest.raises(ConfigError) as told:
                hub.run(name)
            assert str(told.value).startswith(f"There is no route “{name}”")
            assert "rtb.referral" not in str(told.value).replace(f"“{name}”", "")
    told = seen(ground, OFFICER)
    assert not [word for word in ("RTB-1", "RFR-", "rtb_case", "rtb.updates", "BROKEN") if word not in told]


def test_what_the_fraud_team_lists_names_nobody(ground):
    with ground.hub() as hub, hub.look() as look:
        facts = [json.dumps(dict(record.data)) for record in look.records(limit=1000)]
        moves = [
            str(move) for record in look.records(limit=1000) for move in look.moves(record.kind, record.key)
        ]
        titles = [one.title for one in look.worklist(limit=1000)]
        findings = [str(one) for row in look.transfers(limit=1000) for one in look.findings(row.id)]
    assert findings
    assert not [word for word in PLANTED if word in "".join([*facts, *moves, *titles, *findings])]


def test_nothing_that_the_hub_keeps_tells_of_anybody_in_clear(ground):
    files = [path for path in (ground.folder / "config").rglob("*") if path.is_file()]
    left = b"".join(path.read_bytes() for path in files)
    assert b"RTB-1" in left
    assert not [word for word in PLANTED if word.encode() in left]


def test_the_fraud_team_sees_no_trace_of_a_disclosure(ground):
    before = {viewer.login: seen(ground, viewer) for viewer in (OFFICER, SECOND, STRANGER, KEEPER)}
    assert ground.put("disclosures", DISCLOSURE, REPORTER).state == "APPLIED"
    with ground.hub(REPORTER) as hub, hub.look() as look:
        (entry,) = look.worklist(limit=10)
    with ground.hub(REPORTER) as hub:
        hub.worklist.answer(entry.id, "REPORT_AND_WAIT", "planted-suspicion stands")
    assert {login: seen(ground, viewer) for login, viewer in _who(before)} == before
    assert ground.record("D-1", "disclosure", REPORTER).state == "AWAITING_CONSENT"
    for viewer in (OFFICER, KEEPER):
        with pytest.raises(UsageError):
            ground.record("D-1", "disclosure", viewer)
        with ground.hub(viewer) as hub, pytest.raises(UsageError, match="There is no worklist entry"):
            hub.worklist.answer(entry.id, "NO_REPORT", "guessed the id")


def _who(logins):
    return [(one.login, one) for one in (OFFICER, SECOND, STRANGER, KEEPER) if one.login in logins]


def test_no_shared_text_may_tip_somebody_off(ground):
    texts = ("told the NCA", "awaiting consent", "Money Laundering?", "a SAR was made")
    told = [update(f"T{n}", "2026-03-12T12:00:00Z", "TRIAGE", text=text) for n, text in enumerate(texts)]
    fine = update("T9", "2026-03-12T12:00:00Z", "TRIAGE", text="Sarah consents to nothing")
    ground.put("updates", updates(*told, fine), name="tip.txt")
    assert sorted(ground.record("RFR-2026-000001", "rtb_referral").data["events"]) == ["E1", "T9"]


@pytest.fixture(scope="module")
def served(ground):
    """The console over it, and the API."""
    with ExitStack() as stack:
        hub = stack.enter_context(ground.hub(HUB))
        console = Console(lambda: hub, ConsoleSettings(address=("127.0.0.1", 1)))
        console.settings = console.settings.model_copy(update={"address": ("127.0.0.1", 0)})
        console.health = Health(hub.services)
        console.health.look(hub.services)
        yield hub, console, stack.enter_context(serving(console))


def closed_ids(hub):
    with hub.look() as look:
        rows = [row for row in look.transfers(limit=1000) if row.compartment is Compartment.FRAUD]
        items = [item.id for row in rows for item in look.items(row.id)]
        return [row.id for row in rows], items, [one.id for one in look.worklist(limit=1000)]


def told(response):
    """What an answer says; of a workbook, what all of it says."""
    if not response.content.startswith(b"PK"):
        return response.text
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def traces(text, ids=()):
    return [word for word in (*TRACES, *ids) if word in text]


PAGES = [path for method, path in NEEDS if method == "GET" and "{" not in path and NEEDS[method, path]]
PAGES.remove("/approvals")  # leads on to the worklist
EXPORTS = [
    f"/reports/{name}.xlsx?first=2026-03-01&last=2026-05-31" for name in ("volumes", "errors", "suspense")
]
LISTS = [
    "/transfers?state=REJECTED",
    "/transfers?text=closed",
    "/records?kind=rtb_case",
    "/audit?everything=yes",
]
SHOWN = (
    "/",
    "/transfers",
    "/transfers.csv",
    "/worklist",
    "/routes",
    "/records?kind=rtb_case",
    "/transfers?text=closed",
)


def test_no_page_search_or_export_of_the_console_tells_of_it(served):
    hub, console, address = served
    transfers, items, work = closed_ids(hub)
    ids = (*transfers, *items, *work)
    about = [f"/transfers/{transfers[0]}", f"/transfers/{transfers[0]}/files", f"/items/{items[0]}"]
    about += [
        f"/worklist/{work[0]}",
        "/records/rtb_case/RTB-1",
        "/routes/rtb.referral",
        "/routes/nfi.tenants",
    ]
    for login, sees in (("keeper", False), ("faye", True)):
        cookies = {"feedhub_signed_in": console.signing_in.let_in(login, "127.0.0.1")}
        with Client(address, cookies) as client:
            for page in SHOWN if sees else (*PAGES, *LISTS, *EXPORTS):
                answer = client.get(page)
                assert answer.status_code == 200, page
                found = [one for one in traces(told(answer), ids) if one not in page]
                assert sees or found == [], (page, found)
                assert found or not sees, page
            for text in ("RTB-1", "T0004711", "M0001", "RFR-2026-000001"):
                answer = client.form("/find", reference=text)
                assert sees or not traces(answer.text.replace(text, ""), (*transfers, *items)), text
            for page in about:
                assert client.get(page).status_code == (200 if sees else 404), page


def test_no_address_of_the_api_tells_or_counts_it(served):
    hub, _, address = served
    transfers, items, work = closed_ids(hub)
    lists = ["/transfers", "/transfers/count", "/worklist", "/routes", "/health"]
    lists += [f"/records?kind={kind}" for kind in KINDS]
    about = [f"/transfers/{transfers[0]}{part}" for part in ("", "/items", "/findings", "/events")]
    about += [f"/transfers/{transfers[-1]}", f"/items/{items[0]}", f"/worklist/{work[0]}"]
    about += [
        "/records/rtb_case/RTB-1",
        "/records/rtb_case/RTB-1/moves",
        "/routes/rtb.referral",
        "/routes/nfi.tenants",
    ]
    for login, sees in (("keeper", False), ("faye", True)):
        secret, _ = add_token(hub.services, login, "tests", scopes=SCOPES, days=30)
        with Client(address, {}) as client:
            client.headers["Authorization"] = f"Bearer {secret}"
            for path in lists:
                answer = client.get(f"/api/v1{path}")
                assert answer.status_code == 200, (path, answer.text)
                assert sees or not traces(answer.text, (*transfers, *items, *work)), path
            for text in ("RTB-1", "2026/27:101:M0001", "RFR-2026-000001"):
                for path, sought in (
                    ("items/search", {"reference": text}),
                    ("transfers/search", {"text": text}),
                ):
                    answer = client.post(f"/api/v1/{path}", json=sought)
                    assert answer.status_code == 200, (path, answer.text)
                    assert sees or not traces(answer.text, (*transfers, *items, *work)), path
            count = client.get("/api/v1/transfers/count").json()
            assert count["number"] == (len(transfers) if sees else 0)
            for path in about:
                assert client.get(f"/api/v1{path}").status_code == (200 if sees else 404), path


LISTED = (("transfers", "list"), ("worklist", "list"), ("overdue",), ("records", "list"))
COMMANDS = (
    *(("items", "list"), ("items", "find", "RTB-1"), ("items", "find", "T0004711"), ("status",), *CONFIGURED),
    *(
        ("alerts", "list"),
        ("alerts", "messages"),
        ("suspense", "list"),
        ("rtb_fraud", "replay"),
        ("reports", "list"),
    ),
    *(("records", "list", "--kind", kind) for kind in KINDS),
)


def test_no_command_tells_of_it(ground, served, capsys, monkeypatch):
    hub, _, _ = served
    transfers, items, work = closed_ids(hub)
    about = [("transfers", "show", transfers[0]), ("records", "show", "rtb_case", "RTB-1")]
    about += [("records", "reveal", "rtb_case", "RTB-1", "--reason", "curious"), ("run", "rtb.referral")]
    about += [("worklist", "answer", work[0], "--answer", "REFER", "--reason", "guessed")]
    for login, sees in (("keeper", False), ("faye", True)):
        monkeypatch.setattr("hub.config.login.system_login", lambda login=login: login)
        for words in LISTED if sees else (*COMMANDS, *LISTED):
            outcome(["--config", str(ground.folder / "config"), *words])
            said = capsys.readouterr()
            known = CASES if words in CONFIGURED else TRACES
            found = [one for one in (*known, *transfers, *items, *work) if one in said.out + said.err]
            assert bool([one for one in found if one not in words]) is sees, (words, found)
        for words in () if sees else about:
            code = outcome(["--config", str(ground.folder / "config"), *words])
            said = capsys.readouterr()
            assert code == 2, (words, said)
            assert "There is no" in said.err, said.err


def test_no_metric_counts_it(served):
    _, _, address = served
    with Client(address, {}) as client:
        metrics = client.get("/metrics").text
        assert not traces(metrics + client.get("/health").text + client.get("/ready").text)
    counts = re.findall(r"^feedhub_(?:worklist|promises|waiting)\S* (\S+)", metrics, re.M)
    assert set(counts) == {"0.0"}


def test_no_message_or_digest_tells_of_it(ground, box):
    ground.clock.turn(hours=3)
    with ground.hub(HUB) as hub:
        tell_people(hub.services)
        ground.clock.turn(days=1)
        tell_people(hub.services)
    assert {mail["To"] for mail in box.mails} == {"faye@example.invalid"}
    for mail in box.mails:
        text = mail.as_string() + mail.get_payload(decode=True).decode()
        assert "in the compartment fraud" in text
        assert not [word for word in CASES if word in text]
