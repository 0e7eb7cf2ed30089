"""Checking the definition of a custom field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ponte.core.errors import FieldProblem, Invalid
from ponte.core.text import fold
from ponte.workplace.custom_fields.kinds import Refused, clean_text, to_json
from ponte.workplace.custom_fields.objects import custom_objects, reference_targets
from ponte.workplace.models import CustomField, FieldKind

CHOICE_KINDS = (FieldKind.CHOICE, FieldKind.MULTI_CHOICE)
UNIQUE_KINDS = (FieldKind.TEXT, FieldKind.NUMBER)
SEARCHED_KINDS = (FieldKind.TEXT, FieldKind.LONG_TEXT)
UNINDEXED_KINDS = (FieldKind.LONG_TEXT,)
TONES = ("neutral", "accent", "blue", "purple", "pink", "red", "orange", "yellow", "green")
MOST_CHOICES = 200
_KEY = re.compile(r"[a-z](?:_?[a-z0-9])*")


@dataclass(frozen=True, kw_only=True)
class FieldData:
    """A definition as callers tell it.

    ``choices``: mappings with "label" and, as one likes, "value" (kept where known), "tone", "archived".
    ``default``: what new records start with, as one would enter it. ``key`` empty: made from the label.
    """

    label: str
    kind: str
    key: str = ""
    help_text: str = ""
    section: str = ""
    is_required: bool = False
    is_unique: bool = False
    is_searched: bool = False
    is_indexed: bool = False
    is_printed: bool = False
    default: Any = None
    choices: Sequence[Mapping[str, Any]] = ()
    target: str = ""


def clean_definition(field: CustomField, data: FieldData) -> None:
    """Write checked data into a definition (not its key and, for a known field, not its type).

    Raises:
        Invalid: one problem for each thing that can't be accepted.
    """
    problems: list[FieldProblem] = []
    if field.kind not in FieldKind.values:
        raise Invalid.on("kind", "invalid_choice", _("Choose one of the types offered."))
    if data.kind != field.kind:
        problems.append(FieldProblem("kind", "fixed", _("The type is changed by itself, with a look first.")))
    field.label = _line(problems, "label", data.label, 80, required=True)
    field.help_text = _line(problems, "help_text", data.help_text, 240)
    field.section = _line(problems, "section", data.section, 60)
    field.is_required, field.is_indexed = data.is_required, data.is_indexed
    field.is_unique, field.is_searched = data.is_unique, data.is_searched
    field.choices = _clean_choices(problems, field, data.choices)
    field.target = _target(problems, field, data.target)
    if field.is_unique and field.kind not in UNIQUE_KINDS:
        problems.append(FieldProblem("is_unique", "kind", _("Only texts and numbers can be unique.")))
    if field.is_searched and field.kind not in SEARCHED_KINDS:
        problems.append(FieldProblem("is_searched", "kind", _("Only texts can be found by the search.")))
    field.is_printed = data.is_printed
    entry = custom_objects.get(field.object)
    if field.is_printed and not (entry and entry.is_printable):
        problems.append(
            FieldProblem("is_printed", "object", _("These records aren't printed for customers."))
        )
    if field.is_indexed and field.kind in UNINDEXED_KINDS:
        problems.append(FieldProblem("is_indexed", "kind", _("Long texts can't be indexed.")))
    field.default = _default(problems, field, data.default)
    if problems:
        raise Invalid(problems)


def unused_key(object_name: str, wanted: str, *, given: bool) -> str:
    """Return a key no field of the object has, fields in the bin included.

    Raises:
        Invalid: the key was given and is malformed or taken.
    """
    taken = set(CustomField.objects.filter(object=object_name).values_list("key", flat=True))
    if given:
        if len(wanted) > 40 or not _KEY.fullmatch(wanted):
            text = _("Use small letters, digits and single underscores, a letter first: “contract_number”.")
            raise Invalid.on("key", "invalid", text)
        if wanted in taken:
            raise Invalid.on("key", "taken", _("Another field has this key, maybe one in the bin."))
        return wanted
    base = slug(wanted)[:36].strip("_") or "field"
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base}_{number}"
    return key


def slug(text: str) -> str:
    """Return a text as a key: "Nº do contrato" → "n_do_contrato"."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(text)).strip("_")
    return plain if plain[:1].isalpha() else f"field_{plain}".strip("_")


def _line(problems: list[FieldProblem], name: str, raw: str, longest: int, *, required: bool = False) -> str:
    text = clean_text(raw)
    if required and not text:
        problems.append(FieldProblem(name, "required", _("Give it a name.")))
    if len(text) > longest:
        too_long = _("This is too long: %(limit)s characters at most.") % {"limit": longest}
        problems.append(FieldProblem(name, "max_length", too_long))
    return text[:longest]


def _clean_choices(
    problems: list[FieldProblem], field: CustomField, given: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    if field.kind not in CHOICE_KINDS:
        return []
    known = {choice["value"]: choice for choice in field.choices}
    by_label = {fold(choice["label"]): choice["value"] for choice in field.choices}
    cleaned: list[dict[str, Any]] = []
    labels: set[str] = set()
    for choice in list(given)[:MOST_CHOICES]:
        label = _line(problems, "choices", str(choice.get("label", "")), 80, required=True)
        if fold(label) in labels:
            text = _("“%(label)s” is there twice.") % {"label": label}
            problems.append(FieldProblem("choices", "repeated", text))
        labels.add(fold(label))
        value = clean_text(choice.get("value") or by_label.get(fold(label)) or "")[:40]
        if value not in known or value in {one["value"] for one in cleaned}:
            value = _fresh_value(value or label, {one["value"] for one in cleaned} | set(known))
        tone = str(choice.get("tone") or "neutral")
        cleaned.append(
            {
                "value": value,
                "label": label,
                "tone": tone if tone in TONES else "neutral",
                "archived": bool(choice.get("archived")),
            }
        )
    kept = {choice["value"] for choice in cleaned}
    # a choice that records have doesn't vanish: it is only not offered any more
    cleaned += [{**old, "archived": True} for value, old in known.items() if value not in kept]
    if not any(not choice["archived"] for choice in cleaned):
        problems.append(FieldProblem("choices", "required", _("Give at least one choice.")))
    if len(given) > MOST_CHOICES:
        problems.append(FieldProblem("choices", "too_many", _("At most 200 choices.")))
    return cleaned


def _fresh_value(wanted: str, taken: set[str]) -> str:
    base = slug(wanted)[:36].strip("_") or "choice"
    value, number = base, 1
    while value in taken:
        number += 1
        value = f"{base}_{number}"
    return value


def _target(problems: list[FieldProblem], field: CustomField, given: str) -> str:
    if field.kind != FieldKind.REFERENCE:
        return ""
    if field.target and given != field.target:
        problems.append(FieldProblem("target", "fixed", _("What it points at can't be changed.")))
        return field.target
    if reference_targets.get(given) is None:
        problems.append(FieldProblem("target", "invalid_choice", _("Choose what it points at.")))
    return given


def _default(problems: list[FieldProblem], field: CustomField, given: Any) -> Any:
    if given in (None, "", []):
        return None
    if field.is_unique or field.kind == FieldKind.REFERENCE:
        text = _("A unique field and a reference have no default value.")
        problems.append(FieldProblem("default", "kind", text))
        return None
    try:
        return to_json(field, given)
    except Refused as refused:
        problems.append(FieldProblem("default", refused.code, refused.message))
        return None
