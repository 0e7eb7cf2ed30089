"""What a customer bought."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import OrderStatus, PaymentKind, SalesChannel
from ponte.commerce.models.line import LineMemory
from ponte.commerce.models.product import Product
from ponte.core.models.base import Customisable, Record, VersionedRecord
from ponte.core.rows import Row

ALIVE = Q(deleted_at__isnull=True)
ZERO = Decimal(0)


def _money(label: object = None, **options: object) -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(label, max_digits=14, decimal_places=2, **{"default": ZERO, **options})  # type: ignore[arg-type]


class Order(Customisable, VersionedRecord):
    """One order of one customer.

    The totals from ``goods_total`` to ``margin`` are written by ``services.totals`` after every change of lines,
    payments or returns; ``revenue`` and ``margin`` (``ponte.commerce.revenue``) are in the workspace's currency, the others
    in the order's. ``rate`` is how much of the workspace's currency one unit of ``currency`` is worth.
    """

    number = models.CharField(_("number"), max_length=60, db_collation="C")
    party = models.ForeignKey(
        "directory.Party",
        verbose_name=_("customer"),
        on_delete=models.CASCADE,
        related_name="orders",
        db_index=False,
    )
    owner = models.ForeignKey(
        "core.Member",
        verbose_name=_("salesperson"),
        on_delete=models.SET_NULL,
        related_name="orders",
        null=True,
        blank=True,
    )
    status = models.CharField(_("status"), max_length=12, choices=OrderStatus, default=OrderStatus.PLACED)
    channel = models.CharField(_("channel"), max_length=12, choices=SalesChannel, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="BRL")
    rate = models.DecimalField(_("exchange rate"), max_digits=18, decimal_places=8, default=Decimal(1))
    source = models.CharField(_("source"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=150, blank=True, db_collation="C")
    notes = models.TextField(_("notes"), blank=True)

    placed_at = models.DateTimeField(_("placed at"))
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    invoiced_at = models.DateTimeField(_("invoiced at"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    expected_at = models.DateTimeField(_("delivery expected"), null=True, blank=True)
    invoice_number = models.CharField(_("invoice number"), max_length=40, blank=True)
    invoice_key = models.CharField(_("NF-e key"), max_length=44, blank=True)

    goods_total = _money()  # sum of quantity × unit price
    discount_total = _money()
    freight_total = _money()
    total = _money()  # goods − discount + freight
    paid_total = _money()
    returned_total = _money()
    revenue = _money()
    margin = _money(default=None, null=True)

    is_demo = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("Order")
        verbose_name_plural = _("Orders")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="order_external_once"
            ),
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="order_status_known"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="order_rate_positive"),
        ]
        indexes = [
            # with what conditions count and sum, so that they read the index alone
            models.Index(
                fields=["party", "-placed_at", "-id"],
                include=["deleted_at", "status", "revenue", "total"],
                name="order_party_placed",
            ),
            models.Index(
                fields=["-placed_at", "-id"],
                include=["party", "status", "revenue", "total"],
                condition=ALIVE,
                name="order_placed",
            ),
            models.Index(
                F("status"),
                F("placed_at").desc(),
                F("id").desc(),
                condition=ALIVE,
                name="order_status_placed",
            ),
            models.Index(F("total").desc(), F("id").desc(), condition=ALIVE, name="order_total"),
            models.Index(fields=["number", "id"], name="order_number"),
            models.Index(fields=["updated_at", "id"], name="order_changed"),
            models.Index(fields=["deleted_at", "id"], condition=~ALIVE, name="order_bin"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def team_id(self) -> UUID | None:
        """Whose team's order it is for "team" rights: its salesperson's."""
        return self.owner.team_id if self.owner else None


class OrderLine(LineMemory, Record):
    """One line. ``unit_cost`` is the product's cost on the day; ``total`` = quantity × price − discount, to the cent."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField(default=1)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="order_lines", null=True, blank=True
    )
    description = models.CharField(_("description"), max_length=300, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=Decimal(1))
    unit_price = _money(_("unit price"))
    discount = _money(_("discount"))
    freight = _money(_("freight"))
    unit_cost = _money(_("unit cost"), default=None, null=True)
    total = _money()
    seller = models.ForeignKey(
        "directory.Party", on_delete=models.SET_NULL, related_name="lines_sold", null=True, blank=True
    )
    external_id = models.CharField(max_length=150, blank=True, db_collation="C")

    class Meta:
        verbose_name = _("Order line")
        verbose_name_plural = _("Order lines")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "external_id"], condition=~Q(external_id=""), name="line_external_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_quantity_positive"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="line_price_not_negative"),
        ]
        indexes = [models.Index(fields=["order", "position", "id"], name="line_order")]

    def __str__(self) -> str:
        return self.description


class Payment(Record):
    """Money received, or promised in instalments, for an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments", db_index=False)
    kind = models.CharField(_("kind"), max_length=12, choices=PaymentKind)
    instalments = models.PositiveSmallIntegerField(_("instalments"), default=1)
    value = _money(_("value"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    external_id = models.CharField(max_length=150, blank=True, db_collation="C")

    class Meta:
        verbose_name = _("Payment")
        verbose_name_plural = _("Payments")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "external_id"], condition=~Q(external_id=""), name="payment_external_once"
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="payment_not_negative"),
        ]
        indexes = [models.Index(fields=["order", "id"], name="payment_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Return(Record):
    """Goods that came back, or money given back: reverses revenue."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="returns", db_index=False)
    returned_at = models.DateTimeField(_("returned at"))
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    freight = _money(_("freight given back"))
    total = _money()  # of its lines, freight included

    class Meta:
        verbose_name = _("Return")
        verbose_name_plural = _("Returns")
        indexes = [models.Index(fields=["order", "id"], name="return_order")]

    def __str__(self) -> str:
        return f"{self.order_id} −{self.total}"


class ReturnLine(Record):
    """How much of which line came back, and for what value."""

    back = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="returned")
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    value = _money(_("value"))

    class Meta:
        verbose_name = _("Returned line")
        verbose_name_plural = _("Returned lines")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="return_quantity_positive")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}"


class OrderCounter(Row):
    """The last number given to an order made here (one row)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)
