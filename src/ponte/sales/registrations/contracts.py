"""What contracts plug into the layers below."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.conditions.catalogue import register_provider
from ponte.core.models import Member
from ponte.core.rights import ObjectRights, may_area, register_object
from ponte.directory.movers import register_mover
from ponte.sales import contract_conditions
from ponte.sales.contract_notices import ANSWERED, APPROVAL, COMMENTED, OPENED
from ponte.sales.contract_policies import visible_contracts
from ponte.sales.custom_documents import CONTRACT
from ponte.sales.deal_panels import DealPanel, register_deal_panel
from ponte.sales.demo.contracts import PART as DEMO
from ponte.sales.document_search import DocumentSearch
from ponte.sales.help import TEXTS as HELP
from ponte.sales.imports.contracts import CONTRACTS as IMPORT
from ponte.sales.models.signature_service import SignatureService
from ponte.sales.selectors.contracts import STATUS_TONES, STATUSES, shown_status
from ponte.sales.services.contract_merging import MOVER
from ponte.sales.tables.contracts import CONTRACTS
from ponte.workplace.admin.history import HistorySource, register_history
from ponte.workplace.admin.notices import register_notice
from ponte.workplace.commands import Command, register_command
from ponte.workplace.custom_fields.conditions import provider_of
from ponte.workplace.custom_fields.importing import custom_extension
from ponte.workplace.custom_fields.objects import register_custom_object
from ponte.workplace.demo import register_demo
from ponte.workplace.exporting.sources import ExportSource, register_export
from ponte.workplace.help import HelpArticle, register_article
from ponte.workplace.importing.extensions import register_import_extension
from ponte.workplace.importing.targets import register_target
from ponte.workplace.navigation import NavItem, register_nav
from ponte.workplace.panels import Panel, register_panel
from ponte.workplace.search import SearchSource, register_search
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may, who_may_area

LISTS = (CONTRACTS,)
ICON = "file-check"
SEES = who_may("contract", "view")

register_object(ObjectRights("contract", label=_("Contracts")))
register_custom_object(CONTRACT)
register_provider(CONTRACT.key, provider_of(CONTRACT.key))
register_demo(DEMO)
register_mover(MOVER)
register_target(IMPORT)
register_import_extension(IMPORT.key, custom_extension("contract"))
for _kind, _label in (
    (APPROVAL, _("Approvals of contracts")),
    (ANSWERED, _("Signatures of my contracts")),
    (COMMENTED, _("Signers writing on my contracts")),
    (OPENED, _("Signers opening my contracts")),
):
    register_notice(_kind, _label)

register_nav(NavItem("contracts", "sales", _("Contracts"), ICON, "sales:contracts", order=26, visible=SEES))
register_panel(Panel("contracts", _("Contracts"), ICON, "sales:contracts_panel", order=9, visible=SEES))
register_deal_panel(
    DealPanel("contracts", _("Contracts"), ICON, "sales:opportunity_contracts", order=16, visible=SEES)
)
register_article(
    HelpArticle(
        "contracts", _("Contracts"), ICON, frozenset({"contract", "list:contracts", "contract-templates"}), order=65,
        visible=SEES, folder=HELP,
    )
)  # fmt: skip
register_command(
    Command(
        "contract.new", _("New contract"), ICON, url_name="sales:contract_new", group="create",
        keywords=_("agreement signature"), order=36, visible=who_may("contract", "create"),
    )
)  # fmt: skip
register_settings_page(
    SettingsPage(
        "contracts", "workspace", _("Contracts"), ICON, "sales:contract_templates",
        _("Templates with their clauses; who approves."), 41, who_may_area("sales"),
    )
)  # fmt: skip
SEARCH = DocumentSearch(
    object="contract",
    icon=ICON,
    url_name="sales:contract",
    title=_("Contract %(number)s"),
    visible=visible_contracts,
    status=shown_status,
    labels=STATUSES,
    tones=STATUS_TONES,
    unread=("body",),
)


def _seen_settings(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(ids) if may_area(member, "sales") else set()


register_history(HistorySource("contract", SEARCH.seen))
register_history(HistorySource("contracttemplate", _seen_settings))
register_history(HistorySource("signatureservice", _seen_settings))
register_export(
    ExportSource(
        "sales.signatureservice", _("Signature service"), SignatureService.objects.all,
        without=frozenset({"sealed_token", "sealed_secret", "sealed_hook", "hook_digest"}),
    )
)  # fmt: skip
contract_conditions.register()
register_search(
    SearchSource(
        "contract", _("Contracts"), ICON, SEARCH.find, order=36, resolve=SEARCH.resolve, fetch=SEARCH.fetch,
        list_url_name="sales:contracts", personal=True, visible=SEES,
    )
)  # fmt: skip
