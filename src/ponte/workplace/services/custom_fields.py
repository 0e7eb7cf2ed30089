"""Adding, changing, ordering and deleting custom fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.jobs import enqueue
from ponte.core.rights import may_area
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.workplace import (
    CustomFieldCreated,
    CustomFieldDeleted,
    CustomFieldRestored,
    CustomFieldUpdated,
)
from ponte.workplace.custom_fields.definitions import FieldData, clean_definition, unused_key
from ponte.workplace.custom_fields.locking import own_definitions
from ponte.workplace.custom_fields.uses import count_filled, find_repeated
from ponte.workplace.models import CustomField
from ponte.workplace.selectors.custom_fields import forget_fields, get_object, list_fields

AREA = "settings"
MOST_FIELDS = 200  # of one object
KEPT_FOR = timedelta(days=30)
LOGGED = (
    "label", "help_text", "section", "is_required", "is_unique", "is_searched", "is_indexed", "is_printed", "default",
    "choices",
)  # fmt: skip


@transaction.atomic
def create_field(*, actor: Actor, object_name: str, data: FieldData) -> CustomField:
    """Add a field to an object; it is there for everyone at once.

    Raises:
        Denied: the role has no right to the settings. Missing: no such object.
        Invalid: what can't be accepted, by the names of ``FieldData``.
    """
    _check_area(actor)
    get_object(object_name)
    own_definitions(object_name)
    known = CustomField.objects.filter(object=object_name)
    if known.count() >= MOST_FIELDS:
        raise Invalid.on(
            "label", "too_many", _("There are 200 fields already. Delete one that is not used any more.")
        )
    field = CustomField(object=object_name, kind=data.kind)
    clean_definition(field, data)
    field.key = field.slot = unused_key(object_name, data.key or data.label, given=bool(data.key))
    field.position = (known.aggregate(last=Max("position"))["last"] or 0) + 1
    field.save(force_insert=True)
    _settled(field, reindex=field.is_searched)
    changes = {name: (None, getattr(field, name)) for name in (*LOGGED, "kind") if getattr(field, name)}
    audit.record(actor=actor, act="custom_field.created", target=field, changes=changes)
    publish(
        CustomFieldCreated(field_id=str(field.id), object=field.object, key=field.key),
        actor=actor,
    )
    return field


@transaction.atomic
def update_field(*, actor: Actor, field_id: UUID, data: FieldData, version: int | None = None) -> CustomField:
    """Change everything of a field but its key and type (see ``custom_field_types``).

    Raises:
        Denied, Missing, Conflict: as everywhere. Invalid: what can't be accepted; "is_unique" when values repeat.
    """
    field = lock_field(actor, field_id)
    check_version(field, version)
    before = {name: getattr(field, name) for name in LOGGED}
    was_unique, was_searched = field.is_unique, field.is_searched
    clean_definition(field, data)
    if field.is_unique and not was_unique:
        _refuse_repeated(field)
    changes = audit.diff(before, {name: getattr(field, name) for name in LOGGED})
    if not changes:
        return field
    field.version += 1
    field.save()
    _settled(field, reindex=field.is_searched != was_searched)
    audit.record(actor=actor, act="custom_field.updated", target=field, changes=changes)
    _announce(actor, field, sorted(changes))
    return field


@transaction.atomic
def order_fields(*, actor: Actor, object_name: str, ids: Sequence[UUID]) -> None:
    """Put an object's fields into this order; those not named keep theirs behind."""
    _check_area(actor)
    get_object(object_name)
    own_definitions(object_name)
    known = {field.id: field for field in CustomField.objects.filter(object=object_name, deleted_at=None)}
    first = [known[one] for one in dict.fromkeys(ids) if one in known]
    rest = [field for field in sorted(known.values(), key=lambda f: f.position) if field not in first]
    before = [field.key for field in sorted(known.values(), key=lambda f: f.position)]
    for number, field in enumerate([*first, *rest], start=1):
        field.position = number
    CustomField.objects.bulk_update(known.values(), ["position"])
    forget_fields()
    after = [field.key for field in [*first, *rest]]
    if first and before != after:
        changes = {"order": (before, after)}
        audit.record(actor=actor, act="custom_field.moved", target=first[0], changes=changes)


