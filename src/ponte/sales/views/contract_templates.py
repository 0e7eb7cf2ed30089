"""Settings: templates of contracts, their clauses and versions, and when one is told of their dates."""

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
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.contract_settings import ContractSettings, load_contract_settings
from ponte.sales.documents.contract_text import blocks_of, composed
from ponte.sales.forms.contract_template import ClauseForm, ReminderForm, TemplateForm
from ponte.sales.forms.routing import uuids
from ponte.sales.models.approval import ApprovalKind
from ponte.sales.models.contract_template import ContractClause, ContractTemplate
from ponte.sales.models.signature_service import SignatureService
from ponte.sales.selectors.approvals import steps_of
from ponte.sales.selectors.rule_words import words_of
from ponte.sales.services.contract_settings import save_contract_settings
from ponte.sales.services.contract_sources import SUBJECT
from ponte.sales.services.contract_templates import (
    FIELDS,
    ClauseData,
    TemplateData,
    archive_template,
    create_template,
    delete_clause,
    move_clauses,
    save_clause,
    update_template,
)
from ponte.sales.views.approval_showing import who_approves
from ponte.sales.views.contract_preview import preview_of
from ponte.sales.views.signature_service import hook_address
from ponte.ui.forms import add_problems
from ponte.workplace.admin.answers import answer_act, answer_form

BACK = "sales:contract_templates"


