"""What is offered to a customer: a quote with its working lines, and what is said about it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import Billing
from ponte.commerce.models.line import LineMemory
from ponte.core.models.base import Customisable, Record, VersionedRecord
from ponte.core.rows import Row
from ponte.sales.models.quote_choices import DepositKind, DiscountKind, QuoteStatus

ALIVE = Q(deleted_at__isnull=True)
ZERO = Decimal(0)


def money_field(label: object = None, **options: object) -> models.DecimalField[Decimal, Decimal]:
    """Return a column for an amount, zero unless told otherwise."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, **{"default": ZERO, **options})  # type: ignore[arg-type]


class Quote(Customisable, VersionedRecord):
    """One offer to one customer, in as many editions as it takes.

    The lines are those of the edition being written (or last sent); what was sent is kept whole in ``SealedDocument`` and never
    changes. ``edition`` is the number of the one being written or last sent. The totals from ``one_off`` to ``top_discount`` are
    written by ``services.quote_lines``: of the chosen lines, taxes included, in the quote's currency. ``source`` and ``external_id``
    are of one brought in from a file: what was sent and answered elsewhere has no sealed document here. ``brought_total`` and
    ``brought_monthly`` are what the file says it comes to; they hold as long as it has no lines.
    """

    number = models.CharField(_("number"), max_length=60, db_collation="C")
    title = models.CharField(_("title"), max_length=160)
    party = models.ForeignKey(
        "directory.Party",
        verbose_name=_("customer"),
        on_delete=models.CASCADE,
        related_name="quotes",
        db_index=False,
    )
    opportunity = models.ForeignKey(
        "sales.Opportunity",
        verbose_name=_("opportunity"),
        on_delete=models.SET_NULL,
        related_name="quotes",
        null=True,
        blank=True,
    )
    owner = models.ForeignKey(
        "core.Member",
        verbose_name=_("salesperson"),
        on_delete=models.SET_NULL,
        related_name="quotes",
        null=True,
        blank=True,
    )
    status = models.CharField(_("status"), max_length=10, choices=QuoteStatus, default=QuoteStatus.DRAFT)
    edition = models.PositiveIntegerField(_("edition"), default=1)
    currency = models.CharField(_("currency"), max_length=3, default="BRL")
    rate = models.DecimalField(_("exchange rate"), max_digits=18, decimal_places=8, default=Decimal(1))
    valid_until = models.DateField(_("valid until"))
    payment_terms = models.CharField(_("payment terms"), max_length=300, blank=True)
    intro = models.TextField(_("introduction"), blank=True)
    notes = models.TextField(_("notes for the customer"), blank=True)
    tax_note = models.CharField(_("note on taxes"), max_length=200, blank=True)
    deposit_kind = models.CharField(_("deposit"), max_length=8, choices=DepositKind, blank=True, default="")
    deposit = money_field(_("value of the deposit"))
    layout = models.ForeignKey(
        "sales.QuoteLayout", on_delete=models.SET_NULL, related_name="quotes", null=True, blank=True
    )

    one_off = money_field(_("one-off"))
    monthly = money_field(_("per month"))
    quarterly = money_field(_("per quarter"))
    yearly = money_field(_("per year"))
    first_year = money_field(_("first year"))
    margin: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("margin"), max_digits=14, decimal_places=2, default=None, null=True
    )
    top_discount = models.DecimalField(_("largest discount"), max_digits=5, decimal_places=2, default=ZERO)

    brought_total: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("one-off total from the file"), max_digits=14, decimal_places=2, default=None, null=True, blank=True
    )
    brought_monthly: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("total per month from the file"),
        max_digits=14,
        decimal_places=2,
        default=None,
        null=True,
        blank=True,
    )

    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    first_viewed_at = models.DateTimeField(_("first seen"), null=True, blank=True)
    last_viewed_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    views = models.PositiveIntegerField(_("times seen"), default=0)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    decline_reason = models.CharField(_("reason for declining"), max_length=500, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    order = models.ForeignKey(
        "commerce.Order", on_delete=models.SET_NULL, related_name="quotes", null=True, blank=True
    )
    source = models.CharField(_("source"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=150, blank=True, db_collation="C")
    is_demo = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("Quote")
        verbose_name_plural = _("Quotes")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="quote_external_once"
            ),
            models.CheckConstraint(condition=Q(status__in=QuoteStatus.values), name="quote_status_known"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="quote_rate_positive"),
            models.CheckConstraint(condition=Q(deposit__gte=0), name="quote_deposit_not_negative"),
        ]
        indexes = [
            models.Index(fields=["party", "-created_at", "-id"], name="quote_party"),
            models.Index(fields=["-created_at", "-id"], condition=ALIVE, name="quote_created"),
            models.Index(
                F("status"), F("created_at").desc(), F("id").desc(), condition=ALIVE, name="quote_status"
            ),
            models.Index(F("first_year").desc(), F("id").desc(), condition=ALIVE, name="quote_worth"),
            models.Index(fields=["valid_until", "id"], condition=ALIVE, name="quote_valid_until"),
            models.Index(fields=["updated_at", "id"], name="quote_changed"),
            models.Index(fields=["number", "id"], name="quote_number"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def team_id(self) -> UUID | None:
        """Whose team's quote it is for "team" rights: its salesperson's."""
        return self.owner.team_id if self.owner else None

    def is_expired(self, today: date) -> bool:
        """Tell whether its validity ended before ``today`` without an answer."""
        return self.status == QuoteStatus.SENT and self.valid_until < today

    @property
    def was_given(self) -> bool:
        """Whether the customer got it, here or, of one from a file, elsewhere on a day nobody knows."""
        return self.sent_at is not None or self.status not in (QuoteStatus.DRAFT, QuoteStatus.WAITING)


class QuoteLine(LineMemory, Record):
    """One line being written. ``total`` is quantity × price − discount, to the cent, without ``tax``.

    ``list_price`` is what the line would cost by the price list, ``unit_cost`` what it costs the business, both on the day.
    Lines of one ``bundle`` belong together: an optional bundle is chosen whole. ``external_id`` names a line from a file within its quote.
    """

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField(default=1)
    product = models.ForeignKey(
        "commerce.Product", on_delete=models.PROTECT, related_name="quote_lines", null=True, blank=True
    )
    description = models.CharField(_("description"), max_length=300)
    details = models.TextField(_("details"), blank=True)
    bundle = models.CharField(_("bundle"), max_length=120, blank=True)
    billing = models.CharField(_("billing"), max_length=10, choices=Billing, default=Billing.ONE_OFF)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=Decimal(1))
    unit_price = money_field(_("unit price"))
    discount_kind = models.CharField(
        _("kind of discount"), max_length=8, choices=DiscountKind, default=DiscountKind.PERCENT
    )
    discount = money_field(_("discount"))
    tax_rate = models.DecimalField(_("tax %"), max_digits=5, decimal_places=2, default=ZERO)
    is_optional = models.BooleanField(_("optional"), default=False)
    is_chosen = models.BooleanField(_("chosen"), default=True)
    list_price: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("list price"), max_digits=14, decimal_places=2, default=None, null=True
    )
    unit_cost: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("unit cost"), max_digits=14, decimal_places=2, default=None, null=True
    )
    total = money_field()
    tax = money_field()
    external_id = models.CharField(_("external id"), max_length=150, blank=True, db_collation="C")

    class Meta:
        verbose_name = _("Line of a quote")
        verbose_name_plural = _("Lines of quotes")
        constraints = [
            models.UniqueConstraint(
                fields=["quote", "external_id"], condition=~Q(external_id=""), name="quote_line_external_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quote_line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, discount__gte=0, total__gte=0), name="quote_line_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["quote", "position", "id"], name="quote_line_quote")]

    def __str__(self) -> str:
        return self.description


class QuoteLayout(VersionedRecord):
    """How quotes look on paper: blocks in an order, texts with merge fields, options. Checked by ``documents.layouts``."""

    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(_("language"), max_length=10, default="pt-br")
    colour = models.CharField(_("colour"), max_length=7, default="#0c3b38")
    blocks: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    intro = models.TextField(_("introduction"), blank=True)
    terms = models.TextField(_("terms"), blank=True)
    footer = models.CharField(_("footer"), max_length=200, blank=True)
    shows_discounts = models.BooleanField(_("show discounts"), default=True)
    shows_details = models.BooleanField(_("show the lines' details"), default=True)
    is_default = models.BooleanField(_("used by default"), default=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Layout of quotes")
        verbose_name_plural = _("Layouts of quotes")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="quote_layout_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name


class QuoteCounter(Row):
    """The last number given to a quote (id 1) or contract (id 2)."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)
