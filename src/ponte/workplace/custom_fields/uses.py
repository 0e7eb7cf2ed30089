"""How a field is used: how many records have a value, which values repeat, samples of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform

from ponte.workplace.custom_fields.objects import CustomObject, custom_objects
from ponte.workplace.models import CustomField


def object_of(field: CustomField) -> CustomObject:
    """Return what the field belongs to."""
    entry = custom_objects.get(field.object)
    assert entry is not None, field.object
    return entry


def filled(field: CustomField, slot: str = "") -> QuerySet[Any]:
    """Return the records that have a value, those in the bin included."""
    entry = object_of(field)
    rows: QuerySet[Any] = entry.model._default_manager.filter(**entry.only)
    found: QuerySet[Any] = rows.filter(custom__has_key=slot or field.slot)
    return found


def count_filled(field: CustomField) -> int:
    """Return how many records have a value."""
    return filled(field).count()


def find_repeated(field: CustomField, most: int = 5) -> list[str]:
    """Return values that more than one record has, up to ``most``."""
    texts = filled(field).annotate(_text=KeyTextTransform(field.slot, F("custom"), output_field=TextField()))
    counted = texts.values("_text").annotate(times=Count("id"))
    repeated = counted.filter(times__gt=1).order_by("-times", "_text")
    return list(repeated.values_list("_text", flat=True)[:most])
