"""What goals, forecasts and figures plug into the layers below."""

from django.utils.translation import gettext_lazy as _

from ponte.workplace.navigation import NavItem, register_nav
from ponte.workplace.visibility import who_may

register_nav(
    NavItem(
        "sales-figures", "sales", _("Sales figures"), "chart-bar", "sales:dashboard", order=60,
        visible=who_may("opportunity", "view"), go_key="f",
    )
)  # fmt: skip
register_nav(
    NavItem(
        "sales-forecast", "sales", _("Forecast"), "trending-up", "sales:forecast", order=55,
        visible=who_may("opportunity", "view"),
    )
)  # fmt: skip
