"""Custom fields as columns of an import. The target's own service writes them with the record (policy, required, unique)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from ponte.core.models import Member
from ponte.workplace.custom_fields.kinds import LONGEST
from ponte.workplace.importing import FieldType, ImportContext, ImportField
from ponte.workplace.importing.extensions import ExtendedRow, ExtensionResult, ImportExtension
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.selectors.custom_fields import list_fields, writable_fields

PREFIX = "custom."
_TYPES = {
    FieldKind.NUMBER: FieldType.NUMBER,
    FieldKind.MONEY: FieldType.NUMBER,
    FieldKind.DATE: FieldType.DATE,
    FieldKind.BOOLEAN: FieldType.BOOLEAN,
}

_HOW_TO_POINT = gettext_lazy("A name, e-mail, CPF, CNPJ or code that one record alone has, or its id.")


def custom_extension(object_name: str) -> ImportExtension:
    """Return the extension that offers an object's custom fields to its import target."""

    def fields(member: Member | None) -> Sequence[ImportField]:
        found = writable_fields(member, object_name) if member else list_fields(object_name)
        return [_import_field(field) for field in found]

    return ImportExtension("custom_fields", fields, _written_already, order=10, object_name=object_name)


def custom_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the custom values of an import row, by the fields' keys."""
    return {key.removeprefix(PREFIX): value for key, value in values.items() if key.startswith(PREFIX)}


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an import row besides those of custom fields."""
    return {key: value for key, value in values.items() if not key.startswith(PREFIX)}


def _import_field(field: CustomField) -> ImportField:
    kind = FieldKind(field.kind)
    return ImportField(
        f"{PREFIX}{field.key}",
        field.label,
        _TYPES.get(kind, FieldType.TEXT),
        synonyms=(field.label, field.key, field.key.replace("_", " ")),
        required=False,
        max_length=LONGEST.get(kind, 0),
        help=field.help_text or (_HOW_TO_POINT if kind is FieldKind.REFERENCE else ""),
    )


def _written_already(rows: Sequence[ExtendedRow], context: ImportContext) -> ExtensionResult:
    return ExtensionResult()
