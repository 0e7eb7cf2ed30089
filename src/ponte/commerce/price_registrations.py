"""What price lists and bundles plug into the layers below."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.commerce.demo.bundles import PART as BUNDLES
from ponte.commerce.demo.prices import PART as DEMO
from ponte.commerce.help import TEXTS
from ponte.core.models import Member
from ponte.core.rights import may_area
from ponte.workplace.admin.history import HistorySource, register_history
from ponte.workplace.commands import Command, register_command
from ponte.workplace.demo import register_demo
from ponte.workplace.help import HelpArticle, register_article
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may, who_may_area

register_demo(DEMO)
register_demo(BUNDLES)
register_settings_page(
    SettingsPage(
        "price_lists", "sales", _("Price lists"), "tags", "commerce:price_lists",
        _("What products cost whom, from how many on, and until when."), 34, who_may_area("products"),
    )
)  # fmt: skip
register_command(
    Command(
        "price_lists", _("Price lists"), "tags", url_name="commerce:price_lists", group="go", order=84,
        visible=who_may_area("products"),
    )
)  # fmt: skip
register_article(
    HelpArticle(
        "price-lists", _("Price lists"), "tags", frozenset({"price-lists"}), order=64,
        visible=who_may_area("products"), folder=TEXTS,
    )
)  # fmt: skip
register_article(
    HelpArticle(
        "bundles", _("Bundles of products"), "packages", frozenset({"product", "list:bundle_parts"}), order=66,
        visible=who_may("product", "view"), folder=TEXTS,
    )
)  # fmt: skip


def _seen(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(ids) if may_area(member, "products") else set()


register_history(HistorySource("price_list", _seen))
