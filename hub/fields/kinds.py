"""Every kind of field by its name, to be checked with settings as text (`feedhub check-field`, options)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from hub.errors import ConfigError
from hub.fields import (
    account_number,
    bank_account,
    claim_reference,
    date,
    ddi_reference,
    money,
    nino,
    payment_reference,
    postcode,
    service_user_number,
    sort_code,
    uprn,
)
from hub.fields.modulus import Tables, Verdict
from hub.fields.problem import FieldProblem

TABLES = "tables"
"""The setting of `bank_account` that only whoever may read files can heed (`bank_account_by`)."""

Status = Literal["valid", "invalid", "cannot_be_checked"]
Settings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FieldResult:
    """What a check says. `reason` explains what is not plainly valid; `normal` is the form to keep; `code` as
    in `FieldProblem`."""

    status: Status
    reason: str = ""
    normal: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of field.

    parts:    the texts that it consists of, by name
    settings: what may be set, by name, with what it means
    mask:     the normal form as screens show it
    """

    parts: tuple[str, ...]
    run: Callable[[Mapping[str, str], Settings], FieldResult]
    settings: Mapping[str, str]
    mask: Callable[[str], str] = str

    def check(self, parts: Mapping[str, str], settings: Settings) -> FieldResult:
        """Never raises for a bad value. Raises ConfigError for a setting that cannot be used."""
        unknown = sorted(settings.keys() - self.settings.keys())
        if unknown:
            known = ", ".join(self.settings) or "none"
            raise ConfigError(f"There is no setting {', '.join(unknown)} here. Known: {known}.")
        missing = [part for part in self.parts if not parts.get(part, "").strip()]
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            return FieldResult("invalid", f"{' and '.join(missing)} {verb} missing")
        try:
            return self.run(parts, settings)
        except FieldProblem as problem:
            return FieldResult("invalid", problem.reason, code=problem.code)


def _plain(part: str, validate: Callable[[str], str], mask: Callable[[str], str] = str) -> Kind:
    return Kind((part,), lambda parts, settings: FieldResult("valid", normal=validate(parts[part])), {}, mask)


def _bank_account(parts: Mapping[str, str], settings: Settings) -> FieldResult:
    normal = bank_account.validate(parts["sort_code"], parts["account_number"])
    return FieldResult("cannot_be_checked", bank_account.TABLES_MISSING, " ".join(normal))


def bank_account_by(tables: Tables) -> Kind:
    """The kind `bank_account` with the modulus check over these tables."""

    def run(parts: Mapping[str, str], settings: Settings) -> FieldResult:
        code, number = bank_account.validate(parts["sort_code"], parts["account_number"])
        return _MODULUS[tables.check(code, number)](f"{code} {number}")

    return replace(KINDS["bank_account"], run=run, settings={})


_MODULUS: Mapping[Verdict, Callable[[str], FieldResult]] = {
    Verdict.VALID: lambda normal: FieldResult("valid", normal=normal),
    Verdict.INVALID: lambda normal: FieldResult(
        "invalid", "no such account number can be at this sort code (modulus check)"
    ),
    Verdict.NOT_COVERED: lambda normal: FieldResult(
        "cannot_be_checked", "not_covered: the tables say nothing of this sort code; presumed valid", normal
    ),
    Verdict.NOT_CHECKABLE: lambda normal: FieldResult(
        "cannot_be_checked", "not_checkable: a foreign currency account; presumed valid", normal
    ),
}


def _nino(parts: Mapping[str, str], settings: Settings) -> FieldResult:
    prefixes = settings.get("warn_prefixes")
    watched = nino.ADMINISTRATIVE if prefixes is None else tuple(prefixes.upper().split(","))
    try:
        number = nino.validate(parts["nino"], suffix_optional=_truth(settings, "suffix_optional"))
    except FieldProblem as problem:
        if not _truth(settings, "warn_only"):
            raise
        return FieldResult("valid", f"warning: {problem.reason}", nino.compact(parts["nino"]))
    odd = "; ".join(nino.doubts(number, watched))
    return FieldResult("valid", f"warning: {odd}" if odd else "", number)


def _payment_reference(parts: Mapping[str, str], settings: Settings) -> FieldResult:
    engine, length = engine_from(settings), _number(settings, "length", "25")
    reference = payment_reference.compact(parts["payment_reference"])
    if "length" in settings and len(reference) != length:
        raise FieldProblem(f"a payment reference has {length} characters here, this one {len(reference)}")
    payment_reference.validate(reference, engine)
    if engine is None:
        reason = "the shape is right; the landlord's check digit is not configured (engine)"
        return FieldResult("cannot_be_checked", reason, reference)
    return FieldResult("valid", normal=reference)


def _service_user_number(parts: Mapping[str, str], settings: Settings) -> FieldResult:
    bureau = _truth(settings, "bureau")
    return FieldResult(
        "valid", normal=service_user_number.validate(parts["service_user_number"], bureau=bureau)
    )