@require_safe
@requires("sales")
def overview(request: WorkspaceRequest) -> HttpResponse:
    """Show the templates and who approves."""
    service = SignatureService.objects.first()
    context = {
        "service": service,
        "hook": hook_address(request, service),
        "templates": ContractTemplate.objects.order_by("archived_at", "name", "id"),
        "settings": load_contract_settings(),
        "approvers": [(step.name, who_approves(step)) for step in steps_of(ApprovalKind.CONTRACT)],
    }
    return render(request, "sales/contracts/templates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def settings(request: WorkspaceRequest) -> HttpResponse:
    """Say how long before a readjustment one is told."""
    kept = load_contract_settings()
    form = ReminderForm(
        request.POST if request.method == "POST" else None, initial={"alert_days": kept.alert_days}
    )
    return answer_form(
        request,
        form,
        lambda given: save_contract_settings(actor=request.actor, settings=ContractSettings(**given)),
        title=_("Reminders"),
        done=_("Saved."),
        back=reverse(BACK),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def new(request: WorkspaceRequest) -> HttpResponse:
    """Add a template, then write its clauses."""
    initial = {
        "language": "pt-br",
        "is_default": not ContractTemplate.objects.filter(archived_at=None).exists(),
    }
    form = TemplateForm(
        request.POST if request.method == "POST" else None, initial=initial, member=request.member
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = create_template(actor=request.actor, data=_data(form.cleaned_data))
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return redirect("sales:contract_template", made.id)
    context = {"form": form, "title": _("New contract template"), "cancel_url": reverse(BACK)}
    return render(request, "ui/form_page.html", context, status=422 if form.errors else 200)


@require_safe
@requires("sales")
def template(request: WorkspaceRequest, template_id: UUID) -> HttpResponse:
    """Show a template: its texts, its clauses in their order, its versions."""
    found = _template(template_id)
    clauses = [(one, words_of(one.where, SUBJECT)) for one in found.clauses.order_by("position", "id")]
    versions = found.versions.defer("content").select_related("member").order_by("-edition")[:50]
    context = {"template": found, "clauses": clauses, "versions": versions}
    return render(request, "sales/contracts/template.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def edit(request: WorkspaceRequest, template_id: UUID) -> HttpResponse:
    """Change a template's own texts."""
    found = _template(template_id)
    initial = {name: getattr(found, name) for name in (*FIELDS, "version")}
    form = TemplateForm(
        request.POST if request.method == "POST" else None, initial=initial, member=request.member
    )
    return answer_form(
        request,
        form,
        lambda given: update_template(
            actor=request.actor, template_id=found.id, data=_data(given), version=given["version"]
        ),
        title=found.name,
        done=_("Saved."),
        back=_url(found.id),
    )


@require_POST
@requires("sales")
def archive(request: WorkspaceRequest, template_id: UUID) -> HttpResponse:
    """Take a template out of use, or back."""
    archived = request.POST.get("archived") == "on"
    return answer_act(
        request,
        lambda: archive_template(actor=request.actor, template_id=template_id, archived=archived),
        done=_("The template is out of use.") if archived else _("The template is in use again."),
        back=_url(template_id),
    )


@require_POST
@requires("sales")
def order(request: WorkspaceRequest, template_id: UUID) -> HttpResponse:
    """Keep the order the clauses were dragged into."""
    move_clauses(actor=request.actor, template_id=template_id, ids=uuids(request.POST.getlist("order")))
    return HttpResponse(status=204) if request.htmx else redirect(_url(template_id))


@require_safe
@requires("sales")
def preview(request: WorkspaceRequest, template_id: UUID) -> HttpResponse:
    """Show the contract a real opportunity would get (``?opportunity=``), and which clauses it leaves out."""
    context = preview_of(request.member, _template(template_id), request.GET.get("opportunity", ""))
    return render(request, "sales/contracts/preview.html", context)


@require_safe
@requires("sales")
def version(request: WorkspaceRequest, template_id: UUID, edition: int) -> HttpResponse:
    """Show a template as it was."""
    found = _template(template_id)
    row = found.versions.filter(edition=edition).select_related("member").first() if edition < 2**31 else None
    if row is None:
        raise Missing("version")
    content = row.content
    clauses = [(one["title"], one["body"]) for one in content["clauses"]]
    text = composed(content["opening"], clauses, content["closing"], language=content["language"])
    context = {"template": found, "version": row, "content": content, "blocks": blocks_of(text)}
    return render(request, "sales/contracts/template_version.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def clause_new(request: WorkspaceRequest, template_id: UUID) -> HttpResponse:
    """Add a clause."""
    return _clause(request, _template(template_id), None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("sales")
def clause(request: WorkspaceRequest, template_id: UUID, clause_id: UUID) -> HttpResponse:
    """Change a clause."""
    found = _template(template_id)
    row = found.clauses.filter(id=clause_id).first()
    if row is None:
        raise Missing("clause")
    return _clause(request, found, row)


@require_POST
@requires("sales")
def clause_delete(request: WorkspaceRequest, template_id: UUID, clause_id: UUID) -> HttpResponse:
    """Take a clause out."""
    return answer_act(
        request,
        lambda: delete_clause(actor=request.actor, template_id=template_id, clause_id=clause_id),
        done=_("The clause is out of the template."),
        back=_url(template_id),
        leave=True,
    )


def _clause(request: WorkspaceRequest, found: ContractTemplate, row: ContractClause | None) -> HttpResponse:
    if request.method != "POST":
        form = ClauseForm(
            initial={"title": row.title, "body": row.body} if row else None, member=request.member
        )
        return _clause_page(request, found, row, form, row.where if row else None)
    form, unbuilt, made = ClauseForm(request.POST, member=request.member), None, None
    try:
        made = read_built(request.POST, subject=SUBJECT, member=request.member)
    except Unbuilt as refusal:
        unbuilt = refusal
    where = made.raw["where"] if made else {}
    if form.is_valid() and unbuilt is None:
        data = ClauseData(title=form.cleaned_data["title"], body=form.cleaned_data["body"], where=where)
        try:
            save_clause(
                actor=request.actor, template_id=found.id, data=data, clause_id=row.id if row else None
            )
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return redirect(_url(found.id))
    return _clause_page(request, found, row, form, where, unbuilt=unbuilt, status=422)


def _clause_page(
    request: WorkspaceRequest,
    found: ContractTemplate,
    row: ContractClause | None,
    form: ClauseForm,
    where: Any,
    *,
    unbuilt: Unbuilt | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"template": found, "clause": row, "form": form}
    context |= builder_context(SUBJECT, request.member, where or None, unbuilt=unbuilt)
    return render(request, "sales/contracts/clause.html", context, status=status)


def _data(given: dict[str, Any]) -> TemplateData:
    return TemplateData(**{name: given[name] for name in FIELDS})


def _template(template_id: UUID) -> ContractTemplate:
    found = ContractTemplate.objects.filter(id=template_id).first()
    if found is None:
        raise Missing("template")
    return found


def _url(template_id: UUID) -> str:
    return reverse("sales:contract_template", args=[template_id])
