"""``{% load sales_leads %}``: words and colours of leads."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.core.brazil.phones import format_phone
from ponte.sales.models import LeadStatus, Origin

register = template.Library()


@register.filter
def spent(length: timedelta) -> str:
    """``{{ step.spent|spent }}``: "3 days", "5 hours", "12 min", in the largest unit."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}


@register.filter
def status_tone(status: str) -> str:
    """``{{ entry.status|status_tone }}``: the colour of a lead's status."""
    from ponte.sales.tables.leads import STATUS_TONES

    return STATUS_TONES.get(status, "neutral")  # type: ignore[call-overload, no-any-return]


@register.filter
def status_label(status: str) -> str:
    """The words of a lead's status."""
    return str(LeadStatus(status).label) if status in LeadStatus.values else status


@register.filter
def origin_label(origin: str) -> str:
    """The words of a lead's origin."""
    return str(Origin(origin).label) if origin in Origin.values else origin


@register.filter
def phone_text(number: str) -> str:
    """A phone stored as E.164, the Brazilian way."""
    return format_phone(number)
