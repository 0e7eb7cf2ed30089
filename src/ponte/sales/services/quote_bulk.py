"""Many quotes at once. One audit entry and one event a call."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.rights import filter_owned
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.events.sales_quotes import QuotesBinned
from ponte.sales.models.quote import Quote
from ponte.sales.quote_policies import OBJECT, visible_quotes


@transaction.atomic
def bin_quotes(*, actor: Actor, quote_ids: Sequence[UUID]) -> list[UUID]:
    """Put quotes that were never sent from here into the bin; return those that changed. Out of reach: left out."""
    rows = Quote.objects.filter(deleted_at=None)
    if actor.member is not None:
        rows = filter_owned(
            visible_quotes(actor.member), actor.member, OBJECT, "delete", owner="owner", team="owner__team"
        )
    meant = rows.filter(id__in=list(quote_ids), documents=None).order_by("id")
    ids = list(meant.select_for_update(of=("self",)).values_list("id", flat=True))
    if ids:
        now = timezone.now()
        Quote.objects.filter(id__in=ids).update(deleted_at=now, version=F("version") + 1, updated_at=now)
        record_bulk(actor=actor, act="quote.deleted", object_type="quote", ids=ids)
        publish(QuotesBinned(quote_ids=[str(one) for one in ids]), actor=actor)
    return ids
