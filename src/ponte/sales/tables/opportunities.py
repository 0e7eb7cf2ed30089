"""The list of opportunities: table, board, calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ponte.commerce.tables.orders import CustomerFilter, customers_named
from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.text import search_query
from ponte.sales.models import DealStatus, ForecastCategory, Opportunity, Origin
from ponte.sales.policies import visible_opportunities
from ponte.sales.selectors.pipelines import all_stages, list_pipelines, stage_words
from ponte.sales.services.opportunity_bulk import bin_opportunities, move_many
from ponte.sales.services.opportunity_history import LIST_KEY
from ponte.sales.services.opportunity_undo import undo_moves
from ponte.sales.tables import deal_months
from ponte.sales.tables.deal_board import BOARD
from ponte.sales.tables.deal_cards import DaysInStage, NextActivity
from ponte.sales.tables.deal_editing import FIELDS
from ponte.sales.tables.deal_filters import NOTHING_PLANNED, StageFilter, pipelines, rotting, stages
from ponte.sales.tables.deal_opening import opens_with
from ponte.workplace.custom_fields.listing import more_of
from ponte.workplace.lists import (
    COMING,
    EVERY_FEMININE,
    Badge,
    BooleanFilter,
    BulkAction,
    BulkInput,
    BulkOutcome,
    ChoiceFilter,
    Column,
    DateFilter,
    Day,
    Empty,
    EmptyAction,
    ListPage,
    Main,
    Money,
    NumberFilter,
    OwnerFilter,
    Person,
    Sort,
    Text,
    register_list,
    row_address,
)
from ponte.workplace.search.candidates import bitmap_scans_only, matching
from ponte.workplace.visibility import who_may

STATUS_TONES = {DealStatus.OPEN: "blue", DealStatus.WON: "green", DealStatus.LOST: "red"}
MOST_FOUND = 500
NEW = EmptyAction(
    _("New opportunity"),
    "sales:opportunity_new",
    "plus",
    dialog=True,
    visible=who_may("opportunity", "create"),
)


def listed_opportunities(member: Member) -> QuerySet[Opportunity]:
    """Return the opportunities the member may see, without the long texts no list shows."""
    return visible_opportunities(member).defer("description", "close_note")


def search_opportunities(rows: QuerySet[Opportunity], text: str) -> QuerySet[Opportunity]:
    """Return the opportunities whose title or external id, or whose customer's name, has the words of ``text``."""
    query = search_query(text)
    if query is None:
        return rows.none()
    with bitmap_scans_only():
        titled = list(matching(Opportunity.objects.all(), query).values_list("id", flat=True)[:MOST_FOUND])
    return rows.filter(Q(id__in=titled) | Q(party_id__in=customers_named(text, rows)))


def stage_labels() -> dict[Any, str]:
    """Return the words of every stage by id."""
    known = list_pipelines()
    return {one.id: stage_words(one, known) for one in all_stages()}


def customer_of(deal: Any) -> str:
    """Return the customer's name."""
    return str(deal.party.label)


