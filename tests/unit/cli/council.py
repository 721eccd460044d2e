"""A council whose partners are all folders, with what its rent system exports."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from hub.clock.now import SystemClock, local_date
from hub.config import example
from hub.config.load import load
from hub.rent.accounts import RENTACC
from hub.rent.generic_csv import Envelope, GenericCsv
from hub.rent.mandates import MANDATE
from plugins.bacs.layouts import DDCALL

ENDPOINTS = """
endpoints:
  bureau: {type: folder, path: partners/bureau}
  benefits: {type: folder, path: partners/benefits}
  rent: {type: folder, path: partners/rent}
  mailing_house: {type: folder, path: partners/mailing_house}
  rent_api: {type: https, url: "https://rents.invalid/api"}
  bank: {type: folder, path: ../bank}
  finance: {type: folder, path: partners/finance}
  finance_api: {type: https, url: "https://ledger.invalid"}
  bank_site: {type: person, what: upload it}
  acme_dca: {type: folder, path: partners/acme_dca}
  brook_api: {type: https, url: "https://brook.invalid", documents: {}}
  bravo_dca: {type: folder, path: partners/bravo_dca}
  insurer: {type: folder, path: partners/insurer}
  contractor: {type: person, what: mail it}
  dwp_desk: {type: folder, path: partners/dwp}
  fraud_desk: {type: folder, path: partners/fraud}
  nfi_keying: {type: person, who: fraud, what: key it in}
  nfi_site: {type: person, who: fraud, what: upload it, confirms: [on, count]}
  dwp_screens: {type: person, who: dwp, what: look it up}
  dwp_gateway: {type: https, url: "https://gateway.invalid"}
  fraud_team: {type: https, url: "https://fraud-team.invalid"}
  mlro_desk: {type: folder, path: partners/mlro}
"""
NOW = SystemClock().now()
"""Extracts must be of today: the command line has no other clock."""

ACCOUNT = {
    "payment_ref": "91000010",
    "account_type": "MAIN",
    "rent_group": "HRA",
    "status": "ACTIVE",
    "start_date": date(2020, 4, 6),
}
MANDATE_ROW = {
    "mandate_ref": "RENT91000010",
    "payment_ref": "91000010",
    "account_name": "A TENANT",
    "sort_code": "000299",
    "account_number": "40154823",
    "status": "ACTIVE",
}


@dataclass(frozen=True)
class Council:
    """`config` is the folder to name with `--config`."""

    config: Path

    @classmethod
    def in_folder(cls, folder: Path) -> Council:
        example.init(folder / "config")
        (folder / "config" / "endpoints.yaml").write_text(ENDPOINTS, "utf-8")
        return cls(folder / "config")

    def folder(self, endpoint: str, name: str) -> Path:
        folder = self.config / "partners" / endpoint / name.strip("/")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def export(
        self,
        csv: GenericCsv,
        folder: str,
        rows: Sequence[Mapping[str, object]],
        sequence: int = 1,
        made: datetime = NOW,
    ) -> Path:
        """A file of the rent system, finished long ago."""
        envelope = Envelope("FAKESHIRE", "RENTS", made, local_date(made), sequence)
        path = self.folder("rent", folder) / csv.file_name(envelope)
        path.write_bytes(csv.write(rows, envelope))
        an_hour_ago = NOW.timestamp() - 3600
        os.utime(path, (an_hour_ago, an_hour_ago))
        return path

    def accounts(self, *rows: Mapping[str, object], sequence: int = 1) -> Path:
        return self.export(RENTACC, "/export/accounts", rows or [ACCOUNT], sequence)

    def mandates(self) -> Path:
        return self.export(MANDATE, "/export/mandates", [MANDATE_ROW])

    def collection(self, day: date = date(2026, 3, 16)) -> Path:
        """A run of one Direct Debit, to be collected on a day and made two weeks before."""
        made = datetime.combine(day - timedelta(days=14), time(9), UTC)
        row = {
            "mandate_ref": "RENT91000010",
            "payment_ref": "91000010",
            "collection_date": day,
            "amount": 112_35,
            "transaction_code": "17",
        }
        return self.export(DDCALL, "/export/dd", [row], made=min(made, NOW))

    def coming_day(self) -> date:
        """A day on which Bacs works, ten working days from now."""
        return load(self.config).calendar.add_working_days(local_date(NOW), 10)
