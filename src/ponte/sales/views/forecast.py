"""The forecast: what each salesperson is expected to win, managers' calls, and how past forecasts fared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, members_within, requires
from ponte.core.services.audit import record_view
from ponte.sales.forms.plans import CallForm
from ponte.sales.looks import Look, read_look
from ponte.sales.models import ForecastCategory, Opportunity
from ponte.sales.months import month_label
from ponte.sales.policies import get_visible_opportunity, may_call_forecast
from ponte.sales.selectors.forecast import METHODS, Expected, Forecast, forecast, months_ahead
from ponte.sales.selectors.lens import Lens, next_month
from ponte.sales.selectors.metrics import deal_value, open_deals
from ponte.sales.services.forecast import AHEAD, call_forecast
from ponte.sales.services.opportunities import update_opportunity
from ponte.sales.views.forecast_charts import accuracy_context, ahead_chart, learnt_context, series_chart
from ponte.sales.views.writing import money, short_money
from ponte.workplace.admin.answers import answer_act, answer_form
from ponte.workplace.lists.cells import one_reader

MOST_DEALS = 15


@require_safe
@requires("opportunity", "view")
def page(request: WorkspaceRequest) -> HttpResponse:
    """Show what is expected of the months ahead."""
    look = read_look(request.member, request.GET)
    ahead = months_ahead(AHEAD, request.member)
    look = replace(look, lens=replace(ahead, owners=look.lens.owners, pipeline=look.lens.pipeline))
    month = _month(request.GET.get("month"), look.lens)
    with one_reader():
        found = forecast(look.lens)
        deals = _deals(look.lens, month)
        context = {
            "look": look,
            "month": month,
            "months": [(one, month_label(one), _query(look, one)) for one in found.months],
            "rows": _rows(request.member, look, found, month),
            "whole": _figures(found.of([month], found.owners()), short_money),
            "late": money(found.late) if found.late else "",
            "undated": money(found.undated) if found.undated else "",
            "deals": [_deal(request.member, one) for one in deals],
            "categories": ForecastCategory.choices,
            "charts": [ahead_chart(found), series_chart(request.member)],
            "learnt": learnt_context("chance"),
            "as_of": min(look.lens.added_up.values(), default=None),
            **accuracy_context(request.member),
        }
    record_view(
        actor=request.actor, object_type="customer", ids=[one.party_id for one in deals], where="forecast"
    )
    return render(request, "sales/plans/forecast.html", context)


def _query(look: Look, month: date) -> str:
    given = {"month": month.isoformat(), "who": look.who, "pipeline": look.lens.pipeline or ""}
    return urlencode({key: str(value) for key, value in given.items() if value})


def _month(text: Any, lens: Lens) -> date:
    wanted = next((one for one in lens.months() if one.isoformat() == text), None)
    return wanted or lens.start


def _rows(member: Member, look: Look, found: Forecast, month: date) -> list[dict[str, Any]]:
    people = {one.id: one for one in look.members}
    owners = [owner for owner in found.owners() if (month, owner) in found.by_owner]
    owners += [one.id for one in look.members if one.id not in owners and _is_asked(look, one)]
    rows = []
    for owner in owners:
        person = people.get(owner) if owner is not None else None
        call = found.calls.get((month, owner))
        rows.append(
            {
                "name": person.name if person else _("Nobody") if owner is None else _("Others"),
                "figures": _figures(found.by_owner.get((month, owner), Expected())),
                "call": call,
                "called": money(call.amount) if call else "",
                "call_url": _call_url(member, person, month) if look.lens.pipeline is None else "",
            }
        )
    return rows


def _is_asked(look: Look, member: Member) -> bool:
    return look.lens.owners is not None and member.id in look.lens.owners


def _call_url(member: Member, person: Member | None, month: date) -> str:
    if person is None or not may_call_forecast(member, person):
        return ""
    return reverse("sales:forecast_call", args=[month.isoformat(), person.id])


def _figures(one: Expected, write: Callable[[Decimal | None], str] = money) -> dict[str, str]:
    return {name: write(getattr(one, name)) for name in ("won", *METHODS)}


def _deals(lens: Lens, month: date) -> list[Opportunity]:
    rows = open_deals(lens.member).filter(expected_close__gte=month, expected_close__lt=next_month(month))
    if lens.owners is not None:
        rows = rows.filter(owner_id__in=lens.owners)
    if lens.pipeline is not None:
        rows = rows.filter(pipeline_id=lens.pipeline)
    rows = rows.annotate(figure_value=deal_value()).select_related("party", "owner", "stage", "chance")
    return list(rows.order_by("-figure_value", "-id")[:MOST_DEALS])


def _deal(member: Member, deal: Any) -> dict[str, Any]:
    chance = getattr(deal, "chance", None)
    return {
        "row": deal,
        "value": money(deal.figure_value),
        "chance": "" if chance is None else f"{round(chance.chance * 100)}%",
        "may_edit": may(member, "opportunity", "edit", deal),
    }


@require_http_methods(["GET", "POST"])
@requires("opportunity", "view")
def call(request: WorkspaceRequest, month: str, member_id: UUID) -> HttpResponse:
    """Ask a manager what a salesperson will win in a month."""
    owner = members_within(request.member, "opportunity", "view").filter(id=member_id).first()
    first = _date(month)
    if owner is None or first is None or not may_call_forecast(request.member, owner):
        raise Missing("forecast")
    found = forecast(Lens(request.member, first, next_month(first), frozenset({owner.id})))
    before = found.calls.get((first, owner.id))
    one = found.by_owner.get((first, owner.id), Expected())
    form = CallForm(
        request.POST or None,
        initial={"amount": before.amount if before else one.commit, "note": before.note if before else ""},
    )
    with one_reader():
        title = _("Forecast of %(name)s for %(month)s") % {"name": owner.name, "month": month_label(first)}
        text = _("Won %(won)s, committed %(commit)s, best case %(best)s.") % {
            "won": money(one.won), "commit": money(one.commit), "best": money(one.best_case),
        }  # fmt: skip
    form.fields["amount"].help_text = text
    return answer_form(
        request,
        form,
        lambda given: call_forecast(actor=request.actor, month=first, owner_id=owner.id, **given),
        title=title,
        done=_("Saved."),
        back=f"{reverse('sales:forecast')}?{urlencode({'month': first.isoformat()})}",
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text).replace(day=1)
    except ValueError:
        return None


@require_POST
@requires("opportunity", "edit")
def categorise(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Say how sure an opportunity is."""
    deal = get_visible_opportunity(request.member, opportunity_id)
    month = deal.expected_close.replace(day=1).isoformat() if deal.expected_close else ""
    return answer_act(
        request,
        lambda: update_opportunity(
            actor=request.actor,
            opportunity_id=deal.id,
            changes={"category": request.POST.get("category", "")},
        ),
        done=_("Saved."),
        back=f"{reverse('sales:forecast')}?{urlencode({'month': month})}",
    )
