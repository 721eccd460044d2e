"""A webhook: the message as JSON, by the channel's template, posted to an address that is a secret."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from pydantic import ValidationError

from hub.config.alerting import WebhookChannel, filled
from hub.config.endpoints import HttpsEndpoint
from hub.connectors.base import ApiSession, Secrets
from hub.connectors.http import HttpsConnector
from hub.door.conversation import Again, Call
from hub.errors import ConfigError
from hub.tell.wording import Message


class HookSession:
    """An address that takes messages."""

    def __init__(self, channel: WebhookChannel, api: ApiSession, url: str) -> None:
        self._channel, self._api, self._parts = channel, api, urlsplit(url)

    def send(self, message: Message, to: str, made_at: datetime) -> None:
        """Post it; its id is the idempotency key. Raises as `ApiSession.call`."""
        call = Call(
            name="tell",
            method="POST",
            path=self._parts.path,
            again=Again.KEYED,
            query=dict(parse_qsl(self._parts.query)),
            body=Call.json_body(filled(self._channel.body, message.words())),
        )
        self._api.call(call, message.id)


@contextmanager
def hook_session(name: str, channel: WebhookChannel, secrets: Secrets) -> Iterator[HookSession]:
    """Raises ConfigError when the secret is no address."""
    url = secrets(channel.url)
    connector = HttpsConnector()
    try:
        with connector.open(name, _endpoint(name, channel, url), secrets) as api:
            yield HookSession(channel, api, url)
    finally:
        connector.close()


def _endpoint(name: str, channel: WebhookChannel, url: str) -> HttpsEndpoint:
    parts = urlsplit(url)
    place = {"type": "https", "url": f"{parts.scheme}://{parts.netloc}", "timeout": channel.timeout}
    try:
        return HttpsEndpoint.model_validate({**place, "ca_file": channel.ca_file})
    except ValidationError:
        raise ConfigError(
            f"The secret {channel.url} of the channel {name} is not an address; put https://… there, as the "
            "receiver gives it."
        ) from None
