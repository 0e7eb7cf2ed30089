"""Rows of sales."""

from ponte.sales.models.choices import (
    DealStatus,
    ForecastCategory,
    LeadStatus,
    Origin,
    ReasonKind,
    StageAct,
)
from ponte.sales.models.lead import Lead, LeadEntry
from ponte.sales.models.opportunity import Opportunity, StageEntry
from ponte.sales.models.pipeline import Competitor, Pipeline, Reason, Stage

__all__ = [
    "Competitor",
    "DealStatus",
    "ForecastCategory",
    "Lead",
    "LeadEntry",
    "LeadStatus",
    "Opportunity",
    "Origin",
    "Pipeline",
    "Reason",
    "ReasonKind",
    "Stage",
    "StageAct",
    "StageEntry",
]
