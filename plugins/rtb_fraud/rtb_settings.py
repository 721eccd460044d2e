"""What `hub.yaml` may set for the Right to Buy."""

from __future__ import annotations

from hub.api import Options


class RtbSettings(Options):
    """`settings: {rtb_fraud: {rtb: …}}` of hub.yaml."""
