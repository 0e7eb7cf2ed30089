"""What records with custom fields have in common: found by their policy, changed by their service, noted many at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.urls import reverse_lazy

from ponte.core.actors import Actor
from ponte.core.errors import Denied
from ponte.core.models import Member
from ponte.core.rights import may
from ponte.workplace.custom_fields.objects import CustomObject, Named, Pairs

OF_A_CUSTOMER: dict[str, Any] = {
    "alive": "deleted_at",
    "subject": "party_id",
}  # what has a bin and a customer
Labels = Callable[[Member | None, Collection[UUID]], Mapping[UUID, Named]]


def record_object(
    *,
    key: str,
    model: type[Model],
    get_visible: Callable[[Member, UUID], Any],
    note: Callable[..., object],
    update: Callable[..., object] | None = None,
    reaches: Callable[[Member, str, Any], bool] | None = None,
    **more: Any,
) -> CustomObject:
    """Return records with custom fields that have a rights object of their own, called as they are.

    Args:
        key: of the records and of their rights object.
        get_visible: returns a record the member may see; raises ``Missing``.
        note: writes audit and event of ``changes`` (fields by id) with ``actor``.
        update: the service that changes one record: ``actor``, ``<key>_id``, ``changes``, ``version``. None: ``change`` is in ``more``.
        reaches: ``(member, act, record)`` where the record's own owner doesn't say it.
        more: what else a ``CustomObject`` takes.
    """

    def find(member: Member, record_id: UUID, act: str) -> Any:
        record = get_visible(member, record_id)
        allowed = may(member, key, act, record) if reaches is None else reaches(member, act, record)
        if act != "view" and not allowed:
            raise Denied(key, act)
        return record

    def change(actor: Actor, record_id: UUID, values: Mapping[str, Any], version: int | None) -> object:
        assert update is not None
        return update(actor=actor, changes={"custom": values}, version=version, **{f"{key}_id": record_id})

    def note_many(actor: Actor, right: str, changes: Pairs) -> None:
        note(actor=actor, changes={record_id: {right: pair} for record_id, pair in changes.items()})

    acts = {"find": find, "change": change, "note_many": note_many}
    return CustomObject(key=key, rights_object=key, model=model, **{**acts, **more})


def labels_by(
    column: str, url_name: str, *, visible: Callable[[Member], QuerySet[Any]], all_of: type[Model]
) -> Labels:
    """Return what tells the words in ``column`` and the page of records, those a member may see; without one all outside the bin."""

    def labels(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, Named]:
        rows = visible(member) if member else _standing(all_of)
        found = rows.filter(id__in=list(ids)).values_list("id", column)
        return {key: Named(words, reverse_lazy(url_name, args=[key])) for key, words in found}

    return labels


def _standing(model: type[Model]) -> QuerySet[Any]:
    has_bin = any(field.name == "deleted_at" for field in model._meta.get_fields())
    return model._default_manager.filter(**({"deleted_at": None} if has_bin else {}))
