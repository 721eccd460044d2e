"""The feeds of the National Fraud Initiative. Start reading here; those of the Right to Buy are in
`rtb_feeds.py`."""

from __future__ import annotations

from hub.api import Feed, Lifecycle

NFI_FEEDS: tuple[Feed, ...] = ()
NFI_LIVES: tuple[Lifecycle, ...] = ()
