"""Rows of sales."""

from ponte.sales.models.choices import (
    DealRole,
    DealStatus,
    ForecastCategory,
    LeadStatus,
    Origin,
    ReasonKind,
    StageAct,
)
from ponte.sales.models.conversion import Conversion
from ponte.sales.models.figures import CostKind, DailyFigure, FigureState, SalesCost
from ponte.sales.models.forecast import (
    DealChance,
    ForecastCall,
    ForecastSnapshot,
    LearntModel,
)
from ponte.sales.models.form import Form, FormPost, HeldBecause, PostState
from ponte.sales.models.lead import Lead, LeadEntry
from ponte.sales.models.opportunity import Opportunity, StageEntry
from ponte.sales.models.opportunity_parts import (
    OpportunityCheck,
    OpportunityCompetitor,
    OpportunityContact,
    OpportunityLine,
    OpportunityMember,
    StageTotal,
)
from ponte.sales.models.pipeline import Competitor, Pipeline, Reason, Stage
from ponte.sales.models.routing import (
    LateAct,
    RoutingAct,
    RoutingEntry,
    RoutingHours,
    RoutingRule,
    RoutingSeat,
    RoutingWay,
    Seller,
)
from ponte.sales.models.scoring import ModelState, ScoreKind, ScoreModel, ScoreRule
from ponte.sales.models.territory import (
    Territory,
    TerritoryMember,
    TerritoryPlacement,
    TerritoryRun,
)

__all__ = [
    "Competitor",
    "Conversion",
    "CostKind",
    "DailyFigure",
    "DealChance",
    "DealRole",
    "DealStatus",
    "FigureState",
    "ForecastCall",
    "ForecastCategory",
    "ForecastSnapshot",
    "Form",
    "FormPost",
    "HeldBecause",
    "LateAct",
    "Lead",
    "LeadEntry",
    "LeadStatus",
    "LearntModel",
    "ModelState",
    "Opportunity",
    "OpportunityCheck",
    "OpportunityCompetitor",
    "OpportunityContact",
    "OpportunityLine",
    "OpportunityMember",
    "Origin",
    "Pipeline",
    "PostState",
    "Reason",
    "ReasonKind",
    "RoutingAct",
    "RoutingEntry",
    "RoutingHours",
    "RoutingRule",
    "RoutingSeat",
    "RoutingWay",
    "SalesCost",
    "ScoreKind",
    "ScoreModel",
    "ScoreRule",
    "Seller",
    "Stage",
    "StageAct",
    "StageEntry",
    "StageTotal",
    "Territory",
    "TerritoryMember",
    "TerritoryPlacement",
    "TerritoryRun",
]
