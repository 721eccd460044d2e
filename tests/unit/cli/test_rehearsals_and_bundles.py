"""A rehearsal is told as one wherever it is told; a bundle tells its members, and a member its bundle."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.unit.cli.council import Council
from tests.unit.cli.running import Feedhub, Ran


@pytest.fixture
def at(feedhub: Feedhub, council: Council) -> Feedhub:
    """The command at this council."""

    def run(*arguments: object) -> Ran:
        return feedhub("--config", council.config, *arguments)

    return run


def change(council: Council, file: str, old: str, new: str) -> None:
    path = council.config / "routes" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def rehearsed(at: Feedhub, council: Council) -> Ran:
    """What is printed when a submission was rehearsed."""
    bureau = council.folder("bureau", "/inbound/dd_collections")
    council.accounts(), council.mandates(), council.collection(council.coming_day())
    for route in ("rent.accounts", "rent.mandates"):
        at("run", route)
    change(council, "bacs.yaml", "mode: live", "mode: rehearse")
    ran = at("run", "bacs.submission")
    assert list(bureau.iterdir()) == []
    return ran


def test_a_run_says_that_nothing_was_sent_and_where_the_file_lies(rehearsed: Ran) -> None:
    assert rehearsed.code == 0
    assert "SENT (rehearsal)" in rehearsed.out
    _, _, folder = rehearsed.out.partition("rehearsal: nothing was sent to bureau; the file lies in ")
    assert len(list(Path(folder.split("\n")[0].strip()).iterdir())) == 1


def test_lists_and_views_say_so_too(at: Feedhub, rehearsed: Ran) -> None:
    [one] = at("transfers", "list", "--route", "bacs.submission", "--json").json
    assert one["mode"] == "rehearse"
    assert "SENT (rehearsal)" in at("transfers", "list").out
    shown = at("transfers", "show", one["id"]).out
    assert "rehearsal: nothing of it is meant" in shown
    assert "nothing was sent to bureau; the file lies in" in shown
    assert "rehearsed" in shown


def test_a_bundle_tells_its_members_and_a_member_its_bundle(
    at: Feedhub, council: Council, tmp_path: Path
) -> None:
    change(
        council, "rent.yaml", "folder: /export/accounts\n", "folder: /export/accounts\n      unpack: zip\n"
    )
    file = tmp_path / "export.zip"
    with ZipFile(file, "w") as bundle:
        bundle.write(council.accounts(), "accounts.csv")
    whole, member = at("put", "rent.accounts", file, "--json").json["transfers"]
    assert (whole["state"], member["state"]) == ("APPLIED", "APPLIED")
    shown = at("transfers", "show", whole["id"])
    assert "a bundle of 1 file" in shown.out and "accounts.csv" in shown.out and member["id"] in shown.out
    assert f"export.zip ({whole['id']})" in at("transfers", "show", member["id"]).out
