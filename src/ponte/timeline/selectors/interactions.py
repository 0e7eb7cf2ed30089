"""Reading single interactions and what hangs on them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Window
from django.db.models.functions import RowNumber

from ponte.core.arrays import AnyOf
from ponte.core.errors import Missing
from ponte.core.models import Attachment, Member
from ponte.core.prepared import Prepared
from ponte.timeline.models import Interaction, InteractionComment, InteractionMention, InteractionParticipant
from ponte.timeline.policies import (
    get_visible_party,
    interaction_fields,
    visible_interactions,
    visible_participants,
)

LATEST_COMMENTS = 3
MAX_COMMENTS = 500

# of many interactions at once, by a list of their ids
MENTIONS = Prepared[InteractionMention](
    lambda ids: InteractionMention.objects.filter(AnyOf("interaction_id", ids)).select_related("member"), list
)
FILES = Prepared[Attachment](
    lambda ids: Attachment.objects.filter(
        AnyOf("object_id", ids), object_type="interaction", deleted_at__isnull=True
    ).order_by("id"),
    list,
)
LATEST = Prepared[Any](
    lambda ids: (
        InteractionComment.objects.filter(AnyOf("interaction_id", ids), deleted_at__isnull=True)
        .annotate(
            number=Window(Count("id"), partition_by="interaction_id"),
            place=Window(RowNumber(), partition_by="interaction_id", order_by="-id"),
        )
        .filter(place__lte=LATEST_COMMENTS)
        .select_related("author")
        .order_by("id")
    ),
    list,
)


@dataclass(slots=True)
class Surroundings:
    """What hangs on one interaction, for showing it."""

    participants: list[InteractionParticipant] = field(default_factory=list)
    comments: list[InteractionComment] = field(default_factory=list)
    comments_count: int = 0
    mentions: list[InteractionMention] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)


def get_interaction(member: Member, interaction_id: UUID) -> Interaction:
    """Return an interaction the member may see.

    Raises:
        Missing: there is none, or not for this member.
    """
    rows = visible_interactions(member).select_related("author", "party")
    row = rows.filter(id=interaction_id).first()
    if row is None:
        raise Missing
    return row


def get_deleted_interaction(member: Member, interaction_id: UUID) -> Interaction:
    """Return an interaction, deleted or not, of a customer the member may see.

    Raises:
        Missing: there is none, or not for this member.
    """
    row = Interaction.objects.select_related("author", "party").filter(id=interaction_id).first()
    if row is None:
        raise Missing
    get_visible_party(member, row.party_id)
    return row


def get_comment(member: Member, comment_id: UUID) -> InteractionComment:
    """Return a comment, deleted or not, on an interaction the member may see.

    Raises:
        Missing: there is none, or not for this member.
    """
    comment = (
        InteractionComment.objects.select_related("author", "interaction__party")
        .filter(id=comment_id, interaction__deleted_at__isnull=True)
        .first()
    )
    if comment is None or not visible_interactions(member).filter(id=comment.interaction_id).exists():
        raise Missing
    return comment


def surroundings_of(member: Member, entries: Sequence[Interaction]) -> dict[UUID, Surroundings]:
    """Return what hangs on each of these interactions; five queries at most for all of them together.

    Participants who are customers hidden from the member are left out, comments where texts are hidden.
    """
    ids = [entry.id for entry in entries]
    found: defaultdict[UUID, Surroundings] = defaultdict(Surroundings)
    if not ids:
        return found
    people = visible_participants(member).filter(interaction_id__in=ids).select_related("party", "member")
    for participant in people.defer("party__description").order_by("id"):
        found[participant.interaction_id].participants.append(participant)
    for mention in MENTIONS.rows(ids):
        found[mention.interaction_id].mentions.append(mention)
    for file in FILES.rows(ids):
        found[file.object_id].files.append(file)
    if interaction_fields(member).can_read("body"):
        _add_comments(ids, found)
    return found


def _add_comments(ids: list[UUID], found: dict[UUID, Surroundings]) -> None:
    """Give each interaction its number of comments and the latest few, oldest first."""
    for comment in LATEST.rows(ids):
        found[comment.interaction_id].comments.append(comment)
        found[comment.interaction_id].comments_count = comment.number


def comments_of(member: Member, interaction: Interaction) -> list[InteractionComment]:
    """Return every comment on an interaction, oldest first (the newest five hundred); none where texts are hidden."""
    if not interaction_fields(member).can_read("body"):
        return []
    rows = InteractionComment.objects.filter(interaction=interaction, deleted_at__isnull=True)
    return list(rows.select_related("author").order_by("-id")[:MAX_COMMENTS])[::-1]
