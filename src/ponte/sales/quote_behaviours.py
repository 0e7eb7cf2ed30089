"""What customers do with quotes that may be worth points to their leads."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.sales.behaviours import Behaviour, register_behaviour
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import QuoteStatus


def register() -> None:
    """Add that a quote was opened (its present edition, each once, when it was looked at last) and accepted."""
    living = Q(deleted_at=None)
    register_behaviour(
        Behaviour("quote_opened", _("A quote the customer opened"), "quote", Quote.objects.all, at="last_viewed_at",
                  only=living & Q(last_viewed_at__isnull=False))
    )  # fmt: skip
    register_behaviour(
        Behaviour("quote_accepted", _("A quote the customer accepted"), "quote", Quote.objects.all, at="answered_at",
                  only=living & Q(status=QuoteStatus.ACCEPTED, answered_at__isnull=False))
    )  # fmt: skip