def _move(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    moved = move_many(actor=actor, opportunity_ids=ids, stage_id=UUID(str(inputs.get("stage", ""))))
    return BulkOutcome(list(moved), {str(key): version for key, version in moved.items()})


def _move_back(actor: Actor, undo: Any) -> None:
    undo_moves(actor=actor, versions={UUID(key): int(version) for key, version in undo.items()})


def _delete(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    done = bin_opportunities(actor=actor, opportunity_ids=ids, deleted=True)
    return BulkOutcome(done, [str(one) for one in done])


def _restore(actor: Actor, undo: Any) -> None:
    bin_opportunities(actor=actor, opportunity_ids=[UUID(one) for one in undo], deleted=False)


COLUMNS = (
    Column("title", _("Opportunity"), Main("title", second=customer_of), needs=("party",)),
    Column("customer", _("Customer"), Text(customer_of), needs=("party",)),
    Column("stage", _("Stage"), Badge("stage_id", labels=stage_labels), phone=True),
    Column("status", _("Status"), Badge("status", labels=dict(DealStatus.choices), tones=STATUS_TONES)),
    Column("amount", _("Value"), Money("amount"), sort="amount", phone=True),
    Column("monthly", _("Monthly value"), Money("monthly"), sort="monthly", shown=False),
    Column("expected_close", _("Expected close"), Day("expected_close"), sort="expected"),
    Column("next_activity", _("Next activity"), NextActivity("next_activity_at"), phone=True),
    Column("days", _("Days in stage"), DaysInStage(lambda deal: deal.stage_since), needs=("stage",)),
    Column("owner", _("Salesperson"), Person("owner__name"), needs=("owner",)),
    Column("opened_at", _("Opened at"), Day("opened_at"), sort="opened", shown=False),
    Column("closed_at", _("Closed at"), Day("closed_at"), shown=False),
    Column("reason", _("Reason"), Text("reason__name"), needs=("reason",), shown=False),
    Column(
        "category",
        _("Forecast category"),
        Badge("category", labels=dict(ForecastCategory.choices)),
        shown=False,
    ),
    Column("origin", _("Origin"), Badge("origin", labels=dict(Origin.choices)), shown=False),
    Column("source", _("Source"), Text("source"), shown=False),
)
SORTS = (
    Sort("opened", _("Opened at"), ("opened_at",), descending=True),
    Sort("amount", _("Value"), ("amount",), descending=True),
    Sort("monthly", _("Monthly value"), ("monthly",), descending=True),
    Sort("stage_since", _("In the stage since"), ("stage_since",), descending=True),
    Sort("expected", _("Expected close"), ("expected_close",), nullable=True),
    Sort("changed", _("Last change"), ("updated_at",), descending=True),
)
FILTERS = (
    ChoiceFilter("pipeline", _("Pipeline"), "pipeline_id", choices=pipelines, many=False),
    StageFilter("stage", _("Stage"), "stage_id", choices=stages),
    ChoiceFilter("status", _("Status"), "status", choices=tuple(DealStatus.choices)),
    OwnerFilter("owner", _("Salesperson"), path="owner", team_path="owner__team"),
    CustomerFilter("customer", _("Customer"), "party_id"),
    DateFilter(
        "expected",
        _("Expected close"),
        "expected_close",
        moments=False,
        periods=COMING,
        never=_("No date"),
        fields=("expected_close",),
    ),
    deal_months.FILTER,
    NumberFilter("amount", _("Value"), "amount", places=2),
    BooleanFilter(
        "planned",
        _("Next activity"),
        yes=~NOTHING_PLANNED,
        no=NOTHING_PLANNED,
        yes_label=_("Planned"),
        no_label=_("Nothing planned"),
    ),
    BooleanFilter("still", _("Standing still"), yes=rotting(), no=~rotting()),
    ChoiceFilter("category", _("Forecast category"), "category", choices=tuple(ForecastCategory.choices)),
    ChoiceFilter("origin", _("Origin"), "origin", choices=tuple(Origin.choices)),
    DateFilter("opened", _("Opened at"), "opened_at"),
    DateFilter("closed", _("Closed at"), "closed_at"),
)
ACTIONS = (
    BulkAction(
        "move",
        _("Move to stage"),
        "arrow-right",
        _move,
        done_text=ngettext_lazy("%(count)s opportunity moved", "%(count)s opportunities moved", "count"),
        inputs=(BulkInput("stage", _("Stage"), choices=stages),),
        fields=("stage",),
        shows="stage",
        undo=_move_back,
    ),
    BulkAction(
        "delete",
        _("Delete"),
        "trash",
        _delete,
        done_text=ngettext_lazy("%(count)s opportunity deleted", "%(count)s opportunities deleted", "count"),
        act="delete",
        undo=_restore,
        danger=True,
    ),
)

OPPORTUNITIES = register_list(
    ListPage(
        key=LIST_KEY,
        more=(more_of("opportunity"),),
        object="opportunity",
        scope="sales",
        condition="opportunity",
        title=_("Opportunities"),
        url_name="sales:opportunities",
        icon="chart-funnel",
        plural=_("opportunities"),
        every=EVERY_FEMININE,
        columns=COLUMNS,
        sorts=SORTS,
        default_sort="-opened",
        filters=FILTERS,
        queryset=listed_opportunities,
        row_url=row_address("sales:opportunity"),
        panel_url=row_address("sales:opportunity_quick"),
        search=search_opportunities,
        search_placeholder=_("Opportunity or customer…"),
        owner="owner",
        team="owner__team",
        personal=True,
        editables=(*FIELDS, deal_months.FIELD),
        bulk_actions=ACTIONS,
        create=NEW,
        looks=(BOARD, deal_months.MONTHS),
        bar="sales/deals/_bar.html",
        opens=opens_with,
        order=20,
        empty=Empty(
            _("No opportunities yet"),
            _(
                "Each possible sale stands here with its value, stage and next step, so that none is forgotten and everybody sees what may come in."
            ),
            "chart-funnel",
            (NEW,),
        ),
    )
)
