"""Screens of quotes: one quote, its editor, the panel of the 360° view."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import Scope, field_access, may, requires, scope_of
from ponte.core.services.audit import record_view
from ponte.directory.policies import get_party
from ponte.sales.approval_policies import may_answer
from ponte.sales.document_links import link_url
from ponte.sales.documents.content import quote_content
from ponte.sales.documents.printing import quote_pdf, total_rows
from ponte.sales.models.approval import ApprovalRequest, ApprovalState
from ponte.sales.models.quote import Quote, QuoteLayout
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.policies import visible_opportunities
from ponte.sales.quote_data import QuoteData
from ponte.sales.quote_policies import get_visible_quote, may_quote, visible_quotes
from ponte.sales.quote_totals import DISCOUNT_DEFINITION, FIRST_YEAR_DEFINITION, totals_of
from ponte.sales.selectors.approvals import standing_of, waiting_step, with_steps
from ponte.sales.selectors.quotes import with_details
from ponte.sales.services.quote_lines import brought_totals
from ponte.sales.services.quote_links import current_link
from ponte.sales.services.quotes import create_quote, line_data, update_quote
from ponte.sales.tables.quotes import STATUS_TONES, STATUSES, shown_status
from ponte.sales.views.approval_showing import shown, shown_standing
from ponte.sales.views.document_panels import DocumentPanel
from ponte.sales.views.price_guidance import hint_url
from ponte.sales.views.public_quotes import pdf_response
from ponte.sales.views.quote_editing import QuoteEditor
from ponte.workplace.custom_fields.showing import sections_of

PANEL_APPROVALS = 5
OPEN_STATES = (QuoteStatus.DRAFT, QuoteStatus.WAITING)
PANEL = DocumentPanel(
    object="quote",
    template="sales/quotes/_panel.html",
    visible=visible_quotes,
    status=shown_status,
    labels=STATUSES,
    tones=STATUS_TONES,
)


@require_GET
@requires("quote", "view")
def detail(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Show one quote, whole or in the side panel."""
    quote = with_details(visible_quotes(request.member)).filter(id=quote_id).first()
    if quote is None:
        raise Missing
    record_view(actor=request.actor, object_type="quote", ids=[quote.id], where="quote")
    return render(request, "sales/quotes/quote.html", _context(request, quote))


def _context(request: WorkspaceRequest, quote: Quote) -> dict[str, Any]:
    access = field_access(request.member, "quote")
    status = shown_status(quote)
    may_edit = may_quote(request.member, "edit", quote)
    is_open = quote.status in OPEN_STATES
    documents = list(quote.documents.all())
    last = documents[0] if documents else None
    link = current_link(quote) if may_edit and quote.sent_at else None
    lines = list(quote.lines.all())
    totals = totals_of(lines) if lines else brought_totals(quote)
    sees_margin = access.can_read("margin")
    standing = standing_of(quote, lines, request.member) if is_open else None
    asked = list(with_steps(ApprovalRequest.objects.filter(quote=quote)).order_by("-id")[:PANEL_APPROVALS])
    is_asked = bool(asked) and asked[0].state == ApprovalState.WAITING
    return {
        "quote": quote,
        "standing": shown_standing(standing, sees_margin=sees_margin) if standing else None,
        "approvals": [shown(one, sees_margin=sees_margin) for one in asked],
        "waiting": shown(asked[0], sees_margin=sees_margin) if is_asked else None,
        "cancel_url": reverse("sales:approval_cancel", args=[quote.id]),
        "may_answer": is_asked and may_answer(request.member, asked[0], waiting_step(asked[0])),
        "status": status,
        "status_label": dict(STATUSES)[status],
        "tone": STATUS_TONES[status],
        "lines": lines,
        "total_rows": total_rows(totals, quote.currency),
        "is_once": totals.is_once,
        "documents": documents,
        "reply": getattr(last, "answer", None) if last and last.edition == quote.edition else None,
        "file_total": _file_total(quote, has_lines=bool(lines)),
        "is_from_elsewhere": bool(quote.source and not documents and not is_open),
        "comments": quote.comments.select_related("member").order_by("id"),
        "link": link,
        "link_url": link_url(link, base=request.build_absolute_uri("/")) if link else "",
        "sees_margin": sees_margin,
        "sees_files": scope_of(request.member, "file", "view") is not Scope.NONE,
        "may_edit": may_edit,
        "may_write": may_edit and is_open,
        "may_record": may_edit and quote.status == QuoteStatus.SENT,
        "may_revise": may_edit and quote.status in (QuoteStatus.SENT, QuoteStatus.DECLINED),
        "may_withdraw": may_edit
        and quote.was_given
        and quote.status not in (QuoteStatus.ACCEPTED, QuoteStatus.WITHDRAWN),
        "may_delete": not documents and may_quote(request.member, "delete", quote),
        "may_create": may(request.member, "quote", "create"),
        "may_contract": quote.status == QuoteStatus.ACCEPTED and may(request.member, "contract", "create"),
        "custom_sections": sections_of(request.member, "quote", quote.custom),
        "custom_object": "quote",
        "row_id": quote.id,
        "first_year_help": FIRST_YEAR_DEFINITION,
        "discount_help": DISCOUNT_DEFINITION,
    }


