"""``{% load sales %}``: what opportunities are worth, and the ways to see them."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ponte.sales.models import Opportunity
from ponte.sales.selectors.pipelines import list_pipelines
from ponte.sales.tables.deal_cards import values

register = template.Library()


@register.filter
def deal_values(deal: Opportunity) -> SafeString:
    """``{{ deal|deal_values }}``: its value, once and each month."""
    return SafeString(values(deal))


@register.simple_tag(takes_context=True)
def deal_pipelines(context: Context) -> dict[str, Any]:
    """The pipelines to choose from and the ways to see them, from the list's state."""
    state = context["state"]
    base = reverse(state.page.url_name)
    chosen = state.value_of("pipeline") or []
    by = state.board.key if state.board is not None else ""
    layout = f"layout=board&by={by}&" if by else ""
    pipelines = [
        {
            "name": one.name,
            "is_chosen": str(one.id) in chosen,
            "url": f"{base}?{layout}pipeline={one.id}",
        }
        for one in list_pipelines()
    ]
    if by != "stage":
        every = {"name": _("Every pipeline"), "is_chosen": not chosen, "url": f"{base}?{layout.rstrip('&')}"}
        pipelines = [every, *pipelines]
    kept = state.query(without=("layout", "by", "sort", "status", "month"))
    return {
        "pipelines": pipelines if len(list_pipelines()) > 1 else [],
        "chosen": next((one["name"] for one in pipelines if one["is_chosen"]), ""),
        "by": by,
        "board_url": f"{base}{kept}&layout=board&by=stage",
        "months_url": f"{base}{kept}&layout=board&by=month",
        "table_url": f"{base}{kept}",
    }
