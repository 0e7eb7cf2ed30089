"""What conditions about leads can ask of their customer without a detour: who they are, what they did."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Order
from ponte.commerce.policies import visible_orders
from ponte.commerce.revenue import counting_orders
from ponte.conditions.catalogue import Entry, Field, Relation, extend_subject
from ponte.core.models import Member
from ponte.core.text import fold
from ponte.directory.models import CompanySize, PartyKind, PartyTag, Stage, State, Tag
from ponte.timeline.models import Interaction
from ponte.timeline.policies import visible_interactions

CUSTOMER, ADVERT, LIFE, DONE = (
    _("Customer"),
    _("Where it came from"),
    _("Progress"),
    _("What the customer did"),
)
MOST = 20


def _interactions(reader: Member | None) -> QuerySet[Interaction]:
    return Interaction.objects.filter(deleted_at=None) if reader is None else visible_interactions(reader)


def _purchases(reader: Member | None) -> QuerySet[Order]:
    rows = Order.objects.filter(deleted_at=None) if reader is None else visible_orders(reader)
    return rows.filter(counting_orders())


def _tagged(operator: str, value: Any, reader: Member | None) -> Q:
    """Tags hang on the customer, not on the lead."""
    if operator == "empty":
        return ~Q(party__in=PartyTag.objects.values("party_id"))
    if operator == "all_of":
        condition = Q()
        for one in value:
            condition &= Q(party__in=PartyTag.objects.filter(tag_id=one).values("party_id"))
        return condition
    return Q(party__in=PartyTag.objects.filter(tag_id__in=value).values("party_id"))


def _of_customer() -> tuple[Entry, ...]:
    def field(key: str, label: Any, kind: Any, path: str, *rights: str, **options: Any) -> Field:
        names = tuple(f"customer.{one}" for one in rights)
        return Field(key, label, kind, path=f"party__{path}", rights=names, section=CUSTOMER, **options)

    return (
        field("customer_kind", _("Person or company"), "choice", "kind", choices=PartyKind.choices),
        field("customer_name", _("Customer's name"), "text", "name", folded="party__sort_name"),
        field("email", _("E-mail"), "text", "email", "email"),
        field("phone", _("Phone"), "text", "phone", "phone", raw=True),
        field("city", _("City"), "text", "city", "address"),
        field("state", _("State"), "choice", "state", "address", choices=State.choices),
        field("customer_stage", _("Customer's stage"), "choice", "stage", "stage", choices=Stage.choices),
        field("customer_owner", _("Customer's salesperson"), "member", "owner_id", "owner"),
        Field("tags", _("Customer's tags"), "record", by=_tagged, names=_tag_names, find=_find_tags, rights=("customer.tags",),
              operators=("is", "is_not", "empty", "filled"), section=CUSTOMER),
        field("industry", _("Industry"), "text", "company__industry", "industry"),
        field("size", _("Company's size"), "choice", "company__size", "size", choices=CompanySize.choices),
        field("employees", _("Employees"), "number", "company__employees", "employees"),
        field("job_title", _("Job title"), "text", "person__job_title", "job_title"),
        field("revenue", _("Revenue"), "money", "facts__revenue", "revenue", unit="R$", places=2),
        field("orders_count", _("Number of orders"), "number", "facts__orders_count", "revenue"),
        field("last_contact", _("Last contact"), "moment", "facts__last_interaction_at", "last_contact"),
        field("contacts", _("Number of contacts"), "number", "facts__interactions_count", "contacts"),
    )  # fmt: skip


def _tag_names(reader: Member | None, ids: Any) -> Any:
    return {str(key): name for key, name in Tag.objects.filter(id__in=ids).values_list("id", "name")}


def _find_tags(reader: Member | None, text: str) -> Any:
    found = Tag.objects.filter(key__startswith=fold(text)).order_by("key").values_list("id", "name")
    return [(str(key), name) for key, name in found[:MOST]]


def _done() -> tuple[Entry, ...]:
    return (
        Relation("interactions", _("Interactions"), _("interactions"), "interaction", _interactions,
                 link="party__leads__id", dated="occurred", any_words=_("had contact"), none_words=_("had no contact"),
                 section=DONE),
        Relation("purchases", _("Purchases"), _("purchases"), "order", _purchases, link="party__leads__id", dated="placed",
                 rights=("customer.revenue",), any_words=_("bought"), none_words=_("did not buy"), section=DONE),
    )  # fmt: skip


def register() -> None:
    """Let conditions about leads ask of their customer directly, as people think of it."""
    extend_subject("lead", *_of_customer(), *_done())
