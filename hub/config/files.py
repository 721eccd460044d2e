"""The files of a configuration folder: read with every mistake kept, and hashed as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hub.config.document import Document, read_document
from hub.config.sentences import sentence
from hub.errors import ConfigError

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


class ConfigFiles:
    """Reads under one folder. `mistakes` grows; what could not be read is None and said there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mistakes: list[str] = []
        self._read: dict[str, bytes] = {}

    @property
    def version(self) -> str:
        """SHA-256 over the names and contents of what was read."""
        return self.digest(self._read)

    @property
    def contents(self) -> Mapping[str, bytes]:
        """What was read, by name."""
        return dict(self._read)

    @staticmethod
    def digest(files: Mapping[str, bytes]) -> str:
        whole = hashlib.sha256()
        for name, data in sorted(files.items()):
            whole.update(f"{name}\0{len(data)}\0".encode())
            whole.update(data)
        return whole.hexdigest()

    def place(self, name: str) -> str:
        """How messages name a file: with the folder's own name, `config/routes/bacs.yaml`."""
        return f"{self.folder.name}/{name}"

    def exists(self, name: str) -> bool:
        return (self.folder / name).exists()

    def names(self, folder: str, suffix: str) -> list[str]:
        """The files of a subfolder, sorted."""
        found = (self.folder / folder).glob(f"*{suffix}")
        return sorted(f"{folder}/{path.name}" for path in found if not path.name.startswith("."))

    def names_below(self, folder: str, suffix: str) -> list[str]:
        """The files of a folder and of all below it, sorted."""
        found = (self.folder / folder).rglob(f"*{suffix}")
        names = (path.relative_to(self.folder) for path in found if path.is_file())
        return sorted(
            name.as_posix() for name in names if not any(part.startswith(".") for part in name.parts)
        )

    def text(self, name: str) -> str | None:
        try:
            data = (self.folder / name).read_bytes()
            self._read[name] = data
            return data.decode("utf-8-sig")
        except FileNotFoundError:
            self.mistakes.append(f"{self.place(name)}: the file is missing")
        except OSError as error:
            self.mistakes.append(f"{self.place(name)}: cannot be read ({error.strerror})")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.mistakes.append(f"{self.place(name)} line {line}: is not UTF-8; save the file as UTF-8 text")
        return None

    def document(self, name: str) -> Document | None:
        """The YAML of a file that must hold something."""
        text = self.text(name)
        if text is None:
            return None
        document = read_document(self.place(name), text)
        self.mistakes += document.mistakes
        if document.value is None and not document.mistakes:
            self.mistakes.append(f"{self.place(name)}: the file is empty")
        return document if document.value is not None else None

    def model(self, document: Document | None, model: type[M]) -> M | None:
        """What a document says, as a model."""
        if document is None:
            return None
        try:
            return model.model_validate(document.value, by_name=False)
        except ValidationError as wrong:
            for error in _causes(wrong.errors()):
                self.mistakes.append(document.mistake(error["loc"], sentence(error, model)))
        return None

    def parse(self, name: str, parse: Callable[[str, str], T]) -> T | None:
        """What `parse(place, text)` makes of a file; its ConfigError is kept."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return parse(self.place(name), text)
        except ConfigError as error:
            self.mistakes += error.mistakes
            return None


def _causes(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Without the complaint that a list is short which only counts the wrong entries as missing."""
    inside = {error["loc"][:-1] for error in errors}
    return [error for error in errors if error["type"] != "too_short" or error["loc"] not in inside]
