"""What follows from quotes: timeline entries, and word to the salesperson. Each is written once, however often an event comes."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from ponte.core.services.notifications import notify
from ponte.core.subscriptions import EventContext, subscribes
from ponte.events.sales_quotes import (
    QuoteAccepted,
    QuoteCommented,
    QuoteDeclined,
    QuoteSent,
    QuoteViewed,
    QuoteWithdrawn,
)
from ponte.sales import quote_timeline as timeline
from ponte.sales.models.comment import QuoteComment
from ponte.sales.models.quote import Quote
from ponte.sales.quote_notices import ANSWERED, OPENED


@subscribes(QuoteSent, name="sales.quote_timeline_sent")
def note_sent(event: QuoteSent, context: EventContext) -> None:
    """Write that a quote was sent, and for how much."""
    if quote := _quote(event.quote_id):
        key = f"{quote.id}:{event.edition}"
        timeline.write(
            context.actor, quote, timeline.SENT, key=key, at=context.created_at, amount=event.first_year
        )


@subscribes(QuoteViewed, name="sales.quote_viewed")
def note_viewed(event: QuoteViewed, context: EventContext) -> None:
    """Write that the customer opened it, and tell the salesperson."""
    if quote := _quote(event.quote_id):
        key = f"{quote.id}:{event.edition}"
        timeline.write(context.actor, quote, timeline.VIEWED, key=key, at=context.created_at)
        _tell(context, quote, OPENED, _("%(name)s opened quote %(number)s"))


@subscribes(QuoteCommented, name="sales.quote_commented")
def note_commented(event: QuoteCommented, context: EventContext) -> None:
    """Write what was said, and tell the salesperson of the customer's words."""
    quote = _quote(event.quote_id)
    comment = QuoteComment.objects.filter(id=UUID(event.comment_id)).first()
    if quote is None or comment is None:
        return
    timeline.write(
        context.actor, quote, timeline.COMMENTED, key=event.comment_id, at=context.created_at,
        note=f"{comment.author}: {comment.body}",
    )  # fmt: skip
    if event.by_customer:
        _tell(context, quote, ANSWERED, _("%(name)s wrote on quote %(number)s"), comment.body)


@subscribes(QuoteAccepted, name="sales.quote_accepted")
def note_accepted(event: QuoteAccepted, context: EventContext) -> None:
    """Write that it was accepted, and tell the salesperson."""
    if quote := _quote(event.quote_id):
        timeline.write(
            context.actor, quote, timeline.ACCEPTED, key=str(quote.id), at=context.created_at,
            amount=event.first_year,
        )  # fmt: skip
        _tell(context, quote, ANSWERED, _("%(name)s accepted quote %(number)s"))


@subscribes(QuoteDeclined, name="sales.quote_declined")
def note_declined(event: QuoteDeclined, context: EventContext) -> None:
    """Write that it was declined and why, and tell the salesperson."""
    if quote := _quote(event.quote_id):
        key = f"{quote.id}:{event.edition}"
        timeline.write(
            context.actor, quote, timeline.DECLINED, key=key, at=context.created_at, note=event.reason
        )
        _tell(context, quote, ANSWERED, _("%(name)s declined quote %(number)s"), event.reason)


@subscribes(QuoteWithdrawn, name="sales.quote_withdrawn")
def note_withdrawn(event: QuoteWithdrawn, context: EventContext) -> None:
    """Write that it was withdrawn."""
    if quote := _quote(event.quote_id):
        key = f"{quote.id}:{quote.edition}"
        timeline.write(context.actor, quote, timeline.WITHDRAWN, key=key, at=context.created_at)


def _tell(context: EventContext, quote: Quote, kind: str, text: str, body: str = "") -> None:
    if quote.owner is None:
        return
    with translation.override(quote.owner.language):
        title = gettext(text) % {"name": quote.party.label, "number": quote.number}
        notify(
            member=quote.owner,
            kind=kind,
            title=title,
            body=body[:300],
            url=f"/quotes/{quote.id}/",
            actor=context.actor,
        )


def _quote(quote_id: str) -> Quote | None:
    rows = Quote.objects.select_related("party", "owner__role")
    return rows.filter(id=UUID(quote_id), deleted_at=None, party__deleted_at=None).first()
