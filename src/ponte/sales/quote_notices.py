"""Kinds of notices about quotes, which people may silence."""

ANSWERED = "quote.answered"
OPENED = "quote.viewed"
EXPIRING = "quote.expiring"
