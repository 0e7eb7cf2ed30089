"""Tags: words people stick on customers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.jobs import enqueue
from ponte.core.services.audit import record, record_bulk
from ponte.core.services.events import publish
from ponte.core.text import fold
from ponte.directory.models import Party, PartyTag, Tag
from ponte.directory.services.cleaning import Cleaner, clean_line
from ponte.directory.services.cleaning_contacts import clean_tag_names
from ponte.directory.services.parties import lock_parties
from ponte.directory.services.search_text import refresh_search
from ponte.events.directory import TagsChanged

COLORS = ("gray", "blue", "green", "yellow", "orange", "red", "purple", "pink", "teal")


def ensure_tags(names: Iterable[str]) -> dict[str, Tag]:
    """Return the tags of ``names`` by folded name, creating those that don't exist. Two statements at most."""
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(fold(name)[:60], name)  # the first spelling stays
    wanted.pop("", None)
    if not wanted:
        return {}
    known = set(Tag.objects.filter(key__in=wanted).values_list("key", flat=True))
    fresh = [Tag(name=name, key=key) for key, name in wanted.items() if key not in known]
    if fresh:
        Tag.objects.bulk_create(fresh, ignore_conflicts=True)
    return {tag.key: tag for tag in Tag.objects.filter(key__in=wanted)}


def change_tags(
    *, actor: Actor, party_ids: Sequence[UUID], add: Iterable[str] = (), remove: Iterable[str] = ()
) -> int:
    """Put tags on customers and take others off; returns how many customers there were.

    Raises:
        Invalid: a tag's name is too long. Missing: none of the customers exists.
    """
    cleaner = Cleaner()
    names = clean_tag_names(cleaner, add)
    cleaner.stop_if_wrong()
    to_add = ensure_tags(names)
    to_remove = Tag.objects.filter(key__in=[fold(name) for name in remove])
    parties = lock_parties(party_ids)
    if not parties:
        raise Missing("customer")
    ids = [party.id for party in parties]
    removed = sorted(tag.name for tag in to_remove)
    PartyTag.objects.filter(party_id__in=ids, tag__in=to_remove).delete()
    PartyTag.objects.bulk_create(
        [PartyTag(party_id=party_id, tag=tag) for party_id in ids for tag in to_add.values()],
        ignore_conflicts=True,
    )
    added = sorted(tag.name for tag in to_add.values())
    _note(actor, parties, added, removed)
    refresh_search(ids)
    return len(ids)


def set_tags(*, actor: Actor, party_id: UUID, names: Iterable[str]) -> None:
    """Make ``names`` the tags of one customer; see ``change_tags``."""
    wanted = {fold(name): name for name in names}
    current = {tag.key: tag.name for tag in Tag.objects.filter(party_links__party_id=party_id)}
    add = [name for key, name in wanted.items() if key not in current]
    remove = [name for key, name in current.items() if key not in wanted]
    if add or remove:
        change_tags(actor=actor, party_ids=[party_id], add=add, remove=remove)


def _note(actor: Actor, parties: list[Party], added: list[str], removed: list[str]) -> None:
    if len(parties) == 1:
        record(
            actor=actor,
            act=f"{parties[0].kind}.tagged",
            target=parties[0],
            object_type="customer",
            changes={"tags": (removed, added)},
        )
    else:
        record_bulk(
            actor=actor,
            act="customers.tagged",
            object_type="customer",
            ids=[party.id for party in parties],
            summary={"added": added, "removed": removed},
        )
    publish(
        TagsChanged(party_ids=[str(party.id) for party in parties], added=added, removed=removed), actor=actor
    )


def create_tag(*, actor: Actor, name: str, color: str = "gray") -> Tag:
    """Create a tag.

    Raises:
        Invalid: the name is empty, too long or taken, or the colour unknown.
    """
    tag = Tag(**_clean(name, color))
    tag.save()
    record(actor=actor, act="tag.created", target=tag, changes={"name": (None, tag.name)})
    return tag


def update_tag(*, actor: Actor, tag_id: UUID, name: str, color: str) -> Tag:
    """Rename or recolour a tag; see ``create_tag``. The search text of its customers follows in the background."""
    tag = Tag.objects.select_for_update().filter(id=tag_id).first()
    if tag is None:
        raise Missing("tag")
    values = _clean(name, color, except_id=tag_id)
    changes = {key: (getattr(tag, key), value) for key, value in values.items() if getattr(tag, key) != value}
    for key, value in values.items():
        setattr(tag, key, value)
    tag.version += 1
    tag.save()
    record(actor=actor, act="tag.updated", target=tag, changes=changes)
    if "key" in changes:
        enqueue("directory.refresh_tagged", tag_id=str(tag.id))
    return tag


def _clean(name: str, color: str, *, except_id: UUID | None = None) -> dict[str, str]:
    cleaned = clean_line(name)
    key = fold(cleaned)
    if not key:
        raise Invalid.on("name", "required", _("Give the tag a name."))
    if len(cleaned) > 60 or len(key) > 60:
        raise Invalid.on("name", "max_length", _("A tag has 60 letters at most."))
    if color not in COLORS:
        raise Invalid.on(
            "color", "invalid_choice", _("Choose one of: %(allowed)s.") % {"allowed": ", ".join(COLORS)}
        )
    others = Tag.objects.filter(key=key)
    if (others.exclude(id=except_id) if except_id else others).exists():
        raise Invalid.on("name", "taken", _("There is a tag of this name already."))
    return {"name": cleaned, "key": key, "color": color}
