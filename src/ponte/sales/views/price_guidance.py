"""Price guidance: products by how often they were offered, and what the past says about the discounts of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from ponte.commerce.policies import get_visible_product
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.audit import record_view
from ponte.sales.policies import visible_opportunities
from ponte.sales.selectors.price_guidance import (
    KINDS,
    LEAST,
    LEAST_IN_BAND,
    Band,
    Guidance,
    check_guidance,
    offered_products,
    price_guidance,
)

PAGE = 50
KIND_LABELS = {
    "": pgettext_lazy("kind of customer", "All customers"),
    "person": gettext_lazy("People"),
    "company": gettext_lazy("Companies"),
}


@require_safe
@requires("product", "view")
def overview(request: WorkspaceRequest) -> HttpResponse:
    """List the products that ended opportunities offered, the most often offered first."""
    check_guidance(request.member)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    context = {"words": words, "products": offered_products(request.member, words=words), "least": LEAST}
    return render(request, "sales/guidance/overview.html", context)


@require_safe
@requires("product", "view")
def product(request: WorkspaceRequest, product_id: UUID) -> HttpResponse:
    """Show the discounts a product was sold and lost with; ``?band=`` the very opportunities behind a band."""
    check_guidance(request.member)
    found = get_visible_product(request.member, product_id)
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    guidance = price_guidance(request.member, product_id, kind=kind)
    context: dict[str, Any] = {
        "product": found,
        "guidance": guidance,
        "kinds": [(f"?kind={key}", label, key == kind) for key, label in KIND_LABELS.items()],
        "kind": kind,
        "bands": [(band, band_words(band)) for band in guidance.bands],
        "ended": len(guidance.observations),
        "least": LEAST,
        "least_in_band": LEAST_IN_BAND,
    }
    if (band := _band(request, guidance)) is not None:
        context |= _records(request, guidance, band)
    return render(request, "sales/guidance/product.html", context)


def band_words(band: Band) -> str:
    """Return how a band is called: "None", "above 5 up to 10%", "above 30%"."""
    if band.over is None:
        return _("No discount")
    if band.upto is None:
        return _("above %(over)s%%") % {"over": band.over}
    if band.over == 0:
        return _("up to %(upto)s%%") % {"upto": band.upto}
    return _("above %(over)s up to %(upto)s%%") % {"over": band.over, "upto": band.upto}


def _band(request: WorkspaceRequest, guidance: Guidance) -> Band | None:
    asked = request.GET.get("band", "")
    return next((band for band in guidance.bands if str(band.number) == asked), None)


def _records(request: WorkspaceRequest, guidance: Guidance, band: Band) -> dict[str, Any]:
    asked = request.GET.get("page", "")
    number = max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    inside = guidance.inside(band)
    shown = inside[(number - 1) * PAGE : number * PAGE]
    visible = visible_opportunities(request.member).select_related("party")
    deals = visible.in_bulk([one.opportunity_id for one in shown])
    rows = [(deals[one.opportunity_id], one) for one in shown if one.opportunity_id in deals]
    record_view(
        actor=request.actor,
        object_type="opportunity",
        ids=[deal.id for deal, _one in rows],
        where="price guidance",
    )
    more = number + 1 if len(inside) > number * PAGE else None
    return {"band": band, "band_words": band_words(band), "rows": rows, "more": more}
