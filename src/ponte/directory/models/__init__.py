"""Rows of the directory."""

from ponte.directory.models.choices import (
    AddressKind,
    Channel,
    ClaimStatus,
    CompanySize,
    ContactKind,
    Education,
    Gender,
    IdentityKind,
    IncomeBand,
    MaritalStatus,
    Network,
    PartyKind,
    RelationKind,
    Source,
    Stage,
    State,
    Tone,
    Validity,
)
from ponte.directory.models.company import Company
from ponte.directory.models.contact import PartyAddress, PartyEmail, PartyPhone, SocialHandle
from ponte.directory.models.duplicate import CommonKey, DuplicatePair, MatchKeys, NameShare
from ponte.directory.models.email_domain import EmailDomain
from ponte.directory.models.identity import Identity, IdentityClaim
from ponte.directory.models.lifecycle import PartyFacts, StageChange
from ponte.directory.models.link import Affiliation, PartyTag, Relation, Tag
from ponte.directory.models.merge import Merge, MergeStep
from ponte.directory.models.party import Party
from ponte.directory.models.person import Person
from ponte.directory.models.quality import (
    PartyQuality,
    QualityDismissal,
    QualityRules,
    QualitySnapshot,
    QualitySteward,
    Suggestion,
)
from ponte.directory.models.register import RegisterLookup, RegisterSource
from ponte.directory.models.search import PartySearch

__all__ = [
    "AddressKind",
    "Affiliation",
    "Channel",
    "ClaimStatus",
    "CommonKey",
    "Company",
    "CompanySize",
    "ContactKind",
    "DuplicatePair",
    "Education",
    "EmailDomain",
    "Gender",
    "Identity",
    "IdentityClaim",
    "IdentityKind",
    "IncomeBand",
    "MaritalStatus",
    "MatchKeys",
    "Merge",
    "MergeStep",
    "NameShare",
    "Network",
    "Party",
    "PartyAddress",
    "PartyEmail",
    "PartyFacts",
    "PartyKind",
    "PartyPhone",
    "PartyQuality",
    "PartySearch",
    "PartyTag",
    "Person",
    "QualityDismissal",
    "QualityRules",
    "QualitySnapshot",
    "QualitySteward",
    "RegisterLookup",
    "RegisterSource",
    "Relation",
    "RelationKind",
    "SocialHandle",
    "Source",
    "Stage",
    "StageChange",
    "State",
    "Suggestion",
    "Tag",
    "Tone",
    "Validity",
]
