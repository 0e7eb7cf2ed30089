"""Price guidance: products by how often they were offered, and what the past says about the discounts of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from ponte.commerce.forms.lines import uuid_or_none
from ponte.commerce.policies import get_visible_product, visible_products
from ponte.core.errors import Denied
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.core.services.audit import record_view
from ponte.directory.policies import visible_parties
from ponte.sales.policies import visible_opportunities
from ponte.sales.selectors.price_guidance import (
    KINDS,
    LEAST,
    LEAST_IN_BAND,
    Accepted,
    Band,
    Guidance,
    accepted_share,
    check_guidance,
    guidance_of,
    offered_products,
    price_guidance,
)
from ponte.sales.selectors.price_observations import observations_in

PAGE, MOST_HINTS = 50, 50
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
        "ended": guidance.ended,
        "least": LEAST,
        "least_in_band": LEAST_IN_BAND,
    }
    if (band := _band(request, guidance)) is not None:
        context |= _records(request, product_id, kind, band)
    return render(request, "sales/guidance/product.html", context)


@require_safe
@requires("product", "view")
def hints(request: WorkspaceRequest) -> JsonResponse:
    """Answer for the products of lines (``?product=``, several) what customers of ``party``'s kind accepted, with the way to the records.

    Nothing of a product with too few to say, and nothing at all for who may not see what opportunities are worth.
    """
    if not hint_url(request.member):
        return JsonResponse({"hints": {}})
    asked = {key for text in request.GET.getlist("product")[:MOST_HINTS] if (key := uuid_or_none(text))}
    products = list(visible_products(request.member).filter(id__in=asked).values_list("id", flat=True))
    party = uuid_or_none(request.GET.get("party"))
    kind = (
        visible_parties(request.member).filter(id=party).values_list("kind", flat=True).first()
        if party
        else ""
    )
    kind = kind if kind in KINDS else ""
    told = {}
    for product_id, guidance in guidance_of(request.member, products, kind=kind).items():
        if (accepted := accepted_share(guidance)) is not None:
            url = f"{reverse('sales:product_guidance', args=[product_id])}?kind={kind}"
            told[str(product_id)] = {"text": hint_words(accepted), "url": url}
    return JsonResponse({"hints": told})


def hint_url(member: Member) -> str:
    """Return where the lines of a page ask for hints; "" for who may have none."""
    try:
        check_guidance(member)
    except Denied:
        return ""
    return reverse("sales:price_hints") if may(member, "product", "view") else ""


def hint_words(accepted: Accepted) -> str:
    """Return what was accepted, as a hint on a line: "Discounts of up to 10% were accepted in 61% of 84 similar opportunities"."""
    told = {"upto": accepted.upto, "rate": round(accepted.rate), "number": accepted.number}
    if accepted.upto is None:
        return _("With any discount, %(rate)s%% of %(number)s similar opportunities were won") % told
    if not accepted.upto:
        return _("Without a discount, %(rate)s%% of %(number)s similar opportunities were won") % told
    return (
        _("Discounts of up to %(upto)s%% were accepted in %(rate)s%% of %(number)s similar opportunities")
        % told
    )


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


def _records(request: WorkspaceRequest, product_id: UUID, kind: str, band: Band) -> dict[str, Any]:
    asked = request.GET.get("page", "")
    number = max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    place = slice((number - 1) * PAGE, number * PAGE + 1)
    now = timezone.now()
    inside = observations_in(
        request.member, product_id, kind, now, over=band.over, upto=band.upto, page=place
    )
    shown = inside[:PAGE]
    visible = visible_opportunities(request.member).select_related("party")
    deals = visible.in_bulk([one.opportunity_id for one in shown])
    rows = [(deals[one.opportunity_id], one) for one in shown if one.opportunity_id in deals]
    record_view(
        actor=request.actor,
        object_type="opportunity",
        ids=[deal.id for deal, _one in rows],
        where="price guidance",
    )
    more = number + 1 if len(inside) > PAGE else None
    return {"band": band, "band_words": band_words(band), "rows": rows, "more": more}
