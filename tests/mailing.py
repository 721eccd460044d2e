"""A mail server on loopback, in a few lines of its own, that can be told to misbehave."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default

PASSWORD = "open-sesame"


@dataclass
class Mailbox:
    """What came, and what the server is to do. `tls`: None = plain; `implicit`: from the first byte.

    answers: by verb, the line that it answers with instead of taking it; `hangs`: the verb after which it
    says nothing any more; `loses`: takes the mail and hangs up before it says so
    """

    tls: ssl.SSLContext | None = None
    implicit: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    hangs: str | None = None
    loses: bool = False
    mails: list[Message] = field(default_factory=list)
    verbs: list[str] = field(default_factory=list)
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]).strip() for mail in self.mails]


class Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        with suppress(OSError, ValueError):
            if box.tls and box.implicit:
                self._secure(box.tls)
            self._talk(box)
        for end in (self.rfile, self.wfile, self.connection):
            with suppress(OSError, ValueError):
                end.close()

    def _talk(self, box: Mailbox) -> None:
        box.verbs.append("CONNECT")
        self._say(box, "CONNECT", "220 fake")
        while line := self.rfile.readline():
            verb = line.split()[0].decode().upper()
            box.verbs.append(verb)
            if verb == "QUIT":
                self._say(box, verb, "221 bye")
                return
            if verb == "DATA" and "DATA" not in box.answers:
                self._data(box)
                if box.loses:
                    return
                self._say(box, "TAKEN", "250 taken")
            elif verb == "STARTTLS" and box.tls is not None:
                self._say(box, verb, "220 go on")
                self._secure(box.tls)
            elif verb == "AUTH":
                self._say(box, verb, "235 in" if self._proves(line) else "535 no")
            elif verb == "EHLO":
                self._say(box, verb, self._greeting(box))
            else:
                self._say(box, verb, "250 fine")

    def _greeting(self, box: Mailbox) -> str:
        offered = ["fake", *(["STARTTLS"] if box.tls and not box.implicit else []), "AUTH PLAIN"]
        return "\r\n".join([*(f"250-{one}" for one in offered[:-1]), f"250 {offered[-1]}"])

    def _proves(self, line: bytes) -> bool:
        return base64.b64decode(line.split()[2]).split(b"\0")[2] == PASSWORD.encode()

    def _data(self, box: Mailbox) -> None:
        self.wfile.write(b"354 go on\r\n")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        box.mails.append(message_from_bytes(b"".join(lines), policy=default))

    def _say(self, box: Mailbox, verb: str, usual: str) -> None:
        if box.hangs == verb:
            box.over.wait(30)
            raise OSError("hung up")
        self.wfile.write(box.answers.get(verb, usual).encode() + b"\r\n")

    def _secure(self, tls: ssl.SSLContext) -> None:
        self.connection = tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)  # type: ignore[assignment]


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


@contextmanager
def mail_server(box: Mailbox) -> Iterator[Mailbox]:
    with Server(("127.0.0.1", 0), Session) as server:
        server.box = box  # type: ignore[attr-defined]
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield box
        finally:
            box.over.set()
            server.shutdown()
