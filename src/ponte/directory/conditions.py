"""What conditions can ask of customers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.conditions.catalogue import Choice, Entry, Field, Relation, Subject, Through, register_subject
from ponte.core.models import Member, Team
from ponte.core.text import fold
from ponte.directory.models import (
    Channel,
    CompanySize,
    Education,
    Gender,
    Identity,
    IdentityKind,
    IncomeBand,
    MaritalStatus,
    Party,
    PartyKind,
    PartyQuality,
    PartyTag,
    Source,
    Stage,
    State,
    Tag,
    Tone,
)
from ponte.directory.policies import visible_parties
from ponte.directory.selectors.quality import problem_choices
from ponte.directory.selectors.search import matching_parties

MOST = 20
CONTACT, LIFE, FIGURES, ABOUT, LINKS = (
    _("Contact and place"),
    _("Life cycle and owner"),
    _("Figures"),
    _("Profile"),
    _("Belongs together"),
)


def parties(reader: Member | None, kind: str = "") -> QuerySet[Party]:
    """Return the customers a reader may see; None reads all that aren't in the bin."""
    rows = Party.objects.filter(deleted_at=None) if reader is None else visible_parties(reader)
    return rows.filter(kind=kind) if kind else rows


def _of_kind(kind: str) -> Callable[[Member | None], QuerySet[Party]]:
    return lambda reader: parties(reader, kind)


