"""A configuration is read whole and refused whole: every mistake at once, with file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.config.endpoints import FolderEndpoint
from hub.config.load import load, load_hub_settings
from hub.door.manager import Catalogue
from hub.errors import ConfigError

BACS, RENT, ENDPOINTS = "routes/bacs.yaml", "routes/rent.yaml", "endpoints.yaml"


def test_the_example_council_has_no_mistakes(folder: Path, catalogue: Catalogue) -> None:
    config = load(folder, catalogue)
    assert set(config.routes) == {
        f"{path.stem}.{name}"
        for path in (folder / "routes").glob("*.yaml")
        for name in yaml.safe_load(path.read_text("utf-8"))["routes"]
    }
    assert {"bacs.submission", "housing_benefit.postings", "rent.accounts"} <= set(config.routes)
    told = yaml.safe_load((folder / ENDPOINTS).read_text("utf-8"))["endpoints"]
    assert set(config.endpoints) == set(told)
    assert not catalogue.failures and not config.unavailable


def test_it_needs_no_plug_in_to_be_read(folder: Path) -> None:
    config = load(folder)
    assert config.routes["bacs.submission"].partner == "Bacs bureau"
    assert config.options["bacs.submission"] == {}


def test_values_keep_what_was_written(folder: Path, catalogue: Catalogue) -> None:
    config = load(folder, catalogue)
    options: Any = config.options["bacs.submission"]["bacs.submission"]
    assert options.service_user_number == "654321"
    assert [account.sort_code for account in options.originating_accounts] == ["000199"]
    hold = config.routes["bacs.submission"].hold
    assert (hold.above_value, hold.above_count, hold.first_file) == (200_000_000, 20_000, False)
    assert config.hub.max_file_size == 200_000_000


def test_relative_folders_start_at_the_configuration(folder: Path) -> None:
    config = load(folder)
    rent = config.endpoints["rent"]
    assert isinstance(rent, FolderEndpoint) and rent.path == folder / "exchange" / "rent"
    assert config.hub.state_folder == folder / "state"
    assert config.hub.log.file == folder / "state" / "feedhub.log"


def test_mistakes_of_all_files_are_told_together(rewrite: Any, mistakes: Any, folder: Path) -> None:
    rewrite("hub.yaml", "max_file_size: 200MB", "max_file_size: huge")
    rewrite(ENDPOINTS, "port: 22", "port: x")
    rewrite(RENT, "mode: live", "mode: on")
    rewrite(BACS, "pattern:", "patern:")
    (folder / "waivers.yaml").write_text("waivers: [{check: X}]\n")
    (folder / "calendars" / "changes.csv").write_text("date,name,status\n1 May 2026,May Day,settled\n")
    (folder / "codes" / "cash_methods.csv").write_text("code\n")
    places = {mistake.split(" line ")[0] for mistake in mistakes()}
    assert places == {
        "config/hub.yaml", "config/endpoints.yaml", "config/routes/rent.yaml", "config/routes/bacs.yaml",
        "config/waivers.yaml", "config/calendars/changes.csv", "config/codes/cash_methods.csv",
    }  # fmt: skip


def test_a_missing_key_of_several_is_told_for_each(folder: Path, mistakes: Any) -> None:
    (folder / RENT).write_text("partner: Rent\nroutes:\n  accounts:\n    feed: rent.accounts\n")
    assert mistakes() == [
        "config/routes/rent.yaml line 3: “from” is missing; add it",
        "config/routes/rent.yaml line 3: “mode” is missing; add it",
        "config/routes/rent.yaml line 3: “owner” is missing; add it",
    ]


def test_a_literal_secret_is_refused_and_never_repeated(rewrite: Any, mistakes: Any) -> None:
    rewrite(ENDPOINTS, "password: file:benefits_password", "password: not-a-real-password")
    [mistake] = mistakes()
    assert "password: must name a secret, not hold it; write file:NAME" in mistake
    assert "not-a-real" not in mistake


def test_an_endpoint_may_be_called_as_its_type(folder: Path, rewrite: Any, mistakes: Any) -> None:
    rewrite(ENDPOINTS, "bureau:", "sftp:")
    rewrite(ENDPOINTS, "key_file: file:bureau_key", "")
    assert "sftp: needs exactly one of key_file, password, or agent: true" in mistakes()[0]


def test_an_output_that_goes_nowhere_is_a_mistake(folder: Path, mistakes: Any) -> None:
    (folder / BACS).write_text(
        "partner: B\nroutes:\n  x:\n    feed: bacs.arudd\n"
        "    from: {endpoint: bureau}\n    mode: off\n    owner: o\n"
        "    options: {service_user_number: 654321}\n"
    )
    assert mistakes() == [
        "config/routes/bacs.yaml line 3: “to” is missing; "
        "say where the output mandate_changes or rejects or reversals goes"
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("hub.yaml", b"", "config/hub.yaml: the file is empty"),
        ("hub.yaml", b"# nothing\n", "config/hub.yaml: the file is empty"),
        ("hub.yaml", b"- a\n", "config/hub.yaml line 1: the file is a list; expected keys with values"),
        (
            "endpoints.yaml",
            b"endpoints:\n  a: caf\xe9\n",
            "config/endpoints.yaml line 2: is not UTF-8; save the file",
        ),
        ("routes/bacs.yaml", "partner: x".encode("utf-16"), "config/routes/bacs.yaml line 1: is not UTF-8"),
        (
            "routes/rent.yml",
            b"x: 1\n",
            "config/routes/rent.yml: only files that end in .yaml are read; rename it",
        ),
        (
            "routes/Rent 2.yaml",
            b"partner: R\nroutes: {}\n",
            "config/routes/Rent 2.yaml: name the file with small",
        ),
    ],
)
def test_a_file_that_is_not_as_it_should_be(
    folder: Path, mistakes: Any, name: str, content: bytes, said: str
) -> None:
    (folder / name).write_bytes(content)
    assert any(mistake.startswith(said) for mistake in mistakes())


@pytest.mark.parametrize(
    "name", ["hub.yaml", "endpoints.yaml", "calendars/bank-holidays-england-and-wales.csv"]
)
def test_a_missing_file_is_a_mistake(folder: Path, mistakes: Any, name: str) -> None:
    (folder / name).unlink()
    assert f"config/{name}: the file is missing" in mistakes()


@pytest.mark.parametrize("name", ["waivers.yaml", "calendars/changes.csv", "codes/nec_types.csv"])
def test_some_files_may_be_missing(folder: Path, mistakes: Any, name: str) -> None:
    (folder / name).unlink()
    assert mistakes() == []


def test_a_byte_order_mark_is_no_mistake(folder: Path, mistakes: Any) -> None:
    path = folder / "hub.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert mistakes() == []


def test_a_broken_hub_file_does_not_hide_the_mistakes_of_others(folder: Path, rewrite: Any) -> None:
    rewrite("hub.yaml", "max_file_size: 200MB", "max_file_size: huge")
    rewrite(ENDPOINTS, "port: 22", "port: x")
    with pytest.raises(ConfigError) as error:
        load_hub_settings(folder)
    assert len(error.value.mistakes) == 2


def test_the_version_changes_with_any_content(folder: Path, rewrite: Any) -> None:
    before = load(folder).version
    assert load(folder).version == before
    rewrite("calendars/changes.csv", "one a row", "two a row")
    assert load(folder).version != before


def test_a_route_is_found_by_id_or_by_its_own_key(folder: Path, catalogue: Catalogue) -> None:
    config = load(folder, catalogue)
    assert config.route("bacs.submission") is config.route("submission")
    with pytest.raises(
        ConfigError, match="There is no route “bacs.submision”; did you mean “bacs.submission”"
    ):
        config.route("bacs.submision")
    with pytest.raises(
        ConfigError, match=r"There is no route “zzz”; there is agresso\.back, .* more$"
    ) as told:
        config.route("zzz")
    assert str(told.value).count(", ") < 12, "nobody reads a hundred names"


def test_a_key_of_two_routes_is_not_enough(folder: Path) -> None:
    text = (folder / RENT).read_text("utf-8")
    elsewhere = text.replace("mode: live", "mode: off")  # else both would take the same files
    (folder / "routes" / "other.yaml").write_text(elsewhere, encoding="utf-8")
    with pytest.raises(ConfigError, match="write other.accounts or rent.accounts"):
        load(folder).route("accounts")


def test_a_code_map_that_options_name_must_be_there(folder: Path, mistakes: Any) -> None:
    (folder / "codes" / "allpay_channels.csv").unlink()
    found = mistakes()
    assert len(found) == 2  # two routes share the options
    assert "there is no code map “allpay_channels” (codes/allpay_channels.csv)" in found[0]
    assert found[0].startswith("config/routes/rent.yaml line ")


def test_a_code_map_that_a_profile_names_must_be_there(rewrite: Any, mistakes: Any) -> None:
    rewrite(
        RENT, "options: {landlord: FAKESHIRE}\n      - output: acknow", "options: {}\n      - output: acknow"
    )
    rewrite(
        RENT,
        "profile: generic.renttran\n        options: {}",
        "profile: nec.transactions\n        options: {codes: nec}",
    )
    [mistake] = mistakes()
    assert "there is no code map “nec” (codes/nec.csv)" in mistake


def test_routes_of_a_plug_in_that_is_off_are_unavailable_and_the_others_load(
    folder: Path, catalogue: Catalogue
) -> None:
    feeds = {name: feed for name, feed in catalogue.feeds.items() if not name.startswith("bacs.")}
    failures = {"bacs": "The plug-in bacs is off."}
    connectors, settings = catalogue.connectors, catalogue.settings
    off = Catalogue(feeds, catalogue.profiles, connectors, {}, failures, settings=settings)
    config = load(folder, off)
    told = yaml.safe_load((folder / BACS).read_text("utf-8"))["routes"]
    assert set(config.unavailable) == {f"bacs.{name}" for name in told}
    assert config.route("rent.accounts").id == "rent.accounts"
    with pytest.raises(
        ConfigError, match="The route bacs.forward cannot be worked. The plug-in bacs is off."
    ):
        config.route("bacs.forward")


def test_a_state_folder_that_is_a_file_is_a_mistake(folder: Path) -> None:
    (folder / "state").write_text("not a folder", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"hub\.yaml line \d+: .*state is a file; name a folder"):
        load(folder)
