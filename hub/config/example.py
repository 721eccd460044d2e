"""The example council: a complete, commented configuration that loads without a mistake."""

from __future__ import annotations

import shutil
from pathlib import Path

import hub
from hub.errors import UsageError

# What a hub leaves beside its configuration when somebody runs it from the source tree.
_NOT_EXAMPLE = shutil.ignore_patterns("state", "credentials", "exchange")


def example_folder() -> Path:
    """Where the example lies: inside an installed package, or at the top of the source tree."""
    package = Path(hub.__file__).resolve().parent
    installed = package / "example_council"
    return installed if installed.is_dir() else package.parent / "config"


def init(folder: Path) -> None:
    """Write the example council into a new or empty folder.

    Raises UsageError when something is there already or it cannot be written; then nothing is left.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise UsageError(
            f"{folder} is not empty; name a new folder, so that nothing of yours is overwritten."
        )
    part = folder.with_name(f"{folder.name}.part")
    try:
        shutil.copytree(example_folder(), part, ignore=_NOT_EXAMPLE)
        if folder.is_dir():
            folder.rmdir()
        part.rename(folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        reason = error.strerror or "it cannot be copied"
        raise UsageError(f"{folder} cannot be written ({reason}); name another folder.") from None
