"""Secret addresses under which members subscribe their calendars."""

from __future__ import annotations

import secrets
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.services.audit import record as audit
from ponte.core.tenancy.scope import current_workspace
from ponte.timeline.models import CalendarFeed


@transaction.atomic
def make_feed(*, actor: Actor, member: Member) -> str:
    """Make a member's address anew and return its token; an earlier one stops working at once.

    The token is shown this once: only its digest is kept.
    """
    secret = secrets.token_urlsafe(32)
    feed, _made = CalendarFeed.objects.update_or_create(
        member=member, defaults={"digest": _digest(secret), "read_at": None}
    )
    audit(actor=actor, act="feed.made", target=feed)
    return f"{current_workspace().id.hex}{member.id.hex}{secret}"


@transaction.atomic
def revoke_feed(*, actor: Actor, member: Member) -> None:
    """Stop a member's address from working. Twice is once."""
    feed = CalendarFeed.objects.filter(member=member).first()
    if feed is not None:
        audit(actor=actor, act="feed.revoked", target=feed)
        feed.delete()


def split_token(token: str) -> tuple[UUID, UUID, str] | None:
    """Return (workspace, member, secret) of a token, None when it is none."""
    try:
        return UUID(token[:32]), UUID(token[32:64]), token[64:]
    except ValueError:
        return None


def open_feed(member_id: UUID, secret: str) -> Member | None:
    """Return the member whose address this is, None when it doesn't work (any more). Notes that it was read."""
    feed = (
        CalendarFeed.objects.select_related("member__role", "member__team")
        .filter(member_id=member_id)
        .first()
    )
    if feed is None or not feed.member.is_active or not compare_digest(feed.digest, _digest(secret)):
        return None
    CalendarFeed.objects.filter(id=feed.id).update(read_at=timezone.now())
    return feed.member


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
