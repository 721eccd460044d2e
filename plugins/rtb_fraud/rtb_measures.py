"""Every measure that a rule may name."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.rtb_fraud.rtb_measure import Measure
from plugins.rtb_fraud.rtb_measured_home import HOME
from plugins.rtb_fraud.rtb_measured_money import MONEY_MEASURES

MEASURES: Mapping[str, Measure] = {**HOME, **MONEY_MEASURES}
