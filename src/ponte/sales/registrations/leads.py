"""What leads and forms plug into the layers below."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.conditions.catalogue import register_provider
from ponte.core.models import Member
from ponte.core.rights import ObjectRights, register_object
from ponte.directory.movers import register_mover
from ponte.directory.uses import register_use
from ponte.sales import lead_conditions
from ponte.sales.demo.leads import DEMO
from ponte.sales.lead_custom import LEAD_OBJECT, lead_names
from ponte.sales.lead_imports import LEADS as LEAD_TARGET
from ponte.sales.lead_search import SOURCE, seen
from ponte.sales.models import Lead, LeadStatus
from ponte.sales.policies import visible_leads
from ponte.sales.services import lead_notices
from ponte.sales.services.lead_merging import MOVER
from ponte.sales.tables.leads import LEADS
from ponte.timeline.subjects import TaskSubject, register_task_subject
from ponte.workplace.admin.history import HistorySource, register_history
from ponte.workplace.admin.notices import register_notice
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
from ponte.workplace.search import register_search
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may, who_may_area

LISTS = (LEADS,)

register_object(
    ObjectRights("lead", label=_("Leads"), fields={"message": _("Message"), "typed": _("What was typed")})
)
register_custom_object(LEAD_OBJECT)
register_provider("lead", provider_of("lead"))
register_mover(MOVER)
register_demo(DEMO)
register_target(LEAD_TARGET)
register_import_extension("leads", custom_extension("lead"))

register_nav(
    NavItem(
        "leads", "sales", _("Leads"), "magnet", "sales:leads", order=10, visible=who_may("lead", "view"), go_key="l"
    )
)  # fmt: skip
register_panel(
    Panel("leads", _("Leads"), "magnet", "sales:leads_panel", order=8, visible=who_may("lead", "view"))
)
register_command(
    Command(
        "lead.new", _("New lead"), "magnet", url_name="sales:lead_new", group="create", in_panel=True,
        keywords=_("interest contact prospect"), order=35, visible=who_may("lead", "create"),
    )
)  # fmt: skip
register_settings_page(
    SettingsPage(
        "forms", "sales", _("Forms"), "forms", "sales:forms",
        _("What people fill in on your site or at a fair; how quickly sales answers."), 20, who_may_area("sales"),
    )
)  # fmt: skip
register_article(
    HelpArticle(
        "leads", _("Leads and forms"), "magnet", frozenset({"lead", "list:leads"}), order=45, visible=who_may("lead"),
        folder=Path(__file__).parents[1] / "help",
    )
)  # fmt: skip
register_history(HistorySource("lead", seen, field_rights={"note": "message"}))
register_search(SOURCE)
for _kind, _label in (
    (lead_notices.ASSIGNED, _("Leads given to me")),
    (lead_notices.HANDED, _("Leads handed over to me")),
    (lead_notices.REJECTED, _("Leads that sales gave back")),
    (lead_notices.OVERDUE, _("Leads handed over without an answer")),
):
    register_notice(_kind, _label)


def _worked(party_ids: Collection[UUID]) -> set[UUID]:
    """Customers whose leads somebody works: an undone import of customers leaves those."""
    rows = Lead.objects.filter(party_id__in=party_ids, deleted_at=None).exclude(status=LeadStatus.NEW)
    return set(rows.values_list("party_id", flat=True))


def _parties_of(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    rows = visible_leads(member) if member else Lead.objects.all()
    return dict(rows.filter(id__in=list(ids)).values_list("id", "party_id"))


register_use("leads", _worked)
register_task_subject(
    TaskSubject("lead", _("Lead"), _parties_of, lead_names, refresh=lambda party_ids: None, order=20)
)
lead_conditions.register()
