"""Telling people about leads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.services.notifications import notify
from ponte.sales.models import Lead

ASSIGNED, HANDED, REJECTED, OVERDUE = "lead.assigned", "lead.handed", "lead.rejected", "lead.overdue"


def lead_path(lead: Lead) -> str:
    """Return the path of a lead inside the workspace."""
    return f"/leads/{lead.id}/"


def tell_new_owner(actor: Actor, leads: Sequence[Lead], owner_id: UUID) -> None:
    """Tell a member that leads are theirs now."""
    member = Member.objects.filter(id=owner_id, is_active=True).first()
    if member is None or not leads:
        return
    with translation.override(member.language):
        if len(leads) == 1:
            title = _("New lead for you: %(name)s") % {"name": leads[0].party.label}
        else:
            title = ngettext("%(n)s new lead for you", "%(n)s new leads for you", len(leads)) % {
                "n": len(leads)
            }
    url = lead_path(leads[0]) if len(leads) == 1 else "/leads/"
    notify(member=member, kind=ASSIGNED, title=title, body=str(leads[0]), url=url, actor=actor)


def tell_handed(actor: Actor, lead: Lead) -> None:
    """Tell the salesperson, or the team's leader where there is none, that a lead waits for an answer."""
    for member in _sellers(lead):
        with translation.override(member.language):
            title = _("Lead handed over to you: %(name)s") % {"name": lead.party.label}
            body = _("Accept or give back by %(when)s.") % {"when": _when(lead)}
        notify(member=member, kind=HANDED, title=title, body=body, url=lead_path(lead), actor=actor)


def tell_rejected(actor: Actor, lead: Lead, to: Member | None, why: str) -> None:
    """Tell who handed a lead over that sales gave it back."""
    if to is None:
        return
    with translation.override(to.language):
        title = _("Sales gave a lead back: %(name)s") % {"name": lead.party.label}
    notify(member=to, kind=REJECTED, title=title, body=why, url=lead_path(lead), actor=actor)


def tell_overdue(lead: Lead, members: Iterable[Member]) -> None:
    """Tell that nobody answered a lead handed over in time."""
    for member in {one.id: one for one in members}.values():
        with translation.override(member.language):
            title = _("Unanswered lead: %(name)s") % {"name": lead.party.label}
            body = _("It was to be accepted or given back by %(when)s.") % {"when": _when(lead)}
        notify(member=member, kind=OVERDUE, title=title, body=body, url=lead_path(lead))


def responsible_for(lead: Lead) -> list[Member]:
    """Return who answers for a lead that waits: the salesperson and the leader of their team."""
    found = _sellers(lead)
    team = lead.owner.team if lead.owner else None
    if team is not None and team.leader is not None and team.leader.is_active:
        found.append(team.leader)
    return found


def _sellers(lead: Lead) -> list[Member]:
    return [lead.owner] if lead.owner is not None and lead.owner.is_active else []


def _when(lead: Lead) -> str:
    from django.utils import timezone

    assert lead.handoff_due_at is not None
    return date_format(timezone.localtime(lead.handoff_due_at), "SHORT_DATETIME_FORMAT")
