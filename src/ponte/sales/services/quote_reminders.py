"""Quotes about to expire: a reminder by e-mail to the customer where they may be written to, word to the salesperson."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.services import audit
from ponte.core.services.mail import queue_mail
from ponte.core.services.notifications import notify
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.privacy.services.contact import may_contact
from ponte.sales.document_links import link_url
from ponte.sales.documents.brand import load_brand
from ponte.sales.models.document import PublicLink
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.quote_notices import EXPIRING
from ponte.sales.services.quote_links import current_link
from ponte.sales.services.quote_sending import EMAIL, PURPOSE

DAYS_AHEAD = 3
CHUNK = 200


def remind_expiring() -> int:
    """Remind of every quote whose validity ends within three days, once an edition; return how many. Chunks of their own."""
    done = 0
    while True:
        with workspace_scope(named_workspace()) as workspace, timezone.override(workspace.timezone):
            found = _remind_some()
        done += found
        if found < CHUNK:
            return done


@transaction.atomic
def _remind_some() -> int:
    today = timezone.localdate()
    due = (
        Quote.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("party", "owner__role", "layout")
        .filter(
            status=QuoteStatus.SENT,
            deleted_at=None,
            reminded_at=None,
            party__deleted_at=None,
            valid_until__range=(today, today + timedelta(days=DAYS_AHEAD)),
        )
        .order_by("valid_until", "id")[:CHUNK]
    )
    quotes = list(due)
    Quote.objects.filter(id__in=[quote.id for quote in quotes]).update(reminded_at=timezone.now())
    actor = Actor.for_job("sales.remind_quotes")
    for quote in quotes:
        mailed = _mail(actor, quote, current_link(quote))
        _tell(quote, mailed=mailed)
        audit.record(
            actor=actor, act="quote.reminded", target=quote, subject_id=quote.party_id,
            changes={"mailed": (None, mailed)},
        )  # fmt: skip
    return len(quotes)


def _mail(actor: Actor, quote: Quote, link: PublicLink | None) -> bool:
    if link is None or not settings.PONTE_SENDS_MAIL or not settings.PONTE_URL:
        return False
    decision = may_contact(
        actor=actor, party=quote.party_id, purpose=PURPOSE, channel=EMAIL, sender=f"quote {quote.number}"
    )
    if not decision:
        return False
    brand = load_brand()
    words = {
        "name": quote.party.label, "number": quote.number, "title": quote.title, "business": brand.name,
        "day": date_format(quote.valid_until, "SHORT_DATE_FORMAT"),
    }  # fmt: skip
    with translation.override(quote.layout.language if quote.layout else "pt-br"):
        text = "\n\n".join(
            [
                _("Hello, %(name)s.") % words,
                _("Your quote %(number)s (%(title)s) is valid until %(day)s:") % words,
                link_url(link),
                brand.name,
            ]
        )
        subject = _("Quote %(number)s is valid until %(day)s") % words
    return queue_mail(to=decision.address, subject=subject, text=text)


def _tell(quote: Quote, *, mailed: bool) -> None:
    if quote.owner is None:
        return
    with translation.override(quote.owner.language):
        day = date_format(quote.valid_until, "SHORT_DATE_FORMAT")
        title = _("Quote %(number)s of %(name)s is valid until %(day)s") % {
            "number": quote.number, "name": quote.party.label, "day": day,
        }  # fmt: skip
        body = _("The customer was reminded by e-mail.") if mailed else _("The customer was not reminded.")
        notify(member=quote.owner, kind=EXPIRING, title=title, body=body, url=f"/quotes/{quote.id}/")
