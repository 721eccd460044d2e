"""What an administrator sets for the whole plug-in in `hub.yaml`. README.md tells more."""

from __future__ import annotations

from hub.api import Facts, Options
from plugins.rtb_fraud.nfi_settings import NfiSettings
from plugins.rtb_fraud.rtb_settings import RtbSettings


class FraudSettings(Options):
    """`settings: {rtb_fraud: …}` of hub.yaml."""

    nfi: NfiSettings = NfiSettings()
    rtb: RtbSettings = RtbSettings()


DEFAULTS = FraudSettings()


def settings_of(facts: Facts) -> FraudSettings:
    """What is set, or the defaults where nothing can be: a look at a single file has no hub.yaml."""
    return facts.settings if isinstance(facts.settings, FraudSettings) else DEFAULTS
