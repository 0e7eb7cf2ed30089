"""How quotes look on a customer's timeline."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from ponte.sales.document_timeline import kinds_of, write_entry

_kind = kinds_of("sales/timeline/_quote.html")
SENT = _kind("quote_sent", _("Quote sent"), "send", "blue", 70, contact=True)
VIEWED = _kind("quote_viewed", _("Quote opened by the customer"), "eye", "purple", 71)
COMMENTED = _kind("quote_commented", _("Comment on a quote"), "message-2", "blue", 72, contact=True)
ACCEPTED = _kind("quote_accepted", _("Quote accepted"), "circle-check", "green", 73, contact=True)
DECLINED = _kind("quote_declined", _("Quote declined"), "circle-x", "red", 74, contact=True)
ACCEPTANCE_RECORDED = _kind(
    "quote_accepted_told", _("Acceptance of a quote put down"), "circle-check", "green", 73, contact=True
)
REFUSAL_RECORDED = _kind(
    "quote_declined_told", _("Refusal of a quote put down"), "circle-x", "red", 74, contact=True
)
WITHDRAWN = _kind("quote_withdrawn", _("Quote withdrawn"), "arrow-back-up", "neutral", 75)
write = partial(write_entry, source="quotes", link="quote_id")
