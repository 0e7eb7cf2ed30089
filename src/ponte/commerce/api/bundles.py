"""Routes of bundles: their parts, and the lines one becomes when it is split."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Amount, In, Quantity
from ponte.apikit.writes import if_match
from ponte.commerce.api.prices import PriceQuestion
from ponte.commerce.line_schemas import BundlePartOut
from ponte.commerce.models import Product
from ponte.commerce.models.choices import Billing
from ponte.commerce.policies import get_visible_product
from ponte.commerce.selectors.bundles import contents_of, parts_of, split_bundle
from ponte.commerce.selectors.prices import Prices
from ponte.commerce.services.bundles import MOST_PARTS, PartData, set_bundle
from ponte.core.errors import Invalid
from ponte.directory.policies import get_party

router = Router(tags=["products"])
READ, WRITE = scope("products:read"), scope("products:write")
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2, allow_inf_nan=False)]


class BundlePartIn(In):
    """How much of which product is in one bundle."""

    product_id: UUID
    quantity: Quantity = Decimal(1)


class ProductBundleIn(In):
    """All the parts of a bundle, in their order; none makes it a plain product. ``percent`` null: the product's own price holds."""

    parts: list[BundlePartIn] = Field(max_length=MOST_PARTS)
    percent: Percent | None = Field(None, description="Taken off the sum of the parts' prices.")


class ProductBundleOut(Schema):
    """A bundle's parts; empty for a plain product."""

    parts: list[BundlePartOut]
    percent: Decimal | None


class SplitQuestion(PriceQuestion):
    """How many bundles, for whom, and what they cost together."""

    amount: Amount | None = Field(
        None, description="What they cost together, discounts taken off; left out: by the price that holds."
    )


class SplitLine(Schema):
    """A line a part becomes; ``total`` = quantity × unit price − discount."""

    product_id: UUID
    description: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    billing: Billing
    total: Decimal


@router.get("/products/{product_id}/parts", auth=READ, response=ProductBundleOut)
def get_parts(request: ApiRequest, product_id: UUID) -> Any:
    """What a bundle is made of."""
    return _told(get_visible_product(request.member, product_id))


@router.put("/products/{product_id}/parts", auth=WRITE, response=ProductBundleOut)
def put_parts(request: ApiRequest, product_id: UUID, data: ProductBundleIn) -> Any:
    """Make a product a bundle, or change what it is made of. The product's version may be named with `If-Match`."""
    get_visible_product(request.member, product_id)
    parts = [PartData(product_id=one.product_id, quantity=one.quantity) for one in data.parts]
    product = set_bundle(
        actor=request.actor,
        product_id=product_id,
        parts=parts,
        percent=data.percent,
        version=if_match(request),
    )
    return _told(product)


@router.get("/products/{product_id}/split", auth=READ, response=list[SplitLine])
def get_split(request: ApiRequest, product_id: UUID, asked: Query[SplitQuestion]) -> Any:
    """The lines a bundle becomes when it is split into its parts; their totals add up to the amount, to the cent."""
    product = get_visible_product(request.member, product_id)
    if not product.is_bundle:
        raise Invalid.on("", "not_a_bundle", _("This product is not a bundle."))
    party = get_party(request.member, asked.customer_id) if asked.customer_id else None
    prices = Prices(
        [product],
        party.id if party else None,
        asked.day or timezone.localdate(),
        currency=asked.currency or "",
        rate=asked.rate,
    )
    amount = asked.amount
    if amount is None:
        amount = (prices.of(product, asked.quantity).value or Decimal(0)) * asked.quantity
    shares = split_bundle(
        prices.parts(product), asked.quantity, amount, prices.of_parts(product, asked.quantity)
    )
    return [
        {
            "product_id": share.product.id,
            "description": share.product.name,
            "quantity": share.quantity,
            "unit_price": share.unit_price,
            "discount": share.discount,
            "billing": share.product.billing,
            "total": share.total,
        }
        for share in shares
    ]


def _told(product: Product) -> dict[str, Any]:
    parts = parts_of([product]).get(product.id, [])
    return {"parts": contents_of(parts), "percent": product.bundle_percent}
