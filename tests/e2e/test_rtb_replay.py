"""Stored assessments are computed again years later; a changed rule-set is tried on them first."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import yaml
from click.testing import CliRunner

from hub.cli.plugin_commands import plugin_commands
from hub.door.manager import Door
from hub.errors import ConfigError
from plugins.rtb_fraud.rtb_rules import RuleSet
from plugins.rtb_fraud.rtb_trials import TRIALS
from tests.rtb_ground import Ground, all_clean, application, evidence, lines
from tests.unit.rtb_fraud.test_rulesets import approved, own

REPLAY, TEST = TRIALS
FILE = "settings/rtb_fraud/rtb/rulesets/council.yaml"


@pytest.fixture
def ground(tmp_path):
    """Two cases, each assessed several times; a rule of one stands in a group."""
    made = Ground(tmp_path)
    made.put("applications", lines(application(), application(rtb_ref="RTB-2")))
    made.put("evidence", all_clean() + all_clean("RTB-2"))
    made.clock.turn(days=1)
    cash = application()["funding"]
    cash[1] |= {"is_cash": True, "evidence_status": "none"}
    made.put("applications", lines(application(rtb_ref="RTB-2", funding=cash)), name="again.txt")
    return made


def tried(ground, trial, text=""):
    with ground.hub() as hub, hub.look() as look:
        return trial.run(look.records(trial.kind, limit=None), text, hub.services.settings_for(trial.kind))


def test_all_stored_scores_come_out_again_after_the_rule_set_has_changed(ground):
    version = own(rules=[{"id": "F07", "weight": "60"}], starts="2026-03-13")
    ground.write(FILE, yaml.safe_dump(approved(version)))
    ground.clock.turn(days=1)
    ground.put(
        "evidence", lines(evidence("title", {"other_properties": 1}, "RTB-2", as_of="2026-03-11")), name="t"
    )
    now = ground.record("RTB-2").data
    assert (now["ruleset_version"], now["score"]) == ("council-1", 90)
    found = tried(ground, REPLAY)
    assert (found.sound, len(found.rows)) == (True, len(ground.records("rtb_assessment")))
    assert {(row[1], row[-1]) for row in found.rows} == {("default-2026", "same"), ("council-1", "same")}


def test_a_score_that_was_altered_is_found(ground):
    with ground.hub() as hub, hub.look() as look:
        records = [
            SimpleNamespace(
                key=one.key, personal=one.personal, data={**one.data, "score": one.data["score"] + 1}
            )
            for one in look.records("rtb_assessment", limit=None)
        ]
    found = REPLAY.run(records, "", None)
    assert (found.sound, {row[-1] for row in found.rows}) == (False, {"not the same"})


def test_a_rule_set_is_tried_before_it_is_used(ground):
    before = ground.records("rtb_assessment")
    text = yaml.safe_dump(own(rules=[{"id": "F07", "weight": "60"}]))
    found = tried(ground, TEST, text)
    assert found.rows == [("RTB-2", "25 → 60", "LOW → HIGH", "PROCEED → REFER", "F07 FIRED 25 → FIRED 60")]
    digest = RuleSet.model_validate(yaml.load(text, yaml.BaseLoader)).digest  # noqa: S506
    assert "2 cases looked at; 1 would come out otherwise" in found.notes[0]
    assert digest in found.notes[1]
    assert ground.records("rtb_assessment") == before


def test_check_refuses_a_version_of_one_person_and_names_file_and_line(ground):
    told = own()
    ground.write(FILE, yaml.safe_dump(told, sort_keys=False))
    with pytest.raises(
        ConfigError, match=r"config/settings/rtb_fraud/rtb/rulesets/council.yaml|is not approved"
    ):
        ground.record("RTB-1")
    wrong = own(rules=[{"id": "F07", "weight": "many"}])
    ground.write(FILE, yaml.safe_dump(wrong, sort_keys=False))
    with pytest.raises(ConfigError) as error:
        ground.record("RTB-1")
    assert f"config/{FILE} line 9:" in str(error.value)


def test_the_commands_are_there():
    group = plugin_commands(Door.load(["rtb_fraud"]))["rtb_fraud"]
    told = CliRunner().invoke(group, ["ruleset", "test", "--help"])
    assert "Try the rule-set FILE on the cases that are stored" in told.output
    assert {"replay", "ruleset"} <= set(group.commands)
