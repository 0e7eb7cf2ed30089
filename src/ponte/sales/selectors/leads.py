"""Reads of leads that are more than a get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.models import Member
from ponte.core.rights import field_access
from ponte.sales.form_fields import LABELS, TYPES
from ponte.sales.models import Conversion, Lead, LeadEntry, LeadStatus

PATH = (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.MQL, LeadStatus.SQL, LeadStatus.CONVERTED)
UNDO_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Step:
    """One status on a lead's way: how long it was there altogether, and whether it is there now or was."""

    status: str
    label: str
    spent: timedelta
    is_now: bool
    was: bool


def history_of(lead: Lead) -> list[LeadEntry]:
    """Return every status a lead had, newest first. One query."""
    rows = LeadEntry.objects.filter(lead=lead).select_related("member", "reason")
    return list(rows.order_by("-entered_at", "-id"))


def path_of(lead: Lead, entries: Sequence[LeadEntry]) -> list[Step]:
    """Return the way from new to converted (or to where a disqualified lead ended) with the time spent in each status."""
    spent: dict[str, timedelta] = {}
    now = timezone.now()
    for entry in entries:
        length = (entry.left_at or now) - entry.entered_at
        spent[entry.status] = spent.get(entry.status, timedelta()) + max(length, timedelta())
    ends = LeadStatus.DISQUALIFIED if lead.status == LeadStatus.DISQUALIFIED else LeadStatus.CONVERTED
    steps = [*PATH[:-1], ends]
    return [
        Step(one, str(LeadStatus(one).label), spent.get(one, timedelta()), lead.status == one, one in spent)
        for one in steps
    ]


def typed_rows(lead: Lead, member: Member) -> list[tuple[str, str]]:
    """Return what was typed as label and text, in the order of the form; nothing where the member may not see it."""
    access = field_access(member, "lead")
    if not access.can_read("typed"):
        return []
    labels = lead.typed.get(LABELS, {})
    rows = []
    for key, value in lead.typed.items():
        if key == LABELS or value in ("", None) or (key == "message" and not access.can_read("message")):
            continue
        known = TYPES.get(key)
        rows.append((str(labels.get(key) or (known.label if known else key)), str(value)))
    return rows


def mark_rows(lead: Lead) -> list[tuple[str, str]]:
    """Return UTM values, click ids, page and referrer as label and text."""
    labels: dict[str, Any] = {
        "utm_source": _("Source"),
        "utm_medium": _("Medium"),
        "utm_campaign": _("Campaign"),
        "utm_term": _("Term"),
        "utm_content": _("Content"),
        "page": _("Page"),
        "referrer": _("Page before"),
    }
    return [(str(labels.get(key, key)), str(value)) for key, value in lead.marks.items() if value]


def conversion_of(lead: Lead) -> Conversion | None:
    """Return the conversion that holds, None where there is none."""
    rows = Conversion.objects.filter(lead=lead, undone_at=None)
    return rows.select_related("person", "company", "opportunity").first()


def is_late(lead: Lead, now: datetime | None = None) -> bool:
    """Tell whether sales should have answered a lead handed over."""
    due = lead.handoff_due_at
    return lead.status == LeadStatus.MQL and due is not None and due < (now or timezone.now())
