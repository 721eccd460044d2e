"""What `hub.yaml` may set for the National Fraud Initiative, and options of its routes."""

from __future__ import annotations

from hub.api import Options


class NfiSettings(Options):
    """`settings: {rtb_fraud: {nfi: …}}` of hub.yaml."""
