"""Kinds of value that an administrator writes: durations, amounts, names, host keys.

A message raised here follows "config/hub.yaml line 3: <field>: ".
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import asdict, dataclass
from datetime import date, time
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema

from hub.door.keep import Keep, days, years

_DURATION = re.compile(r"(\d+)(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_KEEP = re.compile(r"([1-9]\d{0,4})(y|d)")
_POUNDS = re.compile(r"\d{1,12}(\.\d\d)?")
_DISPOSAL = re.compile(r"keep|remove|archive:.+")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")
_RATE = re.compile(r"([1-9][0-9]{0,4})/([smh])")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def _read_duration(value: Any) -> Any:
    if isinstance(value, str):
        found = _DURATION.fullmatch(value)
        if found is None:
            raise ValueError(f"“{value}” is not a duration; write a number and a unit: 30s, 15m or 2h")
        return int(found[1]) * _SECONDS[found[2]]
    return value


def _read_rate(value: Any) -> Any:
    """Seconds from one call to the next."""
    if isinstance(value, str):
        found = _RATE.fullmatch(value)
        if found is None:
            raise ValueError(f"“{value}” is not a rate; write calls and a unit of time: 5/s, 100/m or 1000/h")
        return _SECONDS[found[2]] / int(found[1])
    return value


def _read_pounds(value: Any) -> Any:
    if isinstance(value, str):
        if _POUNDS.fullmatch(value) is None:
            raise ValueError(f"“{value}” is not an amount; write pounds: 250000 or 250000.00")
        pounds, _, pence = value.partition(".")
        return int(pounds) * 100 + int(pence or 0)
    return value


def _read_time(value: Any) -> Any:
    if isinstance(value, str):
        if _TIME.fullmatch(value) is None:
            raise ValueError(f"“{value}” is not a time of day; write hours and minutes: 08:00")
        return time.fromisoformat(value)
    return value


def _read_listening(value: Any) -> Any:
    if isinstance(value, str):
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
            raise ValueError(f"“{value}” is no address to listen at; write host and port: 127.0.0.1:9464")
        return host, int(port)
    return value


@dataclass(frozen=True, slots=True)
class PinnedKey:
    """A server's own key as the line of a `.pub` file, trusted from a day on and to the end of another."""

    line: str
    since: date | None = None
    until: date | None = None

    def is_trusted(self, today: date) -> bool:
        return (self.since is None or self.since <= today) and (self.until is None or today <= self.until)


def _read_host_key(value: Any) -> PinnedKey:
    """A line; or, while a partner changes its key, `{key: LINE, from: DAY, until: DAY}`."""
    if isinstance(value, PinnedKey):
        return value
    written = value if isinstance(value, dict) else {"key": value}
    if unknown := written.keys() - {"key", "from", "until"}:
        raise ValueError(f"“{min(unknown)}” is not known here; a host key has key, from and until")
    line, since, until = (written.get(name) for name in ("key", "from", "until"))
    if not isinstance(line, str) or not _is_host_key(line):
        raise ValueError(
            "this is not a host key; write its kind and the key, as in a .pub file: ssh-ed25519 AAAA… "
            "(ask the partner for it, or compare with them what ssh-keyscan shows)"
        )
    pinned = PinnedKey(line, _day("from", since), _day("until", until))
    if pinned.since and pinned.until and pinned.until < pinned.since:
        raise ValueError(f"until {pinned.until} is before from {pinned.since}; no day is left")
    return pinned


def _day(name: str, value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{name}: “{value}” is not a date; write it as 2026-12-31") from None


def _is_host_key(line: str) -> bool:
    """Whether the kind in words is the kind that the key itself begins with (RFC 4253, section 6.6)."""
    kind, *rest = line.split()
    try:
        body = base64.b64decode(rest[0], validate=True)
    except (binascii.Error, IndexError):
        return False
    return body[4 : 4 + int.from_bytes(body[:4], "big")] == kind.encode()


def _check_address(value: Any) -> Any:
    """https, and http only where nothing leaves this machine. What a query or a user name would say belongs
    elsewhere: addresses are logged."""
    try:
        parts = urlsplit(value)
        sound = bool(parts.hostname) and parts.port != 0
    except (ValueError, TypeError, AttributeError):
        sound = False
    if not sound or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("this is not an address; write https://, the host and the path, nothing after it")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine(parts.hostname or "")):
        raise ValueError("an address starts with https://; http:// is for this very machine only")
    return value


