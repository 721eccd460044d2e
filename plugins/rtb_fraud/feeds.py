"""The feeds of the National Fraud Initiative. Start reading here; those of the Right to Buy are in
`rtb_feeds.py`."""

from __future__ import annotations

from hub.api import Feed, Lifecycle
from plugins.rtb_fraud.match_import import MATCHES_FEED
from plugins.rtb_fraud.match_life import MATCH_LIFE
from plugins.rtb_fraud.match_work import STATUS_SHEET, WORK_FEED
from plugins.rtb_fraud.nfi_extracts import EXTRACTS
from plugins.rtb_fraud.nfi_manifest import EXTRACT_LIFE
from plugins.rtb_fraud.nfi_timetable import CALENDAR, STEP_LIFE

NFI_FEEDS: tuple[Feed, ...] = (*EXTRACTS, CALENDAR, MATCHES_FEED, WORK_FEED, STATUS_SHEET)
NFI_LIVES: tuple[Lifecycle, ...] = (EXTRACT_LIFE, STEP_LIFE, MATCH_LIFE)
