"""Settings: who gets which lead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.conditions.building.embedding import Unbuilt, builder_context, read_built
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.forms.routing import PeopleRows, RestForm, RuleForm, SellerForm, uuids
from ponte.sales.models import RoutingRule, Seller
from ponte.sales.policies import visible_leads
from ponte.sales.routing_settings import RoutingSettings, load_routing_settings
from ponte.sales.selectors.routing import SUBJECT, list_rules, today
from ponte.sales.selectors.routing_trial import try_rule
from ponte.sales.selectors.rule_words import words_of
from ponte.sales.services.routing_rules import (
    RuleData,
    create_routing_rule,
    delete_routing_rule,
    move_routing_rules,
    set_routing_settings,
    switch_routing_rule,
    update_routing_rule,
)
from ponte.sales.services.sellers import update_seller
from ponte.ui.forms import add_problems
from ponte.workplace.admin.answers import answer_act, answer_form

BACK = "sales:routing"


@require_safe
@requires("sales")
def rules(request: WorkspaceRequest) -> HttpResponse:
    """Show the rules in the order they are asked, and what happens to the rest."""
    rows = list(list_rules().prefetch_related("seats__member"))
    shown = [
        {
            "rule": rule,
            "words": words_of(rule.where, SUBJECT),
            "people": [seat.member.name for seat in rule.seats.all()],
        }
        for rule in rows
    ]
    settings = load_routing_settings()
    fallback = Member.objects.filter(id=settings.fallback_id).first() if settings.fallback_id else None
    context = {"rules": shown, "settings": settings, "fallback": fallback}
    return render(request, "sales/routing/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def rule_new(request: WorkspaceRequest) -> HttpResponse:
    """Make a rule; it isn't used until it is switched on."""
    return _rule(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def rule_edit(request: WorkspaceRequest, rule_id: UUID) -> HttpResponse:
    """Change a rule."""
    return _rule(request, _get(rule_id))


def _rule(request: WorkspaceRequest, rule: RoutingRule | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, rule, RuleForm(initial=_initial(rule)), PeopleRows(rule))
    form, people = RuleForm(request.POST), PeopleRows(rule, request.POST)
    seats, unbuilt = people.seats(), None
    try:
        made = read_built(request.POST, subject=SUBJECT, member=request.member)
    except Unbuilt as refusal:
        made, unbuilt = None, refusal
    if form.is_valid() and unbuilt is None and not people.problems:
        data = _data(form, seats, made.raw["where"] if made else {}, rule)
        try:
            saved = _save(request, rule, data, form.cleaned_data["version"])
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return redirect("sales:routing_try", saved.id)
    where = made.raw["where"] if made else None
    return _page(request, rule, form, people, where=where, unbuilt=unbuilt, status=422)


def _save(
    request: WorkspaceRequest, rule: RoutingRule | None, data: RuleData, version: int | None
) -> RoutingRule:
    if rule is None:
        return create_routing_rule(actor=request.actor, data=data)
    return update_routing_rule(actor=request.actor, rule_id=rule.id, data=data, version=version)


def _data(form: RuleForm, seats: Any, where: Any, rule: RoutingRule | None) -> RuleData:
    given = {
        name: value for name, value in form.cleaned_data.items() if name not in ("version", "escalate_to")
    }
    above = form.cleaned_data["escalate_to"]
    return RuleData(
        **given, seats=seats, where=where, escalate_to_id=UUID(above) if above else None,
        is_active=rule.is_active if rule else False,
    )  # fmt: skip


def _initial(rule: RoutingRule | None) -> dict[str, Any]:
    if rule is None:
        return {}
    names = ("name", "way", "hours", "skills", "response_minutes", "late", "version")
    return {name: getattr(rule, name) for name in names} | {"escalate_to": str(rule.escalate_to_id or "")}


def _page(
    request: WorkspaceRequest, rule: RoutingRule | None, form: RuleForm, people: PeopleRows, *, where: Any = None,
    unbuilt: Unbuilt | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    shown = where if where is not None else (rule.where if rule else None)
    context = {"rule": rule, "form": form, "people": people.rows}
    context |= builder_context(SUBJECT, request.member, shown, unbuilt=unbuilt)
    return render(request, "sales/routing/rule.html", context, status=status)


@require_safe
@requires("sales")
def rule_try(request: WorkspaceRequest, rule_id: UUID) -> HttpResponse:
    """Show who would have got what of the past month's leads, had the rule been in use."""
    rule = _get(rule_id)
    context = {"rule": rule, "trial": try_rule(rule, seen=visible_leads(request.member))}
    return render(request, "sales/routing/try.html", context | {"words": words_of(rule.where, SUBJECT)})


@require_POST
@requires("sales")
def rule_switch(request: WorkspaceRequest, rule_id: UUID) -> HttpResponse:
    """Put a rule into use or take it out."""
    active = request.POST.get("active") == "on"
    return answer_act(
        request,
        lambda: switch_routing_rule(actor=request.actor, rule_id=rule_id, active=active),
        done=_("The rule is in use.") if active else _("The rule is switched off."),
        back=reverse(BACK),
        leave=True,
    )


@require_POST
@requires("sales")
def rule_delete(request: WorkspaceRequest, rule_id: UUID) -> HttpResponse:
    """Delete a rule."""
    return answer_act(
        request,
        lambda: delete_routing_rule(actor=request.actor, rule_id=rule_id),
        done=_("The rule is deleted; what it decided stays."),
        back=reverse(BACK),
        leave=True,
    )


@require_POST
@requires("sales")
def rule_order(request: WorkspaceRequest) -> HttpResponse:
    """Keep the order the rules were dragged into."""
    move_routing_rules(actor=request.actor, ids=uuids(request.POST.getlist("order")))
    return HttpResponse(status=204) if request.htmx else redirect(BACK)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def rest(request: WorkspaceRequest) -> HttpResponse:
    """Say what happens where no rule decides."""
    kept = load_routing_settings()
    initial = {
        "keeps_customers": kept.keeps_customers,
        "minutes": kept.minutes,
        "fallback": str(kept.fallback_id or ""),
    }
    form = RestForm(request.POST if request.method == "POST" else None, initial=initial)

    def save(given: dict[str, Any]) -> None:
        fallback = UUID(given["fallback"]) if given["fallback"] else None
        settings = RoutingSettings(fallback, given["minutes"], given["keeps_customers"])
        set_routing_settings(actor=request.actor, settings=settings)

    return answer_form(
        request, form, save, title=_("Where no rule decides"), done=_("Saved."), back=reverse(BACK)
    )


@require_safe
@requires("sales")
def people(request: WorkspaceRequest) -> HttpResponse:
    """Show what the distribution knows of colleagues: skills, caps, absences."""
    sellers = {row.member_id: row for row in Seller.objects.all()}
    members = Member.objects.filter(is_active=True).select_related("role").order_by("sort_name", "id")
    day = today()
    rows = [
        {"member": member, "seller": sellers.get(member.id), "is_away": _is_away(sellers.get(member.id), day)}
        for member in members
    ]
    return render(request, "sales/routing/people.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def person(request: WorkspaceRequest, member_id: UUID) -> HttpResponse:
    """Change what the distribution knows of a colleague."""
    member = Member.objects.filter(id=member_id, is_active=True).first()
    if member is None:
        raise Missing("member")
    kept = Seller.objects.filter(member=member).first() or Seller(member=member)
    names = ("skills", "max_open", "is_paused", "away_from", "away_until")
    initial = {name: getattr(kept, name) for name in names}
    return answer_form(
        request,
        SellerForm(request.POST if request.method == "POST" else None, initial=initial),
        lambda given: update_seller(actor=request.actor, member_id=member.id, **given),
        title=member.name,
        done=_("Saved."),
        back=reverse("sales:routing_people"),
    )


def _is_away(seller: Seller | None, day: Any) -> bool:
    return seller is not None and seller.is_away(day)


def _get(rule_id: UUID) -> RoutingRule:
    rule = RoutingRule.objects.filter(id=rule_id).first()
    if rule is None:
        raise Missing("routing_rule")
    return rule
