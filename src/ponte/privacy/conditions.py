"""What conditions can ask of customers' consent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.conditions.catalogue import (
    Choice,
    Entry,
    Field,
    Relation,
    Subject,
    extend_subject,
    register_subject,
)
from ponte.core.models import Member
from ponte.directory.models import PartyEmail, PartyPhone, Validity
from ponte.privacy.models import ConsentStatus, ContactChannel, Permission, Suppression
from ponte.privacy.purposes import get_purpose, list_purposes

SECTION = _("Consent and privacy")
CUSTOMERS = ("person", "company", "customer")


def allows_choices(reader: Member | None) -> Sequence[Choice]:
    """Return every purpose on every channel it uses, as ``marketing:email``."""
    labels = dict(ContactChannel.choices)
    return [
        (f"{info.key}:{channel}", f"{info.name} · {labels[channel]}")
        for info in list_purposes()
        if info.can_be_declined
        for channel in info.channels
    ]


def allows(operator: str, value: Any, reader: Member | None) -> Q:
    """Return "the customer's word allows any of these", as ``permission_verdict`` would say; addresses aren't asked."""
    if operator == "empty":
        return ~Q(Exists(Permission.objects.filter(party_id=OuterRef("pk"))))
    found = Q(pk__in=[])
    for one in value:
        key, _colon, channel = str(one).partition(":")
        info = get_purpose(key)
        if info is None or not info.is_active or channel not in info.channels:
            continue
        said = Permission.objects.filter(party_id=OuterRef("pk"), purpose=key, channel=channel)
        lasting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        yes = Q(Exists(said.filter(lasting, status=ConsentStatus.GRANTED)))
        found |= yes if info.needs_consent else yes | ~Q(Exists(said))
    return found


def closed(operator: str, value: Any, reader: Member | None) -> Q:
    """Return "nothing is sent to any of the customer's e-mails (or phones)": suppressed, opted out or broken."""
    found = Q(pk__in=[])
    for kind in value:
        model, column = (PartyEmail, "address") if kind == "email" else (PartyPhone, "number")
        mine: QuerySet[Any] = model.objects.filter(party_id=OuterRef("pk"))
        suppressed = Exists(Suppression.objects.filter(address=OuterRef(column), channel="", lifted_at=None))
        shut = Q(opted_out_at__isnull=False) | Q(validity=Validity.INVALID) | Q(suppressed)
        found |= Q(Exists(mine)) & ~Q(Exists(mine.exclude(shut)))
    return found


def _purposes(reader: Member | None) -> Sequence[Choice]:
    return [(info.key, info.name) for info in list_purposes(active=False)]


def _entries() -> tuple[Entry, ...]:
    return (
        Field("allows", _("Allows contact for"), "choice", by=allows, choices=allows_choices, rights=(), section=SECTION,
              operators=("is", "is_not")),
        Field("closed", _("Nothing may be sent to"), "choice", by=closed, rights=("email", "phone"), section=SECTION,
              choices=(("email", _("any e-mail of theirs")), ("phone", _("any phone of theirs"))),
              operators=("is", "is_not")),
        Relation("permissions", _("What they said about contact"), _("words about contact"), "permission",
                 lambda reader: Permission.objects.all(), link="party_id", dated="since", section=SECTION,
                 any_words=_("said something about contact"), none_words=_("said nothing about contact")),
    )  # fmt: skip


def register() -> None:
    """Make consent known to conditions on customers."""
    register_subject(
        Subject(
            "permission",
            _("Permissions"),
            Permission,
            "customer",
            lambda reader: Permission.objects.all(),
            (
                Field("purpose", _("Purpose"), "choice", path="purpose", choices=_purposes, rights=()),
                Field(
                    "channel",
                    _("Channel"),
                    "choice",
                    path="channel",
                    choices=ContactChannel.choices,
                    rights=(),
                ),
                Field(
                    "status", _("Decision"), "choice", path="status", choices=ConsentStatus.choices, rights=()
                ),
                Field("since", _("Since"), "moment", path="since", rights=()),
                Field("expires", _("Ends"), "moment", path="expires_at", rights=()),
            ),
            listed=False,
        )
    )
    for key in CUSTOMERS:
        extend_subject(key, *_entries())
