"""The words of consent. Keys are stable and public, labels are translated."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LegalBasis(models.TextChoices):
    """Why personal data may be processed: LGPD (Lei 13.709/2018), art. 7."""

    CONSENT = "consent", _("Consent (art. 7, I)")
    LEGAL_OBLIGATION = "legal_obligation", _("Legal obligation (art. 7, II)")
    PUBLIC_POLICY = "public_policy", _("Public policy (art. 7, III)")
    RESEARCH = "research", _("Research (art. 7, IV)")
    CONTRACT = "contract", _("Contract or its preparation (art. 7, V)")
    JUDICIAL = "judicial", _("Judicial process (art. 7, VI)")
    LIFE = "life", _("Protection of life (art. 7, VII)")
    HEALTH = "health", _("Health care (art. 7, VIII)")
    LEGITIMATE_INTEREST = "legitimate_interest", _("Legitimate interest (art. 7, IX)")
    CREDIT = "credit", _("Protection of credit (art. 7, X)")


class ContactChannel(models.TextChoices):
    """By what a customer is contacted."""

    EMAIL = "email", _("E-mail")
    WHATSAPP = "whatsapp", _("WhatsApp")
    SMS = "sms", _("SMS")
    PHONE = "phone", _("Phone call")
    MAIL = "mail", pgettext_lazy("channel", "Post")


PHONE_CHANNELS = (ContactChannel.WHATSAPP, ContactChannel.SMS, ContactChannel.PHONE)


class ConsentStatus(models.TextChoices):
    """What a customer said last about one purpose on one channel."""

    GRANTED = "granted", _("Allowed")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "Withdrawn")
    REFUSED = "refused", pgettext_lazy("consent", "Refused")
    OBJECTED = "objected", _("Objected")


class GivenThrough(models.TextChoices):
    """Where a customer said it."""

    SITE = "site", _("Website")
    FORM = "form", _("Form")
    STORE = "store", _("In person")
    PAPER = "paper", _("Signed paper")
    PHONE = "phone", _("Phone call")
    EMAIL = "email", _("E-mail")
    WHATSAPP = "whatsapp", _("WhatsApp")
    EVENT = "event", _("Event")
    CONTRACT = "contract", _("Contract")
    PREFERENCES = "preferences", _("Preference page")
    IMPORT = "import", pgettext_lazy("source", "Import")
    API = "api", _("Integration")
    OTHER = "other", _("Other")


class SuppressionReason(models.TextChoices):
    """Why nothing is sent to an address."""

    BLOCKED = "blocked", _("Blocked by hand")
    BOUNCE = "bounce", _("Messages come back")
    COMPLAINT = "complaint", _("Complained (spam)")
    OPT_OUT = "opt_out", _("Asked not to be contacted")


# An address that doesn't work or was blocked gets nothing; who opted out or complained still gets what is
# essential (an invoice, a recall).
FINAL_REASONS = (SuppressionReason.BLOCKED, SuppressionReason.BOUNCE)


class Verdict(models.TextChoices):
    """Why a contact is allowed or refused."""

    ALLOWED = "allowed", _("May be contacted")
    NO_PURPOSE = "no_purpose", _("The purpose is unknown or switched off")
    NO_CHANNEL = "no_channel", _("The purpose doesn't use this channel")
    NO_CUSTOMER = "no_customer", _("There is no such customer, or the customer is in the bin")
    NO_CONSENT = "no_consent", _("No consent was given")
    EXPIRED = "expired", _("The consent has expired")
    WITHDRAWN = "withdrawn", _("The consent was withdrawn")
    REFUSED = "refused", _("The customer refused")
    OBJECTED = "objected", _("The customer objected")
    NO_ADDRESS = "no_address", _("No address for this channel is known")
    NOT_THEIRS = "not_theirs", _("The address isn't the customer's")
    BLOCKED = "blocked", _("The address is blocked")
    BOUNCE = "bounce", _("Messages to the address come back")
    INVALID = "invalid", _("The address doesn't work")
    NO_WHATSAPP = "no_whatsapp", _("The number has no WhatsApp")
    COMPLAINT = "complaint", _("The owner of the address complained")
    OPT_OUT = "opt_out", _("The owner of the address asked not to be contacted")
