"""Custom values as people read them, on record pages and in lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ponte.core.models import Member
from ponte.core.rights import FieldAccess
from ponte.core.tenancy.scope import current_workspace
from ponte.workplace.custom_fields.kinds import from_json
from ponte.workplace.custom_fields.objects import HIDDEN_RECORD, Named, reference_targets
from ponte.workplace.custom_fields.previewing import readable
from ponte.workplace.lists.cells import money_text, reader
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.selectors.custom_fields import access_of, readable_fields

References = Mapping[str, Mapping[UUID, Named]]


@dataclass(frozen=True)
class ShownValue:
    """One value on a record page: ``text`` for a screen reader's label, ``html`` for the eye."""

    field: CustomField
    text: str
    html: SafeString
    editable: bool


@dataclass(frozen=True)
class Section:
    """Custom fields that stand together."""

    label: str
    values: list[ShownValue]

    @property
    def is_filled(self) -> bool:
        """Whether any of them has a value."""
        return any(value.html for value in self.values)


def sections_of(member: Member, object_name: str, custom: Mapping[str, Any]) -> list[Section]:
    """Return the custom fields the member may see with a record's values, by section in order."""
    access = access_of(member, object_name)
    fields = readable_fields(member, object_name)
    references = labels_of(member, fields, [custom])
    grouped: dict[str, list[ShownValue]] = defaultdict(list)
    for field in fields:
        grouped[field.section].append(show_value(field, custom, access, references))
    return [Section(label or _("More about it"), values) for label, values in grouped.items()]


def show_value(
    field: CustomField, custom: Mapping[str, Any], access: FieldAccess, references: References
) -> ShownValue:
    """Return one field with a record's value."""
    stored = custom.get(field.slot)
    text, html = in_words(field, stored, references)
    return ShownValue(field, text, html, access.can_write(field.right) and not field.converting_to)


def in_words(field: CustomField, stored: Any, references: References) -> tuple[str, SafeString]:
    """Return a stored value as text and as HTML, both "" for none."""
    typed = from_json(field, stored)
    if typed is None:
        return "", SafeString("")
    match field.kind:
        case FieldKind.CHOICE | FieldKind.MULTI_CHOICE:
            values = typed if isinstance(typed, list) else [typed]
            labels, tones = field.labels, field.tones
            badges = [(tones.get(one, "neutral"), labels.get(one, one)) for one in values]
            html = format_html_join(" ", '<span class="badge badge-dot tone-{}">{}</span>', badges)
            return ", ".join(str(label) for _tone, label in badges), html
        case FieldKind.LINK:
            shown = typed.split("://", 1)[-1]
            return shown, format_html(
                '<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>', typed, shown
            )
        case FieldKind.REFERENCE:
            named = references.get(field.target, {}).get(typed, Named(str(HIDDEN_RECORD)))
            if not named.url:
                return named.label, format_html("{}", named.label)
            return named.label, format_html('<a href="{}">{}</a>', named.url, named.label)
        case FieldKind.LONG_TEXT:
            return typed, SafeString(linebreaks(typed, autoescape=True))
        case _:
            text = plain_words(field, typed)
            return text, SafeString(escape(text))


def plain_words(field: CustomField, typed: Any) -> str:
    """Return a typed value as short text; references by their id."""
    if isinstance(typed, bool):
        return _("Yes") if typed else _("No")
    if isinstance(typed, Decimal):
        if field.kind == FieldKind.MONEY:
            return money_text(typed, current_workspace().currency)
        exponent = typed.as_tuple().exponent
        return reader().number(typed, max(-exponent, 0) if isinstance(exponent, int) else 0)
    if field.kind == FieldKind.DATE:
        return date_format(typed, "SHORT_DATE_FORMAT")
    if field.kind in (FieldKind.CHOICE, FieldKind.MULTI_CHOICE):
        return readable(field, typed).replace("; ", ", ")
    return str(typed)


def labels_of(
    member: Member | None, fields: Iterable[CustomField], customs: Iterable[Mapping[str, Any]]
) -> dict[str, Mapping[UUID, Named]]:
    """Return what references of these records point at, by target: one query a target that is used."""
    asked: dict[str, set[UUID]] = defaultdict(set)
    pointing = [field for field in fields if field.kind == FieldKind.REFERENCE]
    if not pointing:
        return {}
    for custom in customs:
        for field in pointing:
            typed = from_json(field, custom.get(field.slot))
            if typed is not None:
                asked[field.target].add(typed)
    found: dict[str, Mapping[UUID, Named]] = {}
    for name, ids in asked.items():
        target = reference_targets.get(name)
        found[name] = target.labels(member, ids) if target else {}
    return found
