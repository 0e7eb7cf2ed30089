"""The words quotes and contracts may take. Keys are stable and public, labels are translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QuoteStatus(models.TextChoices):
    """Where a quote stands. *Expired* is not kept: it follows from the validity date."""

    DRAFT = "draft", pgettext_lazy("quote", "Draft")
    WAITING = "waiting", pgettext_lazy("quote", "Waiting for approval")
    SENT = "sent", pgettext_lazy("quote", "Sent")
    ACCEPTED = "accepted", pgettext_lazy("quote", "Accepted")
    DECLINED = "declined", pgettext_lazy("quote", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("quote", "Withdrawn")


class DiscountKind(models.TextChoices):
    """How a line's discount is written."""

    PERCENT = "percent", "%"
    VALUE = "value", _("value")


class DepositKind(models.TextChoices):
    """How much is paid on acceptance."""

    NONE = "", _("No deposit")
    PERCENT = "percent", _("Percentage of the one-off total")
    VALUE = "value", _("Fixed value")


class AnswerKind(models.TextChoices):
    """What the other side said about a document."""

    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    SIGNED = "signed", _("Signed")


class AnswerMeans(models.TextChoices):
    """How the customer gave an answer to a quote. But for the page a member puts it down for them."""

    PAGE = "page", _("On the quote's page")
    PHONE = "phone", _("By phone")
    EMAIL = "email", _("By e-mail")
    WHATSAPP = "whatsapp", _("By WhatsApp")
    PAPER = "paper", _("On paper")
    IN_PERSON = "in_person", pgettext_lazy("answer", "In person")
    OTHER = "other", _("In another way")
