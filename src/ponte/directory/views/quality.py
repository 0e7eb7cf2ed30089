"""Data quality: how complete the records are, what is wrong, whom to mend first; and the rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may_area, requires
from ponte.directory.forms.quality import RulesForm
from ponte.directory.models import QualitySteward
from ponte.directory.policies import customer_fields, get_party, may_act
from ponte.directory.quality import FIELDS
from ponte.directory.selectors.email_domains import domain_figures
from ponte.directory.selectors.quality import (
    flaws_for,
    missing_fields,
    quality_rules,
    trend,
)
from ponte.directory.selectors.registers import active_for
from ponte.directory.selectors.stewards import areas_of
from ponte.directory.selectors.suggestions import (
    count_suggestions,
    found_suggestions,
    open_suggestions,
    shown,
)
from ponte.directory.services.enriching import codes_of
from ponte.directory.services.quality import counting_run, quality_of, save_rules, start_counting
from ponte.directory.services.standardising import find_suggestions
from ponte.directory.standards.rules import RULES
from ponte.directory.views.quality_figures import cost_words, course_chart
from ponte.workplace.admin.answers import answer_form


@require_safe
@requires("customer", "edit")
def quality(request: WorkspaceRequest) -> HttpResponse:
    """Show the state of the data and how it moved."""
    snapshots, rules = trend(), quality_rules()
    latest = snapshots[-1] if snapshots else None
    items = [
        {"flaw": flaw, "count": latest.counts.get(flaw.key, 0)}
        for flaw in flaws_for(request.member)
        if latest is not None
    ]
    context = {
        "latest": latest,
        "chart": course_chart(snapshots),
        "items": sorted(items, key=lambda item: -item["count"]),
        "cost": cost_words(rules, snapshots, request.workspace.currency),
        "may_change": may_area(request.member, "settings"),
        "run": counting_run(),
        "domains": domain_figures(),
        "stewards": QualitySteward.objects.select_related("member", "team", "view").order_by("id"),
        "areas": areas_of(request.member),
        "waiting": sum(
            sum(count_suggestions(request.member, kind).values()) for kind in ("person", "company")
        ),
    }
    return render(request, "directory/quality.html", context)


@require_POST
@requires("customer", "edit")
def count(request: WorkspaceRequest) -> HttpResponse:
    """Look through all records now instead of tonight."""
    start_counting(actor=request.actor)
    return redirect("directory:quality")


@require_safe
@requires("customer", "edit")
def counting(request: WorkspaceRequest) -> HttpResponse:
    """Answer how far the count is; when it is done the page is loaded anew."""
    run = counting_run()
    response = render(request, "directory/_counting.html", {"run": run})
    if run is None:
        response.headers["HX-Refresh"] = "true"
    return response


@require_safe
@requires("customer", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show how complete a customer's record is, what is missing and what is wrong."""
    party = get_party(request.member, party_id)
    access = customer_fields(request.member)
    missing = missing_fields([party.id], list(FIELDS)).get(party.id, [])
    state = quality_of(party.id)
    find_suggestions([party.id])
    may_edit = may_act(request.member, party, "edit")
    context = {
        "party": party,
        "state": state,
        "found": found_suggestions(request.member).filter(party=party).count() if may_edit else 0,
        "may_ask": may_edit and any(codes_of(party, what) for what in active_for(request.member)),
        "suggestions": [
            shown(row) for row in open_suggestions(request.member).filter(party=party).order_by("id")
        ],
        "missing": [
            FIELDS[key].label
            for key in missing
            if not FIELDS[key].right or access.can_read(FIELDS[key].right)
        ],
        "problems": [one for one in flaws_for(request.member) if state and one.key in state.problems],
    }
    return render(request, "directory/panels/quality.html", context)


@require_http_methods(["GET", "POST"])
@requires("settings")
def rules(request: WorkspaceRequest) -> HttpResponse:
    """Ask for the rules and keep them."""
    known = quality_rules()
    initial = {
        "stale_days": known.stale_days,
        "minute_cost": known.minute_cost,
        "minutes_each": known.minutes_each,
        "version": known.version,
        "check_domains": known.check_domains,
        "rules": [rule.key for rule in RULES if rule.key not in known.switched_off],
        **{f"stage_{stage}": keys for stage, keys in known.required.items()},
    }
    form = RulesForm(request.POST or None, initial=initial)

    def save(given: dict[str, Any]) -> None:
        required = {
            name.removeprefix("stage_"): keys for name, keys in given.items() if name.startswith("stage_")
        }
        save_rules(
            actor=request.actor,
            required=required,
            stale_days=given["stale_days"],
            minute_cost=given["minute_cost"],
            minutes_each=given["minutes_each"],
            switched_off=[rule.key for rule in RULES if rule.key not in given["rules"]],
            check_domains=given["check_domains"],
            version=given["version"],
        )

    return answer_form(
        request,
        form,
        save,
        title=_("Rules of data quality"),
        done=_("Saved."),
        back=reverse("directory:quality"),
    )
