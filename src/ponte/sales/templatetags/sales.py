"""``{% load sales %}``: what opportunities are worth, and the ways to see them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ponte.sales.models import AnswerMeans, Opportunity
from ponte.sales.selectors.pipelines import list_pipelines
from ponte.sales.tables.deal_cards import values
from ponte.sales.tables.deal_opening import sees_others

register = template.Library()


@register.filter
def deal_values(deal: Opportunity) -> SafeString:
    """``{{ deal|deal_values }}``: its value, once and each month."""
    return SafeString(values(deal))


@register.filter
def answer_means(key: str) -> str:
    """``{{ answer.means|answer_means }}``: how an answer was given, inside a sentence ("by phone")."""
    words = str(dict(AnswerMeans.choices).get(key, key))
    return words[:1].lower() + words[1:]


@register.simple_tag(takes_context=True)
def deal_pipelines(context: Context) -> dict[str, Any]:
    """The pipelines to choose from and the ways to see them, from the list's state."""
    state = context["state"]
    base = reverse(state.page.url_name)
    chosen = state.value_of("pipeline") or []
    by = state.board.key if state.board is not None else ""
    whose = state.value_of("owner") or []
    layout = urlencode(
        [*([("layout", "board"), ("by", by)] if by else []), *(("owner", one) for one in whose)]
    )
    pipelines = [
        {
            "name": one.name,
            "is_chosen": str(one.id) in chosen,
            "url": f"{base}?{layout}{'&' if layout else ''}pipeline={one.id}",
        }
        for one in list_pipelines()
    ]
    if by != "stage":
        every = {
            "name": _("Every pipeline"),
            "is_chosen": not chosen,
            "url": f"{base}?{layout or 'view=all'}",
        }
        pipelines = [every, *pipelines]
    bare = replace(
        state, view=None, cursor="", active=tuple(one for one in state.active if one.filter.key != "owner")
    )
    kept = state.query(without=("layout", "by", "sort", "status", "month"))
    return {
        "pipelines": pipelines if len(list_pipelines()) > 1 else [],
        "chosen": next((one["name"] for one in pipelines if one["is_chosen"]), ""),
        "by": by,
        "shows_whose": sees_others(context["request"].member),
        "is_mine": whose == ["me"],
        "is_all": not whose,
        "mine_url": base + replace(bare, all_rows=False).filtered("owner", ["me"]).query(),
        "all_url": base + replace(bare, all_rows=True).query(),
        "board_url": f"{base}{kept}&layout=board&by=stage",
        "months_url": f"{base}{kept}&layout=board&by=month",
        "table_url": f"{base}{kept}",
    }
