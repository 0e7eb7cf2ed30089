"""People's roles at companies, relations and the hierarchy of companies."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from ponte.core.models import Member
from ponte.directory.models import Affiliation, Company, Party, Relation
from ponte.directory.policies import visible_parties

MOST_SHOWN = 50


def visible_affiliations(member: Member) -> QuerySet[Affiliation]:
    """Return the roles whose person and company the member may both see."""
    visible = visible_parties(member).values("id")
    return Affiliation.objects.filter(person_id__in=visible, company_id__in=visible)


def list_roles(member: Member, party: Party) -> list[Affiliation]:
    """Return the roles of a person, or at a company, current ones first. One query."""
    rows = visible_affiliations(member)
    rows = rows.filter(person_id=party.id) if party.is_person else rows.filter(company_id=party.id)
    return list(
        rows.select_related("person__party", "company__party").order_by("-ended_on", "-is_primary", "-id")[
            :MOST_SHOWN
        ]
    )


def list_relations(member: Member, party: Party) -> list[Relation]:
    """Return what a customer is to others and others to them. One query."""
    visible = visible_parties(member).values("id")
    rows = Relation.objects.filter(
        Q(origin_id=party.id, target_id__in=visible) | Q(target_id=party.id, origin_id__in=visible)
    )
    return list(rows.select_related("origin", "target").order_by("kind", "id")[:MOST_SHOWN])


def list_family(member: Member, company: Company) -> list[Party]:
    """Return the companies of the same CNPJ root, head office first, and those above and below. One query."""
    related = Q(company__parent_id=company.pk)
    if company.parent_id:
        related |= Q(id=company.parent_id)
    if company.cnpj_root:
        related |= Q(company__cnpj_root=company.cnpj_root)
    rows = visible_parties(member).filter(related, kind="company").exclude(id=company.pk)
    return list(rows.select_related("company").order_by("company__cnpj", "sort_name", "id")[:MOST_SHOWN])
