"""What the distribution knows of colleagues: skills, how many leads they can take, when they are away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.sales.models import Seller
from ponte.sales.policies import check_sales_settings
from ponte.sales.services.routing_rules import clean_words

FIELDS = ("skills", "max_open", "is_paused", "away_from", "away_until")


@transaction.atomic
def update_seller(
    *,
    actor: Actor,
    member_id: UUID,
    skills: Sequence[str] = (),
    max_open: int | None = None,
    is_paused: bool = False,
    away_from: date | None = None,
    away_until: date | None = None,
) -> Seller:
    """Say what a colleague can do, how many leads in work they take, and when they get none.

    Raises:
        Denied: the member may not change how the business sells. Missing: no such active colleague.
        Invalid: an absence that ends before it begins, a cap out of range.
    """
    check_sales_settings(actor)
    member = Member.objects.filter(id=member_id, is_active=True).first()
    if member is None:
        raise Missing("member")
    cleaner = Cleaner()
    if away_from and away_until and away_until < away_from:
        cleaner.refuse("away_until", "order", _("The absence ends before it begins."))
    after = {
        "skills": clean_words(cleaner, "skills", skills),
        "max_open": cleaner.positive("max_open", max_open, 100_000),
        "is_paused": is_paused,
        "away_from": away_from,
        "away_until": away_until,
    }
    cleaner.done()
    Seller.objects.get_or_create(member=member)
    row = Seller.objects.select_for_update().get(member=member)
    changes = audit.diff({name: getattr(row, name) for name in FIELDS}, after)
    if changes:
        for name, value in after.items():
            setattr(row, name, value)
        row.version += 1
        row.save()
        audit.record(actor=actor, act="seller.updated", target=row, changes=changes, object_type="seller")
    return row
