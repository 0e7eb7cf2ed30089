"""The list of what bundles are made of: one row a part, as a file of parts is imported again."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import BundlePart, Product
from ponte.commerce.policies import visible_products
from ponte.core.models import Member
from ponte.core.text import sort_key
from ponte.workplace.lists import (
    EVERY_FEMININE,
    Column,
    Empty,
    EmptyAction,
    ListPage,
    Main,
    NumberFilter,
    Sort,
    Text,
    register_list,
)
from ponte.workplace.lists.cells.base import Cell, RowLink, escaped, html
from ponte.workplace.lists.cells.reader import reader
from ponte.workplace.visibility import who_may_area


def listed_parts(member: Member) -> QuerySet[BundlePart]:
    """Return the parts of the bundles the member sees."""
    return BundlePart.objects.filter(bundle__in=visible_products(member))


def search_parts(parts: QuerySet[BundlePart], text: str) -> QuerySet[BundlePart]:
    """Return the parts of bundles, or that are products, whose SKU or name begins so."""
    sku, name = text.strip(), sort_key(text)
    found = Product.objects.filter(Q(sku__startswith=sku) | Q(sort_name__startswith=name))
    return parts.filter(Q(bundle__in=found) | Q(product__in=found))


def told_key(product: Any) -> str:
    """Return what a file calls a product: its SKU or, without one, its id here."""
    return product.sku or str(product.id)


@dataclass(frozen=True)
class Measure(Cell):
    """A number with as many places as it needs: "2,000" in a file would be read as two thousand by half of the world."""

    align: str = "end"

    def value(self, row: Any) -> Any:
        found = super().value(row)
        return None if found is None else Decimal(f"{found.normalize():f}")

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        return html(escaped(reader().number(value, len(f"{value:f}".partition(".")[2]))))


def _bundle_url(part: Any) -> str:
    return reverse("commerce:product", args=[part.bundle_id])


PARTS = register_list(
    ListPage(
        key="bundle_parts",
        object="product",
        title=_("Parts of bundles"),
        url_name="commerce:parts",
        icon="packages",
        plural=_("parts"),
        every=EVERY_FEMININE,
        columns=(
            Column("bundle_name", _("Bundle: name"), Main("bundle__name", second="product__name"), needs=("bundle", "product")),
            Column("bundle", _("Bundle: SKU"), Text(lambda part: told_key(part.bundle)), needs=("bundle",)),
            Column("part", _("Part: SKU"), Text(lambda part: told_key(part.product)), needs=("product",)),
            Column("part_name", _("Part: name"), Text("product__name"), needs=("product",)),
            Column("quantity", _("Quantity"), Measure("quantity"), phone=True),
            Column("percent", _("Off the parts %"), Measure("bundle__bundle_percent"), needs=("bundle",)),
        ),
        sorts=(Sort("composed", _("Composed"), ()),),
        default_sort="composed",
        filters=(NumberFilter("quantity", _("Quantity"), "quantity", places=3),),
        queryset=listed_parts,
        row_url=_bundle_url,
        panel_url=_bundle_url,
        search=search_parts,
        search_placeholder=_("SKU or name…"),
        owner="",
        team="",
        order=210,
        empty=Empty(
            _("No bundles yet"),
            _("A bundle is a product made of others. Compose one on the page of a product, or import a file of parts."),
            "packages",
            (
                EmptyAction(_("Products"), "commerce:products", "package"),
                EmptyAction(_("Import"), "workplace:import_new", "file-import", visible=who_may_area("import")),
            ),
        ),
    )
)  # fmt: skip
