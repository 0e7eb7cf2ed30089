"""Who may see and change quotes; see ``document_policies``."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.rights import may
from ponte.sales.document_policies import DocumentPolicy
from ponte.sales.models.quote import Quote

OBJECT = "quote"
QUOTES = DocumentPolicy(Quote, OBJECT, "party", "owner", "opportunity", "layout", "order")


def visible_quotes(member: Member, *, deleted: bool = False) -> QuerySet[Quote]:
    """Return the quotes the member may see: those there are, or with ``deleted`` those in the bin."""
    return QUOTES.visible(member, deleted=deleted)


def editable_quotes(member: Member) -> QuerySet[Quote]:
    """Return the quotes the member sees and may edit."""
    return QUOTES.editable(member)


def get_visible_quote(member: Member, quote_id: UUID, *, deleted: bool = False) -> Quote:
    """Return a quote the member may see; raise ``Missing`` otherwise."""
    return QUOTES.get_visible(member, quote_id, deleted=deleted)


def check_quote(actor: Actor, act: str, quote: Quote | None = None) -> None:
    """Raise unless the actor may do ``act`` (on ``quote``); acts of the system may.

    Raises:
        Missing: the quote is not visible to the member. Denied: the role doesn't reach it.
    """
    QUOTES.check(actor, act, quote)


def may_quote(member: Member, act: str, quote: Quote) -> bool:
    """Tell whether to offer ``act`` on a quote the member sees."""
    return may(member, OBJECT, act, quote)
