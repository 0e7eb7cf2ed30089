"""Pages of territories: the tree, one territory's form, assigning, and the panel of a customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from ponte.conditions.building.embedding import Unbuilt, builder_context, read_built
from ponte.conditions.explaining import explain
from ponte.core.brazil.postal import format_cep
from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.directory.policies import get_party, visible_parties
from ponte.sales.forms.territory import AssignForm, PlaceForm, TerritoryForm
from ponte.sales.models import Territory, TerritoryPlacement, TerritoryRun
from ponte.sales.selectors.territories import TreeRow, condition_of, list_territories
from ponte.sales.services.territories import (
    create_territory,
    delete_territory,
    place_customer,
    update_territory,
)
from ponte.sales.services.territory_runs import start_run
from ponte.sales.territory_policies import get_visible_territory, visible_territories
from ponte.ui.forms import add_problems
from ponte.ui.htmx import close_dialog
from ponte.ui.layouts import frame_of
from ponte.workplace.admin.answers import answer_act, answer_form


@require_safe
@requires("territory", "view")
def overview(request: WorkspaceRequest) -> HttpResponse:
    """Show the territories as a tree, and how the last assignment or preview went."""
    rows = list_territories()
    context = {
        "rows": [{"row": one, "words": _words(one)} for one in rows],
        "may_create": may(request.member, "territory", "create"),
        "may_edit": may(request.member, "territory", "edit"),
        "may_delete": may(request.member, "territory", "delete"),
    }
    return render(request, "sales/territories.html", context | _run_context(request, rows))


@require_GET
@requires("territory", "edit")
def run_state(request: WorkspaceRequest) -> HttpResponse:
    """Answer how far the newest preview or assignment is; the page asks again while it runs."""
    return render(request, "sales/_territory_run.html", _run_context(request, list_territories()))


def _run_context(request: WorkspaceRequest, rows: list[TreeRow]) -> dict[str, Any]:
    run = TerritoryRun.objects.order_by("-id").first()
    if run is None or not may(request.member, "territory", "edit"):
        return {"run": None}
    names = {str(one.territory.id): one.territory.name for one in rows} | {"": _("In no territory")}
    counts = [
        (names.get(key, "—"), before, after, after - before)
        for key, (before, after) in sorted(
            run.counts.items(), key=lambda one: names.get(one[0], "~").casefold()
        )
    ]
    shown = visible_parties(request.member).filter(id__in=[one[0] for one in run.moves])
    labels = {str(party.id): party.label for party in shown}
    moves = [
        {"id": who, "label": labels[who], "before": names.get(before, "—"), "after": names.get(after, "—")}
        for who, before, after in run.moves
        if who in labels
    ]
    return {"run": run, "counts": counts, "moves": moves}


def _words(one: TreeRow) -> str:
    row = one.territory
    parts = [", ".join(row.states), ", ".join(row.cities)]
    parts += [f"{format_cep(first)}–{format_cep(last)}" for first, last in row.postal_ranges]
    condition = condition_of(row)
    if condition is not None:
        parts.append(explain(condition))
    return " · ".join(part for part in parts if part)


@require_http_methods(["GET", "POST"])
@requires("territory", "create")
def create(request: WorkspaceRequest) -> HttpResponse:
    """Draw a territory."""
    return _answer(request, None)


@require_http_methods(["GET", "POST"])
@requires("territory", "edit")
def edit(request: WorkspaceRequest, territory_id: UUID) -> HttpResponse:
    """Change a territory."""
    return _answer(request, get_visible_territory(request.member, territory_id))


def _answer(request: WorkspaceRequest, row: Territory | None) -> HttpResponse:
    form = TerritoryForm(request.POST if request.method == "POST" else None, territory=row)
    where = (row.condition or {}).get("where") if row else None
    unbuilt = None
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, form, row)
        except Unbuilt as refusal:
            unbuilt = refusal
        except Invalid as refusal:
            add_problems(form, _at_fields(refusal))
        else:
            return redirect("sales:territories")
    context = builder_context("customer", request.member, where, unbuilt=unbuilt) | {
        "form": form,
        "title": _("Edit territory") if row else _("New territory"),
        "cancel_url": reverse("sales:territories"),
    }
    status = 422 if form.errors or unbuilt else 200
    return render(request, "sales/territory_form.html", context, status=status)


def _save(request: WorkspaceRequest, form: TerritoryForm, row: Territory | None) -> None:
    built = read_built(request.POST, subject="customer", member=request.member)
    details = form.details(dict(built.raw) if built is not None else None)
    if row is None:
        create_territory(actor=request.actor, **details)
    else:
        version = form.cleaned_data["version"]
        update_territory(actor=request.actor, territory=row, version=version, **details)


def _at_fields(refusal: Invalid) -> Invalid:
    names = {"parent_id": "parent", "member_ids": "members"}
    for one in refusal.problems:
        object.__setattr__(one, "field", names.get(one.field, one.field))
    return refusal


@require_POST
@requires("territory", "delete")
def delete(request: WorkspaceRequest, territory_id: UUID) -> HttpResponse:
    """Remove a territory."""
    row = get_visible_territory(request.member, territory_id)
    return answer_act(
        request,
        lambda: delete_territory(actor=request.actor, territory=row),
        done=_("Territory deleted."),
        back=reverse("sales:territories"),
    )


@require_POST
@requires("territory", "edit")
def preview(request: WorkspaceRequest) -> HttpResponse:
    """Count in the background what assigning would change."""
    return _start(request, is_preview=True, gives_owners=True, done=_("Counting."))


@require_http_methods(["GET", "POST"])
@requires("territory", "edit")
def assign(request: WorkspaceRequest) -> HttpResponse:
    """Ask how, then assign territories to all customers in the background."""
    form = AssignForm(request.POST if request.method == "POST" else None)
    return answer_form(
        request,
        form,
        lambda given: start_run(actor=request.actor, is_preview=False, gives_owners=given["gives_owners"]),
        title=_("Assign territories to all customers"),
        done=_("Assigning in the background."),
        back=reverse("sales:territories"),
        submit_label=_("Assign"),
        intro=_("Every customer comes into the territory the rules say. Those placed by hand stay."),
    )


def _start(request: WorkspaceRequest, *, is_preview: bool, gives_owners: bool, done: str) -> HttpResponse:
    return answer_act(
        request,
        lambda: start_run(actor=request.actor, is_preview=is_preview, gives_owners=gives_owners),
        done=done,
        back=reverse("sales:territories"),
    )


@require_GET
@requires("territory", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show which territory a customer is in."""
    party = get_party(request.member, party_id)
    placed = TerritoryPlacement.objects.select_related("territory").filter(party_id=party.id).first()
    context = {
        "party": party,
        "placed": placed,
        "may_edit": may(request.member, "customer", "edit", party),
    }
    return render(request, "sales/_territory_panel.html", context)


@require_http_methods(["GET", "POST"])
@requires("territory", "view")
def place(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Put a customer into a territory by hand, or give them back to the rules."""
    party = get_party(request.member, party_id, "edit")
    rows = list(visible_territories(request.member).filter(is_active=True).order_by("name", "id"))
    placed = TerritoryPlacement.objects.filter(party_id=party.id, is_fixed=True).first()
    initial = {"territory": str(placed.territory_id) if placed else ""}
    form = PlaceForm(request.POST if request.method == "POST" else None, territories=rows, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen = next((one for one in rows if str(one.id) == form.cleaned_data["territory"]), None)
        place_customer(actor=request.actor, party=party, territory=chosen)
        if frame_of(request) == "page":
            return redirect("directory:record", party.id)
        return close_dialog(_("Saved."), events=("territory-changed",))
    context = {"form": form, "title": _("Territory of %(customer)s") % {"customer": party.label}}
    return render(request, "ui/form_page.html", context, status=422 if form.errors else 200)
