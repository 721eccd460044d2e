"""The example routes that tell benefits of rents: what the rent system exports today is there tonight."""

from __future__ import annotations

from datetime import timedelta

from hub.cli.main import outcome
from hub.clock.now import local_date
from hub.rent.accounts import RENTACC
from hub.rent.exports.homes import HBRENT
from tests.unit.cli.council import ACCOUNT, NOW, Council
from tests.unit.cli.running import Ran

MONDAY = local_date(NOW) - timedelta(days=local_date(NOW).weekday())


def test_a_rent_goes_to_benefits_as_export_control_file_and_event(tmp_path, capsys):
    council = Council.in_folder(tmp_path)
    for folder in ("rents", "events"):
        council.folder("benefits", f"incoming/{folder}")
    council.folder("rent", "export/benefit_rents/done")
    council.export(RENTACC, "/export/accounts", [ACCOUNT])
    rent = {
        "payment_ref": ACCOUNT["payment_ref"],
        "claim_ref": "90000010X",
        "surname": "Testerman",
        "address1": "14 Sample Court",
        "effective_from": MONDAY,
        "gross": 110_00,
        "eligible": 110_00,
    }
    council.export(HBRENT.csv, "/export/benefit_rents", [rent])

    def run(*words):
        code = outcome(["--config", str(council.config), *words])
        captured = capsys.readouterr()
        return Ran(int(code), captured.out, captured.err)

    for route in ("rent.accounts", "rent.benefit_rents", "housing_benefit.rents"):
        assert run("run", route).code == 0, route
    export, control = sorted(council.folder("benefits", "incoming/rents").iterdir(), reverse=True)
    assert (export.suffix, control.suffix) == (".txt", ".ctl")
    assert export.name in control.read_text("utf-8")
    (events,) = council.folder("benefits", "incoming/events").iterdir()
    (row,) = events.read_text("utf-8").splitlines()[1:]
    assert row.startswith("R000000001,RENT_CHANGE,91000010,90000010X,")
