"""The feeds of the Right to Buy: assessment, referral and what became of it. Start reading here."""

from __future__ import annotations

from hub.api import Feed, Lifecycle
from plugins.rtb_fraud.rtb_applications import APPLICATIONS
from plugins.rtb_fraud.rtb_cases import ASSESSMENT_LIFE, CASE_LIFE
from plugins.rtb_fraud.rtb_claims import CLAIM_LIFE, STEP_FEED
from plugins.rtb_fraud.rtb_disclosures import DISCLOSURE_LIFE, DISCLOSURES
from plugins.rtb_fraud.rtb_index import INDEX_LIFE
from plugins.rtb_fraud.rtb_inputs import EVIDENCE_FEED
from plugins.rtb_fraud.rtb_referral_life import REFERRAL_LIFE
from plugins.rtb_fraud.rtb_referrals import REFERRALS
from plugins.rtb_fraud.rtb_updates import UPDATES

RTB_FEEDS: tuple[Feed, ...] = (APPLICATIONS, EVIDENCE_FEED, STEP_FEED, REFERRALS, UPDATES, DISCLOSURES)
RTB_LIVES: tuple[Lifecycle, ...] = (
    CASE_LIFE,
    ASSESSMENT_LIFE,
    CLAIM_LIFE,
    INDEX_LIFE,
    REFERRAL_LIFE,
    DISCLOSURE_LIFE,
)
