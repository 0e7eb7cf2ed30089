"""Giving a record a star and taking it away."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.workplace.models import Favourite
from ponte.workplace.search import search_sources

MOST_FAVOURITES = 30


def set_favourite(*, member: Member, object: str, object_id: UUID, starred: bool) -> bool:
    """Give or take a member's star; returns whether the record has it now. Doing it again changes nothing.

    Raises:
        Missing: no such record for this member. Invalid: too many stars.
    """
    mine = Favourite.objects.filter(member=member, object=object, object_id=object_id)
    if not starred:
        mine.delete()
        return False
    source = search_sources.get(object)
    if (
        source is None
        or source.fetch is None
        or not source.visible(member)
        or not source.fetch(member, [object_id])
    ):
        raise Missing
    if Favourite.objects.filter(member=member).count() >= MOST_FAVOURITES:
        raise Invalid.on("", "too_many", _("You have many favourites; take the star from one first."))
    Favourite.objects.get_or_create(member=member, object=object, object_id=object_id)
    return True
