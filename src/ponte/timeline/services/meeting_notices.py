"""Telling colleagues about their meetings."""

from datetime import datetime
from typing import Literal

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.services.notifications import notify
from ponte.timeline.due import workspace_zone
from ponte.timeline.models import Answer, Meeting
from ponte.timeline.services.invitation_mail import mail_invitees

What = Literal["planned", "moved", "cancelled"]


def tell_invitees(actor: Actor, meeting: Meeting, what: What) -> None:
    """Tell invited colleagues by notice and people outside by mail what became of a meeting."""
    for invitee in meeting.invitees.select_related("member"):
        if invitee.member is None or invitee.member_id == actor.member_id:
            continue
        if what == "moved" and invitee.answer == Answer.DECLINED:
            continue
        with translation.override(invitee.member.language):
            title = _titles(what) % {"who": actor.label, "meeting": meeting.title}
            body = time_words(meeting, meeting.starts_at)
        notify(
            member=invitee.member,
            kind=f"meeting.{what}",
            title=title[:200],
            body=body,
            url=meeting_path(meeting),
            actor=actor,
        )
    mail_invitees(actor, meeting, what)


def _titles(what: What) -> str:
    if what == "planned":
        return _("%(who)s invited you: %(meeting)s")
    return _("%(who)s changed: %(meeting)s") if what == "moved" else _("%(who)s cancelled: %(meeting)s")


def remind_member(member: Member, meeting: Meeting, starts_at: datetime) -> None:
    """Remind a colleague of a meeting that begins soon."""
    with translation.override(member.language):
        title = _("Soon: %(meeting)s") % {"meeting": meeting.title}
        body = time_words(meeting, starts_at)
    notify(member=member, kind="meeting.reminder", title=title[:200], body=body, url=meeting_path(meeting))


def time_words(meeting: Meeting, starts_at: datetime) -> str:
    """Return when a meeting begins, in words of the active language."""
    local = starts_at.astimezone(workspace_zone())
    day = date_format(local, "SHORT_DATE_FORMAT")
    if meeting.all_day:
        return day
    return _("%(day)s at %(time)s") % {"day": day, "time": date_format(local, "H:i")}


def meeting_path(meeting: Meeting) -> str:
    """Return the path of a meeting inside the workspace."""
    return f"/meetings/{meeting.id}/"
