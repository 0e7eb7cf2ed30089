"""Colleagues called with @: kept as rows, told by a notification."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.services.events import publish
from ponte.core.services.notifications import notify
from ponte.events.timeline import MemberMentioned
from ponte.timeline.models import Interaction, InteractionComment, InteractionMention
from ponte.timeline.policies import interaction_fields, visible_interactions

MAX_MENTIONS = 30


def mention(
    *,
    actor: Actor,
    interaction: Interaction,
    member_ids: Iterable[UUID],
    comment: InteractionComment | None = None,
) -> list[Member]:
    """Record and notify the colleagues newly mentioned; those already mentioned here are left in peace.

    Colleagues who may not see the customer or no interactions, and people no longer active, are not told anything;
    those from whom texts are hidden are told without the text.
    Returns the members notified.
    """
    wanted = list(dict.fromkeys(member_ids))[:MAX_MENTIONS]
    if not wanted:
        return []
    known = set(
        InteractionMention.objects.filter(interaction=interaction, comment=comment).values_list(
            "member_id", flat=True
        )
    )
    members = Member.objects.filter(id__in=wanted, is_active=True).exclude(id__in=known)
    told = []
    for member in members.select_related("role", "team"):
        if not visible_interactions(member).filter(id=interaction.id).exists():
            continue
        InteractionMention.objects.create(interaction=interaction, comment=comment, member=member)
        if member.id != actor.member_id:
            _tell(actor, member, interaction, comment)
            told.append(member)
    return told


def _tell(actor: Actor, member: Member, interaction: Interaction, comment: InteractionComment | None) -> None:
    text = interaction.subject if comment is None else ""
    if interaction_fields(member).can_read("body"):
        text = comment.body if comment else (interaction.body or interaction.subject)
    with translation.override(member.language):
        title = _("%(who)s mentioned you about %(customer)s") % {
            "who": actor.label,
            "customer": interaction.party.label,
        }
    notify(
        member=member,
        kind="timeline.mention",
        title=title[:200],
        body=text[:300],
        url=f"/customers/{interaction.party_id}/#interaction-{interaction.id}",
        actor=actor,
    )
    publish(
        MemberMentioned(
            interaction_id=str(interaction.id),
            comment_id=str(comment.id) if comment else "",
            party_id=str(interaction.party_id),
            member_id=str(member.id),
        ),
        actor=actor,
    )
