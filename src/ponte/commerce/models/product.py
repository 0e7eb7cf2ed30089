"""What the business sells."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import Billing, IntervalKind, ProductKind
from ponte.core.models.base import Customisable, Record, VersionedRecord


class Category(VersionedRecord):
    """A kind of product, in a tree. ``path`` holds the ids from the root down to itself, for subtree look-ups."""

    name = models.CharField(_("name"), max_length=120)
    sort_name = models.CharField(max_length=140, editable=False, db_collation="C")
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        on_delete=models.PROTECT,
        related_name="children",
        null=True,
        blank=True,
    )
    path = models.TextField(editable=False, db_collation="C")
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Category")
        verbose_name_plural = _("Categories")
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "sort_name"], nulls_distinct=False, name="category_once_a_parent"
            )
        ]
        indexes = [models.Index(fields=["path"], name="category_path")]

    def __str__(self) -> str:
        return self.name


class ProductManager(models.Manager["Product"]):
    """Leaves the search column out of reads: it is only ever matched against."""

    def get_queryset(self) -> models.QuerySet[Product]:
        return super().get_queryset().defer("search")


class Product(Customisable, VersionedRecord):
    """A product or service. ``price`` and ``cost`` are what one unit goes for today; orders keep their own.

    ``interval_days`` after a purchase something comes due (``interval_kind``). Inactive products stay on old orders
    and are not offered for new ones. ``sort_name`` and ``search`` are written by the services.

    A bundle (``is_bundle``, written with its ``parts``) costs its own price, or with ``bundle_percent`` that much less than its parts.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=ProductKind, default=ProductKind.PRODUCT)
    sku = models.CharField(_("SKU"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=200)
    sort_name = models.CharField(max_length=210, editable=False, db_collation="C")
    description = models.TextField(_("description"), blank=True)
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        on_delete=models.PROTECT,
        related_name="products",
        null=True,
        blank=True,
    )
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    billing = models.CharField(_("billing"), max_length=10, choices=Billing, default=Billing.ONE_OFF)
    interval_kind = models.CharField(
        _("comes due"), max_length=14, choices=IntervalKind, default=IntervalKind.NONE, blank=True
    )
    interval_days = models.PositiveIntegerField(_("days until due"), null=True, blank=True)
    complements = models.ManyToManyField(
        "self", through="commerce.Complement", symmetrical=False, related_name="complement_of"
    )
    is_bundle = models.BooleanField(_("bundle"), default=False, editable=False)
    bundle_percent: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("discount on the parts"), max_digits=5, decimal_places=2, null=True, blank=True, editable=False
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    search = SearchVectorField(null=True, editable=False)

    objects = ProductManager()

    class Meta:
        verbose_name = _("Product")
        verbose_name_plural = _("Products")
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["sku"], condition=~Q(sku=""), name="product_sku_once"),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0), name="product_price_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0), name="product_cost_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["sort_name", "id"], name="product_name"),
            models.Index(fields=["category", "sort_name", "id"], name="product_category_name"),
            models.Index(fields=["updated_at", "id"], name="product_changed"),
            GinIndex(fields=["search"], fastupdate=False, name="product_search"),
        ]

    def __str__(self) -> str:
        return self.name


class Complement(Record):
    """That one product goes well with another."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="complement_links")
    other = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("Complementary product")
        verbose_name_plural = _("Complementary products")
        constraints = [
            models.UniqueConstraint(fields=["product", "other"], name="complement_once"),
            models.CheckConstraint(condition=~Q(product=models.F("other")), name="complement_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} + {self.other_id}"


class ProductExternalId(Record):
    """What another system calls a product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(_("source"), max_length=40)
    value = models.CharField(_("external id"), max_length=150, db_collation="C")

    class Meta:
        verbose_name = _("External id of a product")
        verbose_name_plural = _("External ids of products")
        constraints = [models.UniqueConstraint(fields=["source", "value"], name="product_external_once")]

    def __str__(self) -> str:
        return f"{self.source}:{self.value}"
