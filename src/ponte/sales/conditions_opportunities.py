"""What conditions can ask of opportunities, and of customers through them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ponte.conditions.catalogue import Choice, Field, Relation, Subject, extend_subject, register_subject
from ponte.core.models import Member
from ponte.core.text import fold
from ponte.directory.conditions import parties
from ponte.sales.models import (
    DealStatus,
    ForecastCategory,
    Opportunity,
    OpportunityLine,
    Origin,
    Reason,
)
from ponte.sales.policies import visible_opportunities
from ponte.sales.selectors.pipelines import all_stages, list_pipelines, sees_all_opportunities, stage_words
from ponte.sales.services.next_activity import TASKS
from ponte.timeline.models import Meeting, Task
from ponte.timeline.policies import visible_meetings, visible_tasks

MOST = 20
CUSTOMER, DATES, SALES = _("Customer"), _("Dates"), _("Sales")


def opportunities(reader: Member | None) -> QuerySet[Opportunity]:
    """Return the opportunities a reader may ask about; None is the system."""
    return Opportunity.objects.filter(deleted_at=None) if reader is None else visible_opportunities(reader)


def _of_visible_customer(reader: Member | None) -> QuerySet[Opportunity]:
    """The customer is visible already: for who sees every opportunity there is nothing more to ask."""
    if reader is None or sees_all_opportunities(reader):
        return Opportunity.objects.filter(deleted_at=None)
    return opportunities(reader)


def _open(reader: Member | None) -> QuerySet[Opportunity]:
    return _of_visible_customer(reader).filter(status=DealStatus.OPEN)


def _lines(reader: Member | None) -> QuerySet[OpportunityLine]:
    return OpportunityLine.objects.all()


def _matching(pairs: Sequence[tuple[Any, str]], text: str) -> Sequence[Choice]:
    wanted = fold(text)
    return [(str(key), name) for key, name in pairs if wanted in fold(name)][:MOST]


def _stage_pairs() -> list[tuple[Any, str]]:
    known = list_pipelines()
    return [(one.id, stage_words(one, known)) for one in all_stages()]


def _find_stages(reader: Member | None, text: str) -> Sequence[Choice]:
    return _matching(_stage_pairs(), text)


def _stage_names(reader: Member | None, ids: Sequence[str]) -> Mapping[str, str]:
    return {str(key): name for key, name in _stage_pairs() if str(key) in ids}


def _find_pipelines(reader: Member | None, text: str) -> Sequence[Choice]:
    return _matching([(one.id, one.name) for one in list_pipelines()], text)


def _pipeline_names(reader: Member | None, ids: Sequence[str]) -> Mapping[str, str]:
    return {str(one.id): one.name for one in list_pipelines(archived=True) if str(one.id) in ids}


def _find_reasons(reader: Member | None, text: str) -> Sequence[Choice]:
    rows = Reason.objects.filter(kind="lost", archived_at=None).order_by("position")
    return _matching(list(rows.values_list("id", "name")), text)


def _reason_names(reader: Member | None, ids: Sequence[str]) -> Mapping[str, str]:
    return {str(key): name for key, name in Reason.objects.filter(id__in=ids).values_list("id", "name")}


def _money(key: str, label: Any) -> Field:
    return Field(key, label, "money", path=key, unit="R$", places=2)


def _steps(reader: Member | None) -> QuerySet[Task]:
    rows = Task.objects.filter(deleted_at=None) if reader is None else visible_tasks(reader)
    return rows.filter(about_type=TASKS)


def _meetings(reader: Member | None) -> QuerySet[Meeting]:
    rows = Meeting.objects.filter(deleted_at=None) if reader is None else visible_meetings(reader)
    return rows.filter(about_type=TASKS)


FIELDS = (
    Field("title", _("Title"), "text", path="title"),
    Field("status", _("Status"), "choice", path="status", choices=DealStatus.choices),
    Field("pipeline", _("Pipeline"), "record", path="pipeline_id", names=_pipeline_names, find=_find_pipelines),
    Field("stage", _("Stage"), "record", path="stage_id", names=_stage_names, find=_find_stages),
    Field("owner", _("Salesperson"), "member", path="owner_id"),
    _money("amount", _("Value")),
    _money("monthly", _("Monthly value")),
    Field("category", _("Forecast category"), "choice", path="category", choices=ForecastCategory.choices),
    Field("origin", _("Origin"), "choice", path="origin", choices=Origin.choices),
    Field("reason", _("Reason"), "record", path="reason_id", names=_reason_names, find=_find_reasons),
    Field("source", _("Source"), "text", path="source"),
    Field("description", _("Description"), "text", path="description"),
    Field("expected", _("Expected close"), "date", path="expected_close", section=DATES),
    Field("opened", _("Opened at"), "moment", path="opened_at", section=DATES),
    Field("closed", _("Closed at"), "moment", path="closed_at", section=DATES),
    Field("stage_since", _("In the stage since"), "moment", path="stage_since", section=DATES),
    Field("next_activity", _("Next activity"), "moment", path="next_activity_at", section=DATES),
    Relation("customer", _("Customer"), _("a customer"), "customer", parties, forward="party_id", section=CUSTOMER),
    Relation("tasks", _("Tasks"), _("tasks"), "task", _steps, link="about_id", dated="due", section=SALES),
    Relation("meetings", _("Meetings about it"), _("meetings about it"), "meeting", _meetings, link="about_id", dated="starts", section=SALES),
    Relation("products", _("Products"), _("products"), "opportunity_line", _lines, link="opportunity_id", section=SALES),
)  # fmt: skip
LINE = (
    Field("description", _("Description"), "text", path="description"),
    Field("quantity", _("Quantity"), "number", path="quantity", places=0),
    _money("unit_price", _("Unit price")),
    _money("total", _("Total")),
)


def register() -> None:
    """Make opportunities known to conditions, alone and on customers."""
    register_subject(
        Subject("opportunity", _("Opportunities"), Opportunity, "opportunity", opportunities, FIELDS)
    )
    register_subject(
        Subject("opportunity_line", _("Products of opportunities"), OpportunityLine, "opportunity", _lines, LINE,
                listed=False)
    )  # fmt: skip
    for key, word in (("task", _("is a step of an opportunity")), ("meeting", _("is about an opportunity"))):
        extend_subject(
            key,
            Relation("opportunity", _("Opportunity"), _("an opportunity"), "opportunity", opportunities, forward="about_id",
                     any_words=word, none_words=_("is about no opportunity")),
        )  # fmt: skip
    for key in ("person", "company", "customer"):
        extend_subject(
            key,
            Relation("open_opportunities", _("Open opportunities"), _("open opportunities"), "opportunity", _open,
                     link="party_id", dated="opened", any_words=_("has an open opportunity"),
                     none_words=_("has no open opportunity"), section=SALES),
            Relation("opportunities", _("Opportunities of any status"), _("opportunities of any status"), "opportunity",
                     _of_visible_customer, link="party_id", dated="opened", section=SALES),
        )  # fmt: skip