def is_this_machine(host: str) -> bool:
    """Whether what is sent to a host never leaves this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _check_email(value: Any) -> Any:
    if not isinstance(value, str) or _EMAIL.fullmatch(value) is None:
        raise ValueError("this is not an e-mail address; write name@example.gov.uk")
    return value


def _check_pattern(value: Any) -> Any:
    """A bracket that is never closed would be looked for as it stands, and found nowhere."""
    if isinstance(value, str) and "[" in re.sub(r"\[!?+\]?+[^\]]*+\]", "", value):
        raise ValueError(
            f"“{value}” has a [ that is not closed; write [ab] for one of several letters, [[] for the "
            "bracket itself"
        )
    return value


def _check_disposal(value: Any) -> Any:
    if not isinstance(value, str) or _DISPOSAL.fullmatch(value) is None:
        raise ValueError("write keep, remove, or archive: and a folder, such as archive:/outbound/done")
    return value


def is_name(text: str) -> bool:
    """Whether routes, their files and endpoints may be called so."""
    return _NAME.fullmatch(text) is not None


def _check_name(value: Any) -> Any:
    if not isinstance(value, str) or not is_name(value):
        raise ValueError("a name is made of small letters, digits and _, and starts with a letter")
    return value


def _read_keep(value: Any) -> Any:
    if isinstance(value, str):
        found = _KEEP.fullmatch(value)
        if found is None:
            raise ValueError(f"“{value}” is not a time to keep something; write years or days: 7y or 90d")
        return years(int(found[1])) if found[2] == "y" else days(int(found[1]))
    return value


def _read_ends(value: Any) -> Any:
    return tuple(value.items()) if isinstance(value, dict) else value


def one_or_many(value: Any) -> Any:
    """A single text stands for a list of one."""
    return (value,) if isinstance(value, str) else value


Duration = Annotated[int, BeforeValidator(_read_duration), Field(ge=0)]  # seconds
Rate = Annotated[  # written as calls in a time
    float, BeforeValidator(_read_rate), Field(ge=0), WithJsonSchema({"type": "string"})
]
Kept = Annotated[Keep, BeforeValidator(_read_keep), WithJsonSchema({"type": "string"})]  # 7y or 90d
Pence = Annotated[  # written as pounds: 250000 or 250000.00
    int, BeforeValidator(_read_pounds), Field(ge=0), WithJsonSchema({"type": "number", "minimum": 0})
]
TimeOfDay = Annotated[time, BeforeValidator(_read_time)]
Name = Annotated[str, BeforeValidator(_check_name)]
Listening = Annotated[  # where monitors may ask
    tuple[str, int], BeforeValidator(_read_listening), WithJsonSchema({"type": "string"})
]
HostKey = Annotated[
    PinnedKey,
    PlainValidator(_read_host_key),
    PlainSerializer(asdict),
    WithJsonSchema({"type": ["string", "object"]}),
]
Ends = Annotated[  # NAME: DAY, as pairs: settings are compared and hashed whole
    tuple[tuple[str, date], ...], BeforeValidator(_read_ends), WithJsonSchema({"type": "object"})
]
Pattern = Annotated[str, BeforeValidator(_check_pattern)]  # of names, as a shell would match them
Disposal = Annotated[str, BeforeValidator(_check_disposal)]  # keep, remove or archive:FOLDER
OneOrMany = Annotated[
    tuple[str, ...],
    BeforeValidator(one_or_many),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
EmailAddress = Annotated[str, BeforeValidator(_check_email)]
Address = Annotated[str, BeforeValidator(_check_address)]  # of an API
