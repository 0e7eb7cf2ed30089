"""A quote as the customer sees it: choose options, ask, accept or decline, pay the deposit. Only POST changes anything."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ponte.commerce.models.choices import Billing
from ponte.core.actors import Actor
from ponte.core.brazil.documents import format_cnpj
from ponte.core.errors import Missing
from ponte.core.tenancy.models import Workspace
from ponte.sales.documents.paying import deposit_code
from ponte.sales.documents.printing import discount_text, payment_text
from ponte.sales.documents.qr import qr_image
from ponte.sales.documents.reading import deposit_of, read_lines, with_choice
from ponte.sales.models.document import PublicLink, SealedDocument
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.quote_data import AcceptanceData
from ponte.sales.quote_totals import totals_of
from ponte.sales.services.document_comments import comment_quote
from ponte.sales.services.quote_answers import AGREEMENT, accept_quote, decline_quote
from ponte.sales.services.quote_links import find_link, note_view
from ponte.sales.views.public_documents import Evidence, PublicDocument, show_document
from ponte.sales.views.public_frame import logo_address, masked_cpf, serve


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the edition that was sent last, and take the customer's word."""
    return show_document(request, token, PAGE)


@never_cache
@require_safe
def pdf(request: HttpRequest, token: str) -> HttpResponse:
    """Give the file that was sealed."""

    def answer(workspace: Workspace) -> HttpResponse:
        return pdf_response(last_document(find_link(token), with_pdf=True))

    return serve(request, token, answer)


def pdf_response(document: SealedDocument) -> HttpResponse:
    """Return a sealed document's file as a download that opens in the browser."""
    number = json.loads(document.content)["number"]
    response = HttpResponse(bytes(document.pdf), content_type="application/pdf")
    name = f"proposta-{number}-{document.edition}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def last_document(link: PublicLink, *, with_pdf: bool = False) -> SealedDocument:
    """Return the edition that was sent last; raise ``Missing`` when none was."""
    assert link.quote_id is not None
    rows = SealedDocument.objects.filter(quote_id=link.quote_id).order_by("-edition")
    document = (rows if with_pdf else rows.defer("pdf")).select_related("answer").first()
    if document is None:
        raise Missing("document")
    return document


def _context(
    request: HttpRequest, link: PublicLink, document: SealedDocument, content: dict[str, Any]
) -> dict[str, Any]:
    """Return what the page shows of a sealed quote and its state."""
    quote = link.quote
    assert quote is not None
    # what was ticked stays ticked when something else is to be put right
    ticked = request.POST.getlist("chosen") if request.POST.get("act") == "accept" else None
    reply = getattr(document, "answer", None)
    chosen = reply.evidence.get("chosen") if reply else ticked
    lines = read_lines(content)
    if chosen is not None:
        lines = with_choice(lines, chosen)
    totals = totals_of(lines)
    deposit = deposit_of(content, totals)
    code = deposit_code(content, deposit) if quote.status == QuoteStatus.ACCEPTED else ""
    currency = content["currency"]
    return {
        "quote": quote,
        "state": _state(quote, document),
        "groups": [
            (key, label, [(line, discount_text(line, currency)) for line in lines if line.billing == key])
            for key, label in Billing.choices
            if any(line.billing == key for line in lines)
        ],
        "totals": totals,
        "is_once": all(line.billing == Billing.ONE_OFF for line in lines),
        "payment": payment_text(content, totals),
        "deposit": deposit,
        "code": code,
        "qr": qr_image(code) if code else "",
        "reply": reply,
        "business_cnpj": format_cnpj(content["business"]["cnpj"]),
        "reply_cpf": masked_cpf(reply.cpf) if reply else "",
        "comments": quote.comments.order_by("id")[:200],
        "agreement": AGREEMENT,
        "logo": logo_address(),
    }


def _state(quote: Quote, document: SealedDocument) -> str:
    """Tell what the customer can do: "open", or why they can't."""
    if quote.status in (QuoteStatus.DRAFT, QuoteStatus.WAITING) or document.edition != quote.edition:
        return "revised"
    if quote.is_expired(timezone.localdate()):
        return "expired"
    return "open" if quote.status == QuoteStatus.SENT else str(quote.status)


def _act(request: HttpRequest, link: PublicLink, actor: Actor, evidence: Evidence) -> None:
    """Do what the form asks for."""
    posted = request.POST
    assert link.quote_id is not None
    match posted.get("act"):
        case "accept":
            data = AcceptanceData(
                name=posted.get("name", ""),
                cpf=posted.get("cpf", ""),
                agreed=bool(posted.get("agreed")),
                chosen=posted.getlist("chosen"),
                evidence=evidence,
            )
            accept_quote(actor=actor, quote_id=link.quote_id, data=data)
        case "decline":
            reason = posted.get("reason", "")
            decline_quote(actor=actor, quote_id=link.quote_id, reason=reason, evidence=evidence)
        case "comment":
            comment_quote(
                actor=actor,
                quote_id=link.quote_id,
                body=posted.get("body", ""),
                author=posted.get("author", ""),
                by_customer=True,
            )


PAGE = PublicDocument(
    name="quote",
    label=gettext_noop("Customer (quote page)"),
    template="sales/quotes/public.html",
    pdf_name="sales_quote_pdf",
    fields=("name", "cpf", "agreed", "reason", "body", "author"),
    find=find_link,
    last=last_document,
    note_look=note_view,
    act=_act,
    context=_context,
)
