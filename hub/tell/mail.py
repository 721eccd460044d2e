"""E-mail: one session with a mail server, over TLS.

Nothing that the server says gets into a message of ours, only its status (RFC 5321, section 4.2)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from hub.config.alerting import EmailChannel
from hub.connectors.base import Secrets
from hub.errors import (
    AuthFailed,
    ConfigError,
    HostKeyChanged,
    PeerIncompatible,
    RemoteRefused,
    TransportError,
    Unreachable,
)
from hub.tell.wording import Message

_AGAIN = range(400, 500)
"""Statuses after which trying again may help."""


class MailSession:
    """Signed in at a mail server."""

    def __init__(self, title: str, channel: EmailChannel, server: smtplib.SMTP) -> None:
        self._title, self._channel, self._server = title, channel, server

    def send(self, message: Message, to: str, made_at: datetime) -> None:
        """Hand it over. Raises Unreachable, or RemoteRefused when the server will not take it."""
        with _plainly(self._title):
            self._server.send_message(letter(self._channel.sender, message, to, made_at))


@contextmanager
def mail_session(name: str, channel: EmailChannel, secrets: Secrets) -> Iterator[MailSession]:
    """Raises Unreachable, AuthFailed, HostKeyChanged (its certificate), PeerIncompatible (no TLS)."""
    title = f"channel {name} ({channel.host}:{channel.port})"
    password = secrets(channel.password) if channel.password is not None else ""
    context = _trust(title, channel)
    with _plainly(title):
        server = _connected(channel, context)
        try:
            if channel.tls == "starttls":
                server.starttls(context=context)
            if channel.username is not None:
                server.login(channel.username, password)
            yield MailSession(title, channel, server)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()


def letter(sender: str, message: Message, to: str, made_at: datetime) -> EmailMessage:
    """The same message gives the same letter: whoever gets it twice can tell by its Message-ID."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, to
    mail["Subject"] = f"[Feed hub] {message.title}"
    mail["Date"] = format_datetime(made_at)
    mail["Message-ID"] = f"<{message.id}@{sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    if message.urgency == "red":
        mail["Importance"] = "high"
    mail.set_content(message.text)
    return mail


def _connected(channel: EmailChannel, context: ssl.SSLContext) -> smtplib.SMTP:
    if channel.tls == "implicit":
        return smtplib.SMTP_SSL(channel.host, channel.port, timeout=channel.timeout, context=context)
    return smtplib.SMTP(channel.host, channel.port, timeout=channel.timeout)


def _trust(title: str, channel: EmailChannel) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=channel.ca_file)
    except (OSError, ssl.SSLError):
        raise ConfigError(f"{title}: ca_file cannot be used; it must be PEM text.") from None


@contextmanager
def _plainly(title: str) -> Iterator[None]:
    """What the library raises, as our errors."""
    try:
        yield
    except TransportError:
        raise
    except ssl.SSLCertVerificationError as error:
        raise HostKeyChanged(
            f"{title}: its certificate is not one that we trust. Nothing was sent. Correct host, or set "
            "ca_file."
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise PeerIncompatible(
            f"{title}: the server offers no STARTTLS, or no log-in that we know. Ask whoever runs it."
        ) from error
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        raise _refusal(title, error) from error
    except (OSError, EOFError, smtplib.SMTPException) as error:
        raise Unreachable(f"{title}: no answer ({type(error).__name__}). The hub tries again.") from error


def _refusal(
    title: str, error: smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused
) -> TransportError:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        status = max(code for code, _ in error.recipients.values())
        what = "the recipient was refused"
    else:
        status, what = error.smtp_code, "the message was refused"
    if status in _AGAIN or isinstance(error, smtplib.SMTPConnectError):
        return Unreachable(f"{title}: not now (status {status}). The hub tries again.")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return AuthFailed(
            f"{title}: the log-in was refused (status {status}). The hub does not try it again until the "
            "secret or the settings change, or somebody says `feedhub alerts test`."
        )
    return RemoteRefused(f"{title}: {what} (status {status}). Correct the address, or ask whoever runs it.")
