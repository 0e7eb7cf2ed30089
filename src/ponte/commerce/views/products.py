"""Screens of products."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ponte.commerce.data import ProductData
from ponte.commerce.forms.product import ProductForm, initial_of
from ponte.commerce.models import Product
from ponte.commerce.policies import get_visible_product, visible_products
from ponte.commerce.selectors.prices import price_of
from ponte.commerce.selectors.products import best_sellers_with, matching_products
from ponte.commerce.services.bundles import parts_in_words
from ponte.commerce.services.price_items import read_number
from ponte.commerce.services.products import create_product, delete_product, update_product
from ponte.commerce.views.bundles import asked_party, shown_bundle
from ponte.core.brazil.numbers import format_number
from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import field_access, may, requires
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to
from ponte.ui.layouts import frame_of
from ponte.workplace.custom_fields.inputs import add_inputs
from ponte.workplace.custom_fields.showing import sections_of
from ponte.workplace.lists.cells import money_text

PICKS = 10


@require_GET
@requires("product", "view")
def detail(request: WorkspaceRequest, product_id: UUID) -> HttpResponse:
    """Show one product, whole or in the side panel."""
    product = get_visible_product(request.member, product_id)
    access = field_access(request.member, "product")
    context = {
        "product": product,
        "complements": [
            link.other
            for link in product.complement_links.select_related("other").order_by("other__sort_name")
        ],
        "external_ids": list(product.external_ids.order_by("source")),
        "bundle": shown_bundle(product),
        "contained_in": Product.objects.filter(parts__product=product).order_by("sort_name", "id")[:PICKS],
        "sees_cost": access.can_read("cost"),
        "may_edit": may(request.member, "product", "edit"),
        "may_delete": may(request.member, "product", "delete"),
        "bought_with": best_sellers_with(product),
        "custom_sections": sections_of(request.member, "product", product.custom),
        "custom_object": "product",
        "row_id": product.id,
    }
    return render(request, "commerce/product.html", context)


@require_http_methods(["GET", "POST"])
@requires("product", "create")
def create(request: WorkspaceRequest) -> HttpResponse:
    """Add a product or service."""
    form = _form_for(request, {})
    if request.method == "POST" and form.is_valid():
        try:
            product = create_product(actor=request.actor, data=ProductData(**form.values()))
        except Invalid as refusal:
            _show(form, refusal)
        else:
            return _done(request, product)
    return _form(request, form, _("New product"), reverse("commerce:products"))


@require_http_methods(["GET", "POST"])
@requires("product", "edit")
def edit(request: WorkspaceRequest, product_id: UUID) -> HttpResponse:
    """Change a product."""
    product = get_visible_product(request.member, product_id)
    form = _form_for(request, initial_of(product), product)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            update_product(actor=request.actor, product_id=product.id, changes=form.values(), version=version)
        except Invalid as refusal:
            _show(form, refusal)
        else:
            return _done(request, product)
    return _form(request, form, _("Edit product"), reverse("commerce:product", args=[product.id]))


@require_POST
@requires("product", "delete")
def delete(request: WorkspaceRequest, product_id: UUID) -> HttpResponse:
    """Remove a product that no order has."""
    delete_product(actor=request.actor, product_id=product_id)
    return go_to(reverse("commerce:products")) if request.htmx else redirect("commerce:products")


@require_GET
@requires("product", "view")
def pick(request: WorkspaceRequest) -> JsonResponse:
    """Answer active products found by ``q``, for choosing one; the first by name without ``q``."""
    text = request.GET.get("q", "").strip()
    products = visible_products(request.member).filter(is_active=True)
    found = (
        matching_products(products, text, request.member) if text else products.order_by("sort_name", "id")
    )
    items = [{"value": str(one.id), "label": one.name, "note": _note(request, one)} for one in found[:PICKS]]
    return JsonResponse({"items": items})


@require_GET
@requires("product", "view")
def offer(request: WorkspaceRequest, product_id: UUID) -> JsonResponse:
    """Answer what a line takes from a product: its price for ``party``, ``quantity``, ``currency`` and ``rate``, and why."""
    product = get_visible_product(request.member, product_id)
    asked = request.GET
    quantity = read_number(asked.get("quantity", "")) or Decimal(1)
    found = price_of(
        product,
        asked_party(request),
        quantity,
        timezone.localdate(),
        currency=asked.get("currency", "").strip().upper()[:3],
        rate=read_number(asked.get("rate", "")),
    )
    price = format_number(found.value, places=2) if found.value is not None else ""
    return JsonResponse(
        {
            "price": price,
            "note": found.in_words(),
            "description": product.name,
            "billing": product.billing,
            "contents": parts_in_words(
                list(product.parts.select_related("product").order_by("position", "id"))
            )
            if product.is_bundle
            else [],
        }
    )


def _note(request: WorkspaceRequest, product: Product) -> str:
    price = money_text(product.price, request.workspace.currency) if product.price is not None else ""
    return " · ".join(filter(None, (product.sku, price)))


def _form_for(
    request: WorkspaceRequest, initial: dict[str, Any], product: Product | None = None
) -> ProductForm:
    data = request.POST if request.method == "POST" else None
    form = ProductForm(data, initial=initial, access=field_access(request.member, "product"))
    add_inputs(form, "product", request.member, stored=product.custom if product else None)
    return form


def _show(form: ProductForm, refusal: Invalid) -> None:
    if any(problem.field == "category_id" for problem in refusal.problems):
        form.add_error("category", _("There is no such category."))
    add_problems(form, Invalid(problem for problem in refusal.problems if problem.field != "category_id"))


def _form(request: WorkspaceRequest, form: ProductForm, title: str, cancel_url: str) -> HttpResponse:
    context = {"form": form, "title": title, "cancel_url": cancel_url}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


def _done(request: WorkspaceRequest, product: Product) -> HttpResponse:
    if frame_of(request) == "page":
        return redirect("commerce:product", product.id)
    return go_to(reverse("commerce:product", args=[product.id]))
