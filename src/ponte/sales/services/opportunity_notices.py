"""Telling people about opportunities that are theirs now."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import translation
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.services.notifications import notify
from ponte.sales.models import Opportunity

ASSIGNED = "opportunity.assigned"


def tell_owner(actor: Actor, opportunity: Opportunity) -> None:
    """Tell the salesperson that somebody else gave them an opportunity."""
    if opportunity.owner_id is None or opportunity.owner_id == actor.member_id or opportunity.is_demo:
        return
    member = Member.objects.filter(id=opportunity.owner_id).first()
    if member is not None:
        tell_of(actor, member, opportunity, _given)


def tell_helper(actor: Actor, member: Member, opportunity: Opportunity) -> None:
    """Tell a colleague that they work on an opportunity now."""
    if member.id != actor.member_id:
        tell_of(actor, member, opportunity, _joined)


def tell_of(actor: Actor, member: Member, opportunity: Opportunity, words: Callable[[], str]) -> None:
    """Leave a notice about an opportunity in the member's language."""
    with translation.override(member.language):
        title = words() % {"who": actor.label, "deal": opportunity.title}
    notify(
        member=member,
        kind=ASSIGNED,
        title=title,
        url=f"/opportunities/{opportunity.id}/",
        actor=actor,
    )


def _given() -> str:
    return _("%(who)s gave you an opportunity: %(deal)s")


def _joined() -> str:
    return _("%(who)s wants you on an opportunity: %(deal)s")
