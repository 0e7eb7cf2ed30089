"""Data quality: how complete the records are, what is wrong, whom to mend first; and the rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ponte.core.errors import Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may_area, requires
from ponte.core.services.audit import record_view
from ponte.directory.forms.quality import RulesForm
from ponte.directory.policies import customer_fields, get_party
from ponte.directory.quality import FIELDS, FLAWS, LABELS
from ponte.directory.selectors.quality import cost_of, missing_fields, parties_with, quality_rules, trend
from ponte.directory.services.quality import quality_of, save_rules
from ponte.workplace.admin.answers import answer_form
from ponte.workplace.lists.cells import money_text

MOST = 100


@require_safe
@requires("customer", "edit")
def quality(request: WorkspaceRequest) -> HttpResponse:
    """Show the state of the data and how it moved."""
    snapshots, rules = trend(), quality_rules()
    latest = snapshots[-1] if snapshots else None
    cost, currency = cost_of(rules, latest), request.workspace.currency
    items = [{"flaw": flaw, "count": latest.counts.get(flaw.key, 0)} for flaw in FLAWS if latest is not None]
    context = {
        "latest": latest,
        "snapshots": list(reversed(snapshots)),
        "items": sorted(items, key=lambda item: -item["count"]),
        "cost": "" if cost is None else money_text(cost, currency),
        "minute": "" if rules.minute_cost is None else money_text(rules.minute_cost, currency),
        "rules": rules,
        "may_change": may_area(request.member, "settings"),
    }
    return render(request, "directory/quality.html", context)


@require_safe
@requires("customer", "edit")
def flaw(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Show customers with one problem, the least complete first."""
    found = LABELS.get(key)
    if found is None:
        raise Missing("quality")
    rows = list(parties_with(request.member, key)[: MOST + 1])
    record_view(
        actor=request.actor, object_type="customer", ids=[row.id for row in rows[:MOST]], where="data quality"
    )
    context = {"flaw": found, "rows": rows[:MOST], "more": len(rows) > MOST}
    return render(request, "directory/quality_flaw.html", context)


@require_safe
@requires("customer", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show how complete a customer's record is, what is missing and what is wrong."""
    party = get_party(request.member, party_id)
    access = customer_fields(request.member)
    missing = missing_fields([party.id], list(FIELDS)).get(party.id, [])
    state = quality_of(party.id)
    context = {
        "party": party,
        "state": state,
        "missing": [
            FIELDS[key].label
            for key in missing
            if not FIELDS[key].right or access.can_read(FIELDS[key].right)
        ],
        "problems": [LABELS[key] for key in (state.problems if state else ()) if key in LABELS],
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
