"""Custom fields in the condition language: filters, segments and rules can ask for them like for any other field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.conditions.catalogue import Entry, Field, FieldType
from ponte.core.models import Member
from ponte.core.tenancy.scope import current_workspace
from ponte.workplace.custom_fields.expressions import has_choice, value_expression
from ponte.workplace.custom_fields.objects import reference_targets
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.selectors.custom_fields import list_fields, readable_fields

SECTION = _("Custom fields")
_TYPES: Mapping[str, FieldType] = {
    FieldKind.TEXT: "text",
    FieldKind.LONG_TEXT: "text",
    FieldKind.LINK: "text",
    FieldKind.NUMBER: "number",
    FieldKind.MONEY: "money",
    FieldKind.DATE: "date",
    FieldKind.BOOLEAN: "yesno",
    FieldKind.CHOICE: "choice",
    FieldKind.MULTI_CHOICE: "choice",
}


def provider_of(object_name: str) -> Callable[[Member | None], Iterable[Entry]]:
    """Return the provider of an object's custom fields, for ``register_provider``."""

    def provide(reader: Member | None) -> Iterable[Entry]:
        fields = readable_fields(reader, object_name) if reader else list_fields(object_name)
        return [field_of(one) for one in fields]

    return provide


def field_of(field: CustomField) -> Field:
    """Return a custom field as conditions know it; its key there is its name in lists."""
    common: dict[str, Any] = {"rights": (field.right,), "section": SECTION}
    if field.kind == FieldKind.REFERENCE:
        if field.target == "member":
            return Field(field.input_name, field.label, "member", expression=_expression(field), **common)
        return Field(
            field.input_name, field.label, "record", expression=_expression(field),
            names=_names(field), operators=("is", "is_not", "empty", "filled"), **common,
        )  # fmt: skip
    if field.kind in (FieldKind.CHOICE, FieldKind.MULTI_CHOICE):
        common["choices"] = [(choice["value"], choice["label"]) for choice in field.choices]
    if field.kind == FieldKind.MONEY:
        common |= {"unit": str(current_workspace().currency), "places": 2}
    if field.kind == FieldKind.MULTI_CHOICE:
        return Field(field.input_name, field.label, "choice", by=_by(field), **common)
    return Field(field.input_name, field.label, _TYPES[field.kind], expression=_expression(field), **common)


def _expression(field: CustomField) -> Callable[[], Any]:
    return lambda: value_expression(field)


def _by(field: CustomField) -> Callable[[str, Any, Member | None], Q]:
    """Several choices: "is" holds for who has any of them."""

    def condition(operator: str, value: Any, reader: Member | None) -> Q:
        has_some = Q(custom__has_key=field.slot)
        if operator == "empty":
            return ~has_some
        any_of = Q()
        for one in value:
            any_of |= has_choice(field, str(one))
        return has_some & any_of

    return condition


def _names(field: CustomField) -> Callable[[Member | None, Sequence[str]], Mapping[str, str]]:
    def names(reader: Member | None, ids: Sequence[str]) -> Mapping[str, str]:
        target = reference_targets.get(field.target)
        wanted = [found for found in map(_uuid, ids) if found is not None]
        found = target.labels(reader, wanted) if target else {}
        return {str(key): named.label for key, named in found.items()}

    return names


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
