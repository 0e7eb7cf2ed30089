"""The words commerce's attributes may take. Keys are stable and public, labels are translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductKind(models.TextChoices):
    """What is sold."""

    PRODUCT = "product", _("Product")
    SERVICE = "service", _("Service")


class Billing(models.TextChoices):
    """How often a sale of it is charged."""

    ONE_OFF = "one_off", _("One-off")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")
    YEARLY = "yearly", _("Yearly")


class IntervalKind(models.TextChoices):
    """What comes due some days after the purchase."""

    NONE = "", _("Nothing")
    MAINTENANCE = "maintenance", _("Maintenance")
    RENEWAL = "renewal", _("Renewal")
    REPLENISHMENT = "replenishment", _("Replenishment")


class OrderStatus(models.TextChoices):
    """Where an order stands."""

    DRAFT = "draft", _("Draft")
    PLACED = "placed", _("Placed")
    APPROVED = "approved", _("Approved")
    PROCESSING = "processing", _("In preparation")
    INVOICED = "invoiced", _("Invoiced")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")
    UNAVAILABLE = "unavailable", _("Unavailable")


class SalesChannel(models.TextChoices):
    """Where an order was placed."""

    STORE = "store", _("Physical store")
    SALES = "sales", _("Sales team")
    WEBSITE = "website", _("Website")
    MARKETPLACE = "marketplace", _("Marketplace")
    PHONE = "phone", _("Phone")
    WHATSAPP = "whatsapp", _("WhatsApp")
    OTHER = "other", _("Other")


class PaymentKind(models.TextChoices):
    """How an order is paid."""

    PIX = "pix", _("Pix")
    CREDIT_CARD = "credit_card", _("Credit card")
    DEBIT_CARD = "debit_card", _("Debit card")
    BOLETO = "boleto", _("Boleto")
    TRANSFER = "transfer", _("Bank transfer")
    CASH = "cash", _("Cash")
    VOUCHER = "voucher", _("Voucher")
    OTHER = "other", _("Other")
