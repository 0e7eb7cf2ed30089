"""Everything the first screen of a customer's page shows, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.core.prepared import Prepared
from ponte.core.rights import Scope, scope_of
from ponte.directory.models import (
    ClaimStatus,
    IdentityClaim,
    Merge,
    Party,
    PartyAddress,
    PartyEmail,
    PartyPhone,
    PartyTag,
    SocialHandle,
)
from ponte.directory.policies import OBJECT, deleted_parties, living_parties, visible_parties

FRESH_FOR = timedelta(days=3)  # how long the page points at a merge


@dataclass(frozen=True)
class CustomerRecord:
    """A customer with contacts and tags. Contacts are plain dicts of their columns, primary first."""

    party: Party
    emails: list[dict[str, Any]]
    phones: list[dict[str, Any]]
    addresses: list[dict[str, Any]]
    handles: list[dict[str, Any]]
    tags: list[dict[str, Any]]
    is_disputed: bool
    fresh_merge: UUID | None = None


def get_record(member: Member, party_id: UUID) -> CustomerRecord:
    """Return what a customer's page shows. One query, whatever hangs on the customer.

    Raises:
        Missing: there is none, or it is not for this member.
    """
    since = timezone.now() - FRESH_FOR
    if scope_of(member, OBJECT, "view") is Scope.ALL:
        party = ANY_RECORD.first(party_id, since)
    else:
        party = _records(visible_parties(member), party_id, since).first()
    if party is None:
        raise Missing(OBJECT)
    found: Any = party
    return CustomerRecord(
        party=party,
        emails=found.email_rows,
        phones=found.phone_rows,
        addresses=found.address_rows,
        handles=found.handle_rows,
        tags=found.tag_rows,
        is_disputed=found.is_disputed,
        fresh_merge=found.fresh_merge,
    )


def _records(rows: QuerySet[Party], party_id: UUID, since: datetime) -> QuerySet[Any]:
    mine = {"party_id": OuterRef("pk")}
    claims = IdentityClaim.objects.filter(
        Q(holder_id=OuterRef("pk")) | Q(claimant_id=OuterRef("pk")), status=ClaimStatus.OPEN
    )
    merges = Merge.objects.filter(survivor_id=OuterRef("pk"), undone_at=None, created_at__gt=since)
    return (
        rows.filter(id=party_id)
        .select_related("person", "company__parent__party", "facts", "owner", "team")
        .annotate(
            email_rows=_rows(PartyEmail, "-is_primary", "address", "kind", "validity", "opted_out_at"),
            phone_rows=_rows(
                PartyPhone,
                "-is_primary",
                "number",
                "extension",
                "kind",
                "has_whatsapp",
                "validity",
                "opted_out_at",
            ),
            address_rows=_rows(
                PartyAddress,
                "-is_primary",
                *("kind", "postal_code", "street", "number", "complement", "district"),
                *("city", "state", "country", "reference"),
            ),
            handle_rows=_rows(SocialHandle, "network", "handle", "url"),
            tag_rows=ArraySubquery(
                PartyTag.objects.filter(**mine)
                .order_by("tag__key")
                .values(row=JSONObject(name="tag__name", color="tag__color"))[:50]
            ),
            is_disputed=Exists(claims),
            fresh_merge=Subquery(merges.order_by("-id").values("id")[:1]),
        )
    )


ANY_RECORD = Prepared[Any](
    lambda party_id, since: _records(living_parties(), party_id, since), UUID, datetime
)


def get_deleted(member: Member, party_id: UUID) -> Party:
    """Return a customer in the bin that the member may restore.

    Raises:
        Missing: there is none.
    """
    party = deleted_parties(member).filter(id=party_id).select_related("deleted_by", "owner").first()
    if party is None:
        raise Missing(OBJECT)
    return party


def _rows(model: type[Model], first: str, *columns: str) -> ArraySubquery:
    names = {name.lstrip("-") for name in (first, *columns)} | {"id"}
    rows = model._default_manager.filter(party_id=OuterRef("pk")).order_by(first, "id")
    return ArraySubquery(rows.values(row=JSONObject(**{name: name for name in sorted(names)}))[:50])
