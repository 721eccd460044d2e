"""A stranger's package is built as its author would build it, unpacked as an installer would, and works."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.api import Context, Facts
from hub.door.manager import Door
from hub.model import Verdict
from hub.transfer.examine import examine

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what an installer puts there: the module and its metadata."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "town.py"):
        shutil.copy(HERE / name, source)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    [wheel] = (source / "dist").glob("*.whl")
    site = tmp_path_factory.mktemp("site")
    zipfile.ZipFile(wheel).extractall(site)
    return site


@pytest.fixture
def installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(site))
    yield
    sys.modules.pop("town", None)


@pytest.mark.usefixtures("installed")
def test_installing_alone_does_nothing() -> None:
    assert "town.garages" not in Door.load([]).feeds()
    assert "town" not in sys.modules


@pytest.mark.usefixtures("installed")
def test_named_it_reads_a_file() -> None:
    door = Door.load(["town"])
    assert not door.failures
    feed = door.feeds()["town.garages"]
    content = b"reference,amount,day\nG0001,12.50,2026-04-01\nG0002,7.50,2026-04-02\n"
    examined = examine(feed, io.BytesIO(content), Context(feed.options(), Facts(), "csv"))
    assert examined.verdict is Verdict.ACCEPTED
    assert examined.tally.totals() == {"count": 2, "value": "20.00"}
    assert [item.amount for item in examined.items] == [-1250, -750]
