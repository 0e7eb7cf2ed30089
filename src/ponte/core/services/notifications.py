"""Telling a member something."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.live import push
from ponte.core.models import Member, Notification
from ponte.core.prepared import Prepared
from ponte.core.services.notice_choices import WAYS, wants
from ponte.core.services.push_sending import queue_push
from ponte.core.tenancy.scope import current_workspace

UNREAD = Prepared[UUID](
    lambda member_id: Notification.objects.filter(member_id=member_id, read_at=None).values_list(
        "id", flat=True
    )[:100],
    UUID,
)
KEPT_FOR = timedelta(days=180)


def notify(
    *, member: Member, kind: str, title: str, body: str = "", url: str = "", actor: Actor | None = None
) -> Notification | None:
    """Leave a notice, show it at once where the member has a page open, and push it to their phones.

    Nobody is told of what they did themselves in person, nor of kinds they want by no way. ``url`` is a path inside the
    workspace (its slug is taken off when it is there).
    """
    if actor is not None and actor.kind == "member" and actor.member_id == member.id:
        return None
    if not member.is_active or not any(wants(member, kind, way) for way in WAYS):
        return None
    quiet = not wants(member, kind, "app")
    slug = current_workspace().slug
    path = url.removeprefix(f"/{slug}") if url.startswith(f"/{slug}/") else url
    notice = Notification.objects.create(
        member=member,
        kind=kind,
        title=title[:200],
        body=body,
        url=path[:300],
        actor_label=actor.label if actor else "",
        quiet=quiet,
        read_at=timezone.now() if quiet else None,
    )
    queue_push(notice, member)
    if quiet:
        return notice
    data = {"id": str(notice.id), "title": notice.title, "url": f"/{slug}{path}" if path else ""}
    push(member.id, "notification", {**data, "unread": count_unread(member.id)})
    return notice


def count_unread(member_id: UUID) -> int:
    """Return how many notices a member hasn't read; more than 100 count as 100."""
    return len(UNREAD.rows(member_id))


def forget_read() -> int:
    """Delete notices read more than half a year ago; return how many."""
    return Notification.objects.filter(read_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def mark_read(*, member: Member, notification_id: str | None = None) -> int:
    """Mark one notice (or all, with None) of the member as read; return how many changed."""
    unread = Notification.objects.filter(member=member, read_at=None)
    if notification_id is not None:
        unread = unread.filter(id=notification_id)
    changed = unread.update(read_at=timezone.now())
    if changed:
        push(member.id, "unread", {"unread": count_unread(member.id)})
    return changed
