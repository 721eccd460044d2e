"""`alerts:` of `hub.yaml`: over which channels people are told, who hears what, and when."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from hub.clock.words import check_window
from hub.config.document import Path as Where
from hub.config.secrets import SecretRef
from hub.config.sentences import near
from hub.config.strict import Settings
from hub.config.values import Duration, EmailAddress, Name, OneOrMany, TimeOfDay, is_this_machine, one_or_many
from hub.model import Urgency

PLACEHOLDERS = ("id", "title", "text", "urgency", "count")
"""What a webhook's body may hold in braces."""
_SAMPLE = dict.fromkeys(PLACEHOLDERS, "")
_SIMPLE = '{"text": "{title}\\n{text}"}'
"""What Slack and many others take."""


def filled(value: Any, words: dict[str, str]) -> Any:
    """A template with its placeholders replaced, inside texts only, so that nothing breaks its JSON."""
    if isinstance(value, dict):
        return {key: filled(inner, words) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, words) for inner in value]
    if not isinstance(value, str):
        return value
    for name, word in words.items():
        value = value.replace(f"{{{name}}}", word)
    return value


def _read_body(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueError(f"the body is not JSON ({error}); write it after `body: |`, indented") from None


class EmailChannel(Settings):
    """A mail server.

    tls:     `starttls`, `implicit` from the first byte (port 465), or `none`, on this very machine only
    sender:  from whom the mails are
    ca_file: whom alone to trust (PEM); without it, whom this machine trusts
    """

    type: Literal["email"]
    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    username: str | None = None
    password: SecretRef | None = None
    sender: EmailAddress
    ca_file: Path | None = None
    timeout: Duration = 20

    @property
    def secrets(self) -> tuple[SecretRef, ...]:
        return (self.password,) if self.password is not None else ()

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("needs username and password together")
        if self.tls == "none" and not is_this_machine(self.host):
            raise ValueError("tls: none is for a mail server on this very machine only")
        return self


class WebhookChannel(Settings):
    """An address that takes a message as JSON. Its address is a secret: whoever has it may write there.

    body: JSON with placeholders in its texts: {title} {text} {urgency} {count} {id}
    """

    type: Literal["webhook"]
    url: SecretRef
    body: Annotated[Any, BeforeValidator(_read_body)] = Field(default=_SIMPLE, validate_default=True)
    ca_file: Path | None = None
    timeout: Duration = 20

    @property
    def secrets(self) -> tuple[SecretRef, ...]:
        return (self.url,)

    @model_validator(mode="after")
    def _tells(self) -> Self:
        if filled(self.body, _SAMPLE) == self.body:
            raise ValueError("the body tells nothing; it needs {title} or {text}")
        return self


Channel = EmailChannel | WebhookChannel


class Telling(Settings):
    """Who hears what, and when.

    by:       a channel
    to, role: whom an e-mail goes to: addresses, or the people with a role that have one (`people:`)
    owners, partners: only what is theirs; without, everybody's
    urgency:  red: only that; amber (default): both
    unless_acknowledged: told only when nobody has acknowledged it for so long
    digest:   times of day at which all is told together
    quiet:    from when until when nothing is told; it is told afterwards
    at_once:  red: that is told at any time, whatever digest and quiet say
    """

    by: str
    to: Annotated[tuple[EmailAddress, ...], BeforeValidator(one_or_many)] = ()
    role: str | None = None
    owners: OneOrMany = ()
    partners: OneOrMany = ()
    urgency: Urgency = Urgency.AMBER
    unless_acknowledged: Duration = 0
    digest: tuple[TimeOfDay, ...] = ()
    quiet: Annotated[tuple[TimeOfDay, ...], AfterValidator(check_window)] | None = None
    at_once: Literal["red"] | None = None

    def hushes(self, at: time) -> bool:
        """Whether a time of day is quiet."""
        if self.quiet is None:
            return False
        first, last = self.quiet
        return first <= at < last if first < last else not last <= at < first

    @model_validator(mode="after")
    def _can_be_told(self) -> Self:
        hushed = [f"{at:%H:%M}" for at in self.digest if self.hushes(at)]
        if hushed:
            raise ValueError(f"digest at {hushed[0]} is in the quiet hours; move one of them")
        if self.at_once and not (self.digest or self.quiet):
            raise ValueError("has at_once, which goes with digest or quiet")
        return self


class Alerts(Settings):
    """amber: how long before something is due its owner is told, where nothing else says it"""

    amber: Duration = 3600
    channels: dict[Name, Annotated[Channel, Field(discriminator="type")]] = Field(default_factory=dict)
    tell: tuple[Telling, ...] = ()

    def below(self, folder: Path) -> Self:
        """With its paths from the configuration folder on."""
        channels = {
            name: one.model_copy(update={"ca_file": folder / one.ca_file}) if one.ca_file else one
            for name, one in self.channels.items()
        }
        return self.model_copy(update={"channels": channels})


class Somebody(Protocol):
    """A person of `people:`, as far as alerts know them."""

    @property
    def roles(self) -> Sequence[str]: ...

    @property
    def email(self) -> str | None: ...


def alert_mistakes(
    alerts: Alerts, people: Sequence[Somebody], owners: Collection[str], partners: Collection[str]
) -> Iterator[tuple[Where, str]]:
    """What nobody would ever be told. `owners` and `partners`: of all routes; none while some are hidden."""
    for index, rule in enumerate(alerts.tell):
        at = ("alerts", "tell", index)
        channel = alerts.channels.get(rule.by)
        if channel is None:
            yield (*at, "by"), f"there is no channel “{rule.by}”{near(rule.by, alerts.channels)}"
        for path, text in _nobody(rule, channel, people):
            yield (*at, *path), text
        yield from _strangers((*at, "owners"), "owner of a route", rule.owners, owners)
        yield from _strangers((*at, "partners"), "partner", rule.partners, partners)


def _nobody(
    rule: Telling, channel: Channel | None, people: Sequence[Somebody]
) -> Iterator[tuple[Where, str]]:
    named = bool(rule.to) or rule.role is not None
    if isinstance(channel, WebhookChannel) and named:
        yield (), f"{rule.by} is a webhook: whoever reads there reads it, so leave out to and role"
    if isinstance(channel, EmailChannel) and not named:
        yield (), f"{rule.by} is e-mail: say to whom, with to (addresses) or role"
    reached = [one for one in people if rule.role in one.roles and one.email]
    if rule.role is not None and not reached:
        yield ("role",), f"nobody in people: has the role {rule.role} and an email"


def _strangers(
    at: Where, what: str, named: Sequence[str], known: Collection[str]
) -> Iterator[tuple[Where, str]]:
    for index, name in enumerate(named):
        if known and name not in known:
            yield (*at, index), f"“{name}” is no {what}{near(name, known)}"
