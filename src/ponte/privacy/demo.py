"""The demo's consents, through the module's own services."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.directory.models import PartyEmail
from ponte.privacy.data import ConsentData
from ponte.privacy.models import ContactRefusal, Suppression
from ponte.privacy.services.consents import MOST_AT_ONCE, record_consents
from ponte.privacy.services.contact import may_contact
from ponte.privacy.services.suppressions import suppress_address
from ponte.workplace.demo import DemoContext, DemoPart

WAYS = ("site", "form", "store", "whatsapp", "event")
SOURCE = "demo"


def make(context: DemoContext) -> None:
    """Let most people consent to offers, some withdraw, a few addresses bounce or complain."""
    context.say("consentimentos")
    pick = context.random
    noon = timezone.make_aware(datetime.combine(context.today, time(12)))
    people: list[UUID] = list(context.made["people"])
    entries = []
    for party_id in people:
        if pick.random() > 0.7:
            continue
        given = noon - timedelta(days=pick.randrange(20, 700))
        channels = pick.choice((["email"], ["email", "whatsapp"], ["email", "whatsapp"], ["whatsapp"]))
        said = {"party_id": party_id, "purpose": "marketing", "source": SOURCE, "language": "pt-br"}
        entries.append(
            ConsentData(**said, channels=channels, given_through=pick.choice(WAYS), occurred_at=given)  # type: ignore[arg-type]
        )
        if pick.random() < 0.12:
            later = given + timedelta(days=pick.randrange(5, 18))
            entries.append(
                ConsentData(**said, allows=False, given_through="preferences", occurred_at=later)  # type: ignore[arg-type]
            )
    record_consents(actor=context.actor, entries=entries[:MOST_AT_ONCE])
    addresses = PartyEmail.objects.filter(party_id__in=people).order_by("id")
    for row, reason in zip(addresses[10:70:10], ("bounce", "opt_out", "complaint") * 2, strict=False):
        suppress_address(actor=context.actor, address=row.address, reason=reason, source=SOURCE)
        may_contact(
            actor=context.actor, party=row.party_id, purpose="marketing", channel="email", sender="demo"
        )


def remove(actor: Actor) -> None:
    """Take the demo's suppressions and refusals away; consents go with their customers."""
    Suppression.objects.filter(source=SOURCE).delete()
    ContactRefusal.objects.filter(sender=SOURCE).delete()


PART = DemoPart(key="privacy", order=25, make=make, remove=remove)
