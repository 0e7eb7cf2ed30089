"""Rows of the privacy module."""

from ponte.privacy.models.choices import (
    FINAL_REASONS,
    PHONE_CHANNELS,
    ConsentStatus,
    ContactChannel,
    GivenThrough,
    LegalBasis,
    SuppressionReason,
    Verdict,
)
from ponte.privacy.models.consent import ConsentRecord, Permission, PreferenceLink
from ponte.privacy.models.purpose import ConsentText, Purpose
from ponte.privacy.models.suppression import ContactRefusal, Suppression

__all__ = [
    "FINAL_REASONS",
    "PHONE_CHANNELS",
    "ConsentRecord",
    "ConsentStatus",
    "ConsentText",
    "ContactChannel",
    "ContactRefusal",
    "GivenThrough",
    "LegalBasis",
    "Permission",
    "PreferenceLink",
    "Purpose",
    "Suppression",
    "SuppressionReason",
    "Verdict",
]
