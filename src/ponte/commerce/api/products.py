"""Routes of products and their categories."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from ponte.apikit.auth import scope
from ponte.apikit.naming import api_name
from ponte.apikit.pagination import page
from ponte.apikit.problems import FieldError
from ponte.apikit.replies import refuse_unwritable, respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import BulkOut, Outcome, bulk_body, if_match, read_items
from ponte.commerce.api.schemas import (
    CategoryIn,
    CategoryOut,
    ProductIn,
    ProductItem,
    ProductOut,
    ProductPatch,
    ProductsBulk,
)
from ponte.commerce.data import BulkRow, ProductData, RowResult
from ponte.commerce.models import Category, Product, ProductKind
from ponte.commerce.policies import check_product, get_visible_product, visible_products
from ponte.commerce.selectors.products import in_category, matching_products
from ponte.commerce.services.bulk_products import upsert_products
from ponte.commerce.services.categories import create_category, delete_category, update_category
from ponte.commerce.services.products import create_product, delete_product, update_product
from ponte.conditions.parameters import CONDITION_HELP, conditioned
from ponte.core.errors import Missing
from ponte.workplace.custom_fields.querying import (
    CUSTOM_PARAMETERS,
    CustomSort,
    custom_filtered,
    custom_page,
    is_custom_sort,
)

router = Router(tags=["products"])
READ, WRITE = scope("products:read"), scope("products:write")


class ProductFilters(Schema):
    """Which products."""

    q: str | None = Field(None, max_length=200, description="Words of name, SKU or category.")
    kind: ProductKind | None = None
    sku: str | None = Field(None, max_length=60)
    category_id: UUID | None = Field(None, description="With everything below it.")
    is_active: bool | None = None
    source: str | None = Field(None, max_length=40, description="With external_id.")
    external_id: str | None = Field(None, max_length=150)
    updated_since: AwareDatetime | None = None
    condition: str | None = Field(None, max_length=12_000, description=CONDITION_HELP)
    sort: Literal["name"] | CustomSort = "name"


@router.get("/products", auth=READ, response=Page[ProductOut], openapi_extra=CUSTOM_PARAMETERS)
def list_products(request: ApiRequest, filters: Query[ProductFilters], paging: Query[Paging]) -> HttpResponse:
    """Products by name, or by a custom field."""
    products = visible_products(request.member)
    for name in ("kind", "sku", "is_active"):
        if (value := getattr(filters, name)) is not None:
            products = products.filter(**{name: value})
    if filters.q is not None:
        products = matching_products(products, filters.q, request.member)
    if filters.category_id is not None:
        products = in_category(products, _category(filters.category_id))
    if filters.external_id is not None:
        products = products.filter(
            external_ids__source=filters.source or "", external_ids__value=filters.external_id
        )
    if filters.updated_since is not None:
        products = products.filter(updated_at__gte=filters.updated_since)
    products = custom_filtered(request, products, "product")
    products = conditioned(request, products, "product", filters.condition)
    if is_custom_sort(filters.sort):
        return custom_page(
            request, _whole(products), "product", filters.sort, schema=ProductOut, paging=paging
        )
    return page(request, _whole(products), order=("sort_name", "id"), schema=ProductOut, paging=paging)


@router.post("/products", auth=WRITE, response={201: ProductOut})
def create_a_product(request: ApiRequest, data: ProductIn) -> HttpResponse:
    """Add a product or service."""
    refuse_unwritable(request, "product", data.model_fields_set)
    product = create_product(actor=request.actor, data=ProductData(**data.dict()))
    return _reply(request, product.id, status=201)


@router.get("/products/{product_id}", auth=READ, response=ProductOut)
def get_product(request: ApiRequest, product_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """One product."""
    return _reply(request, product_id, fields=sparse.fields)


@router.patch("/products/{product_id}", auth=WRITE, response=ProductOut)
def update_a_product(request: ApiRequest, product_id: UUID, data: ProductPatch) -> HttpResponse:
    """Change the fields sent."""
    get_visible_product(request.member, product_id)
    refuse_unwritable(request, "product", data.model_fields_set)
    update_product(
        actor=request.actor, product_id=product_id, changes=data.given(), version=if_match(request)
    )
    return _reply(request, product_id)


@router.delete("/products/{product_id}", auth=WRITE, response={204: None})
def delete_a_product(request: ApiRequest, product_id: UUID) -> Any:
    """Remove a product that no order has."""
    get_visible_product(request.member, product_id)
    delete_product(actor=request.actor, product_id=product_id, version=if_match(request))
    return Status(204, None)


@router.post("/products/bulk", auth=WRITE, response=BulkOut)
def upsert_many_products(request: ApiRequest, data: ProductsBulk) -> Any:
    """Create or update up to 1,000 products by external id; each is answered by itself."""
    good, outcomes = read_items(data.items, ProductItem)
    for _index, item in good:
        refuse_unwritable(request, "product", item.model_fields_set)
    rows = [BulkRow(external_id=item.external_id, values=_values(item)) for _index, item in good]
    results = upsert_products(actor=request.actor, rows=rows, source=data.source)
    outcomes |= {index: as_outcome(result) for (index, _item), result in zip(good, results, strict=True)}
    return bulk_body(data.items, outcomes)


@router.get("/product-categories", auth=READ, response=Page[CategoryOut])
def list_product_categories(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """Categories by name."""
    check_product(request.actor, "view")
    return page(request, Category.objects.all(), order=("sort_name", "id"), schema=CategoryOut, paging=paging)


@router.post("/product-categories", auth=WRITE, response={201: CategoryOut})
def create_product_category(request: ApiRequest, data: CategoryIn) -> HttpResponse:
    """Add a category."""
    category = create_category(actor=request.actor, name=data.name, parent_id=data.parent_id)
    return respond(request, category, CategoryOut, status=201)


@router.put("/product-categories/{category_id}", auth=WRITE, response=CategoryOut)
def update_product_category(request: ApiRequest, category_id: UUID, data: CategoryIn) -> HttpResponse:
    """Rename or move a category with everything below it."""
    category = update_category(
        actor=request.actor,
        category_id=category_id,
        name=data.name,
        parent_id=data.parent_id,
        version=if_match(request),
    )
    return respond(request, category, CategoryOut)


@router.delete("/product-categories/{category_id}", auth=WRITE, response={204: None})
def delete_product_category(request: ApiRequest, category_id: UUID) -> Any:
    """Remove an empty category."""
    delete_category(actor=request.actor, category_id=category_id)
    return Status(204, None)


def as_outcome(result: RowResult) -> Outcome:
    """Return the answer to an item from what the bulk service says of its row."""
    status = {"skipped": "unchanged", "rejected": "failed"}.get(result.outcome, result.outcome)
    errors = [FieldError(api_name(one.field), one.code, one.message) for one in result.problems]
    return Outcome(result.id, status, errors)  # type: ignore[arg-type]


def _values(item: ProductItem) -> dict[str, Any]:
    values = item.given()
    values.pop("external_id")
    return values


def _category(category_id: UUID) -> Category:
    category = Category.objects.filter(id=category_id).first()
    if category is None:
        raise Missing
    return category


def _whole(products: Any) -> Any:
    return products.select_related("category").prefetch_related("complement_links", "external_ids")


def _reply(
    request: ApiRequest, product_id: UUID, *, status: int = 200, fields: str | None = None
) -> HttpResponse:
    product: Product | None = _whole(visible_products(request.member)).filter(id=product_id).first()
    if product is None:
        raise Missing
    location = f"/api/v1/products/{product_id}" if status == 201 else None
    return respond(request, product, ProductOut, status=status, fields=fields, location=location)
