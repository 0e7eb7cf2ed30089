"""What opportunities and pipelines plug into the layers below."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.conditions.catalogue import register_provider
from ponte.core.founding import register_founder
from ponte.core.models import Member
from ponte.core.rights import ObjectRights, register_object
from ponte.core.text import search_query
from ponte.directory.movers import register_mover
from ponte.sales import conditions_opportunities, suggestion_rules
from ponte.sales.custom_opportunities import OPPORTUNITY, STEPS
from ponte.sales.deal_panels import DealPanel, register_deal_panel
from ponte.sales.demo.opportunities import PART as DEMO
from ponte.sales.imports.opportunities import OPPORTUNITIES as IMPORT
from ponte.sales.models import DealStatus, Opportunity
from ponte.sales.policies import visible_opportunities
from ponte.sales.services.merging_opportunities import MOVER
from ponte.sales.services.pipelines import found_sales
from ponte.sales.tables.opportunities import OPPORTUNITIES, STATUS_TONES
from ponte.timeline.subjects import register_task_subject
from ponte.workplace.admin.history import HistorySource, register_history
from ponte.workplace.commands import Command, register_command
from ponte.workplace.custom_fields.conditions import provider_of
from ponte.workplace.custom_fields.importing import custom_extension
from ponte.workplace.custom_fields.objects import register_custom_object
from ponte.workplace.demo import register_demo
from ponte.workplace.help import HelpArticle, register_article
from ponte.workplace.importing import register_target
from ponte.workplace.importing.extensions import register_import_extension
from ponte.workplace.navigation import NavItem, register_nav
from ponte.workplace.panels import Panel, register_panel
from ponte.workplace.search import SearchHit, SearchSource, SearchTerms, register_search
from ponte.workplace.search.candidates import bitmap_scans_only, matching
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may, who_may_area

LISTS = (OPPORTUNITIES,)
SEES, CREATES = who_may("opportunity", "view"), who_may("opportunity", "create")

register_object(
    ObjectRights(
        "opportunity",
        label=_("Opportunities"),
        fields={"description": _("Description")},
    )
)
register_founder("sales", found_sales)
register_custom_object(OPPORTUNITY)
register_provider(OPPORTUNITY.key, provider_of(OPPORTUNITY.key))
register_task_subject(STEPS)
register_mover(MOVER)
register_demo(DEMO)
register_target(IMPORT)
register_import_extension(IMPORT.key, custom_extension("opportunity"))

register_nav(
    NavItem(
        "opportunities", "sales", _("Opportunities"), "chart-funnel", "sales:opportunity_board", order=15,
        visible=SEES, go_key="n", on_phone=True,
    )
)  # fmt: skip
register_panel(
    Panel(
        "opportunities",
        _("Opportunities"),
        "chart-funnel",
        "sales:opportunities_panel",
        order=5,
        visible=SEES,
    )
)
register_command(
    Command(
        "opportunity.new", _("New opportunity"), "chart-funnel", url_name="sales:opportunity_new", group="create",
        in_dialog=True, keywords=_("deal sale pipeline"), order=20, visible=CREATES,
    )
)  # fmt: skip
register_settings_page(
    SettingsPage(
        "pipelines", "workspace", _("Pipelines"), "chart-funnel", "sales:pipelines",
        _("Stages, what each asks for, why deals are lost, competitors."), order=40, visible=who_may_area("sales"),
    )
)  # fmt: skip
register_article(
    HelpArticle(
        "opportunities", _("Opportunities and pipelines"), "chart-funnel",
        frozenset({"opportunity", "list:opportunities", "pipelines"}), order=30, visible=SEES,
        folder=Path(__file__).parent.parent / "help" / "opportunities",
    )
)  # fmt: skip
for _panel in (
    DealPanel("tasks", _("Tasks"), "checkbox", "sales:opportunity_tasks", 10, who_may("task", "view")),
    DealPanel("contacts", _("Contacts"), "users", "sales:opportunity_contacts", 20),
    DealPanel("rivals", _("Competitors"), "flag", "sales:opportunity_rivals", 30),
    DealPanel("team", _("Team"), "users-group", "sales:opportunity_team", 40),
    DealPanel("history", _("Stages so far"), "history", "sales:opportunity_history", 50),
    DealPanel("files", _("Files"), "paperclip", "sales:opportunity_files", 60, who_may("file", "view")),
):
    register_deal_panel(_panel)


def hit_of(deal: Opportunity) -> SearchHit:
    """Return an opportunity as the global search shows it."""
    return SearchHit(
        object="opportunity",
        id=deal.id,
        title=deal.title,
        url=reverse("sales:opportunity", args=[deal.id]),
        subtitle=deal.party.label,
        icon="chart-funnel",
        badge=deal.stage.name if deal.status == DealStatus.OPEN else deal.get_status_display(),
        tone=STATUS_TONES[DealStatus(deal.status)],
    )


def _rows(member: Member) -> QuerySet[Opportunity]:
    return visible_opportunities(member).select_related("party", "stage")


def find(member: Member, terms: SearchTerms, limit: int) -> list[SearchHit]:
    """Return opportunities found by words of their title or by their external id, open ones first."""
    query = search_query(terms.text)
    if query is None:
        return []
    with bitmap_scans_only():
        found = matching(visible_opportunities(member), query).values_list("id", flat=True)
        ids = list(found[:200])
    deals = sorted(
        _rows(member).filter(id__in=ids), key=lambda deal: (deal.closed_at is not None, -deal.amount)
    )
    return [hit_of(deal) for deal in deals[:limit]]


def fetch(member: Member, ids: Sequence[UUID]) -> list[SearchHit]:
    """Return these opportunities as far as visible, for recent and favourite records."""
    return [hit_of(deal) for deal in _rows(member).filter(id__in=ids)]


def seen(member: Member, ids: Collection[UUID]) -> set[UUID]:
    """Return which of these opportunities the member may see."""
    return set(visible_opportunities(member).filter(id__in=ids).values_list("id", flat=True))


register_search(
    SearchSource(
        "opportunity", _("Opportunities"), "chart-funnel", find, order=25, fetch=fetch,
        list_url_name="sales:opportunities", personal=True, visible=SEES,
    )
)  # fmt: skip
register_history(HistorySource("opportunity", seen))
conditions_opportunities.register()
suggestion_rules.register()
