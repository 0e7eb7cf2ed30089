"""The words contracts may take. Keys are stable and public, labels are translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ContractStatus(models.TextChoices):
    """Where a contract stands. *In force* is not kept: it follows from signature and dates."""

    DRAFT = "draft", pgettext_lazy("contract", "Draft")
    APPROVAL = "approval", pgettext_lazy("contract", "In approval")
    APPROVED = "approved", pgettext_lazy("contract", "Approved")
    OUT = "out", pgettext_lazy("contract", "Out for signature")
    SIGNED = "signed", pgettext_lazy("contract", "Signed")
    DECLINED = "declined", pgettext_lazy("contract", "Declined")
    CANCELLED = "cancelled", pgettext_lazy("contract", "Cancelled")
    ENDED = "ended", pgettext_lazy("contract", "Ended")


class ContractKind(models.TextChoices):
    """What a contract is: one of its own, or a change of another one."""

    CONTRACT = "contract", _("Contract")
    ADDENDUM = "addendum", _("Addendum")
    RENEWAL = "renewal", _("Renewal")
    READJUSTMENT = "readjustment", _("Readjustment")


class Renewal(models.TextChoices):
    """What happens when a contract's term is over."""

    NONE = "none", _("Ends")
    MANUAL = "manual", _("Renewed by agreement")
    AUTOMATIC = "automatic", _("Renews by itself")


class PriceIndex(models.TextChoices):
    """The index a contract's value follows. Its percentage is entered by a person."""

    NONE = "", _("No readjustment")
    IPCA = "ipca", "IPCA"
    IGPM = "igpm", "IGP-M"
    INPC = "inpc", "INPC"
    OTHER = "other", _("Another index")


class SignerRole(models.TextChoices):
    """As what somebody signs."""

    CUSTOMER = "customer", pgettext_lazy("signer", "Customer")
    BUSINESS = "business", pgettext_lazy("signer", "Our side")
    WITNESS = "witness", pgettext_lazy("signer", "Witness")
    GUARANTOR = "guarantor", pgettext_lazy("signer", "Guarantor")


class SignatureWay(models.TextChoices):
    """Where signatures are gathered."""

    PAGE = "page", _("On our own page")
    PROVIDER = "provider", _("By the signature service")
