"""Public links of quotes: made, looked at, ended."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales_quotes import QuoteViewed
from ponte.sales.document_links import digest_of
from ponte.sales.models.document import PublicLink
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.quote_policies import check_quote
from ponte.sales.services.public_links import OPEN_AFTER, count_look, end_of, make_public_link
from ponte.sales.services.quotes import lock_quote


def make_link(quote: Quote) -> PublicLink:
    """Return a new link to a quote; it ends 60 days after the quote's validity. Part of the caller's act."""
    return make_public_link(quote=quote, expires_at=end_of(quote.valid_until) + OPEN_AFTER)


def find_link(token: str) -> PublicLink:
    """Return the living link of a token with its quote; raise ``Missing`` for unknown, ended and revoked ones."""
    rows = PublicLink.objects.select_related("quote__party", "quote__owner")
    link = rows.filter(digest=digest_of(token), revoked_at=None, expires_at__gt=timezone.now()).first()
    if link is None or link.quote is None:
        raise Missing("link")
    if link.quote.deleted_at is not None or link.quote.party.deleted_at is not None:
        raise Missing("link")
    return link


def current_link(quote: Quote) -> PublicLink | None:
    """Return the newest link of a quote that still opens it."""
    rows = quote.links.filter(revoked_at=None, expires_at__gt=timezone.now())
    return rows.order_by("-id").first()


@transaction.atomic
def note_view(*, actor: Actor, link_id: UUID) -> None:
    """Count that the customer looked; the first look at an edition is an event. Answers nobody but the counters.

    Raises:
        Missing: no such link.
    """
    now = timezone.now()
    link = count_look(link_id, now)
    if link.quote_id is None:
        raise Missing("link")
    quote = Quote.objects.select_for_update(of=("self",)).get(id=link.quote_id)
    first = quote.first_viewed_at is None
    Quote.objects.filter(id=quote.id).update(
        views=F("views") + 1, last_viewed_at=now, first_viewed_at=quote.first_viewed_at or now
    )
    if first and quote.status == QuoteStatus.SENT:
        viewed = QuoteViewed(quote_id=str(quote.id), party_id=str(quote.party_id), edition=quote.edition)
        publish(viewed, actor=actor)


@transaction.atomic
def renew_link(*, actor: Actor, quote_id: UUID) -> PublicLink:
    """Give a quote that was sent a new link; the former ones end at once.

    Raises:
        Missing, Denied: as everywhere; also a quote that was never sent from here.
    """
    quote = lock_quote(quote_id)
    check_quote(actor, "edit", quote)
    if not quote.documents.exists():
        raise Missing("link")
    revoke_links(quote)
    audit.record(actor=actor, act="quote.link_renewed", target=quote, subject_id=quote.party_id)
    return make_link(quote)


def revoke_links(quote: Quote) -> None:
    """End every link of a quote. Part of the caller's act."""
    quote.links.filter(revoked_at=None).update(revoked_at=timezone.now())
