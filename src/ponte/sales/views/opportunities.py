"""The page of an opportunity, its short version beside lists, opening and changing one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import field_access, may, requires
from ponte.core.services.audit import record_view
from ponte.directory.policies import get_party, visible_parties
from ponte.sales.data import OpportunityData
from ponte.sales.deal_panels import deal_panels_for
from ponte.sales.forms.opportunity import OpportunityForm, initial_of
from ponte.sales.models import DealStatus, Opportunity
from ponte.sales.policies import get_visible_opportunity
from ponte.sales.selectors.deal_limits import passed_by
from ponte.sales.selectors.opportunities import history_of, page_of_deal, steps_of
from ponte.sales.selectors.pipelines import find_pipeline, list_pipelines
from ponte.sales.services.opportunities import create_opportunity, update_opportunity
from ponte.sales.tables.deal_cards import rotting_since
from ponte.sales.tables.deal_opening import opens_with
from ponte.sales.tables.opportunities import OPPORTUNITIES, STATUS_TONES
from ponte.sales.views.opportunity_showing import shown_fields, shown_stages
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to
from ponte.ui.layouts import frame_of
from ponte.workplace.custom_fields.inputs import add_inputs
from ponte.workplace.custom_fields.showing import sections_of
from ponte.workplace.record import main_blocks
from ponte.workplace.services.recents import note_seen


@require_GET
@requires("opportunity", "view")
def board(request: WorkspaceRequest) -> HttpResponse:
    """Lead to the board; ``?pipeline=`` names which. Who sells finds their own first."""
    pipeline = find_pipeline(request.GET.get("pipeline"))
    which = f"&pipeline={pipeline.id}" if pipeline is not None and "pipeline" in request.GET else ""
    opening = opens_with(request.member)
    mine = f"&{opening}" if opening else ""
    return redirect(f"{reverse(OPPORTUNITIES.url_name)}?layout=board&by=stage{which}{mine}")


@require_safe
@requires("opportunity", "view")
def detail(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Show everything about one opportunity."""
    deal = page_of_deal(request.member, opportunity_id)
    note_seen(member=request.member, object="opportunity", object_id=deal.id)
    record_view(actor=request.actor, object_type="opportunity", ids=[deal.id], where="opportunity page")
    panels = [(one, reverse(one.url_name, args=[deal.id])) for one in deal_panels_for(request.member)]
    lines = list(deal.lines.select_related("product").order_by("position", "id"))
    context = deal_context(request, deal) | {
        "panels": panels,
        "lines": lines,
        "limits": passed_by(request.member, deal, lines),
    }
    return render(request, "sales/deals/detail.html", context)


