"""Showing an entry of a timeline to colleagues."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem, Invalid
from ponte.core.models import Member
from ponte.core.services.audit import record as audit
from ponte.core.services.notifications import notify
from ponte.timeline.content import clean_text
from ponte.timeline.models import Interaction
from ponte.timeline.policies import interaction_fields, visible_interactions

MOST, MAX_NOTE = 30, 500


@transaction.atomic
def share_interaction(
    *, actor: Actor, interaction: Interaction, member_ids: Iterable[UUID], note: str = ""
) -> list[Member]:
    """Tell colleagues of an entry, with a link to it; return who was told.

    Sharing opens nothing: who may not see the customer isn't told, and from whom texts are hidden gets the note alone.

    Raises:
        Invalid: nobody chosen, too many, a note too long, or nobody chosen may see the entry.
    """
    wanted, text = set(member_ids) - {actor.member_id}, clean_text(note)
    problems = []
    if not wanted or len(wanted) > MOST:
        problems.append(FieldProblem("member_ids", "required", _("Choose between 1 and 30 colleagues.")))
    if len(text) > MAX_NOTE:
        problems.append(FieldProblem("note", "too_long", _("Keep the note under 500 characters.")))
    if problems:
        raise Invalid(problems)
    members = Member.objects.filter(id__in=wanted, is_active=True).select_related("role", "team")
    told = [one for one in members if visible_interactions(one).filter(id=interaction.id).exists()]
    if not told:
        raise Invalid.on("member_ids", "missing", _("None of them may see this customer."))
    for member in told:
        _tell(actor, member, interaction, text)
    audit(
        actor=actor,
        act="interaction.shared",
        target=interaction,
        changes={"with": (None, sorted(one.name for one in told))},
        subject_id=interaction.party_id,
    )
    return told


def _tell(actor: Actor, member: Member, interaction: Interaction, note: str) -> None:
    text = interaction.subject
    if interaction_fields(member).can_read("body"):
        text = interaction.body or interaction.subject
    with translation.override(member.language):
        title = _("%(who)s shows you something about %(customer)s") % {
            "who": actor.label,
            "customer": interaction.party.label,
        }
    notify(
        member=member,
        kind="timeline.shared",
        title=title[:200],
        body="\n".join(filter(None, [note, text]))[:600],
        url=f"/customers/{interaction.party_id}/#interaction-{interaction.id}",
        actor=actor,
    )
