"""Public links: made and counted, whatever they open. Part of the caller's act."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from ponte.core.crypto import seal_secret
from ponte.core.errors import Missing
from ponte.sales.document_links import digest_of, new_token
from ponte.sales.models.document import PublicLink

OPEN_AFTER = timedelta(days=60)  # how long what is over can still be read


def make_public_link(*, expires_at: datetime, **target: Any) -> PublicLink:
    """Return a new link to ``target`` (``quote=`` or ``signer=``)."""
    token = new_token()
    return PublicLink.objects.create(
        digest=digest_of(token), sealed=seal_secret(token), expires_at=expires_at, **target
    )


def end_of(day: date) -> datetime:
    """Return the first moment after ``day``, in the active time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def count_look(link_id: UUID, now: datetime) -> PublicLink:
    """Count a look at a link and return it locked; raise ``Missing`` for none."""
    link = PublicLink.objects.select_for_update().filter(id=link_id).first()
    if link is None:
        raise Missing("link")
    PublicLink.objects.filter(id=link_id).update(
        views=F("views") + 1, last_viewed_at=now, first_viewed_at=link.first_viewed_at or now
    )
    return link
