"""Keep requirements.lock, the constraints in pyproject.toml and what is installed in step.

uv run .ci/lock.py check              fail when they differ, naming each difference
uv run .ci/lock.py write [--upgrade]  resolve again, then write the lock and the constraints
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
SETTINGS = ("constraint-dependencies", "build-constraint-dependencies")
OURS = "feedhub"


def main(arguments: Sequence[str]) -> int:
    match arguments:
        case ["check"]:
            return check()
        case ["write"]:
            return write(upgrade=False)
        case ["write", "--upgrade"]:
            return write(upgrade=True)
        case _:
            print(__doc__, file=sys.stderr)
            return 2


def check() -> int:
    lock = locked(LOCK.read_text("utf-8"))
    differences = [*against_project(lock), *against_installed(lock)]
    for difference in differences:
        print(f"lock: {difference}", file=sys.stderr)
    if not differences:
        print(f"lock: {len(lock)} packages, as installed")
    return 1 if differences else 0


def write(*, upgrade: bool) -> int:
    if upgrade:
        set_constraints([])
    subprocess.run(["uv", "lock", *(["--upgrade"] if upgrade else [])], cwd=ROOT, check=True)
    LOCK.write_text(export(), "utf-8", newline="\n")
    set_constraints(pins(locked(LOCK.read_text("utf-8"))))
    subprocess.run(["uv", "lock"], cwd=ROOT, check=True)
    return 0


def export() -> str:
    """Names, versions, markers and hashes of every package, and no word of where they come from."""
    options = ["--frozen", "--all-groups", "--no-emit-project", "--no-header", "--no-annotate"]
    done = subprocess.run(
        ["uv", "export", "-q", *options], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout


def locked(text: str) -> Mapping[str, Requirement]:
    """The pinned requirements by name, without their hashes."""
    lines = (line.removesuffix("\\").strip() for line in text.splitlines() if line[:1].isalnum())
    requirements = (Requirement(line) for line in lines)
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def pins(lock: Mapping[str, Requirement]) -> list[str]:
    return [str(requirement) for requirement in lock.values()]


def set_constraints(constraints: Sequence[str]) -> None:
    """Write both lists into pyproject.toml: each stands between its `[` and a `]` that starts a line."""
    text = PROJECT.read_text("utf-8")
    lines = "".join(f"    {json.dumps(constraint)},\n" for constraint in constraints)
    for setting in SETTINGS:
        text, count = re.subn(rf"(?ms)^{setting} = \[.*?\]$", lambda _, s=setting: f"{s} = [\n{lines}]", text)
        if count != 1:
            raise SystemExit(f"pyproject.toml must hold “{setting} = [” … “]” once, at the start of a line")
    PROJECT.write_text(text, "utf-8", newline="\n")


def against_project(lock: Mapping[str, Requirement]) -> Iterator[str]:
    settings = tomllib.loads(PROJECT.read_text("utf-8"))["tool"]["uv"]
    for setting in SETTINGS:
        if settings[setting] != pins(lock):
            yield f"[tool.uv] {setting} is not what requirements.lock says: run `uv run .ci/lock.py write`"


def against_installed(lock: Mapping[str, Requirement]) -> Iterator[str]:
    installed = {canonicalize_name(found.name): found.version for found in distributions()}
    for name, requirement in lock.items():
        wanted = requirement.marker is None or requirement.marker.evaluate()
        if wanted and name not in installed:
            yield f"{requirement} is locked but not installed"
    for name, version in sorted(installed.items()):
        if name not in lock and name != OURS:
            yield f"{name} {version} is installed but not in requirements.lock"
        elif name in lock and version not in lock[name].specifier:
            yield f"{name} {version} is installed, but requirements.lock says {lock[name]}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
