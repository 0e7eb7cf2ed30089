"""Who may see and change quotes. They follow their customer's visibility, as orders do; "own" and "team" mean the salesperson's."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Missing
from ponte.core.models import Member
from ponte.core.rights import filter_owned, may
from ponte.sales.models.quote import Quote
from ponte.sales.policies import customer_condition

OBJECT = "quote"


def visible_quotes(member: Member, *, deleted: bool = False) -> QuerySet[Quote]:
    """Return the quotes the member may see: those there are, or with ``deleted`` those in the bin."""
    condition = customer_condition(member, OBJECT)
    rows = Quote.objects.filter(deleted_at__isnull=not deleted)
    return rows.none() if condition is None else rows.filter(condition)


def editable_quotes(member: Member) -> QuerySet[Quote]:
    """Return the quotes the member sees and may edit."""
    return filter_owned(visible_quotes(member), member, OBJECT, "edit", owner="owner", team="owner__team")


def get_visible_quote(member: Member, quote_id: UUID, *, deleted: bool = False) -> Quote:
    """Return a quote the member may see; raise ``Missing`` otherwise."""
    rows = visible_quotes(member, deleted=deleted).select_related(
        "party", "owner", "opportunity", "layout", "order"
    )
    quote = rows.filter(id=quote_id).first()
    if quote is None:
        raise Missing
    return quote


def check_quote(actor: Actor, act: str, quote: Quote | None = None) -> None:
    """Raise unless the actor may do ``act`` (on ``quote``); acts of the system may.

    Raises:
        Missing: the quote is not visible to the member. Denied: the role doesn't reach it.
    """
    member = actor.member
    if member is None:
        return
    if quote is not None:
        seen = visible_quotes(member, deleted=quote.deleted_at is not None).filter(id=quote.id)
        if not seen.exists():
            raise Missing
    if not may(member, OBJECT, act, quote):
        raise Denied(OBJECT, act)


def may_quote(member: Member, act: str, quote: Quote) -> bool:
    """Tell whether to offer ``act`` on a quote the member sees."""
    return may(member, OBJECT, act, quote)