def _code(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", text).upper()


def _phone(text: str) -> str:
    return re.sub(r"[^0-9+]", "", text)


def _tag_names(reader: Member | None, ids: Sequence[str]) -> Mapping[str, str]:
    return {str(key): name for key, name in Tag.objects.filter(id__in=ids).values_list("id", "name")}


def _find_tags(reader: Member | None, text: str) -> Sequence[Choice]:
    found = Tag.objects.filter(key__startswith=fold(text)).order_by("key").values_list("id", "name")
    return [(str(key), name) for key, name in found[:MOST]]


def _team_choices(reader: Member | None) -> Sequence[Choice]:
    return [(str(key), name) for key, name in Team.objects.order_by("name").values_list("id", "name")]


def party_names(reader: Member | None, ids: Sequence[str]) -> Mapping[str, str]:
    """Return the names of customers the reader may see."""
    found = parties(reader).filter(id__in=[UUID(one) for one in ids])
    return {str(row.id): row.label for row in found.only("id", "name", "code")}


def find_parties(kind: str = "") -> Callable[[Member | None, str], Sequence[Choice]]:
    """Return what offers customers for a text somebody types."""

    def find(reader: Member | None, text: str) -> Sequence[Choice]:
        rows = parties(reader, kind)
        found = matching_parties(rows, text, reader) if text and reader else rows.order_by("sort_name", "id")
        return [(str(row.id), row.label) for row in found[:MOST]]

    return find


def _shared(facts: Q | None) -> tuple[Entry, ...]:
    return (*_contact(), *_life(), *_figures(facts), *_links())


def _contact() -> tuple[Entry, ...]:
    return (
        Field("name", _("Name"), "text", path="name", folded="sort_name", rights=(), section=CONTACT),
        Field("email", _("E-mail"), "text", path="email", section=CONTACT),
        Field("phone", _("Phone"), "text", path="phone", raw=True, clean=_phone, section=CONTACT),
        Field("city", _("City"), "text", path="city", rights=("address",), section=CONTACT),
        Field("state", _("State"), "choice", path="state", choices=State.choices, rights=("address",), section=CONTACT),
        Field("preferred_channel", _("Preferred channel"), "choice", path="preferred_channel", choices=Channel.choices,
              section=CONTACT),
        Field("tone", _("Tone"), "choice", path="tone", choices=Tone.choices, section=CONTACT),
    )  # fmt: skip


def _life() -> tuple[Entry, ...]:
    return (
        Field("stage", _("Stage"), "choice", path="stage", choices=Stage.choices, section=LIFE),
        Field("stage_since", _("In this stage since"), "moment", path="stage_since", rights=("stage",), section=LIFE),
        Field("owner", _("Owner"), "member", path="owner_id", section=LIFE),
        Field("team", _("Team"), "choice", path="team_id", choices=_team_choices, rights=("owner",), section=LIFE),
        Field("source", _("Source"), "choice", path="source", choices=Source.choices, section=LIFE),
        Field("source_detail", _("Source detail"), "text", path="source_detail", rights=("source",), section=LIFE),
        Field("tags", _("Tags"), "record", section=LIFE, names=_tag_names, find=_find_tags,
              through=Through(PartyTag.objects.all, "party_id", "tag_id")),
        Field("description", _("Description"), "text", path="description", section=ABOUT),
        Field("created", pgettext_lazy("when", "Created"), "moment", path="created_at", section=LIFE),
        Field("updated", _("Changed"), "moment", path="updated_at", section=LIFE),
    )  # fmt: skip


def _figures(facts: Q | None) -> tuple[Entry, ...]:
    def figure(key: str, label: Any, kind: Any, column: str, **options: Any) -> Field:
        return Field(key, label, kind, path=f"facts__{column}", beside=facts, section=FIGURES, **options)

    bought: dict[str, Any] = {"rights": ("revenue",)}
    return (
        figure("last_contact", _("Last contact"), "moment", "last_interaction_at"),
        figure("first_contact", _("First contact"), "moment", "first_interaction_at"),
        figure("contacts", _("Number of contacts"), "number", "interactions_count"),
        figure("open_tasks", _("Open tasks"), "number", "open_tasks"),
        figure("next_task", _("Next task"), "moment", "next_task_at"),
        figure("orders_count", _("Number of orders"), "number", "orders_count", **bought),
        figure("first_order", _("First order"), "moment", "first_order_at", **bought),
        figure("last_order", _("Last order"), "moment", "last_order_at", **bought),
        figure("revenue", _("Revenue"), "money", "revenue", unit="R$", places=2, **bought),
        figure(
            "average_ticket", _("Average ticket"), "money", "average_ticket", unit="R$", places=2, **bought
        ),
        figure("margin", _("Margin"), "money", "margin", unit="R$", places=2),
        figure("satisfaction", _("Satisfaction"), "number", "satisfaction", places=1),
        figure("quality", _("Completeness"), "number", "quality", unit="%"),
        Field(
            "problem",
            _("Data quality problem"),
            "choice",
            by=_with_problem,
            choices=problem_choices,
            rights=(),
            section=FIGURES,
        ),
    )


def _with_problem(operator: str, value: Any, reader: Member | None) -> Q:
    """Return "something of this is wrong with the record", of what the reader may read about."""
    found = PartyQuality.objects.filter(party_id=OuterRef("pk"))
    if operator == "empty":
        return ~Q(Exists(found.exclude(problems=[])))
    known = [key for key, _label in problem_choices(reader)]
    return Q(Exists(found.filter(problems__overlap=[str(one) for one in value if one in known])))


def _links() -> tuple[Entry, ...]:
    return (
        Relation("identities", _("Recognised by"), _("identities"), "identity", lambda reader: Identity.objects.all(),
                 link="party_id", rights=("email", "phone", "cpf", "cnpj"), section=LINKS),
    )  # fmt: skip


def _person() -> tuple[Entry, ...]:
    return (
        Field("cpf", "CPF", "text", path="person__cpf", raw=True, clean=_code, section=ABOUT),
        Field("birthday", _("Birthday"), "date", path="person__birthday", yearly=True, section=ABOUT),
        Field("gender", _("Gender"), "choice", path="person__gender", choices=Gender.choices, section=ABOUT),
        Field("marital_status", _("Marital status"), "choice", path="person__marital_status",
              choices=MaritalStatus.choices, section=ABOUT),
        Field("education", _("Education"), "choice", path="person__education", choices=Education.choices, section=ABOUT),
        Field("income_band", _("Income"), "choice", path="person__income_band", choices=IncomeBand.choices, section=ABOUT),
        Field("children", _("Children"), "number", path="person__children", section=ABOUT),
        Field("occupation", _("Occupation"), "text", path="person__occupation", section=ABOUT),
        Field("job_title", _("Job title"), "text", path="person__job_title", section=ABOUT),
        Relation("companies", _("Companies they work at"), _("companies they work at"), "company", _of_kind("company"),
                 link="company__affiliations__person_id", only=Q(company__affiliations__ended_on__isnull=True),
                 any_words=_("works at a company"), none_words=_("works at no company"), section=LINKS),
    )  # fmt: skip


def _company() -> tuple[Entry, ...]:
    return (
        Field("legal_name", _("Legal name"), "text", path="company__legal_name", rights=(), section=ABOUT),
        Field("cnpj", "CNPJ", "text", path="company__cnpj", raw=True, clean=_code, section=ABOUT),
        Field("industry", _("Industry"), "text", path="company__industry", section=ABOUT),
        Field("cnae", "CNAE", "text", path="company__cnae", raw=True, clean=_code, section=ABOUT),
        Field("size", _("Size"), "choice", path="company__size", choices=CompanySize.choices, section=ABOUT),
        Field("employees", _("Employees"), "number", path="company__employees", section=ABOUT),
        Field("annual_revenue", _("Annual revenue"), "money", path="company__annual_revenue", unit="R$", places=2,
              section=ABOUT),
        Field("founded_on", _("Founded on"), "date", path="company__founded_on", yearly=True, section=ABOUT),
        Field("website", _("Website"), "text", path="company__website", section=ABOUT),
        Relation("people", _("People who work there"), _("people who work there"), "person", _of_kind("person"),
                 link="person__affiliations__company_id", only=Q(person__affiliations__ended_on__isnull=True),
                 section=LINKS),
        Relation("parent", _("Parent company"), _("a parent company"), "company", _of_kind("company"),
                 forward="company__parent_id", section=LINKS),
        Relation("branches", _("Companies below it"), _("companies below it"), "company", _of_kind("company"),
                 link="company__parent_id", section=LINKS),
    )  # fmt: skip


def register() -> None:
    """Make people, companies and what recognises them known to conditions."""
    for key, label, own in (
        ("person", _("People"), _person()),
        ("company", _("Companies"), _company()),
    ):
        facts = Q(facts__kind=key)
        register_subject(Subject(key, label, Party, "customer", _of_kind(key), (*_shared(facts), *own)))
    kind = Field("kind", _("Kind"), "choice", path="kind", choices=PartyKind.choices, section=ABOUT)
    register_subject(
        Subject("customer", _("Customers"), Party, "customer", parties, (kind, *_shared(None)), listed=False)
    )
    identity = (
        Field("kind", _("Kind"), "choice", path="kind", choices=IdentityKind.choices),
        Field("value", _("Value"), "text", path="value", raw=True),
        Field("source", _("Source"), "text", path="source", rights=()),
        Field("verified", _("Verified"), "moment", path="verified_at"),
    )
    register_subject(
        Subject("identity", _("Identities"), Identity, "customer", lambda reader: Identity.objects.all(), identity,
                listed=False)
    )  # fmt: skip