@transaction.atomic
def delete_field(*, actor: Actor, field_id: UUID, version: int | None = None) -> CustomField:
    """Put a field into the bin: it is nowhere any more, its values stay for 30 days."""
    field = lock_field(actor, field_id)
    check_version(field, version)
    _refuse_converting(field)
    field.deleted_at = timezone.now()
    field.version += 1
    field.save()
    _settled(field, reindex=field.is_searched)
    audit.record(
        actor=actor,
        act="custom_field.deleted",
        target=field,
        changes={"label": (field.label, None), "filled": (count_filled(field), None)},
    )
    publish(CustomFieldDeleted(field_id=str(field.id), object=field.object, key=field.key), actor=actor)
    return field


@transaction.atomic
def restore_field(*, actor: Actor, field_id: UUID) -> CustomField:
    """Bring a field back from the bin with its values.

    A unique field whose values repeat meanwhile comes back without that promise.
    """
    field = lock_field(actor, field_id, deleted=True)
    field.deleted_at = None
    if field.is_unique and find_repeated(field):
        field.is_unique = False
    field.version += 1
    field.save()
    _settled(field, reindex=field.is_searched)
    audit.record(
        actor=actor, act="custom_field.restored", target=field, changes={"label": (None, field.label)}
    )
    publish(CustomFieldRestored(field_id=str(field.id), object=field.object, key=field.key), actor=actor)
    return field


def lock_field(actor: Actor, field_id: UUID, *, deleted: bool = False) -> CustomField:
    """Return a definition locked against writers of its values and other editors.

    Raises:
        Denied: no right to the settings. Missing: no such field (there).
    """
    _check_area(actor)
    name = CustomField.objects.filter(id=field_id).values_list("object", flat=True).first()
    if name is None:
        raise Missing("custom_field")
    get_object(name)
    own_definitions(name)
    rows = CustomField.objects.select_for_update().filter(id=field_id, deleted_at__isnull=not deleted)
    field = rows.first()
    if field is None:
        raise Missing("custom_field")
    return field


def swapped(field: CustomField, step: int) -> list[UUID]:
    """Return the ids of the object's fields in order, this one changed with the next (1) or previous (-1) of its section."""
    fields = list_fields(field.object)
    ids = [one.id for one in fields]
    peers = [one.id for one in fields if one.section == field.section]
    there = peers.index(field.id) + step
    if 0 <= there < len(peers):
        a, b = ids.index(field.id), ids.index(peers[there])
        ids[a], ids[b] = ids[b], ids[a]
    return ids


def arranged(object_name: str, ids: Sequence[UUID]) -> list[UUID]:
    """Return the ids of the object's fields in order, those in ``ids`` in that order on the places they have together."""
    known = [one.id for one in list_fields(object_name)]
    moved = [one for one in dict.fromkeys(ids) if one in known]
    following = iter(moved)
    return [next(following) if one in moved else one for one in known]


def _check_area(actor: Actor) -> None:
    if actor.member is not None and not may_area(actor.member, AREA):
        raise Denied(AREA, "open")


def _refuse_converting(field: CustomField) -> None:
    if field.converting_to:
        raise Invalid.on(
            "", "converting", _("The type of this field is being changed. Wait until it is done.")
        )


def _refuse_repeated(field: CustomField) -> None:
    repeated = find_repeated(field)
    if repeated:
        shown = ", ".join(f"“{value}”" for value in repeated[:3])
        text = _("These values are there more than once: %(values)s. Correct them first.")
        raise Invalid.on("is_unique", "repeated", text % {"values": shown})


def _settled(field: CustomField, *, reindex: bool) -> None:
    """What follows a written definition: caches, indexes and search text."""
    forget_fields()
    enqueue("workplace.index_custom_field", field_id=str(field.id), once=f"custom_index:{field.id}")
    if reindex and get_object(field.object).reindex is not None:
        enqueue(
            "workplace.search_custom_fields",
            object_name=field.object,
            slot=field.slot,
            once=f"custom_search:{field.object}:{field.slot}",
        )


def _announce(actor: Actor, field: CustomField, names: list[str]) -> None:
    publish(
        CustomFieldUpdated(field_id=str(field.id), object=field.object, key=field.key, fields=names),
        actor=actor,
    )


def field_data(field: CustomField, **changes: Any) -> FieldData:
    """Return a definition as data, some of it replaced."""
    names = (
        "label",
        "help_text",
        "section",
        "is_required",
        "is_unique",
        "is_searched",
        "is_indexed",
        "is_printed",
    )
    current = {name: getattr(field, name) for name in (*names, "default", "choices", "target", "kind", "key")}
    return FieldData(**{**current, **changes})
