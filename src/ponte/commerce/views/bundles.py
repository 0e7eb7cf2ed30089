"""Screens of bundles: composing one, and splitting one on a line into its parts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from ponte.commerce.forms.bundle import PART_LINES, BundleForm, initial_of
from ponte.commerce.forms.document import BLANK_LINES
from ponte.commerce.forms.lines import LineTable, uuid_or_none
from ponte.commerce.models import BundlePart, Product
from ponte.commerce.policies import get_visible_product
from ponte.commerce.selectors.bundles import Share, cost_of_parts, parts_of, split_bundle
from ponte.commerce.selectors.prices import Prices
from ponte.commerce.services.bundles import set_bundle
from ponte.commerce.services.price_items import read_number
from ponte.core.brazil.numbers import format_number
from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.directory.policies import visible_parties


@dataclass(frozen=True)
class ShownBundle:
    """What a product's page shows of a bundle; amounts in the workspace's currency."""

    parts: list[BundlePart]
    sum: Decimal | None  # of the parts' prices; None where one is missing
    price: Decimal | None
    cost: Decimal | None

    @property
    def saving(self) -> Decimal | None:
        """How much less than its parts it costs."""
        if self.sum is None or self.price is None or self.price >= self.sum:
            return None
        return self.sum - self.price

    @property
    def margin(self) -> Decimal | None:
        """What one bundle earns; None where a part's cost isn't known."""
        return None if self.price is None or self.cost is None else self.price - self.cost

    @property
    def inactive(self) -> list[str]:
        """The parts that are no longer sold."""
        return [part.product.name for part in self.parts if not part.product.is_active]


def shown_bundle(product: Product) -> ShownBundle | None:
    """Return what a bundle's page shows, None for a plain product."""
    if not product.is_bundle:
        return None
    parts = parts_of([product])[product.id]
    amounts = [part.product.price and part.product.price * part.quantity for part in parts]
    whole = sum((one or Decimal(0) for one in amounts), Decimal(0))
    own = Prices([product], None, timezone.localdate()).of(product, Decimal(1)).value
    return ShownBundle(
        parts=parts,
        sum=None if any(part.product.price is None for part in parts) else whole,
        price=own,
        cost=cost_of_parts(parts, {part.product_id: part.product.cost for part in parts}),
    )


@require_http_methods(["GET", "POST"])
@requires("product", "edit")
def compose(request: WorkspaceRequest, product_id: UUID) -> HttpResponse:
    """Say which products a bundle is made of, and what it costs."""
    product = get_visible_product(request.member, product_id)
    rows = list(product.parts.order_by("position", "id"))
    form = BundleForm(request.POST if request.method == "POST" else None, initial=initial_of(product))
    table = LineTable(request, PART_LINES, rows, blank=[{"quantity": 1}] * BLANK_LINES)
    if request.method == "POST" and form.is_valid() & table.is_valid():
        try:
            set_bundle(
                actor=request.actor,
                product_id=product.id,
                parts=table.lines(),
                percent=form.chosen(),
                version=form.cleaned_data["version"],
            )
        except Invalid as refusal:
            for problem in refusal.problems:
                if not table.show(problem):
                    form.add_error("percent" if problem.field == "percent" else None, str(problem.message))
        else:
            return redirect("commerce:product", product.id)
    context = {"product": product, "form": form, "formset": table.formset, "only_parts": True}
    return render(request, "commerce/bundle_form.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires("product", "view")
def split(request: WorkspaceRequest, product_id: UUID) -> JsonResponse:
    """Answer the lines a bundle becomes: ``quantity`` of it for ``amount`` together, for ``party`` in ``currency`` at ``rate``."""
    product = get_visible_product(request.member, product_id)
    asked = request.GET
    quantity = read_number(asked.get("quantity", "")) or Decimal(1)
    prices = Prices(
        [product],
        asked_party(request),
        timezone.localdate(),
        currency=asked.get("currency", "").strip().upper()[:3],
        rate=read_number(asked.get("rate", "")),
    )
    amount = read_number(asked.get("amount", ""))
    if amount is None:
        amount = (prices.of(product, quantity).value or Decimal(0)) * quantity
    shares = split_bundle(prices.parts(product), quantity, amount, prices.of_parts(product, quantity))
    return JsonResponse({"bundle": product.name, "lines": [_plain(share) for share in shares]})


def asked_party(request: WorkspaceRequest) -> UUID | None:
    """Return the customer an address names, where the member sees them."""
    key = uuid_or_none(request.GET.get("party", ""))
    if key is None:
        return None
    return visible_parties(request.member).filter(id=key).values_list("id", flat=True).first()


def _plain(share: Share) -> dict[str, Any]:
    return {
        "product": str(share.product.id),
        "description": share.product.name,
        "quantity": f"{share.quantity.normalize():f}".replace(".", ","),
        "unit_price": format_number(share.unit_price, places=2),
        "discount": format_number(share.discount, places=2) if share.discount else "",
    }
