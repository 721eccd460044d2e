"""The feeds of the Right to Buy: assessment, referral and what became of it."""

from __future__ import annotations

from hub.api import Feed, Lifecycle

RTB_FEEDS: tuple[Feed, ...] = ()
RTB_LIVES: tuple[Lifecycle, ...] = ()
