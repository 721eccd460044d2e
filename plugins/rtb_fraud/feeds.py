"""The feeds of the National Fraud Initiative. Start reading here; those of the Right to Buy are in
`rtb_feeds.py`."""

from __future__ import annotations

from hub.api import Feed, Lifecycle
from plugins.rtb_fraud.nfi_extracts import EXTRACTS
from plugins.rtb_fraud.nfi_manifest import EXTRACT_LIFE
from plugins.rtb_fraud.nfi_timetable import CALENDAR, STEP_LIFE

NFI_FEEDS: tuple[Feed, ...] = (*EXTRACTS, CALENDAR)
NFI_LIVES: tuple[Lifecycle, ...] = (EXTRACT_LIFE, STEP_LIFE)
