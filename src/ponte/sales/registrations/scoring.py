"""What scores and routing plug into the layers below."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.core.rights import may_area
from ponte.sales import behaviours, score_conditions
from ponte.sales.demo.scoring import PART as DEMO
from ponte.sales.help import TEXTS
from ponte.sales.services.routing_notices import LATE, UNROUTED
from ponte.workplace.admin.history import HistorySource, register_history
from ponte.workplace.admin.notices import register_notice
from ponte.workplace.commands import Command, register_command
from ponte.workplace.demo import register_demo
from ponte.workplace.help import HelpArticle, register_article
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may_area

score_conditions.register()
behaviours.register()
register_demo(DEMO)
register_settings_page(
    SettingsPage(
        "lead_routing", "sales", _("Lead distribution"), "route", "sales:routing",
        _("Who gets which new lead, by when they answer, and what happens when they don't."), 30, who_may_area("sales"),
    )
)  # fmt: skip
register_settings_page(
    SettingsPage(
        "lead_score", "sales", _("Lead score"), "target", "sales:scoring",
        _("Points for who leads are and what they do; what your own history says of their chances."), 32,
        who_may_area("sales"),
    )
)  # fmt: skip
for _key, _label, _icon, _url in (
    ("lead_routing", _("Lead distribution"), "route", "sales:routing"),
    ("lead_score", _("Lead score"), "target", "sales:scoring"),
):
    register_command(
        Command(_key, _label, _icon, url_name=_url, group="go", order=85, visible=who_may_area("sales"))
    )
for _key, _label, _icon in (
    ("lead-routing", _("Who gets which lead"), "route"),
    ("lead-score", _("Points for leads"), "target"),
):
    register_article(
        HelpArticle(
            _key, _label, _icon, frozenset({_key}), order=70, visible=who_may_area("sales"), folder=TEXTS
        )
    )
register_notice(LATE, _("A lead isn't answered in time"))
register_notice(UNROUTED, _("A lead finds nobody"))


def _seen(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(ids) if may_area(member, "sales") else set()


for _name in ("routing_rule", "seller", "score_rule", "score_model"):
    register_history(HistorySource(_name, _seen))
