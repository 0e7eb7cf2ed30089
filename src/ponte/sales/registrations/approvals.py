"""What discount limits and approval plug into the layers below."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.commerce.order_rules import register_order_rule
from ponte.core.models import Member
from ponte.core.rights import may, may_area
from ponte.sales.approval_notices import ANSWERED, ASKED
from ponte.sales.demo.approvals import PART as DEMO
from ponte.sales.help import TEXTS
from ponte.sales.services.order_limits import RULE
from ponte.workplace.admin.history import HistorySource, register_history
from ponte.workplace.admin.notices import register_notice
from ponte.workplace.commands import Command, register_command
from ponte.workplace.demo import register_demo
from ponte.workplace.help import HelpArticle, register_article
from ponte.workplace.home import HomeBlock, register_home_block
from ponte.workplace.navigation import NavItem, register_nav
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may_area


def _sees_documents(member: Member) -> bool:
    return any(may(member, name, "view") for name in ("quote", "contract"))


register_demo(DEMO)
register_nav(
    NavItem(
        "approvals", "sales", _("Approvals"), "checks", "sales:approvals", order=28, visible=_sees_documents
    )
)
register_order_rule(RULE)
register_notice(ASKED, _("A quote waits for my approval"))
register_notice(ANSWERED, _("Answers to my requests for approval"))
register_settings_page(
    SettingsPage(
        "discounts", "sales", _("Discounts and approval"), "discount", "sales:discounts",
        _("How much each role may give away, who approves more, and who approves contracts."), 36, who_may_area("sales"),
    )
)  # fmt: skip
register_command(
    Command(
        "discounts", _("Discounts and approval"), "discount", url_name="sales:discounts", group="go", order=86,
        visible=who_may_area("sales"),
    )
)  # fmt: skip
register_command(
    Command(
        "approvals", _("Approvals"), "checks", url_name="sales:approvals", group="go", order=72,
        keywords=_("discount approval contract"), visible=_sees_documents,
    )
)  # fmt: skip
register_article(
    HelpArticle(
        "discounts", _("Discounts and approval"), "discount", frozenset({"approvals", "discounts"}), order=62,
        visible=_sees_documents, folder=TEXTS,
    )
)  # fmt: skip
register_home_block(
    HomeBlock(
        "approvals", _("Approvals"), "checks", "sales:approvals_block", order=22, wide=True,
        visible=lambda member: _sees_documents(member) and may_area(member, "sales"),
    )
)  # fmt: skip


def _seen(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(ids) if may_area(member, "sales") else set()


for _name in ("discount_limit", "approval_step"):
    register_history(HistorySource(_name, _seen))
