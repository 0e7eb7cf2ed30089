"""Telling people about leads that were given to them, or that nobody answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.roles import ADMINISTRATOR
from ponte.core.services.notifications import notify
from ponte.sales.models import Lead, RoutingAct
from ponte.sales.services.lead_notices import ASSIGNED, lead_path

LATE, UNROUTED = "lead.late", "lead.unrouted"


def tell_given(actor: Actor, leads: Sequence[Lead], member: Member, act: str, due: datetime | None) -> None:
    """Tell a member that leads are theirs and by when to answer the first; of several together one notice tells.

    Args:
        act: what of ``RoutingAct`` gave them the first one.
    """
    if act == RoutingAct.KEPT and actor.member_id == member.id:
        return
    lead, count = leads[0], len(leads)
    with translation.override(member.language):
        if count > 1:
            title = ngettext("%(n)s new lead for you", "%(n)s new leads for you", count) % {"n": count}
        elif act == RoutingAct.PASSED_ON:
            title = _("Unanswered lead, now yours: %(name)s") % {"name": lead.party.label}
        else:
            title = _("New lead for you: %(name)s") % {"name": lead.party.label}
        body = _("Answer by %(when)s.") % {"when": _when(due)} if due else str(lead)
    url = lead_path(lead) if count == 1 else "/leads/"
    notify(member=member, kind=ASSIGNED, title=title, body=body, url=url, actor=actor)


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


def tell_nobody_takes(leads: Sequence[Lead]) -> None:
    """Tell the administrators that leads found nobody."""
    admins = Member.objects.filter(role__key=ADMINISTRATOR, is_active=True).select_related("role", "team")
    count = len(leads)
    for member in admins[:20]:
        with translation.override(member.language):
            if count == 1:
                title = _("A lead found nobody: %(name)s") % {"name": leads[0].party.label}
            else:
                title = ngettext("%(n)s lead found nobody", "%(n)s leads found nobody", count) % {"n": count}
            body = _("No distribution rule fits. Give it to somebody, or say who takes the rest.")
        url = lead_path(leads[0]) if count == 1 else "/leads/"
        notify(member=member, kind=UNROUTED, title=title, body=body, url=url)


def _when(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else "–"