def _file_total(quote: Quote, *, has_lines: bool) -> Decimal | None:
    """Return what the file says a quote comes to in the first year, where its lines, taxes included, come to something else."""
    told = brought_totals(quote).first_year
    is_told = quote.brought_total is not None or quote.brought_monthly is not None
    return told if has_lines and is_told and quote.edition == 1 and told != quote.first_year else None


@require_GET
@requires("quote", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show a customer's quotes."""
    return PANEL.of_customer(request, party_id)


@require_GET
@requires("quote", "view")
def opportunity_panel(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Show an opportunity's quotes."""
    return PANEL.of_opportunity(request, opportunity_id)


@require_GET
@requires("quote", "view")
def pdf(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Give the PDF: the edition sent last, or a preview of the one being written."""
    quote = get_visible_quote(request.member, quote_id)
    record_view(actor=request.actor, object_type="quote", ids=[quote.id], where="quote PDF")
    if quote.status not in OPEN_STATES:
        document = quote.documents.order_by("-edition").first()
        if document is not None:
            return pdf_response(document)
    content = quote_content(quote, quote.lines.order_by("position", "id"))
    made = quote_pdf(content, at=timezone.now(), is_draft=True)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="proposta-{quote.number}-rascunho.pdf"'
    return response


@require_GET
@requires("quote", "view")
def edition_pdf(request: WorkspaceRequest, quote_id: UUID, edition: int) -> HttpResponse:
    """Give the file of an edition that was sent."""
    quote = get_visible_quote(request.member, quote_id)
    document = quote.documents.filter(edition=edition).first()
    if document is None:
        raise Missing
    record_view(actor=request.actor, object_type="quote", ids=[quote.id], where="quote PDF")
    return pdf_response(document)


@require_http_methods(["GET", "POST"])
@requires("quote", "create")
def create(request: WorkspaceRequest) -> HttpResponse:
    """Write a quote; ``?party=`` names the customer, ``?opportunity=`` the deal it belongs to."""
    layout = QuoteLayout.objects.filter(is_default=True).first()
    editor = QuoteEditor(request, initial={"owner": request.member.id, "layout": layout, **_asked(request)})
    if request.method == "POST" and editor.is_valid():
        try:
            data = QuoteData(**editor.form.changes(), lines=editor.table.lines())
            quote = create_quote(actor=request.actor, data=data)
        except Invalid as refusal:
            editor.show(refusal)
        else:
            return redirect("sales:quote", quote.id)
    return _form(request, editor, _("New quote"), reverse("sales:quotes"))


@require_http_methods(["GET", "POST"])
@requires("quote", "edit")
def edit(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Change a quote that wasn't sent yet."""
    quote = get_visible_quote(request.member, quote_id)
    if not may_quote(request.member, "edit", quote):
        raise Denied("quote", "edit")
    if quote.status not in OPEN_STATES:
        return redirect("sales:quote", quote.id)
    rows = list(quote.lines.select_related("product").order_by("position", "id"))
    editor = QuoteEditor(request, quote=quote, rows=rows)
    if request.method == "POST" and editor.is_valid():
        try:
            update_quote(
                actor=request.actor,
                quote_id=quote.id,
                changes=editor.form.changes(),
                lines=editor.table.lines({row.id: line_data(row) for row in rows}),
                version=editor.form.cleaned_data["version"],
            )
        except Invalid as refusal:
            editor.show(refusal)
        else:
            return redirect("sales:quote", quote.id)
    title = _("Edit quote %(number)s") % {"number": quote.number}
    return _form(request, editor, title, reverse("sales:quote", args=[quote.id]))


def _form(request: WorkspaceRequest, editor: QuoteEditor, title: str, cancel_url: str) -> HttpResponse:
    context = {
        "title": title,
        "form": editor.form,
        "formset": editor.table.formset,
        "cancel_url": cancel_url,
        "currency": editor.currency,
        "offer_url": reverse("commerce:offer", args=[UUID(int=0)]),
        "hint_url": hint_url(request.member),
    }
    return render(request, "sales/quotes/form.html", context, status=422 if editor.form.is_bound else 200)


def _asked(request: WorkspaceRequest) -> dict[str, Any]:
    found: dict[str, Any] = {}
    try:
        if "opportunity" in request.GET:
            rows = visible_opportunities(request.member).select_related("party")
            deal = rows.filter(id=UUID(request.GET["opportunity"])).first()
            if deal is not None:
                found = {"party": deal.party_id, "opportunity": str(deal.id), "title": deal.title[:160]}
        elif "party" in request.GET:
            found = {"party": get_party(request.member, UUID(request.GET["party"])).id}
    except (ValueError, Missing):
        return {}
    return found
