"""The channels over which people are told, against servers that behave and others that don't: what each
trouble is called, and that neither what was said to us nor what opens a door gets into a message."""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from hub.config.alerting import EmailChannel, WebhookChannel
from hub.errors import AuthFailed, ConfigError, HostKeyChanged, PeerIncompatible, RemoteRefused, Unreachable
from hub.model import Urgency
from hub.tell.mail import mail_session
from hub.tell.webhook import hook_session
from hub.tell.wording import Message
from hub.testing.certificates import Authority
from tests.mailing import PASSWORD, Mailbox, mail_server

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TOLD = Message("01message", "red: a.txt failed – look", "RED it failed\n\nfeedhub overdue", Urgency.RED, 1)
TO = "rents@example.invalid"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def serve():
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(mail_server(Mailbox(**how)))


def channel(box, **changes):
    own = {"type": "email", "host": "127.0.0.1", "port": box.port, "sender": "hub@example.invalid"}
    return EmailChannel.model_validate({**own, "timeout": 2, **changes})


def send(settings, password=PASSWORD):
    with mail_session("mail", settings, lambda reference: password) as session:
        session.send(TOLD, TO, NOW)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_mail_goes_over_tls_signed_in_and_says_whom_it_is_from(serve, authority, tls):
    box = serve(tls=authority.server(), implicit=tls == "implicit")
    signed = {"username": "hub", "password": "env:SMTP", "ca_file": authority.file}
    send(channel(box, tls=tls, **signed))
    [mail] = box.mails
    assert mail["Message-ID"] == "<01message@example.invalid>"
    assert (mail["From"], mail["To"]) == ("hub@example.invalid", TO)
    assert "feedhub overdue" in mail.get_payload(decode=True).decode()
    assert ("STARTTLS" in box.verbs) == (tls == "starttls")
    assert box.verbs.index("AUTH") > (box.verbs.index("STARTTLS") if tls == "starttls" else 0)


def test_the_same_message_is_the_same_letter_however_often_it_goes_out(serve):
    box = serve()
    for _ in range(2):
        send(channel(box, tls="none"))
    first, second = box.mails
    assert first.as_bytes() == second.as_bytes()


def test_a_certificate_that_nobody_trusts_sends_nothing(serve, authority):
    box = serve(tls=authority.server())
    with pytest.raises(HostKeyChanged, match="channel mail .*certificate is not one that we trust"):
        send(channel(box))
    assert "MAIL" not in box.verbs
    assert "AUTH" not in box.verbs


def test_a_server_without_tls_gets_neither_password_nor_mail(serve):
    box = serve()
    with pytest.raises(PeerIncompatible, match="offers no STARTTLS"):
        send(channel(box, username="hub", password="env:SMTP"))
    assert "AUTH" not in box.verbs
    assert box.mails == []


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"RCPT": "550 nobody called SECRET here"}, RemoteRefused),
        ({"RCPT": "450 SECRET later"}, Unreachable),
        ({"MAIL": "553 SECRET"}, RemoteRefused),
        ({"DATA": "554 SECRET"}, RemoteRefused),
        ({"TAKEN": "451 SECRET"}, Unreachable),
        ({"TAKEN": "552 SECRET"}, RemoteRefused),
        ({"CONNECT": "421 SECRET"}, Unreachable),
        ({"CONNECT": "554 SECRET"}, Unreachable),
    ],
)
def test_a_refusal_is_told_from_not_now_and_by_its_status_only(serve, answers, error):
    box = serve(answers=answers)
    with pytest.raises(error, match="status|no answer") as raised:
        send(channel(box, tls="none"))
    assert "SECRET" not in str(raised.value)
    assert TO not in str(raised.value)


@pytest.mark.parametrize(("said", "error"), [("535 SECRET", AuthFailed), ("454 SECRET", Unreachable)])
def test_a_log_in_that_is_refused_is_no_passing_trouble(serve, said, error):
    box = serve(answers={"AUTH": said})
    with pytest.raises(error) as raised:
        send(channel(box, tls="none", username="hub", password="env:SMTP"), "wrong-password")
    assert "SECRET" not in str(raised.value)
    assert "wrong-password" not in str(raised.value)


@pytest.mark.parametrize("verb", ["CONNECT", "MAIL", "TAKEN"])
def test_a_server_that_hangs_is_given_up(serve, verb):
    box = serve(hangs=verb)
    with pytest.raises(Unreachable, match="no answer"):
        send(channel(box, tls="none", timeout="1s"))


def test_a_server_that_is_not_there_is_unreachable(serve):
    with mail_server(Mailbox()) as box:
        settings = channel(box, tls="none")
    with pytest.raises(Unreachable, match="no answer"):
        send(settings)


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def hook():
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        server.got, server.status = [], 200
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


CARD = (
    '{"type": "message", "attachments": [{"content": {"version": "1.4", "body": '
    '[{"type": "TextBlock", "text": "{title}", "wrap": true}, '
    '{"text": "{text} ({urgency}, {count}, {id})"}]}}]}'
)


def post(hook, address=None, **settings):
    url = address or f"http://127.0.0.1:{hook.server_port}/services/T0/sesame?sig=open%2Bsesame&v=1"
    made = WebhookChannel.model_validate({"type": "webhook", "url": "env:HOOK", **settings})
    with hook_session("teams", made, lambda reference: url) as session:
        session.send(TOLD, "", NOW)


def test_a_message_is_posted_by_the_template_with_its_key(hook):
    post(hook, body=CARD)
    [(path, headers, body)] = hook.got
    assert path == "/services/T0/sesame?sig=open%2Bsesame&v=1"
    assert headers["Idempotency-Key"] == "01message"
    first, second = body["attachments"][0]["content"]["body"]
    assert first == {"type": "TextBlock", "text": TOLD.title, "wrap": True}
    assert second["text"] == f"{TOLD.text} (red, 1, 01message)"


def test_without_a_template_it_is_one_text(hook):
    post(hook)
    assert [body for _, _, body in hook.got] == [{"text": f"{TOLD.title}\n{TOLD.text}"}]


@pytest.mark.parametrize(("status", "error"), [(404, RemoteRefused), (503, Unreachable), (401, AuthFailed)])
def test_a_hook_that_refuses_says_nothing_of_its_address(hook, status, error):
    hook.status = status
    with pytest.raises(error) as raised:
        post(hook)
    assert "sesame" not in str(raised.value)


@pytest.mark.parametrize("address", ["http://hooks.example/x", "hooks.example", "ftp://x/y"])
def test_an_address_that_is_not_https_is_never_called(hook, address):
    with pytest.raises(ConfigError, match="The secret env:HOOK of the channel teams is not an address"):
        post(hook, address)
