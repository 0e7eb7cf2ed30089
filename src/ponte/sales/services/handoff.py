"""How long sales has to answer what marketing hands over, and what happens when they don't."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.business_time.settings import load_business_calendar
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.services.events import publish
from ponte.core.services.preferences import get_preference, set_preference
from ponte.events.sales_leads import LeadHandoffOverdue
from ponte.sales.models import Lead, LeadEntry, LeadStatus
from ponte.sales.policies import check_sales_settings
from ponte.sales.services.lead_notices import responsible_for, tell_overdue

HOURS_KEY, HOURS = "sales.handoff_hours", 8  # working hours sales has to answer


def handoff_hours() -> int:
    """Return within how many working hours sales answers what is handed over."""
    return int(get_preference(HOURS_KEY, HOURS))


def handoff_deadline(moment: datetime) -> datetime:
    """Return by when a lead handed over at ``moment`` is to be answered."""
    return load_business_calendar().add_business_time(moment, timedelta(hours=handoff_hours()))


@transaction.atomic
def set_handoff_hours(*, actor: Actor, hours: int) -> None:
    """Say within how many working hours sales answers. Raises ``Denied``, ``Invalid``."""
    check_sales_settings(actor)
    if not 1 <= hours <= 400:
        raise Invalid.on("hours", "range", _("Give between 1 and 400 working hours."))
    set_preference(HOURS_KEY, hours)


@transaction.atomic
def warn_of_overdue(*, limit: int = 200) -> int:
    """Tell, once, of leads handed over that sales didn't answer in time; return how many."""
    late = Lead.objects.filter(
        deleted_at=None, status=LeadStatus.MQL, handoff_due_at__lt=timezone.now(), handoff_warned_at=None
    ).select_related("party", "owner__team__leader")
    leads = list(
        late.select_for_update(of=("self",), skip_locked=True).order_by("handoff_due_at", "id")[:limit]
    )
    actor = Actor.system()
    for lead in leads:
        members = responsible_for(lead)
        giver = handed_by(lead)
        tell_overdue(lead, [*members, *([giver] if giver and giver.is_active else [])])
        event = LeadHandoffOverdue(
            lead_id=str(lead.id), party_id=str(lead.party_id), owner_id=str(lead.owner_id or "")
        )
        publish(event, actor=actor)
    ids = [lead.id for lead in leads]
    Lead.objects.filter(id__in=ids).update(handoff_warned_at=timezone.now())
    return len(ids)


def handed_by(lead: Lead) -> Member | None:
    """Return who handed a lead over last."""
    entry = (
        LeadEntry.objects.filter(lead=lead, status=LeadStatus.MQL)
        .select_related("member")
        .order_by("-entered_at", "-id")
        .first()
    )
    return entry.member if entry else None
