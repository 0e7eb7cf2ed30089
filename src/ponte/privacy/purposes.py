"""The purposes every workspace starts with, and which ones there are now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from ponte.core.prepared import Prepared
from ponte.privacy.models import ConsentText, ContactChannel, LegalBasis, Purpose

EVERY_CHANNEL = tuple(channel.value for channel in ContactChannel)
LANGUAGES = ("pt-br", "en")


@dataclass(frozen=True)
class PurposeInfo:
    """A purpose as the rules read it.

    Attributes:
        basis: the legal basis where nothing else is known of a customer; with "consent" silence means no.
        channels: the channels it may use at all.
        is_essential: contact that can't be declined (an invoice, a recall); only addresses that don't work stop it.
        is_public: customers decide about it on their preference page.
        valid_months: how long a consent lasts; None: until withdrawn.
        default_text: the words agreed to, until a workspace writes its own.
    """

    key: str
    name: str | Promise
    description: str | Promise
    basis: str
    channels: tuple[str, ...]
    is_essential: bool = False
    is_public: bool = True
    is_active: bool = True
    valid_months: int | None = None
    default_text: str | Promise = ""
    order: int = 100
    version: int = 0

    @property
    def basis_label(self) -> str | Promise:
        return LegalBasis(self.basis).label

    @property
    def needs_consent(self) -> bool:
        return self.basis == LegalBasis.CONSENT

    @property
    def can_be_declined(self) -> bool:
        return not self.is_essential


DEFAULTS = (
    PurposeInfo(
        "service",
        _("Service and orders"),
        _("Answers to requests, news of orders, deliveries and appointments."),
        LegalBasis.CONTRACT,
        EVERY_CHANNEL,
        is_essential=True,
        is_public=False,
        order=10,
    ),
    PurposeInfo(
        "billing",
        _("Billing"),
        _("Invoices, payment slips, reminders of payment."),
        LegalBasis.CONTRACT,
        EVERY_CHANNEL,
        is_essential=True,
        is_public=False,
        order=20,
    ),
    PurposeInfo(
        "legal",
        _("Legal notices"),
        _("What the law obliges to tell: recalls, changes of terms, incidents with data."),
        LegalBasis.LEGAL_OBLIGATION,
        EVERY_CHANNEL,
        is_essential=True,
        is_public=False,
        order=30,
    ),
    PurposeInfo(
        "sales",
        _("Proposals and follow-up"),
        _("Proposals asked for, negotiation, follow-up by the salesperson."),
        LegalBasis.CONTRACT,
        EVERY_CHANNEL,
        order=40,
        default_text=_("I agree to be contacted about proposals and my requests."),
    ),
    PurposeInfo(
        "survey",
        _("Satisfaction surveys"),
        _("Short questions on how service and products were."),
        LegalBasis.LEGITIMATE_INTEREST,
        ("email", "whatsapp", "sms", "phone"),
        order=50,
        default_text=_("I agree to answer short questions about service and products."),
    ),
    PurposeInfo(
        "marketing",
        _("Offers and news"),
        _("Promotions, launches, newsletters, invitations."),
        LegalBasis.CONSENT,
        EVERY_CHANNEL,
        order=60,
        default_text=_(
            "I agree to receive offers and news on the channels I chose. I can withdraw this at any time, free of charge."
        ),
    ),
)
_DEFAULTS = {info.key: info for info in DEFAULTS}
_PURPOSE = Prepared[Purpose](lambda key: Purpose.objects.filter(key=key), str)
_NEWEST_TEXT = Prepared[ConsentText](
    lambda key, language: ConsentText.objects.filter(purpose=key, language=language).order_by("-version")[:1],
    str,
    str,
)


def list_purposes(*, active: bool = True) -> list[PurposeInfo]:
    """Return the workspace's purposes in order: the usual ones as it changed them, and its own. One query."""
    found = dict(_DEFAULTS)
    found.update({row.key: _info(row) for row in Purpose.objects.all()})
    kept = [info for info in found.values() if info.is_active or not active]
    return sorted(kept, key=lambda info: (info.order, info.key))


def get_purpose(key: str) -> PurposeInfo | None:
    """Return the purpose of a key, switched off or not; None when there is none."""
    row = _PURPOSE.first(key) if "\x00" not in key else None
    return _info(row) if row else _DEFAULTS.get(key)


def is_default(key: str) -> bool:
    """Return whether every workspace has this purpose."""
    return key in _DEFAULTS


def _info(row: Purpose) -> PurposeInfo:
    base = _DEFAULTS.get(row.key)
    own = PurposeInfo(
        row.key,
        row.name,
        row.description,
        row.basis,
        tuple(row.channels),
        row.is_essential,
        row.is_public,
        row.is_active,
        row.valid_months,
        base.default_text if base else row.description or row.name,
        row.order,
        row.version,
    )
    # a usual purpose keeps its translated words until somebody rewords it
    if base and _words(base) & {row.name}:
        own = replace(own, name=base.name)
    if base and _words(base, "description") & {row.description}:
        own = replace(own, description=base.description)
    return own


def _words(info: PurposeInfo, name: str = "name") -> set[str]:
    found = set()
    for language in LANGUAGES:
        with override(language):
            found.add(str(getattr(info, name)))
    return found


def current_text(info: PurposeInfo, language: str) -> str:
    """Return the words agreed to now, in a language ("pt-br", "en"): the newest version or the usual ones."""
    row = newest_text(info.key, language)
    if row:
        return row.body
    with override(language):
        return str(info.default_text or info.description or info.name)


def newest_text(key: str, language: str) -> ConsentText | None:
    """Return the newest stored version of a purpose's words, None when only the usual ones exist."""
    return _NEWEST_TEXT.first(key, language)
