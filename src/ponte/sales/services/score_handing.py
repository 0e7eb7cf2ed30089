"""Leads that reach the score for it go to sales."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.sales.models import Lead
from ponte.sales.score_settings import load_score_settings
from ponte.sales.services.lead_life import hand_over_lead
from ponte.sales.services.scores import EARLY


@transaction.atomic
def hand_over_scored(*, actor: Actor, lead_ids: Sequence[UUID]) -> int:
    """Hand those leads over that are marketing's still and have the score still; return how many."""
    limit = load_score_settings().handoff
    if limit is None:
        return 0
    rows = Lead.objects.filter(id__in=list(lead_ids), status__in=EARLY, score__gte=limit, deleted_at=None)
    count = 0
    for lead_id, score in rows.order_by("id").values_list("id", "score"):
        note = _("Score %(score)s reached the limit of %(limit)s.") % {"score": score, "limit": limit}
        try:
            with transaction.atomic():
                hand_over_lead(actor=actor, lead_id=lead_id, note=note)
        except (Invalid, Missing):  # somebody moved it in the meantime
            continue
        count += 1
    return count
