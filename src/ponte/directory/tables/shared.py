"""What the lists of people and companies have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.core.brazil.phones import format_phone
from ponte.core.models import Member
from ponte.directory.models import Channel, Party, PartyTag, Source, Stage, State, Suggestion, Tag
from ponte.directory.policies import customer_fields
from ponte.directory.selectors.parties import attach_tags
from ponte.directory.selectors.quality import problem_choices
from ponte.directory.selectors.search import STAGE_TONES, restricted_query
from ponte.directory.selectors.suggestions import rules_for
from ponte.workplace.lists import (
    Ago,
    Badge,
    ChoiceFilter,
    Column,
    DateFilter,
    Day,
    Email,
    Money,
    Number,
    NumberFilter,
    OwnerFilter,
    Person,
    Phone,
    Sort,
    Tags,
    Text,
    row_address,
)
from ponte.workplace.lists.filters import NONE, Choice, Filter

SECOND_LINE = ("phone", "email")
NEVER_SHOWN = ("description", "alert", "stage_since", "source_detail")
SEARCHED = frozenset({"email", "phone", "cpf", "cnpj"})


def of_kind(kind: str) -> Callable[[QuerySet[Any]], QuerySet[Any]]:
    """Return what lets the figures' indexes serve: they begin with the kind of customer."""

    def restrict(rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(facts__kind=kind)

    return restrict


record_url = row_address("directory:record")
panel_url = row_address("directory:quick")


def readable_search(tsquery: str, member: Member) -> str:
    """Return a search limited to the texts its author may read."""
    return restricted_query(tsquery, customer_fields(member))


def _with_tags(rows: QuerySet[Any], values: list[str], member: Member) -> QuerySet[Any]:
    links = PartyTag.objects.filter(party_id=OuterRef("pk"))
    chosen = [value for value in values if value != NONE]
    condition = Exists(links.filter(tag_id__in=chosen))
    if NONE not in values:
        return rows.filter(condition)
    return rows.filter(condition | ~Exists(links)) if chosen else rows.filter(~Exists(links))


def _tag_choices(member: Member) -> Sequence[Choice]:
    return [(str(key), name) for key, name in Tag.objects.order_by("key").values_list("id", "name")[:500]]


def _with_problems(rows: QuerySet[Any], values: list[str], member: Member) -> QuerySet[Any]:
    return rows.filter(quality__problems__overlap=values)


def _rule_choices(member: Member) -> Sequence[Choice]:
    return [(rule.key, rule.label) for rule in rules_for(member)]


def _with_suggestions(rows: QuerySet[Any], values: list[str], member: Member) -> QuerySet[Any]:
    found = Suggestion.objects.filter(party_id=OuterRef("pk"), rule__in=values, state="open")
    return rows.filter(Exists(found))


def contact_columns() -> tuple[Column, ...]:
    """Return the columns of how and where a customer is reached."""
    return (
        Column("email", _("E-mail"), Email("email"), fields=("email",), shown=False),
        Column("phone", _("Phone"), Phone("phone"), fields=("phone",)),
        Column("city", _("City"), Text(_city), fields=("address",)),
    )


def _city(row: Party) -> str:
    return f"{row.city}/{row.state}" if row.city and row.state else row.city or row.state


def _completeness(row: Party) -> str:
    return f"{row.facts.quality} %"


def second_line(row: Party) -> str:
    """Return the line under the name on a phone."""
    return format_phone(row.phone) if row.phone else row.email


def work_columns() -> tuple[Column, ...]:
    """Return the columns of stage, owner, figures and dates."""
    return (
        Column(
            "stage", _("Stage"), Badge("stage", labels=dict(Stage.choices), tones=STAGE_TONES), phone=True
        ),
        Column("tags", _("Tags"), Tags("shown_tags", most=2, attach=attach_tags)),
        Column("owner", _("Owner"), Person("owner__name"), needs=("owner",)),
        Column("team", _("Team"), Text("team__name"), needs=("team",), fields=("owner",), shown=False),
        Column(
            "last_contact",
            _("Last contact"),
            Ago("facts__last_interaction_at"),
            sort="last_contact",
            needs=("facts",),
        ),
        Column(
            "orders",
            _("Orders"),
            Number("facts__orders_count"),
            needs=("facts",),
            fields=("revenue",),
            shown=False,
        ),
        Column(
            "last_order",
            _("Last order"),
            Day("facts__last_order_at"),
            sort="last_order",
            needs=("facts",),
            fields=("revenue",),
            shown=False,
        ),
        Column(
            "revenue",
            _("Revenue"),
            Money("facts__revenue"),
            sort="revenue",
            needs=("facts",),
            fields=("revenue",),
        ),
        Column("open_tasks", _("Open tasks"), Number("facts__open_tasks"), needs=("facts",), shown=False),
        Column(
            "quality",
            _("Completeness"),
            Text(_completeness),
            sort="quality",
            needs=("facts",),
            shown=False,
        ),
        Column("source", _("Source"), Badge("source", labels=dict(Source.choices)), shown=False),
        Column(
            "channel",
            _("Preferred channel"),
            Badge("preferred_channel", labels=dict(Channel.choices)),
            shown=False,
        ),
        Column("created", pgettext_lazy("when", "Created"), Ago("created_at"), sort="created", shown=False),
        Column("updated", _("Changed"), Ago("updated_at"), sort="updated", shown=False),
    )


def sorts_for(kind: str) -> tuple[Sort, ...]:
    """Return the orders offered; an index serves each, under every reach (see ``models.party``)."""
    facts = of_kind(kind)
    return (
        Sort("name", _("Name"), ("sort_name",)),
        Sort("created", pgettext_lazy("when", "Created"), ("created_at",), descending=True),
        Sort("updated", _("Changed"), ("updated_at",), descending=True),
        Sort(
            "last_contact",
            _("Last contact"),
            ("facts__last_interaction_sort",),
            descending=True,
            restrict=facts,
        ),
        Sort(
            "last_order",
            _("Last order"),
            ("facts__last_order_sort",),
            descending=True,
            fields=("revenue",),
            restrict=facts,
        ),
        Sort("quality", _("Completeness"), ("facts__quality",), restrict=facts),
        Sort(
            "revenue", _("Revenue"), ("facts__revenue",), descending=True, fields=("revenue",), restrict=facts
        ),
    )


def filters_for(kind: str) -> tuple[Filter, ...]:
    """Return the filters offered."""
    facts = of_kind(kind)
    return (
        ChoiceFilter("stage", _("Stage"), "stage", choices=Stage.choices),
        OwnerFilter("owner", _("Owner")),
        ChoiceFilter("tag", _("Tag"), choices=_tag_choices, by=_with_tags, empty=_("Without tags")),
        ChoiceFilter("state", _("State"), "state", choices=State.choices, fields=("address",)),
        ChoiceFilter("source", _("Source"), "source", choices=Source.choices, empty=_("No source")),
        DateFilter(
            "last_contact",
            _("Last contact"),
            "facts__last_interaction_at",
            restrict=facts,
            never=_("Never contacted"),
        ),
        DateFilter("created", pgettext_lazy("when", "Created"), "created_at"),
        ChoiceFilter("problem", _("Data quality problem"), choices=problem_choices, by=_with_problems),
        ChoiceFilter("suggestion", _("Suggested correction"), choices=_rule_choices, by=_with_suggestions),
        NumberFilter(
            "revenue",
            _("Revenue"),
            "facts__revenue",
            fields=("revenue",),
            restrict=facts,
            unit="R$",
            places=2,
        ),
    )
