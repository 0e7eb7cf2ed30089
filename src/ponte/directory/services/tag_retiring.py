"""Taking a tag out of use: off all customers, or joined into another one, a chunk a job."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.jobs import enqueue
from ponte.core.services.audit import record
from ponte.core.services.preferences import get_preference, set_preference
from ponte.directory.models import PartyTag, Tag
from ponte.directory.services.search_text import refresh_search
from ponte.directory.services.tags import change_tags

CHUNK = 1000
RETIRING = "tags_retiring"  # workspace setting: tag → the one it is joined into, or ""


def retiring() -> dict[str, str]:
    """Return the ids of the tags on their way out, each with the id of the one it is joined into, or ""."""
    found: dict[str, str] = get_preference(RETIRING, {})
    return found


@transaction.atomic
def retire_tag(*, actor: Actor, tag_id: UUID, into_id: UUID | None = None) -> None:
    """Take a tag off all customers and delete it, in the background; with ``into_id`` they get that one instead.

    Raises:
        Missing: there is no such tag.
        Invalid: "into" is the tag itself or on its way out; the tag is on its way out already.
    """
    tags = {tag.id: tag for tag in Tag.objects.select_for_update().filter(id__in=[tag_id, into_id])}
    if tag_id not in tags or (into_id is not None and into_id not in tags):
        raise Missing("tag")
    leaving = retiring()
    if str(tag_id) in leaving or str(tag_id) in leaving.values():
        raise Invalid.on("name", "busy", _("This tag is being joined or deleted. Try again in a minute."))
    if into_id == tag_id or str(into_id) in leaving:
        raise Invalid.on("into", "invalid_choice", _("Choose another tag to join it with."))
    joined = tags[into_id].name if into_id is not None else None
    record(
        actor=actor,
        act="tag.deleted" if into_id is None else "tag.joined",
        target=tags[tag_id],
        changes={"name": (tags[tag_id].name, joined)},
    )
    set_preference(RETIRING, {**leaving, str(tag_id): str(into_id or "")})
    enqueue("directory.retire_tag", tag_id=str(tag_id))


@transaction.atomic
def retire_chunk(tag_id: UUID) -> bool:
    """Do one chunk of what ``retire_tag`` asked for; return whether there is more. Doing it again is harmless."""
    leaving = retiring()
    tag = Tag.objects.select_for_update().filter(id=tag_id).first()
    if tag is None or str(tag_id) not in leaving:
        return False
    into = Tag.objects.filter(id=leaving[str(tag_id)]).first() if leaving[str(tag_id)] else None
    links = PartyTag.objects.filter(tag=tag, party__deleted_at=None).order_by("party_id")
    ids = list(links.values_list("party_id", flat=True)[:CHUNK])
    if ids:
        actor = Actor.for_job("directory.retire_tag")
        change_tags(actor=actor, party_ids=ids, add=[into.name] if into else [], remove=[tag.name])
        return True
    if into is not None:  # customers in the bin come back with the joined tag
        binned = PartyTag.objects.filter(tag=tag).values_list("party_id", flat=True)
        PartyTag.objects.bulk_create(
            [PartyTag(party_id=party_id, tag=into) for party_id in binned], ignore_conflicts=True
        )
    tag.delete()
    set_preference(RETIRING, {key: value for key, value in leaving.items() if key != str(tag_id)} or None)
    return False


def refresh_tagged(tag_id: UUID, after: UUID | None) -> UUID | None:
    """Write the search text of one chunk of a renamed tag's customers; return where to go on, None at the end."""
    links = PartyTag.objects.filter(tag_id=tag_id).order_by("party_id")
    if after is not None:
        links = links.filter(party_id__gt=after)
    ids = list(links.values_list("party_id", flat=True)[:CHUNK])
    refresh_search(ids)
    return ids[-1] if len(ids) == CHUNK else None
