"""Who is asked to a meeting, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import Member
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.directory.models import Party, PartyEmail
from ponte.events.timeline import InvitationAnswered
from ponte.timeline.models import Answer, Meeting, MeetingInvitee
from ponte.timeline.services.event_ids import id_text

MAX_INVITEES = 100


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to invite: a colleague, a customer's person, or an address alone."""

    member_id: UUID | None = None
    party_id: UUID | None = None
    email: str = ""
    name: str = ""


def set_invitees(meeting: Meeting, invitees: Iterable[Invitee]) -> list[str]:
    """Make these the meeting's invitees; who stays keeps their answer. Return the names of who came or went.

    Raises:
        Invalid: unknown people, a malformed address, too many.
    """
    wanted = {_key(one): one for one in invitees}
    _check(wanted.values())
    known = {_key_of(row): row for row in meeting.invitees.all()} if not meeting._state.adding else {}
    gone = [row for key, row in known.items() if key not in wanted]
    new = [one for key, one in wanted.items() if key not in known]
    MeetingInvitee.objects.filter(id__in=[row.id for row in gone]).delete()
    rows = _rows(meeting, new)
    MeetingInvitee.objects.bulk_create(rows)
    return [str(row) for row in [*gone, *rows]]


def _key(one: Invitee) -> tuple[str, str]:
    if one.member_id:
        return "member", str(one.member_id)
    return ("party", str(one.party_id)) if one.party_id else ("email", one.email.strip().lower())


def _key_of(row: MeetingInvitee) -> tuple[str, str]:
    return _key(Invitee(row.member_id, row.party_id, row.email))


def _check(wanted: Iterable[Invitee]) -> None:
    rows = list(wanted)
    if len(rows) > MAX_INVITEES:
        raise Invalid.on("invitees", "too_many", _("Invite at most 100 people."))
    members = {one.member_id for one in rows if one.member_id}
    parties = {one.party_id for one in rows if one.party_id and not one.member_id}
    alive = Party.objects.filter(id__in=parties, deleted_at__isnull=True)
    if Member.objects.filter(id__in=members).count() != len(members) or alive.count() != len(parties):
        raise Invalid.on("invitees", "missing", _("Somebody invited is not there any more."))
    for one in rows:
        if not one.member_id and not one.party_id:
            try:
                validate_email(one.email.strip())
            except ValidationError as error:
                message = _("“%(address)s” is no e-mail address.") % {"address": one.email[:80]}
                raise Invalid.on("invitees", "invalid", message) from error


def _rows(meeting: Meeting, new: list[Invitee]) -> list[MeetingInvitee]:
    members = Member.objects.in_bulk([one.member_id for one in new if one.member_id])
    parties = Party.objects.in_bulk([one.party_id for one in new if one.party_id])
    addresses = dict(
        PartyEmail.objects.filter(party_id__in=parties)
        .order_by("is_primary", "-created_at")
        .values_list("party_id", "address")
    )
    rows = []
    for one in new:
        if one.member_id:
            member = members[one.member_id]
            own = member.id == meeting.organiser_id
            answer = Answer.ACCEPTED if own else Answer.PENDING
            rows.append(MeetingInvitee(meeting=meeting, member=member, name=member.name, email=member.email,
                                       answer=answer))  # fmt: skip
        elif one.party_id:
            party = parties[one.party_id]
            email = one.email or addresses.get(party.id, "")
            rows.append(MeetingInvitee(meeting=meeting, party=party, name=party.label[:150], email=email))
        else:
            rows.append(MeetingInvitee(meeting=meeting, name=one.name[:150], email=one.email.strip().lower()))
    return rows


@transaction.atomic
def answer_invitation(*, actor: Actor, meeting: Meeting, answer: str) -> MeetingInvitee:
    """Write what the acting member says to an invitation.

    Raises:
        Denied: they are not invited. Invalid: no such answer.
    """
    if answer not in Answer.values:
        raise Invalid.on("answer", "invalid", _("Answer with accepted, tentative or declined."))
    rows = MeetingInvitee.objects.select_for_update().filter(meeting=meeting)
    row = rows.filter(member_id=actor.member_id).first() if actor.member_id is not None else None
    if row is None:
        raise Denied("meeting", "answer")
    write_answer(actor, row, answer)
    return row


def write_answer(actor: Actor, row: MeetingInvitee, answer: str) -> bool:
    """Write an answer on a locked row; return whether it is another than before."""
    if row.answer == answer:
        return False
    before, row.answer, row.answered_at = row.answer, answer, timezone.now()
    row.save(update_fields=["answer", "answered_at", "updated_at"])
    meeting = row.meeting
    audit(
        actor=actor,
        act="meeting.answered",
        target=meeting,
        changes={"answer": (before, answer), "invitee": (None, str(row))},
        subject_id=meeting.party_id,
        personal={"invitee"},
    )
    publish(
        InvitationAnswered(
            meeting_id=str(meeting.id),
            party_id=id_text(meeting.party_id),
            member_id=id_text(row.member_id),
            answer=answer,
        ),
        actor=actor,
    )
    return True
