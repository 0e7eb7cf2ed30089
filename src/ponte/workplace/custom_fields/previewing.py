"""What a change of type would do to the values there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext as _

from ponte.core.brazil.numbers import format_number
from ponte.workplace.custom_fields.definitions import CHOICE_KINDS, slug
from ponte.workplace.custom_fields.kinds import Refused, from_json, to_json
from ponte.workplace.custom_fields.uses import filled
from ponte.workplace.models import CustomField, FieldKind

MOST_DIFFERENT = 20_000  # values looked at one by one
MOST_NEW_CHOICES = 100
SAMPLES = 10
CONVERTIBLE = tuple(kind for kind in FieldKind if kind != FieldKind.REFERENCE)


@dataclass
class Preview:
    """What becomes of the values: how many ``kept`` and ``lost``, with samples (text, how many records, why).

    ``partial``: there are too many different values, the counts are of those looked at.
    """

    kept: int = 0
    lost: int = 0
    partial: bool = False
    lost_samples: list[tuple[str, int, str]] = field(default_factory=list)
    kept_samples: list[tuple[str, str, int]] = field(default_factory=list)
    new_choices: list[str] = field(default_factory=list)


def converted(old: CustomField, kind: str, choices: list[dict[str, Any]]) -> CustomField:
    """Return the definition as it would be with another type (not saved)."""
    new = CustomField(object=old.object, key=old.key, slot=old.slot, label=old.label, kind=kind)
    new.choices = choices
    return new


def choices_for(old: CustomField, kind: str) -> list[dict[str, Any]]:
    """Return the choices a field gets that becomes one: those it has, or one for each value there is, up to 100."""
    if kind not in CHOICE_KINDS:
        return []
    if old.kind in CHOICE_KINDS:
        return list(old.choices)
    choices: dict[str, dict[str, Any]] = {}
    for stored, _times in _different(old, MOST_NEW_CHOICES * 3):
        text = readable(old, stored)
        parts = text.split(";") if kind == FieldKind.MULTI_CHOICE else [text]
        for label in filter(None, (part.strip() for part in parts)):
            value = slug(label)[:40]
            if len(label) <= 80 and len(choices) < MOST_NEW_CHOICES:
                choices.setdefault(
                    value, {"value": value, "label": label, "tone": "neutral", "archived": False}
                )
    return list(choices.values())


def convert_value(old: CustomField, new: CustomField, stored: Any) -> Any:
    """Return a stored value as the new type stores it; raise ``Refused`` where it can't."""
    typed = from_json(old, stored)
    if typed is None:
        raise Refused("empty", _("The stored value can't be read."))
    if isinstance(typed, Decimal) and new.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        return to_json(new, typed)
    if isinstance(typed, list) and new.kind == FieldKind.MULTI_CHOICE:
        return to_json(new, typed)
    if isinstance(typed, list) and new.kind == FieldKind.CHOICE and len(typed) > 1:
        raise Refused("several", _("There are several values."))
    return to_json(new, readable(old, stored))


def readable(old: CustomField, stored: Any) -> str:
    """Return a stored value as a person would type it."""
    typed = from_json(old, stored)
    if isinstance(typed, bool):
        return _("Yes") if typed else _("No")
    if isinstance(typed, Decimal):
        exponent = typed.as_tuple().exponent
        places = max(-exponent, 0) if isinstance(exponent, int) else 0
        return format_number(typed, places=places).replace(".", "")
    if isinstance(typed, list):
        return "; ".join(str(old.labels.get(one, one)) for one in typed)
    if old.kind == FieldKind.CHOICE and isinstance(typed, str):
        return old.labels.get(typed, typed)
    if old.kind == FieldKind.DATE and typed is not None:
        return f"{typed:%d/%m/%Y}"
    return "" if typed is None else str(typed)


def preview_conversion(old: CustomField, kind: str) -> Preview:
    """Return what a change of ``old``'s type to ``kind`` would do."""
    choices = choices_for(old, kind)
    new = converted(old, kind, choices)
    found = Preview()
    if old.kind not in CHOICE_KINDS:
        found.new_choices = [choice["label"] for choice in choices]
    for number, (stored, times) in enumerate(_different(old, MOST_DIFFERENT + 1)):
        if number == MOST_DIFFERENT:
            found.partial = True
            break
        _weigh(found, old, new, stored, times)
    return found


def _weigh(found: Preview, old: CustomField, new: CustomField, stored: Any, times: int) -> None:
    text = readable(old, stored)[:80]
    try:
        value = convert_value(old, new, stored)
    except Refused as refused:
        found.lost += times
        if len(found.lost_samples) < SAMPLES:
            found.lost_samples.append((text, times, refused.message))
    else:
        found.kept += times
        if len(found.kept_samples) < SAMPLES:
            found.kept_samples.append((text, readable(new, value)[:80], times))


def _different(old: CustomField, most: int) -> list[tuple[Any, int]]:
    rows = filled(old).annotate(_stored=KeyTransform(old.slot, "custom")).values("_stored")
    counted = rows.annotate(times=Count("id")).order_by("-times")
    return list(counted.values_list("_stored", "times")[:most])
