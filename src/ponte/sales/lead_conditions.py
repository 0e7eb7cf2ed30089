"""What conditions can ask of leads, and of customers through their leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.conditions.catalogue import Choice, Field, Relation, Subject, extend_subject, register_subject
from ponte.core.models import Member
from ponte.core.rights import Scope, scope_of
from ponte.directory.conditions import parties
from ponte.sales.models import Form, Lead, LeadEntry, LeadStatus, Origin, Reason, ReasonKind
from ponte.sales.policies import visible_leads

MOST = 20
CUSTOMER, DATES, ORIGIN, SALES = _("Customer"), _("Dates"), _("Where it came from"), _("Leads and sales")


def _leads(reader: Member | None) -> QuerySet[Lead]:
    return Lead.objects.filter(deleted_at=None) if reader is None else visible_leads(reader)


def _of_visible_customer(reader: Member | None) -> QuerySet[Lead]:
    """The customer is visible already: for who sees every lead there is nothing more to ask, no join to make."""
    sees_all = reader is None or all(
        scope_of(reader, name, "view") is Scope.ALL for name in ("customer", "lead")
    )
    return Lead.objects.filter(deleted_at=None) if sees_all else _leads(reader)


def _entries(reader: Member | None) -> QuerySet[LeadEntry]:
    return LeadEntry.objects.all()


def _form_names(reader: Member | None, ids: Sequence[str]) -> Mapping[str, str]:
    rows = Form.objects.filter(id__in=[UUID(one) for one in ids])
    return {str(key): name for key, name in rows.values_list("id", "name")}


def _find_forms(reader: Member | None, text: str) -> Sequence[Choice]:
    rows = Form.objects.filter(deleted_at=None, name__icontains=text).order_by("name", "id")
    return [(str(key), name) for key, name in rows.values_list("id", "name")[:MOST]]


def _reasons(reader: Member | None) -> Sequence[Choice]:
    rows = Reason.objects.exclude(kind=ReasonKind.LOST).order_by("kind", "position", "id")
    return [(str(key), name) for key, name in rows.values_list("id", "name")]


def _mark(key: str, label: Any) -> Field:
    return Field(key, label, "text", path=f"marks__{key}", section=ORIGIN)


LEAD = (
    Field("status", _("Status"), "choice", path="status", choices=LeadStatus.choices),
    Field("title", _("Interest"), "text", path="title"),
    Field("message", _("Message"), "text", path="message"),
    Field("owner", _("Salesperson"), "member", path="owner_id"),
    Field("score", pgettext_lazy("lead", "Score"), "number", path="score"),
    Field("grade", _("Grade"), "text", path="grade", raw=True),
    Field("reason", _("Reason"), "choice", path="reason_id", choices=_reasons),
    Field("origin", _("Origin"), "choice", path="origin", choices=Origin.choices, section=ORIGIN),
    Field("campaign", _("Campaign"), "text", path="campaign", section=ORIGIN),
    Field("form", _("Form"), "record", path="form_id", names=_form_names, find=_find_forms, section=ORIGIN),
    Field("source", _("Source"), "text", path="source", section=ORIGIN),
    Field("captured", _("Captured at"), "moment", path="captured_at", section=DATES),
    Field("status_since", _("In this status since"), "moment", path="status_since", section=DATES),
    Field("assigned", _("Given to somebody at"), "moment", path="assigned_at", section=DATES),
    Field("handed", _("Handed over at"), "moment", path="handed_at", section=DATES),
    Field("handoff_due", _("Answer to hand-off due"), "moment", path="handoff_due_at", section=DATES),
    Field("response_due", _("First answer due"), "moment", path="response_due_at", section=DATES),
    Field("responded", _("First answer at"), "moment", path="responded_at", section=DATES),
    Field("confirmed", _("Confirmed by e-mail at"), "moment", path="confirmed_at", section=DATES),
    Field("converted", _("Converted at"), "moment", path="converted_at", section=DATES),
    Field("updated", _("Last change"), "moment", path="updated_at", section=DATES),
    Relation("customer", _("Customer"), _("a customer"), "customer", parties, forward="party_id", section=CUSTOMER),
    Relation("history", _("History"), _("history entries"), "lead_entry", _entries, link="lead_id", dated="entered",
             section=DATES),
)  # fmt: skip
ENTRY = (
    Field("status", _("Status"), "choice", path="status", choices=LeadStatus.choices),
    Field("before", _("Status before"), "choice", path="before", choices=LeadStatus.choices),
    Field("entered", _("Entered at"), "moment", path="entered_at"),
    Field("left", _("Left at"), "moment", path="left_at"),
    Field("member", _("By"), "member", path="member_id"),
)


def register() -> None:
    """Make leads and their history known to conditions, alone and on customers."""
    register_subject(Subject("lead", _("Leads"), Lead, "lead", _leads, LEAD))
    register_subject(
        Subject("lead_entry", _("History of leads"), LeadEntry, "lead", _entries, ENTRY, listed=False)
    )
    for key in ("person", "company", "customer"):
        extend_subject(
            key,
            Relation("leads", _("Leads"), _("leads"), "lead", _of_visible_customer, link="party_id", dated="captured",
                     any_words=_("showed interest"), none_words=_("showed no interest"), section=SALES),
        )  # fmt: skip
