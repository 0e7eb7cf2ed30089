"""What cadences, territories and account plans plug into the layers below."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.core.rights import ObjectRights, register_object
from ponte.directory.movers import register_mover
from ponte.directory.uses import register_use
from ponte.sales import territory_conditions
from ponte.sales.account_plan_policies import visible_plans
from ponte.sales.adapters.email.sending import EMAIL
from ponte.sales.cadence_policies import visible_cadences, visible_enrolments
from ponte.sales.channels import CALL, TASK, WHATSAPP, register_step_channel
from ponte.sales.deal_panels import DealPanel, register_deal_panel
from ponte.sales.demo.cadences import PART as DEMO
from ponte.sales.models import Enrolment
from ponte.sales.selectors.enrolments import task_links
from ponte.sales.services.cadence_merging import MOVER
from ponte.sales.services.territory_merging import MOVER as PLACEMENT_MOVER
from ponte.sales.tables.account_plans import ACCOUNT_PLANS
from ponte.sales.tables.enrolments import ENROL, ENROL_DEALS, ENROL_LEADS, ENROLMENTS
from ponte.sales.territory_policies import visible_territories
from ponte.timeline.task_links import register_task_links
from ponte.workplace.admin.history import HistorySource, register_history
from ponte.workplace.commands import Command, register_command
from ponte.workplace.demo import register_demo
from ponte.workplace.help import HelpArticle, register_article
from ponte.workplace.lists import register_bulk_action
from ponte.workplace.navigation import NavItem, register_nav
from ponte.workplace.panels import Panel, register_panel
from ponte.workplace.visibility import who_may

LISTS = (ENROLMENTS, ACCOUNT_PLANS)

register_object(ObjectRights("account_plan", label=_("Account plans")))
register_object(ObjectRights("cadence", label=_("Cadences"), owned=False))
register_object(ObjectRights("territory", label=_("Territories"), owned=False))
for _channel in (EMAIL, CALL, TASK, WHATSAPP):
    register_step_channel(_channel)


def _seen_territories(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(visible_territories(member).filter(id__in=ids).values_list("id", flat=True))


def _seen_cadences(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(visible_cadences(member).filter(id__in=ids).values_list("id", flat=True))


def _seen_enrolments(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(visible_enrolments(member).filter(id__in=ids).values_list("id", flat=True))


def _seen_plans(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(visible_plans(member).filter(id__in=ids).values_list("id", flat=True))


register_history(HistorySource("accountplan", _seen_plans))
register_history(HistorySource("cadence", _seen_cadences))
register_history(HistorySource("enrolment", _seen_enrolments))
register_history(HistorySource("territory", _seen_territories))
territory_conditions.register()

register_nav(
    NavItem(
        "cadences", "sales", _("Cadences"), "repeat", "sales:cadences", order=40, visible=who_may("cadence", "view")
    )
)  # fmt: skip
register_command(
    Command(
        "cadence.new", _("New cadence"), "repeat", url_name="sales:cadence_new", group="create", in_dialog=True,
        keywords=_("sequence follow-up steps"), order=60, visible=who_may("cadence", "create"),
    )
)  # fmt: skip
register_panel(
    Panel(
        "cadences", _("Cadences"), "repeat", "sales:enrolments_panel", order=35, visible=who_may("cadence", "view")
    )
)  # fmt: skip
register_nav(
    NavItem(
        "territories", "sales", _("Territories"), "map", "sales:territories", order=70, visible=who_may("territory", "edit")
    )
)  # fmt: skip
register_nav(
    NavItem(
        "account_plans", "sales", _("Account plans"), "building-skyscraper", "sales:account_plans", order=60,
        visible=who_may("account_plan", "view"),
    )
)  # fmt: skip
register_panel(
    Panel(
        "account_plan", _("Account plan"), "building-skyscraper", "sales:account_plan_panel", order=36, kinds=frozenset({"company"}),
        visible=who_may("account_plan", "view"), open=False,
    )
)  # fmt: skip
register_panel(
    Panel(
        "territory", _("Territory"), "map", "sales:territory_panel", order=70, visible=who_may("territory", "view"),
        open=False,
    )
)  # fmt: skip
for _list, _act in (
    ("people", ENROL), ("companies", ENROL), ("leads", ENROL_LEADS), ("opportunities", ENROL_DEALS),
):  # fmt: skip
    register_bulk_action(_list, _act, who_may("cadence", "view"))
register_deal_panel(
    DealPanel(
        "cadences", _("Cadences"), "repeat", "sales:deal_enrolments", order=60, visible=who_may("cadence", "view")
    )
)  # fmt: skip
register_task_links("cadence", task_links)
register_mover(MOVER)
register_mover(PLACEMENT_MOVER)
register_demo(DEMO)


def _in_cadences(party_ids: Collection[UUID]) -> set[UUID]:
    return set(Enrolment.objects.filter(party_id__in=party_ids).values_list("party_id", flat=True))


register_use("cadences", _in_cadences)

HELP = Path(__file__).parent.parent / "help"
for _key, _label, _icon, _pages, _object in (
    ("cadences", _("Cadences"), "repeat", ("cadences", "cadence", "list:enrolments"), "cadence"),
    ("territories", _("Territories"), "map", ("territories",), "territory"),
    (
        "account_plans",
        _("Account plans"),
        "building-skyscraper",
        ("account-plan", "list:account_plans"),
        "account_plan",
    ),
):
    register_article(
        HelpArticle(_key, _label, _icon, frozenset(_pages), order=70, visible=who_may(_object), folder=HELP)
    )
