"""What goals, forecasts and figures plug into the layers below."""

from django.utils.translation import gettext_lazy as _

from ponte.sales import badge_rules
from ponte.sales.demo.plans import PART as DEMO
from ponte.sales.help import TEXTS as HELP
from ponte.sales.recognition import is_shown
from ponte.sales.services.recognition import NOTICE
from ponte.workplace.admin.notices import register_notice
from ponte.workplace.demo import register_demo
from ponte.workplace.help import HelpArticle, register_article
from ponte.workplace.home import HomeBlock, register_home_block
from ponte.workplace.navigation import NavItem, register_nav
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may, who_may_area

register_demo(DEMO)
register_nav(
    NavItem(
        "sales-figures", "analytics", _("Sales figures"), "chart-bar", "sales:dashboard", order=60,
        visible=who_may("opportunity", "view"), go_key="f",
    )
)  # fmt: skip
register_nav(
    NavItem(
        "sales-forecast", "analytics", _("Forecast"), "trending-up", "sales:forecast", order=55,
        visible=who_may("opportunity", "view"),
    )
)  # fmt: skip
register_nav(
    NavItem(
        "sales-goals", "analytics", _("Goals"), "target", "sales:goals", order=57, visible=who_may("opportunity", "view")
    )
)  # fmt: skip
register_nav(
    NavItem(
        "sales-commissions", "analytics", _("Commissions"), "coin", "sales:commissions", order=58,
        visible=who_may("opportunity", "view"),
    )
)  # fmt: skip
register_nav(
    NavItem(
        "sales-prices", "analytics", _("Price guidance"), "discount", "sales:price_guidance", order=62,
        visible=lambda member: who_may("opportunity", "view")(member) and who_may("product", "view")(member),
    )
)  # fmt: skip
register_home_block(
    HomeBlock(
        "goals", _("Goals"), "target", "sales:goals_block", order=20, visible=who_may("opportunity", "view")
    )
)
for _key, _title, _icon, _order in (
    ("figures", _("Sales figures"), "chart-bar", 70),
    ("forecast", _("Forecast"), "trending-up", 71),
    ("goals", _("Goals"), "target", 72),
    ("commissions", _("Commissions"), "coin", 73),
    ("ranking", _("Ranking and badges"), "award", 74),
    ("prices", _("Price guidance"), "discount", 75),
):
    register_article(
        HelpArticle(
            _key, _title, _icon, frozenset({f"sales-{_key}"}), order=_order, visible=who_may("opportunity", "view"),
            folder=HELP,
        )
    )  # fmt: skip
badge_rules.register()
register_notice(NOTICE, _("Badges I earn"))
register_home_block(
    HomeBlock(
        "ranking", _("Ranking of the month"), "award", "sales:ranking_block", order=90,
        visible=lambda member: who_may("opportunity", "view")(member) and is_shown(member),
    )
)  # fmt: skip
register_settings_page(
    SettingsPage(
        "ranking", "workspace", _("Ranking and badges"), "award", "sales:ranking",
        _("Whether the best of a month are named and badges earned. Off unless switched on."), 45, who_may_area("sales"),
    )
)  # fmt: skip
