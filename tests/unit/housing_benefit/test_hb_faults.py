"""Whatever byte of a posting file is spoiled: a judge of a few lines, which knows nothing of the plug-in, and
the plug-in agree on whether it may be taken, and on its money."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from hub.model import Verdict
from tests.mutator import KINDS, SEED, faults
from tests.unit.housing_benefit.posting_files import ADJUSTMENT, OVERPAYMENT, TODAY, Row, posting_file, read

SOUND = posting_file(
    Row(recovered=2310),
    replace(ADJUSTMENT, claim="123B", rent_ref="FAKE0002/1").__class__(**{**vars(ADJUSTMENT), "claim": "1234567"}),
    OVERPAYMENT,
    Row(claim="90000027B", rent_ref="FAKE9999/9", entry="DHP"),
)
HEADER = re.compile(r"HHBPOST019999(?:ACAD|NECI|CIVI|OTHR)(\d{8})(\d{8})(\d{8})(01|02|04)\d{6}L {70}", re.ASCII)
TEXT = r"[^\x00-\x1f\x7f-\x9f]"
DETAIL = re.compile(
    rf"D(?=.{{9}})( *[0-9]{{1,8}}[A-Z0-9]? *){TEXT}{{2}}({TEXT}{{24}})(\d{{8}})(HBE|HBA|OPD|OPR|DHP|DHR)([+-]\d{{9}})"
    rf"([+-]\d{{9}})([+-]\d{{9}})([+-]\d{{9}})(\d{{8}})(\d{{8}})[01][01]{TEXT}{{15}}",
    re.ASCII,
)
TRAILER = re.compile(r"T(\d{7})([+-]\d{12})([+-]\d{12})([+-]\d{12})(\d{9}) {64}", re.ASCII)
