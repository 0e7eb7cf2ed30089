"""What quotes and contracts brought from another system have in common: whom rows may name, and which records they reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import BulkRow
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.rights import Scope, scope_of
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.sales.models import Opportunity
from ponte.sales.models.contract import Contract
from ponte.sales.models.quote import Quote
from ponte.sales.policies import visible_opportunities
from ponte.workplace.custom_fields.values import CustomRow

DocumentT = TypeVar("DocumentT", Quote, Contract)


@dataclass(frozen=True)
class Names:
    """What rows may name, fetched once, whose a new document is that names nobody, and checked custom values by external id."""

    parties: set[UUID]
    deals: Mapping[UUID, UUID]
    owners: set[UUID]
    default_owner: UUID | None
    custom: Mapping[str, CustomRow]


def fetch_names(
    actor: Actor, object_name: str, rows: Sequence[BulkRow], custom: Mapping[str, CustomRow]
) -> Names:
    """Return what rows about "quote" or "contract" may name: customers and opportunities the actor sees, members there are."""

    def named(key: str) -> set[UUID]:
        return {row.values[key] for row in rows if row.values.get(key)}

    member = actor.member
    reach = visible_parties(member) if member else Party.objects.filter(deleted_at=None)
    deals = visible_opportunities(member) if member else Opportunity.objects.filter(deleted_at=None)
    whole = member is None or scope_of(member, object_name, "edit") is Scope.ALL
    return Names(
        parties=set(reach.filter(id__in=named("party_id")).values_list("id", flat=True)),
        deals=dict(deals.filter(id__in=named("opportunity_id")).values_list("id", "party_id")),
        owners=set(Member.objects.filter(id__in=named("owner_id")).values_list("id", flat=True)),
        default_owner=None if whole or member is None else member.id,
        custom=custom,
    )


def check_names(
    cleaner: Cleaner,
    told: Mapping[str, Any],
    names: Names,
    document: Quote | Contract | None,
    *,
    nobody: str | Promise,
) -> None:
    """Refuse a customer, opportunity or member that is not there; ``nobody`` is said where no customer is told."""
    party_id = told.get("party_id") or (document.party_id if document else None)
    if party_id is None:
        cleaner.refuse("party_id", "required", nobody)
    elif told.get("party_id") and party_id not in names.parties:
        cleaner.refuse("party_id", "missing", _("There is no such customer."))
    if told.get("opportunity_id") and names.deals.get(told["opportunity_id"]) != party_id:
        cleaner.refuse("opportunity_id", "missing", _("This customer has no such opportunity."))
    if told.get("owner_id") and told["owner_id"] not in names.owners:
        cleaner.refuse("owner_id", "missing", _("There is no such member."))


def within_reach(
    locked: Sequence[DocumentT], editable: QuerySet[DocumentT] | None
) -> tuple[list[DocumentT], list[DocumentT]]:
    """Return the documents that are ``editable`` (None: all of them) or in the bin, and the others."""
    if editable is None or not locked:
        return list(locked), []
    ids = set(editable.filter(id__in=[row.id for row in locked]).values_list("id", flat=True))
    return (
        [row for row in locked if row.id in ids or row.deleted_at is not None],
        [row for row in locked if row.id not in ids and row.deleted_at is None],
    )