def _claim_reference(parts: Mapping[str, str], settings: Settings) -> FieldResult:
    pattern = settings.get("pattern", claim_reference.PATTERN)
    try:
        re.compile(pattern)
    except re.error as error:
        raise ConfigError(f"pattern is no regular expression: {error}.") from None
    return FieldResult("valid", normal=claim_reference.validate(parts["claim_reference"], pattern=pattern))


def _date(parts: Mapping[str, str], settings: Settings) -> FieldResult:
    layout = settings.get("format", date.ISO)
    if sorted(re.findall("%.", layout)) != ["%Y", "%d", "%m"]:
        raise ConfigError("format holds %Y, %m and %d once each, such as %d/%m/%Y.")
    return FieldResult("valid", normal=date.validate(parts["date"], layout=layout))


def engine_from(settings: Settings) -> payment_reference.Engine | None:
    """The check-digit engine that settings describe; None when none is named. Raises ConfigError."""
    engine = settings.get("engine")
    if engine is None:
        return None
    if engine == "letter":
        return _letter(settings)
    if engine != "weighted":
        raise ConfigError("engine is weighted or letter.")
    source = settings.get("source", "")
    if source and not source.isdecimal():
        raise ConfigError("source is digits that overwrite the start of the reference.")
    modulus, subtract = _number(settings, "modulus"), _truth(settings, "subtract")
    return payment_reference.Weighted(modulus, _weights(settings), source, subtract, _result(settings))


def _letter(settings: Settings) -> payment_reference.Letter:
    modulus = settings.get("modulus", "11")
    if modulus not in ("10", "11"):
        raise ConfigError("modulus of a check letter is 11 or 10.")
    return payment_reference.Letter(
        _number(settings, "digits", "8" if modulus == "11" else "6"), int(modulus)
    )


def _number(settings: Settings, name: str, default: str = "") -> int:
    text = settings.get(name, default)
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ConfigError(f"{name} is a whole number above 0.")
    return int(text)


def _truth(settings: Settings, name: str) -> bool:
    text = settings.get(name, "false").lower()
    if text not in ("true", "false"):
        raise ConfigError(f"{name} is true or false.")
    return text == "true"


def _weights(settings: Settings) -> tuple[int, ...]:
    try:
        return tuple(int(weight) for weight in settings["weights"].split(","))
    except (KeyError, ValueError):
        raise ConfigError("weights are whole numbers with commas between, one a character.") from None


def _result(settings: Settings) -> Mapping[str, str]:
    pairs = [pair.strip().split(":") for pair in settings.get("result", "").split(",") if pair.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise ConfigError("result is pairs such as 10:0,11:X.")
    return {pair[0]: pair[1] for pair in pairs}


_ENGINE_SETTINGS = {
    "engine": "weighted or letter",
    "modulus": "weighted: the modulus; letter: 11 (default) or 10",
    "weights": "weighted: one a character, 0 where the check character stands",
    "source": "weighted: digits that overwrite the start before weighing",
    "subtract": "weighted: true when the remainder is taken from the modulus",
    "result": "weighted: what stands for a result, such as 10:0",
    "digits": "letter: digits before the check letter, by default 8, with modulus 10 6",
    "length": "number of characters of a reference",
}
_NINO_SETTINGS = {
    "suffix_optional": "true when the last letter may be missing",
    "warn_only": "true for test gateways: what breaks the rules is told and passes",
    "warn_prefixes": "prefixes that are told and pass, by default " + ",".join(nino.ADMINISTRATIVE),
}

KINDS: Mapping[str, Kind] = {
    "account_number": _plain("account_number", account_number.validate, account_number.mask),
    "bank_account": Kind(
        ("sort_code", "account_number"),
        _bank_account,
        {TABLES: "folder with the published modulus tables, as text files"},
        lambda normal: bank_account.mask(*normal.split()),
    ),
    "claim_reference": Kind(
        ("claim_reference",),
        _claim_reference,
        {"pattern": "regular expression of the whole reference; capitals and small letters count alike"},
    ),
    "date": Kind(("date",), _date, {"format": "how dates are written, such as %d/%m/%Y"}),
    "ddi_reference": _plain("ddi_reference", ddi_reference.validate),
    "money": _plain("money", money.validate),
    "nino": Kind(("nino",), _nino, _NINO_SETTINGS, nino.mask),
    "payment_reference": Kind(("payment_reference",), _payment_reference, _ENGINE_SETTINGS),
    "postcode": _plain("postcode", postcode.validate),
    "service_user_number": Kind(
        ("service_user_number",), _service_user_number, {"bureau": "true when B and five digits may stand"}
    ),
    "sort_code": _plain("sort_code", sort_code.validate, sort_code.mask),
    "uprn": _plain("uprn", uprn.validate),
}
"""Every kind of field by its name."""
