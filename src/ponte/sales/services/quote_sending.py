"""Giving a quote to the customer: sealed as it is, reachable by a link; a new edition; taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.services.mail import queue_mail
from ponte.events.sales_quotes import QuoteRevised, QuoteSent, QuoteWithdrawn
from ponte.privacy.services.contact import may_contact
from ponte.sales.document_links import link_url
from ponte.sales.documents.brand import load_brand
from ponte.sales.documents.content import canonical, quote_content, sha256
from ponte.sales.documents.printing import quote_pdf
from ponte.sales.models.approval import ApprovalState
from ponte.sales.models.document import PublicLink, SealedDocument
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.quote_policies import check_quote
from ponte.sales.services.approval_holding import check_sendable, close_approvals
from ponte.sales.services.quote_lines import price_from_today
from ponte.sales.services.quote_links import current_link, make_link, revoke_links
from ponte.sales.services.quotes import check_open, line_pricing, lock_quote, save_quote

PURPOSE = "sales"
EMAIL, LINK = "email", "link"


@dataclass(frozen=True)
class Sent:
    """What sending a quote made. ``mailed`` tells whether an e-mail is on its way."""

    document: SealedDocument
    link: PublicLink
    mailed: bool


@transaction.atomic
def send_quote(
    *,
    actor: Actor,
    quote_id: UUID,
    channel: str = LINK,
    message: str = "",
    base: str = "",
    version: int | None = None,
) -> Sent:
    """Seal the edition being written and open it to the customer by a link, which an e-mail may carry.

    Args:
        channel: "email" sends the link to the customer's address, where they may be contacted; "link" leaves that to the caller.
        message: words of the salesperson for the e-mail.
        base: address of the installation for the link, where it isn't set.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it was sent already, has no lines, expired, or the customer may not be
        written to, or its discounts pass the sender's limit and no approval of these figures holds.
    """
    quote = lock_quote(quote_id)
    check_quote(actor, "edit", quote)
    check_version(quote, version)
    check_open(quote)
    rows = list(quote.lines.order_by("position", "id"))
    _check_sendable(quote, has_lines=bool(rows))
    check_sendable(actor, quote, rows)
    close_approvals(actor, quote, ApprovalState.CANCELLED)  # asked for, but no longer needed
    now = timezone.now()
    document = seal_edition(actor, quote, now=now)
    link = current_link(quote) or make_link(quote)
    quote.status, quote.sent_at = QuoteStatus.SENT, now
    quote.first_viewed_at = quote.last_viewed_at = quote.reminded_at = None
    quote.views = 0
    save_quote(quote)
    mailed = channel == EMAIL and mail_link(
        actor, quote, link, message=message, base=base, language=_language(document)
    )
    changes = {
        "status": ("draft", "sent"),
        "edition": (None, quote.edition),
        "sha256": (None, document.sha256),
    }
    audit.record(actor=actor, act="quote.sent", target=quote, subject_id=quote.party_id, changes=changes)
    sent = QuoteSent(
        quote_id=str(quote.id),
        party_id=str(quote.party_id),
        edition=quote.edition,
        first_year=str(quote.first_year),
        currency=quote.currency,
        channel=EMAIL if mailed else LINK,
    )
    publish(sent, actor=actor)
    return Sent(document, link, mailed)


@transaction.atomic
def revise_quote(*, actor: Actor, quote_id: UUID, version: int | None = None) -> Quote:
    """Begin the next edition of a quote that was sent or declined; from now on the old one can't be accepted.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it is being written, was accepted or withdrawn.
    """
    quote = lock_quote(quote_id)
    check_quote(actor, "edit", quote)
    check_version(quote, version)
    if quote.status not in (QuoteStatus.SENT, QuoteStatus.DECLINED):
        raise Invalid.on(
            "status", "closed", gettext_lazy("Only a quote that was sent or declined gets a new edition.")
        )
    before = quote.status
    quote.status = QuoteStatus.DRAFT
    quote.edition += 1
    quote.answered_at, quote.decline_reason = None, ""
    quote.valid_until = max(quote.valid_until, timezone.localdate())
    if quote.external_id:
        rows = list(quote.lines.select_related("product").order_by("position", "id"))
        price_from_today(quote, rows, line_pricing(quote)(row.product for row in rows if row.product))
    save_quote(quote)
    changes = {"status": (before, quote.status), "edition": (quote.edition - 1, quote.edition)}
    audit.record(actor=actor, act="quote.revised", target=quote, subject_id=quote.party_id, changes=changes)
    publish(
        QuoteRevised(quote_id=str(quote.id), party_id=str(quote.party_id), edition=quote.edition),
        actor=actor,
    )
    return quote


@transaction.atomic
def withdraw_quote(*, actor: Actor, quote_id: UUID, version: int | None = None) -> Quote:
    """Take back a quote that was sent: its links end, it can't be accepted any more.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it isn't out.
    """
    quote = lock_quote(quote_id)
    check_quote(actor, "edit", quote)
    check_version(quote, version)
    if not quote.was_given or quote.status in (QuoteStatus.ACCEPTED, QuoteStatus.WITHDRAWN):
        raise Invalid.on("status", "closed", gettext_lazy("There is nothing to withdraw."))
    before, quote.status = quote.status, QuoteStatus.WITHDRAWN
    save_quote(quote)
    revoke_links(quote)
    audit.record(
        actor=actor,
        act="quote.withdrawn",
        target=quote,
        subject_id=quote.party_id,
        changes={"status": (before, quote.status)},
    )
    publish(QuoteWithdrawn(quote_id=str(quote.id), party_id=str(quote.party_id)), actor=actor)
    return quote


def mail_link(
    actor: Actor, quote: Quote, link: PublicLink, *, message: str, base: str, language: str
) -> bool:
    """Queue an e-mail with the link; False where the installation sends no mail. Part of the caller's act.

    Raises:
        Invalid: the customer has no address, or may not be written to.
    """
    decision = may_contact(
        actor=actor, party=quote.party_id, purpose=PURPOSE, channel=EMAIL, sender=f"quote {quote.number}"
    )
    if not decision:
        raise Invalid.on(
            "channel", "refused",
            _("This customer can't be written to (%(reason)s). Copy the link instead.") % {"reason": decision.reason},
        )  # fmt: skip
    brand = load_brand()
    with translation.override(language):
        words = {"business": brand.name, "number": quote.number, "title": quote.title}
        parts = [
            _("Hello, %(name)s.") % {"name": quote.party.label},
            message.replace("\x00", "").strip()[:2000],
            _("Your quote %(number)s (%(title)s) is here:") % words,
            link_url(link, base=base),
            _("It is valid until %(day)s. On the page you can choose options, ask and accept.")
            % {"day": date_format(quote.valid_until, "SHORT_DATE_FORMAT")},
            "\n".join(filter(None, (quote.owner.name if quote.owner else "", brand.name, brand.phone))),
        ]
        subject = _("Quote %(number)s from %(business)s") % words
    return queue_mail(to=decision.address, subject=subject, text="\n\n".join(filter(None, parts)))


def _check_sendable(quote: Quote, *, has_lines: bool) -> None:
    if not has_lines:
        raise Invalid.on("lines", "required", gettext_lazy("Add at least one line before sending."))
    if quote.valid_until < timezone.localdate():
        raise Invalid.on(
            "valid_until", "past", gettext_lazy("Its validity is over: choose a later day before sending.")
        )


def seal_edition(
    actor: Actor, quote: Quote, *, now: datetime, stage: str = SealedDocument.Stage.SENT
) -> SealedDocument:
    """Keep what a quote says now, and its file, for good. Part of the caller's act."""
    content = quote_content(quote, quote.lines.order_by("position", "id"))
    text, pdf = canonical(content), quote_pdf(content, at=now)
    return SealedDocument.objects.create(
        party=quote.party,
        quote=quote,
        stage=stage,
        edition=quote.edition,
        content=text,
        sha256=sha256(text),
        pdf=pdf,
        pdf_sha256=sha256(pdf),
        member=actor.member,
    )


def _language(document: SealedDocument) -> str:
    return str(json.loads(document.content)["language"])
