"""What quotes plug into the layers below."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.conditions.catalogue import register_provider
from ponte.core.models import Member
from ponte.core.rights import ObjectRights, may_area, register_object
from ponte.directory.movers import register_mover
from ponte.sales import quote_behaviours, quote_conditions
from ponte.sales.custom_documents import QUOTE
from ponte.sales.deal_panels import DealPanel, register_deal_panel
from ponte.sales.demo.bundle_quotes import PART as BUNDLE_QUOTES
from ponte.sales.document_search import DocumentSearch
from ponte.sales.help import TEXTS as HELP
from ponte.sales.imports.quotes import QUOTES as IMPORT
from ponte.sales.imports.quotes import TARGETS
from ponte.sales.quote_demo import PART as DEMO
from ponte.sales.quote_notices import ANSWERED, EXPIRING, OPENED
from ponte.sales.quote_policies import visible_quotes
from ponte.sales.services.quote_merging import MOVER
from ponte.sales.tables import quotes as quote_lists
from ponte.workplace.admin.history import HistorySource, register_history
from ponte.workplace.admin.notices import register_notice
from ponte.workplace.commands import Command, register_command
from ponte.workplace.custom_fields.conditions import provider_of
from ponte.workplace.custom_fields.importing import custom_extension
from ponte.workplace.custom_fields.objects import register_custom_object
from ponte.workplace.demo import register_demo
from ponte.workplace.help import HelpArticle, register_article
from ponte.workplace.importing.extensions import register_import_extension
from ponte.workplace.importing.targets import register_target
from ponte.workplace.navigation import NavItem, register_nav
from ponte.workplace.panels import Panel, register_panel
from ponte.workplace.search import SearchSource, register_search
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may, who_may_area

LISTS = (quote_lists.QUOTES,)

register_object(ObjectRights("quote", label=_("Quotes"), fields={"margin": _("Cost and margin")}))
quote_conditions.register()
quote_behaviours.register()
register_custom_object(QUOTE)
register_provider(QUOTE.key, provider_of(QUOTE.key))
register_demo(DEMO)
register_demo(BUNDLE_QUOTES)
register_mover(MOVER)
for _target in TARGETS:
    register_target(_target)
register_import_extension(IMPORT.key, custom_extension("quote"))
for _kind, _label in (
    (ANSWERED, _("Answers to my quotes")),
    (OPENED, _("Customers opening my quotes")),
    (EXPIRING, _("My quotes about to expire")),
):
    register_notice(_kind, _label)

register_nav(
    NavItem(
        "quotes", "sales", _("Quotes"), "file-invoice", "sales:quotes", order=25, visible=who_may("quote", "view"),
        go_key="q",
    )
)  # fmt: skip
register_panel(
    Panel(
        "quotes", _("Quotes"), "file-invoice", "sales:quotes_panel", order=8, visible=who_may("quote", "view")
    )
)
register_deal_panel(
    DealPanel(
        "quotes",
        _("Quotes"),
        "file-invoice",
        "sales:opportunity_quotes",
        order=15,
        visible=who_may("quote", "view"),
    )
)
register_article(
    HelpArticle(
        "quotes", _("Quotes"), "file-invoice", frozenset({"quote", "list:quotes"}), order=60,
        visible=who_may("quote", "view"), folder=HELP,
    )
)  # fmt: skip
register_command(
    Command(
        "quote.new", _("New quote"), "file-invoice", url_name="sales:quote_new", group="create",
        keywords=_("proposal offer price"), order=35, visible=who_may("quote", "create"),
    )
)  # fmt: skip
register_settings_page(
    SettingsPage(
        "documents", "workspace", _("Quotes on paper"), "file-invoice", "sales:documents",
        _("Name, logo, colour and Pix key on quotes; their blocks and texts."), 40, who_may_area("sales"),
    )
)  # fmt: skip
SEARCH = DocumentSearch(
    object="quote",
    icon="file-invoice",
    url_name="sales:quote",
    title=_("Quote %(number)s"),
    visible=visible_quotes,
    status=quote_lists.shown_status,
    labels=quote_lists.STATUSES,
    tones=quote_lists.STATUS_TONES,
)


def _seen_settings(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(ids) if may_area(member, "sales") else set()


register_history(HistorySource("quote", SEARCH.seen))
register_history(HistorySource("quotelayout", _seen_settings))
register_search(
    SearchSource(
        "quote", _("Quotes"), "file-invoice", SEARCH.find, order=35, resolve=SEARCH.resolve, fetch=SEARCH.fetch,
        list_url_name="sales:quotes", personal=True, visible=who_may("quote", "view"),
    )
)  # fmt: skip
