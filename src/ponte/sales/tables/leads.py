"""The list of leads, as a table and as a board by status."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.core.models import Member
from ponte.directory.policies import visible_parties
from ponte.sales.models import Form, Lead, LeadStatus, Origin, Reason, ReasonKind
from ponte.sales.policies import visible_leads
from ponte.sales.selectors.named import customers_named
from ponte.sales.tables.lead_acts import LEAD_ACTS
from ponte.sales.tables.lead_editing import LEAD_FIELDS
from ponte.workplace.custom_fields.listing import more_of
from ponte.workplace.lists import (
    Ago,
    Badge,
    ChoiceFilter,
    Column,
    DateFilter,
    Day,
    Due,
    Empty,
    EmptyAction,
    ListPage,
    Main,
    Moment,
    Number,
    NumberFilter,
    OwnerFilter,
    Person,
    Sort,
    Text,
    TextFilter,
    register_list,
    row_address,
)
from ponte.workplace.lists.filters import Choice
from ponte.workplace.visibility import who_may, who_may_area

STATUS_TONES = {
    LeadStatus.NEW: "blue",
    LeadStatus.WORKING: "yellow",
    LeadStatus.MQL: "purple",
    LeadStatus.SQL: "accent",
    LeadStatus.CONVERTED: "green",
    LeadStatus.DISQUALIFIED: "neutral",
}
GRADE_TONES = {"A": "green", "B": "accent", "C": "yellow", "D": "orange", "E": "neutral"}
NEW_LEAD = EmptyAction(
    _("New lead"), "sales:lead_new", "plus", dialog=True, visible=who_may("lead", "create")
)


def listed_leads(member: Member) -> QuerySet[Lead]:
    """Return the leads the member may see, without the long texts no list shows."""
    return visible_leads(member).defer("message", "typed", "marks", "external_id")


def search_leads(leads: QuerySet[Lead], text: str) -> QuerySet[Lead]:
    """Return the leads of customers whose name has the words of ``text``."""
    return leads.filter(party_id__in=customers_named(text, leads))


@dataclass(frozen=True)
class CustomerFilter(TextFilter):
    """Leads of one customer (their id in the URL, their name in the chip) or of those with these words as name."""

    def apply(self, rows: QuerySet[Any], value: str, member: Member) -> QuerySet[Any]:
        party_id = _uuid(value)
        if party_id:
            return rows.filter(party_id=party_id)
        return rows.filter(party_id__in=customers_named(value, rows))

    def words(self, value: str, member: Member) -> str:
        party_id = _uuid(value)
        party = visible_parties(member).filter(id=party_id).first() if party_id else None
        return party.label if party else value


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _forms(member: Member) -> Sequence[Choice]:
    return [
        (str(pk), name) for pk, name in Form.objects.order_by("name", "id").values_list("id", "name")[:300]
    ]


def _reasons(member: Member) -> Sequence[Choice]:
    rows = Reason.objects.exclude(kind=ReasonKind.LOST).order_by("kind", "position", "id")
    return [(str(pk), name) for pk, name in rows.values_list("id", "name")[:300]]


def _title(lead: Any) -> str:
    return str(lead)


def _customer(lead: Any) -> str:
    return str(lead.party.label)


def _reason_name(lead: Any) -> str:
    return lead.reason.name if lead.reason else ""


def _waits_for(lead: Any) -> Any:
    return lead.handoff_due_at if lead.status == LeadStatus.MQL else None


def _overdue(rows: QuerySet[Any], values: list[str], member: Member) -> QuerySet[Any]:
    from django.utils import timezone

    late = rows.filter(status=LeadStatus.MQL, handoff_due_at__lt=timezone.now())
    return late if "late" in values else rows.filter(status=LeadStatus.MQL)


LEADS = register_list(
    ListPage(
        key="leads",
        more=(more_of("lead"),),
        object="lead",
        scope="sales",
        condition="lead",
        title=_("Leads"),
        url_name="sales:leads",
        icon="magnet",
        plural=_("leads"),
        columns=(
            Column("customer", _("Lead"), Main(_customer, second=_title), needs=("party",)),
            Column("title", _("Interest"), Text(_title)),
            Column(
                "status",
                _("Status"),
                Badge("status", labels=dict(LeadStatus.choices), tones=STATUS_TONES),
                phone=True,
            ),
            Column("score", pgettext_lazy("lead", "Score"), Number("score", adds=False), phone=True),
            Column("grade", _("Grade"), Badge("grade", tones=GRADE_TONES), shown=False),
            Column("origin", _("Origin"), Badge("origin", labels=dict(Origin.choices))),
            Column("owner", _("Salesperson"), Person("owner__name"), needs=("owner",)),
            Column("captured_at", _("Captured at"), Ago("captured_at"), sort="captured"),
            Column("status_since", _("In this status since"), Ago("status_since"), shown=False),
            Column("handoff", _("Answer due"), Due(_waits_for), shown=False),
            Column(
                "response_due",
                _("First answer due"),
                Due("response_due_at", done="responded_at"),
                shown=False,
            ),
            Column("campaign", _("Campaign"), Text("campaign"), shown=False),
            Column("form", _("Form"), Text("form__name"), needs=("form",), shown=False),
            Column("reason", _("Reason"), Text(_reason_name), needs=("reason",), shown=False),
            Column("converted_at", _("Converted at"), Day("converted_at"), shown=False),
            Column("confirmed_at", _("Confirmed by e-mail"), Moment("confirmed_at"), shown=False),
            Column("source", _("Source"), Text("source"), shown=False),
        ),
        sorts=(
            Sort("captured", _("Captured at"), ("captured_at",), descending=True),
            Sort("changed", _("Last change"), ("updated_at",), descending=True),
        ),
        default_sort="-captured",
        filters=(
            ChoiceFilter("status", _("Status"), "status", choices=tuple(LeadStatus.choices)),
            OwnerFilter("owner", _("Salesperson"), path="owner", team_path="owner__team"),
            ChoiceFilter("origin", _("Origin"), "origin", choices=tuple(Origin.choices)),
            DateFilter("captured", _("Captured at"), "captured_at"),
            CustomerFilter("customer", _("Customer"), "party_id"),
            ChoiceFilter(
                "handoff",
                _("Hand-off"),
                choices=(("waits", _("Waits for an answer")), ("late", _("Overdue"))),
                many=False,
                by=_overdue,
            ),
            ChoiceFilter("form", _("Form"), "form", choices=_forms),
            TextFilter("campaign", _("Campaign"), "campaign"),
            ChoiceFilter("reason", _("Reason"), "reason", choices=_reasons),
            NumberFilter("score", pgettext_lazy("lead", "Score"), "score"),
            ChoiceFilter("grade", _("Grade"), "grade", choices=tuple((one, one) for one in GRADE_TONES)),
            DateFilter("converted", _("Converted at"), "converted_at", never=_("Not converted")),
        ),
        queryset=listed_leads,
        row_url=row_address("sales:lead"),
        panel_url=row_address("sales:lead"),
        search=search_leads,
        search_placeholder=_("Customer…"),
        owner="owner",
        team="owner__team",
        personal=True,
        editables=LEAD_FIELDS,
        bulk_actions=LEAD_ACTS,
        create=NEW_LEAD,
        empty=Empty(
            _("No leads yet"),
            _(
                "A lead is an interest somebody showed: through a form on your site, at a fair, by phone. Here it is worked until it becomes a sale."
            ),
            "magnet",
            (NEW_LEAD, EmptyAction(_("Make a form"), "sales:forms", "forms", visible=who_may_area("sales"))),
        ),
    )
)
