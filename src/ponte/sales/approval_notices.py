"""Kinds of notices about approval, which people may silence."""

ASKED = "quote.approval_asked"
ANSWERED = "quote.approval_answered"
