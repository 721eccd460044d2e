"""Bank holidays ahead, computed by rule and proposed for the files that hold them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from hub.clock.calendar import COLUMNS, Day, WorkingCalendar, read_days
from hub.clock.holidays import bank_holidays
from hub.config.files import ConfigFiles
from hub.config.load import BACS, holidays_of, load_hub_settings
from hub.errors import ConfigError, UsageError

_HEAD = """# Bank holidays of {nation} that fall on a weekday.
# settled: announced. by_rule: computed ahead of the announcement and so not yet sure.
# The official list is on gov.uk (Bank holidays). Compare each year.
# Put days of your own into changes.csv so that this file can be replaced.
{columns}
"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Rows to stand at the end of one file. `place` is how messages name it; `old` is "" for a new file."""

    path: Path
    place: str
    old: str
    head: str
    rows: Sequence[str]

    @property
    def new(self) -> str:
        kept = self.old or self.head
        end = "" if kept.endswith("\n") else "\n"
        return kept + end + "".join(f"{row}\n" for row in self.rows)

    def difference(self) -> str:
        """As a unified diff."""
        old, new = self.old.splitlines(), self.new.splitlines()
        return "\n".join(unified_diff(old, new, self.place, self.place, lineterm=""))

    def write(self) -> None:
        """All of it or nothing. Raises UsageError when it cannot be written."""
        part = self.path.with_name(f"{self.path.name}.part")
        try:
            part.write_text(self.new, encoding="utf-8", newline="\n")
            os.replace(part, self.path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise UsageError(
                f"{self.place} cannot be written ({error.strerror}); nothing of it is."
            ) from None


def propose(folder: Path, year: int, ahead: int) -> list[Proposal]:
    """What the council's nation, and Bacs, lack of `year` and the years ahead; files that lack nothing aren't
    told. A file that isn't there is proposed whole, so that another nation can be set up by it.

    Raises ConfigError."""
    nations = dict.fromkeys((load_hub_settings(folder).nation, BACS))
    files = ConfigFiles(folder.resolve())
    proposals = [_proposal(files, nation, range(year, year + ahead + 1)) for nation in nations]
    if files.mistakes:
        raise ConfigError(*dict.fromkeys(files.mistakes))
    return [proposal for proposal in proposals if proposal.rows]


def _proposal(files: ConfigFiles, nation: str, years: range) -> Proposal:
    name = holidays_of(nation)
    old = (files.text(name) or "") if files.exists(name) else ""
    known: list[Day] = (files.parse(name, read_days) or []) if old else []
    lacking = [year for year in years if year not in WorkingCalendar.of(known).known]
    rows = [f"{row.day},{row.name},{row.status}" for year in lacking for row in bank_holidays(nation, year)]
    called = nation.replace("-", " ").title().replace(" And ", " and ")
    head = _HEAD.format(nation=called, columns=",".join(COLUMNS))
    return Proposal(files.folder / name, files.place(name), old, head, rows)
