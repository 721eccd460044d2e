"""The lock notices when what is installed is not what was agreed."""

from __future__ import annotations

import importlib.util
import re
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock", ROOT / ".ci" / "lock.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_constraints_say_what_the_lock_says(lock: ModuleType) -> None:
    assert list(lock.against_project(lock.locked(lock.LOCK.read_text("utf-8")))) == []


def test_another_version_than_locked_is_named(lock: ModuleType) -> None:
    locked = lock.locked(lock.LOCK.read_text("utf-8")) | {"click": Requirement("click==0.1")}
    found = f"click {version('click')} is installed, but requirements.lock says click==0.1"
    assert found in list(lock.against_installed(locked))


def test_a_package_that_is_not_locked_is_named(lock: ModuleType) -> None:
    locked = dict(lock.locked(lock.LOCK.read_text("utf-8")))
    del locked["click"]
    found = f"click {version('click')} is installed but not in requirements.lock"
    assert found in list(lock.against_installed(locked))


def test_a_locked_package_that_is_missing_is_named(lock: ModuleType) -> None:
    locked = {"no-such-package": Requirement("no-such-package==1")}
    assert "no-such-package==1 is locked but not installed" in list(lock.against_installed(locked))


def test_a_package_for_another_system_is_not_missed(lock: ModuleType) -> None:
    locked = {"elsewhere": Requirement("elsewhere==1; sys_platform == 'plan9'")}
    assert not [told for told in lock.against_installed(locked) if "elsewhere" in told]


def test_every_locked_package_has_a_hash() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    packages = re.split(r"\n(?=\w)", text.strip())
    assert len(packages) > 50
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_the_lock_does_not_say_where_packages_come_from() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8") + (ROOT / "pyproject.toml").read_text("utf-8")
    assert re.findall(r"https?://|--index|--find-links", text) == []
