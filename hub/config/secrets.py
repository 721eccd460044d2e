"""Secrets are written as references, never as themselves: `file:NAME` or `env:NAME`."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from hub.errors import ConfigError

_REFERENCE = re.compile(r"(file|env):([A-Za-z0-9][A-Za-z0-9_.-]*)")
_NO_REFERENCE = (
    "must name a secret, not hold it; write file:NAME (a file in the credentials folder) or env:NAME"
)


def check_reference(value: Any) -> Any:
    """Refuses a literal secret; the message never repeats it."""
    if not isinstance(value, str) or _REFERENCE.fullmatch(value) is None:
        raise ValueError(_NO_REFERENCE)
    return value


SecretRef = Annotated[str, BeforeValidator(check_reference)]


@dataclass(frozen=True)
class Secrets:
    """Reads secrets at the moment that they are needed.

    `folder` holds the files that `file:NAME` names: $CREDENTIALS_DIRECTORY (systemd sets it), else
    `credentials` in the configuration folder.
    """

    folder: Path

    @classmethod
    def beside(cls, config_folder: Path) -> Secrets:
        given = os.environ.get("CREDENTIALS_DIRECTORY")
        return cls(Path(given) if given else config_folder / "credentials")

    def read(self, reference: str) -> str:
        """The secret's text, without its final newline. Raises ConfigError naming what is missing."""
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise ConfigError(f"A secret {_NO_REFERENCE}.")
        return self._from_env(found[2]) if found[1] == "env" else self._from_file(found[2])

    def exposed(self, references: Iterable[str]) -> list[str]:
        """A sentence for each secret file that every user of this machine may read.

        Only where permissions are bits of a mode; who may read a file on Windows is in its folder's list.
        """
        if os.name != "posix":
            return []
        found = (_REFERENCE.fullmatch(text) for text in references)
        files = sorted({self.folder / one[2] for one in found if one and one[1] == "file"})
        return [
            f"Every user of this machine may read {path}. Run: chmod 600 {path}"
            for path in files
            if _is_open(path)
        ]

    def _from_env(self, name: str) -> str:
        secret = os.environ.get(name)
        if not secret:
            raise ConfigError(f"The secret env:{name} is not set; set the environment variable {name}.")
        return secret

    def _from_file(self, name: str) -> str:
        path = self.folder / name
        try:
            return path.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise ConfigError(
                f"The secret file:{name} cannot be read from {self.folder} ({reason}); "
                "put the file there, readable by the hub's own user only."
            ) from None


def _is_open(path: Path) -> bool:
    """A file that is missing is no secret of anybody's."""
    return path.is_file() and bool(path.stat().st_mode & stat.S_IROTH)
