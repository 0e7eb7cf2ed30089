"""What may have custom fields, and what a reference may point at. Modules register theirs from ``registrations.py``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.workplace.registry import Registry

Pairs = Mapping[UUID, tuple[Any, Any]]


@dataclass(frozen=True)
class Named:
    """A record a reference points at, as the reader may see it."""

    label: str
    url: str | Promise = ""


@dataclass(frozen=True, kw_only=True)
class CustomObject:
    """Records that can have custom fields.

    Attributes:
        key: stable name ("person"), kept in definitions and in the API.
        label, plural: as people read it. icon: of its tab in the settings.
        rights_object: whose field rights hold ("customer" for people and companies).
        model: the row with the column ``custom``. only: what parts this object's rows from others of the table.
        find: ``(member, id, act)`` → the row; raises ``Missing`` or ``Denied``.
        change: ``(actor, id, values, version)`` writes custom values as one edit of the record.
        reindex: writes the search text of these ids anew; None where custom words aren't searched.
        note_many: ``(actor, right, changes)`` writes audit and event of one field changed on many records, ``changes`` by id
            as (before, after); None: the field isn't offered for many rows.
        subject: column that names the customer a record tells about ("id" for customers themselves); None: nobody.
        is_printable: customers get its records as documents, on which fields may stand.
        order_by: columns of the list's usual order; they follow the field in its index.
    """

    key: str
    label: str | Promise
    plural: str | Promise
    rights_object: str
    model: type[Model]
    find: Callable[[Member, UUID, str], Any]
    change: Callable[[Actor, UUID, Mapping[str, Any], int | None], object]
    only: Mapping[str, str] = field(default_factory=dict)
    icon: str = "forms"
    order: int = 100
    reindex: Callable[[Sequence[UUID]], object] | None = None
    alive: str = ""  # name of the column that is null outside the bin
    order_by: tuple[str, ...] = ()
    note_many: Callable[[Actor, str, Pairs], object] | None = None
    subject: str | None = None
    is_printable: bool = False


@dataclass(frozen=True, kw_only=True)
class ReferenceTarget:
    """Records a reference may point at.

    Attributes:
        key: stable name ("member", "person" …). pick_url: name of the address that answers pickers, with ``query``.
        labels: ``(member, ids)`` → those of them there are and the member may see; None for the member: all there are.
        by_words: ``(member, texts)`` → the record each text means alone (a name, an e-mail, a code), the same way; texts that mean
            none or several are missing.
    """

    key: str
    label: str | Promise
    pick_url: str
    labels: Callable[[Member | None, Collection[UUID]], Mapping[UUID, Named]]
    by_words: Callable[[Member | None, Collection[str]], Mapping[str, UUID]]
    query: str = ""
    order: int = 100


HIDDEN_RECORD = _("A record you don't see")

custom_objects: Registry[CustomObject] = Registry()
reference_targets: Registry[ReferenceTarget] = Registry()


def register_custom_object(entry: CustomObject) -> None:
    """Let a business add fields to these records."""
    custom_objects.register(entry)


def register_reference_target(target: ReferenceTarget) -> None:
    """Let custom fields point at these records."""
    reference_targets.register(target)
