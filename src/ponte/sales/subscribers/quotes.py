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
from ponte.sales.models.document import DocumentAnswer
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import AnswerMeans
from ponte.sales.quote_notices import ANSWERED, OPENED
from ponte.timeline.kinds import Kind


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
    quote = _quote(event.quote_id)
    if quote is None:
        return None
    if event.means != AnswerMeans.PAGE:
        _note_recorded(context, quote, timeline.ACCEPTANCE_RECORDED, event.edition, amount=event.first_year)
        return _tell(context, quote, ANSWERED, _("Quote %(number)s was put down as accepted by %(name)s"))
    timeline.write(
        context.actor, quote, timeline.ACCEPTED, key=str(quote.id), at=context.created_at, amount=event.first_year
    )  # fmt: skip
    _tell(context, quote, ANSWERED, _("%(name)s accepted quote %(number)s"))
    return None


@subscribes(QuoteDeclined, name="sales.quote_declined")
def note_declined(event: QuoteDeclined, context: EventContext) -> None:
    """Write that it was declined and why, and tell the salesperson."""
    quote = _quote(event.quote_id)
    if quote is None:
        return None
    if event.means != AnswerMeans.PAGE:
        _note_recorded(context, quote, timeline.REFUSAL_RECORDED, event.edition, note=event.reason)
        title = _("Quote %(number)s was put down as declined by %(name)s")
        return _tell(context, quote, ANSWERED, title, event.reason)
    key = f"{quote.id}:{event.edition}"
    timeline.write(context.actor, quote, timeline.DECLINED, key=key, at=context.created_at, note=event.reason)
    _tell(context, quote, ANSWERED, _("%(name)s declined quote %(number)s"), event.reason)
    return None


@subscribes(QuoteWithdrawn, name="sales.quote_withdrawn")
def note_withdrawn(event: QuoteWithdrawn, context: EventContext) -> None:
    """Write that it was withdrawn."""
    if quote := _quote(event.quote_id):
        key = f"{quote.id}:{quote.edition}"
        timeline.write(context.actor, quote, timeline.WITHDRAWN, key=key, at=context.created_at)


def _note_recorded(
    context: EventContext, quote: Quote, kind: Kind, edition: int, *, note: str = "", amount: str = ""
) -> None:
    """Write that a member put an answer down, on the day it was given, apart from answers on the quote's page."""
    answer = DocumentAnswer.objects.filter(document__quote=quote, document__edition=edition).first()
    if answer is None:
        return
    words = ": ".join(filter(None, (answer.name, note)))
    timeline.write(
        context.actor, quote, kind, key=f"{quote.id}:{edition}", at=quote.answered_at, note=words, amount=amount,
        means=answer.means,
    )  # fmt: skip


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
