"""Colleagues talking below an interaction."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Denied, Invalid
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.events.timeline import InteractionCommented
from ponte.timeline import content
from ponte.timeline.models import Interaction, InteractionComment
from ponte.timeline.services.mentions import mention


@transaction.atomic
def comment_interaction(
    *, actor: Actor, interaction: Interaction, body: str, mentions: Sequence[UUID] = ()
) -> InteractionComment:
    """Add a comment, and tell the colleagues mentioned in it.

    Raises:
        Invalid: an empty comment or one too long.
    """
    comment = InteractionComment.objects.create(
        interaction=interaction, author=actor.member, body=_clean(body)
    )
    mention(actor=actor, interaction=interaction, member_ids=mentions, comment=comment)
    audit(
        actor=actor,
        act="interaction.commented",
        target=interaction,
        changes={"comment": (None, comment.body)},
        subject_id=interaction.party_id,
        personal={"comment"},
    )
    publish(
        InteractionCommented(
            interaction_id=str(interaction.id),
            comment_id=str(comment.id),
            party_id=str(interaction.party_id),
        ),
        actor=actor,
    )
    return comment


@transaction.atomic
def edit_comment(
    *,
    actor: Actor,
    comment: InteractionComment,
    body: str,
    version: int | None = None,
    mentions: Sequence[UUID] = (),
) -> InteractionComment:
    """Correct one's own comment.

    Raises:
        Denied: somebody else's comment. Conflict: an old ``version``. Invalid: as when commenting.
    """
    row = _own(actor, comment)
    check_version(row, version)
    old, row.body = row.body, _clean(body)
    row.edited_at = timezone.now()
    row.version += 1
    row.save(update_fields=["body", "edited_at", "version", "updated_at"])
    mention(actor=actor, interaction=row.interaction, member_ids=mentions, comment=row)
    _audit(actor, "interaction.comment_updated", row, {"comment": (old, row.body)})
    return row


@transaction.atomic
def delete_comment(*, actor: Actor, comment: InteractionComment) -> None:
    """Take one's own comment away."""
    _mark(actor, comment, deleted=True)


@transaction.atomic
def restore_comment(*, actor: Actor, comment: InteractionComment) -> None:
    """Bring one's own deleted comment back."""
    _mark(actor, comment, deleted=False)


def _mark(actor: Actor, comment: InteractionComment, *, deleted: bool) -> None:
    row = _own(actor, comment)
    if (row.deleted_at is not None) != deleted:
        row.deleted_at = timezone.now() if deleted else None
        row.version += 1
        row.save(update_fields=["deleted_at", "version", "updated_at"])
        _audit(actor, f"interaction.comment_{'deleted' if deleted else 'restored'}", row, {})


def _own(actor: Actor, comment: InteractionComment) -> InteractionComment:
    rows = InteractionComment.objects.select_for_update(of=("self",)).select_related("interaction__party")
    row = rows.get(id=comment.id)
    if actor.member is not None and row.author_id != actor.member_id:
        raise Denied("interaction", "edit")
    return row


def _clean(body: str) -> str:
    text = content.clean_text(body)
    if not text:
        raise Invalid.on("body", "required", _("Write something first."))
    problems = content.too_long("body", text, content.MAX_COMMENT_CHARS)
    if problems:
        raise Invalid(problems)
    return text


def _audit(
    actor: Actor, act: str, row: InteractionComment, changes: dict[str, tuple[str | None, str | None]]
) -> None:
    audit(
        actor=actor,
        act=act,
        target=row.interaction,
        changes=changes,
        subject_id=row.interaction.party_id,
        personal={"comment"},
    )
