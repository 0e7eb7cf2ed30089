"""Settings: how documents look."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.directory.models import Party
from ponte.sales.documents.brand import load_brand, load_logo, plain_brand
from ponte.sales.documents.content import quote_content
from ponte.sales.documents.layouts import BLOCKS, DEFAULT_BLOCKS
from ponte.sales.documents.printing import quote_pdf
from ponte.sales.forms.document_settings import BrandForm, LayoutForm
from ponte.sales.models.quote import Quote, QuoteLayout, QuoteLine
from ponte.sales.services.document_settings import LAYOUT_FIELDS, delete_layout, save_brand, save_layout
from ponte.workplace.admin.answers import answer_act, answer_form


@require_safe
@requires("sales")
def overview(request: WorkspaceRequest) -> HttpResponse:
    """Show brand and layouts."""
    context = {
        "brand": load_brand(),
        "has_logo": load_logo() is not None,
        "layouts": [
            (layout, [BLOCKS[block] for block in layout.blocks if block in BLOCKS])
            for layout in QuoteLayout.objects.order_by("name", "id")
        ],
    }
    return render(request, "sales/settings/documents.html", context)


@require_http_methods(["GET", "POST"])
@requires("sales")
def brand(request: WorkspaceRequest) -> HttpResponse:
    """Change how the business appears."""
    form = BrandForm(
        request.POST or None,
        request.FILES or None,
        initial=plain_brand(load_brand()),
        has_logo=load_logo() is not None,
    )

    def save(given: dict[str, Any]) -> None:
        upload = given.pop("logo", None)
        # one byte more than is allowed is enough to refuse it
        data = upload.read(400 * 1024) if upload else None
        drop = given.pop("drop_logo", False)
        save_brand(actor=request.actor, values=given, logo=data, drop_logo=drop)

    return answer_form(
        request, form, save, title=_("Brand and Pix"), done=_("Saved."), back=reverse("sales:documents")
    )


@require_http_methods(["GET", "POST"])
@requires("sales")
def layout_new(request: WorkspaceRequest) -> HttpResponse:
    """Add a layout."""
    initial = {
        "blocks": DEFAULT_BLOCKS, "colour": load_brand().colour, "language": "pt-br", "shows_discounts": True,
        "shows_details": True, "is_default": not QuoteLayout.objects.exists(),
    }  # fmt: skip
    return _layout_form(request, initial, None, _("New layout"))


@require_http_methods(["GET", "POST"])
@requires("sales")
def layout_edit(request: WorkspaceRequest, layout_id: UUID) -> HttpResponse:
    """Change a layout."""
    layout = _layout(layout_id)
    initial = {name: getattr(layout, name) for name in (*LAYOUT_FIELDS, "version")}
    return _layout_form(request, initial, layout.id, layout.name)


@require_POST
@requires("sales")
def layout_delete(request: WorkspaceRequest, layout_id: UUID) -> HttpResponse:
    """Remove a layout."""
    return answer_act(
        request,
        lambda: delete_layout(actor=request.actor, layout_id=layout_id),
        done=_("Removed."),
        back=reverse("sales:documents"),
    )


@require_safe
@requires("sales")
def layout_preview(request: WorkspaceRequest, layout_id: UUID) -> HttpResponse:
    """Show a layout with an invented quote."""
    layout = _layout(layout_id)
    quote = Quote(
        number="123", title=_("Example"), party=Party(kind="person", name="Ana Souza"), owner=request.member, layout=layout,
        currency=request.workspace.currency, valid_until=timezone.localdate() + timedelta(days=15),
        payment_terms=_("30 days"), deposit_kind="percent", deposit=Decimal(30),
    )  # fmt: skip
    lines = [
        QuoteLine(description=_("First item"), quantity=Decimal(2), unit_price=Decimal(500), discount=Decimal(10),
                  total=Decimal(900), details=_("What it is made of.")),
        QuoteLine(description=_("Support"), unit_price=Decimal(150), total=Decimal(150), billing="monthly"),
        QuoteLine(description=_("Training"), unit_price=Decimal(400), total=Decimal(400), is_optional=True, is_chosen=False),
    ]  # fmt: skip
    made = quote_pdf(quote_content(quote, lines), at=timezone.now(), is_draft=True)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="modelo.pdf"'
    return response


def _layout_form(
    request: WorkspaceRequest, initial: dict[str, Any], layout_id: UUID | None, title: str
) -> HttpResponse:
    form = LayoutForm(request.POST or None, initial=initial, member=request.member)

    def save(given: dict[str, Any]) -> None:
        version = given.pop("version")
        save_layout(actor=request.actor, values=given, layout_id=layout_id, version=version)

    return answer_form(request, form, save, title=title, done=_("Saved."), back=reverse("sales:documents"))


def _layout(layout_id: UUID) -> QuoteLayout:
    layout = QuoteLayout.objects.filter(id=layout_id).first()
    if layout is None:
        raise Missing("layout")
    return layout