@require_safe
@requires("opportunity", "view")
def quick(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Show an opportunity at a glance, for the side panel."""
    deal = page_of_deal(request.member, opportunity_id)
    record_view(
        actor=request.actor, object_type="opportunity", ids=[deal.id], where="opportunity at a glance"
    )
    return render(request, "sales/deals/quick.html", deal_context(request, deal))


@require_safe
@requires("opportunity", "view")
def timeline(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Answer composer and timeline of the opportunity's customer."""
    deal = get_visible_opportunity(request.member, opportunity_id)
    block = main_blocks.get("timeline")
    if block is None or block.render is None or not block.visible(request.member):
        return HttpResponse("")
    return HttpResponse(block.render(request, deal.party_id))


@require_safe
@requires("opportunity", "view")
def history(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Answer the stages an opportunity went through, with how long it stood in each."""
    deal = get_visible_opportunity(request.member, opportunity_id)
    return render(request, "sales/deals/_history.html", {"deal": deal, "stays": history_of(deal)})


def deal_context(request: WorkspaceRequest, deal: Opportunity) -> dict[str, Any]:
    """Return what both versions of an opportunity's page show."""
    member = request.member
    may_edit = may(member, "opportunity", "edit", deal)
    now = timezone.now()
    is_open = deal.status == DealStatus.OPEN
    return {
        "deal": deal,
        "is_open": is_open,
        "tone": STATUS_TONES[DealStatus(deal.status)],
        "rotting": rotting_since(deal, now) is not None,
        "days": (now - deal.stage_since).days if is_open else None,
        "late": is_open and deal.next_activity_at is not None and deal.next_activity_at < now,
        "stages": shown_stages(deal),
        "fields": shown_fields(request, deal, may_edit=may_edit),
        "steps": steps_of(deal) if is_open else [],
        "custom_sections": sections_of(member, "opportunity", deal.custom),
        "custom_object": "opportunity",
        "row_id": deal.id,
        "may_edit": may_edit,
        "may_delete": may(member, "opportunity", "delete", deal),
        "may_plan": may(member, "task", "create"),
        "sees_description": field_access(member, "opportunity").can_read("description"),
    }


@require_http_methods(["GET", "POST"])
@requires("opportunity", "create")
def create(request: WorkspaceRequest) -> HttpResponse:
    """Open an opportunity; ``?party=`` names the customer, ``?stage=`` or ``?pipeline=`` where."""
    form = _bound(request, initial=_first(request))
    if request.method == "POST" and form.is_valid():
        try:
            deal = create_opportunity(actor=request.actor, data=OpportunityData(**form.changes()))
        except Invalid as refusal:
            _show(form, refusal)
        else:
            return _done(request, deal)
    return _form(request, form, _("New opportunity"), reverse(OPPORTUNITIES.url_name))


@require_http_methods(["GET", "POST"])
@requires("opportunity", "edit")
def edit(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Change an opportunity's own fields."""
    deal = editable_deal(request, opportunity_id)
    form = _bound(request, initial=initial_of(deal), deal=deal)
    if request.method == "POST" and form.is_valid():
        try:
            update_opportunity(
                actor=request.actor,
                opportunity_id=deal.id,
                changes=form.changes(),
                version=form.cleaned_data["version"],
            )
        except Invalid as refusal:
            _show(form, refusal)
        else:
            return _done(request, deal)
    return _form(request, form, _("Edit opportunity"), reverse("sales:opportunity", args=[deal.id]))


def editable_deal(request: WorkspaceRequest, opportunity_id: UUID, act: str = "edit") -> Opportunity:
    """Return an opportunity the member sees and may edit; raise ``Missing`` or ``Denied``."""
    deal = get_visible_opportunity(request.member, opportunity_id)
    if not may(request.member, "opportunity", act, deal):
        raise Denied("opportunity", act)
    return deal


def _first(request: WorkspaceRequest) -> dict[str, Any]:
    """Return what a new opportunity's form starts with."""
    stage = request.GET.get("stage", "")
    if not stage and list_pipelines() and (pipeline := find_pipeline(request.GET.get("pipeline"))):
        stage = str(pipeline.__dict__["ordered_stages"][0].id)
    return {"party": _asked_party(request), "owner": request.member.id, "stage": stage}


def _asked_party(request: WorkspaceRequest) -> UUID | None:
    try:
        return get_party(request.member, UUID(request.GET["party"])).id
    except (KeyError, ValueError, Missing):
        return None


def _bound(
    request: WorkspaceRequest, *, initial: dict[str, Any], deal: Opportunity | None = None
) -> OpportunityForm:
    def label_of(party_id: Any) -> str:
        if deal is not None and str(party_id) == str(deal.party_id):
            return deal.party.label
        try:
            party = visible_parties(request.member).filter(id=UUID(str(party_id))).first()
        except ValueError:
            return ""
        return party.label if party else ""

    data = request.POST if request.method == "POST" else None
    locked = field_access(request.member, "opportunity").readonly
    form = OpportunityForm(data, initial=initial, label_of=label_of, locked=locked, deal=deal)
    add_inputs(form, "opportunity", request.member, stored=deal.custom if deal else None)
    return form


def _show(form: OpportunityForm, refusal: Invalid) -> None:
    names = {"party_id": "party", "owner_id": "owner", "stage_id": "stage", "pipeline_id": "stage"}
    renamed = [(names.get(problem.field, problem.field), problem) for problem in refusal.problems]
    rest = [problem for name, problem in renamed if name not in form.fields]
    for name, problem in renamed:
        if name in form.fields:
            form.add_error(name, str(problem.message))
    if rest:
        add_problems(form, Invalid(rest))


def _form(request: WorkspaceRequest, form: OpportunityForm, title: str, cancel_url: str) -> HttpResponse:
    context = {"form": form, "title": title, "cancel_url": cancel_url}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


def _done(request: WorkspaceRequest, deal: Opportunity) -> HttpResponse:
    url = reverse("sales:opportunity", args=[deal.id])
    return redirect(url) if frame_of(request) == "page" else go_to(url)
