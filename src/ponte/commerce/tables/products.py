"""The list of products."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Billing, ProductKind
from ponte.commerce.policies import visible_products
from ponte.commerce.selectors.products import readable_products
from ponte.commerce.tables.editing import PRODUCT_FIELDS, categories
from ponte.workplace.custom_fields.listing import more_of
from ponte.workplace.lists import (
    Badge,
    BooleanFilter,
    ChoiceFilter,
    Column,
    Empty,
    EmptyAction,
    ListPage,
    Main,
    Moment,
    Money,
    NumberFilter,
    Sort,
    Text,
    YesNo,
    register_list,
    row_address,
)
from ponte.workplace.visibility import who_may

NEW_PRODUCT = EmptyAction(
    _("New product"), "commerce:product_new", "plus", dialog=True, visible=who_may("product", "create")
)


PRODUCTS = register_list(
    ListPage(
        key="products",
        more=(more_of("product"),),
        object="product",
        condition="product",
        title=_("Products"),
        url_name="commerce:products",
        icon="package",
        plural=_("products"),
        columns=(
            Column("name", _("Product"), Main("name", second="sku"), sort="name", fields=("name",)),
            Column("sku", "SKU", Text("sku"), shown=False),
            Column("category", _("Category"), Text("category__name"), needs=("category",)),
            Column("kind", _("Kind"), Badge("kind", labels=dict(ProductKind.choices))),
            Column("price", _("Price"), Money("price", adds=False), phone=True),
            Column("cost", _("Cost"), Money("cost", adds=False), shown=False),
            Column("billing", _("Billing"), Badge("billing", labels=dict(Billing.choices)), shown=False),
            Column("is_active", _("Active"), YesNo("is_active")),
            Column("is_bundle", _("Bundle"), YesNo("is_bundle"), shown=False),
            Column("updated_at", _("Last change"), Moment("updated_at"), sort="changed", shown=False),
        ),
        sorts=(
            Sort("name", _("Product"), ("sort_name",)),
            Sort("changed", _("Last change"), ("updated_at",), descending=True),
            Sort("created", _("Created"), (), descending=True),
        ),
        default_sort="name",
        filters=(
            ChoiceFilter("category", _("Category"), "category_id", choices=categories),
            ChoiceFilter("kind", _("Kind"), "kind", choices=tuple(ProductKind.choices)),
            ChoiceFilter("billing", _("Billing"), "billing", choices=tuple(Billing.choices)),
            BooleanFilter("active", _("Active"), "is_active"),
            BooleanFilter("bundle", _("Bundle"), "is_bundle"),
            NumberFilter("price", _("Price"), "price", places=2),
        ),
        queryset=visible_products,
        row_url=row_address("commerce:product"),
        panel_url=row_address("commerce:product"),
        search_column="search",
        search_within=readable_products,
        owner="",
        team="",
        editables=PRODUCT_FIELDS,
        create=NEW_PRODUCT,
        empty=Empty(
            _("No products yet"),
            _(
                "Products and services with price and cost make orders quick to enter and show the margin of each sale."
            ),
            "package",
            (NEW_PRODUCT,),
        ),
    )
)
