"""Invitations by e-mail to people outside, as calendar files their programs understand, and their answers."""

from __future__ import annotations

from typing import Literal

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.services.mail import queue_mail
from ponte.core.tenancy.scope import current_workspace
from ponte.privacy.services.contact import may_contact
from ponte.timeline.due import workspace_zone
from ponte.timeline.ical import Reply, calendar_text, event_of
from ponte.timeline.models import Meeting, MeetingInvitee
from ponte.timeline.services.invitees import write_answer

What = Literal["planned", "moved", "cancelled"]


def mail_invitees(actor: Actor, meeting: Meeting, what: What) -> int:
    """Send invitation, update or cancellation to invitees who are not members; return to how many.

    Each gets a file of their own that names nobody else but the organiser: who else comes is no stranger's business. A customer is
    written to only where ``may_contact`` allows it.
    """
    if not settings.PONTE_SENDS_MAIL:
        return 0
    sent = 0
    for one in meeting.invitees.filter(member__isnull=True):
        email = _address(actor, one)
        if email:
            one.email = email
            sent += int(_send(meeting, one, what))
    return sent


def _address(actor: Actor, one: MeetingInvitee) -> str:
    if one.party_id is None:
        return one.email
    decision = may_contact(
        actor=actor,
        party=one.party_id,
        purpose="service",
        channel="email",
        sender="meeting",
        address=one.email or None,
    )
    return (decision.address or "") if decision else ""


def _send(meeting: Meeting, one: MeetingInvitee, what: What) -> bool:
    cancelled = what == "cancelled"
    event = event_of(meeting, invitees=[one], cancelled=cancelled)
    method: Literal["CANCEL", "REQUEST"] = "CANCEL" if cancelled else "REQUEST"
    with translation.override(current_workspace().language):
        return queue_mail(
            to=one.email,
            subject=_subject(what) % {"meeting": meeting.title},
            text=_text(meeting),
            calendar=calendar_text([event], method).decode(),
            method=method,
        )


def _subject(what: What) -> str:
    if what == "planned":
        return _("Invitation: %(meeting)s")
    return _("Changed: %(meeting)s") if what == "moved" else _("Cancelled: %(meeting)s")


def _text(meeting: Meeting) -> str:
    local = meeting.starts_at.astimezone(workspace_zone())
    when = date_format(local, "SHORT_DATE_FORMAT" if meeting.all_day else "SHORT_DATETIME_FORMAT")
    organiser = f"{meeting.organiser.name} <{meeting.organiser.email}>" if meeting.organiser else ""
    lines = [meeting.title, when, meeting.location, meeting.link, "", meeting.description, "", organiser]
    return "\n".join(line for number, line in enumerate(lines) if line or number in (4, 6)).strip()


@transaction.atomic
def take_replies(*, actor: Actor, replies: list[Reply], sender: str) -> int:
    """Write the answers of a reply that ``sender`` mailed; return how many counted.

    Only the invitee's own address may answer for them, and only to the meeting as it stands: an answer to an earlier
    sequence is left aside.
    """
    taken = 0
    for reply in replies:
        if reply.email != sender.strip().lower():
            continue
        rows = MeetingInvitee.objects.select_for_update(of=("self",)).filter(
            meeting__uid=reply.uid,
            meeting__deleted_at__isnull=True,
            meeting__original_start=reply.original_start,
            email__iexact=reply.email,
        )
        for row in rows.select_related("meeting"):
            if reply.sequence >= row.meeting.sequence:
                taken += int(write_answer(actor, row, reply.answer))
    return taken
