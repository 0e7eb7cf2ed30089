"""Telling a member something."""

from __future__ import annotations

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.live import push
from ponte.core.models import Member, Notification


def notify(
    *, member: Member, kind: str, title: str, body: str = "", url: str = "", actor: Actor | None = None
) -> Notification | None:
    """Leave a notice and show it at once where the member has a page open.

    Nobody is told of what they did themselves in person. ``url`` is a path inside the workspace.
    """
    if actor is not None and actor.kind == "member" and actor.member_id == member.id:
        return None
    notice = Notification.objects.create(
        member=member,
        kind=kind,
        title=title[:200],
        body=body,
        url=url,
        actor_label=actor.label if actor else "",
    )
    push(member.id, "notification", {"id": str(notice.id), "title": notice.title, "url": notice.url})
    return notice


def mark_read(*, member: Member, notification_id: str | None = None) -> int:
    """Mark one notice (or all, with None) of the member as read; return how many changed."""
    unread = Notification.objects.filter(member=member, read_at=None)
    if notification_id is not None:
        unread = unread.filter(id=notification_id)
    changed = unread.update(read_at=timezone.now())
    if changed:
        push(member.id, "unread", {})
    return changed
