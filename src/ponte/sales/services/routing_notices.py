"""Telling people about leads that were given to them, or that nobody answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.roles import ADMINISTRATOR
from ponte.core.services.notifications import notify
from ponte.sales.models import Lead, RoutingAct
from ponte.sales.services.lead_notices import ASSIGNED, lead_path

LATE, UNROUTED = "lead.late", "lead.unrouted"


def tell_given(actor: Actor, lead: Lead, member: Member, act: str, due: datetime | None) -> None:
    """Tell a member that a lead is theirs and by when to answer."""
    if act == RoutingAct.KEPT and actor.member_id == member.id:
        return
    with translation.override(member.language):
        title = _("New lead for you: %(name)s") % {"name": lead.party.label}
        if act == RoutingAct.PASSED_ON:
            title = _("Unanswered lead, now yours: %(name)s") % {"name": lead.party.label}
        body = _("Answer by %(when)s.") % {"when": _when(due)} if due else str(lead)
    notify(member=member, kind=ASSIGNED, title=title, body=body, url=lead_path(lead), actor=actor)


def tell_taken(lead: Lead, member: Member) -> None:
    """Tell a member that a lead they didn't answer in time went to somebody else."""
    with translation.override(member.language):
        title = _("Passed on, because unanswered: %(name)s") % {"name": lead.party.label}
    notify(member=member, kind=LATE, title=title, url=lead_path(lead))


def tell_late(lead: Lead, members: Iterable[Member]) -> None:
    """Tell that a lead wasn't answered in time."""
    for member in {one.id: one for one in members}.values():
        with translation.override(member.language):
            title = _("No answer yet: %(name)s") % {"name": lead.party.label}
            who = lead.owner.name if lead.owner else "–"
            body = _("With %(who)s, due %(when)s.") % {"who": who, "when": _when(lead.response_due_at)}
        notify(member=member, kind=LATE, title=title, body=body, url=lead_path(lead))


def tell_nobody_takes(lead: Lead) -> None:
    """Tell the administrators that a lead found nobody."""
    admins = Member.objects.filter(role__key=ADMINISTRATOR, is_active=True).select_related("role", "team")
    for member in admins[:20]:
        with translation.override(member.language):
            title = _("A lead found nobody: %(name)s") % {"name": lead.party.label}
            body = _("No distribution rule fits. Give it to somebody, or say who takes the rest.")
        notify(member=member, kind=UNROUTED, title=title, body=body, url=lead_path(lead))


def _when(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else "–"
