"""The hub's log: one JSON object a line, and nothing of any person in it.

Work that matters is an event in the store; the log tells of runs (one line each) and of faults. Whatever
reaches it is masked twice: by the name of the value, and by what the text looks like.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, FilteringBoundLogger

from hub.config.settings import LogSettings
from hub.model import Compartment

MASKED = "[masked]"
_PERSONAL = re.compile(
    r"(account|payee|tenant|first|last|full)_name|forenames?|surname|sort_code|account_number|iban|nino"
    r"|date_of_birth|address\d?|postcode|phone\d?|email|personal|raw|password|passphrase|secret|token",
    re.IGNORECASE,
)
_APART = r"(?<![0-9A-Za-z])(?:{})(?![0-9A-Za-z])"
_NINO = r"[A-Za-z]{2} ?\d\d ?\d\d ?\d\d(?: ?[A-Da-d])?"
_SORT_CODE = r"\d\d([- ])\d\d\1\d\d"
_BANK_ACCOUNT = r"\d{6}[ ,;:/|-]*\d{8}|\d\d[- ]\d\d[- ]\d\d[ ,;:/|-]*\d{8}"
_LOOKS_PERSONAL = re.compile("|".join(_APART.format(each) for each in (_BANK_ACCOUNT, _NINO, _SORT_CODE)))


def hub_log(settings: LogSettings) -> FilteringBoundLogger:
    """A logger that writes masked JSON lines to the configured file, else to standard error."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    log: FilteringBoundLogger = structlog.wrap_logger(
        LineWriter(settings.file),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            mask_personal,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    ).bind()
    return log


def mask_personal(_: Any, __: str, event: EventDict) -> EventDict:
    """A structlog processor: personal values and whatever looks like one become `[masked]`."""
    masked: EventDict = _masked(event)
    return masked


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: MASKED if _PERSONAL.fullmatch(key) else _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner) for inner in value]
    if value is None or isinstance(value, bool | int):
        return value
    return masked_text(str(value))


def masked_text(text: str) -> str:
    """Without whatever looks like a bank account or a National Insurance number."""
    return _LOOKS_PERSONAL.sub(MASKED, text)


def trace(error: BaseException, compartment: Compartment) -> str:
    """Where a fault was raised and, if it was about something open, what it says."""
    if compartment is Compartment.OPEN:
        return "".join(traceback.format_exception(error))
    return "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__


def fault(error: BaseException) -> str:
    """What kind of fault, and where in the code: never what it says, which may hold what was in a file."""
    places = traceback.extract_tb(error.__traceback__)
    if not places:
        return type(error).__name__
    file = Path(places[-1].filename)
    where = "/".join(file.parts[-2:])
    return f"{type(error).__name__} in {where} line {places[-1].lineno} ({places[-1].name})"


class LineWriter:
    """Appends lines; opens the file for each, so that it may be rotated or removed under a running hub."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def msg(self, line: str) -> None:
        """Write one line. A file that cannot be written stops nothing: the line goes to standard error."""
        if self._file is None:
            sys.stderr.write(f"{line}\n")
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8", newline="\n") as stream:
                stream.write(line + "\n")
        except OSError as error:
            sys.stderr.write(f"The log {self._file} cannot be written ({error.strerror}).\n{line}\n")

    debug = info = warning = error = critical = exception = log = msg
