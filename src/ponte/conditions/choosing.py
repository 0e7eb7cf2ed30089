"""What the values of a field can be chosen from: all choices, or those that fit what somebody types."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from ponte.conditions.catalogue import Field
from ponte.conditions.values import ME, MY_TEAM
from ponte.core.models import Member
from ponte.core.text import fold, sort_key

MOST = 20


def options_of(field: Field, reader: Member | None) -> list[tuple[str, str]]:
    """Return every choice of a "choice" field."""
    return [(str(key), str(label)) for key, label in field.options(reader)]


def find_values(field: Field, reader: Member | None, text: str) -> Sequence[tuple[str, str]]:
    """Return values of a field whose names fit ``text``, (value, label), at most ``MOST``."""
    if field.type == "member":
        return _members(text)
    if field.find is not None:
        return [(key, str(label)) for key, label in field.find(reader, text)][:MOST]
    wanted = fold(text)
    return [(key, label) for key, label in options_of(field, reader) if wanted in fold(label)][:MOST]


def _members(text: str) -> list[tuple[str, str]]:
    fixed = [
        (key, label) for key, label in ((ME, _("me")), (MY_TEAM, _("my team"))) if fold(text) in fold(label)
    ]
    found = Member.objects.filter(is_active=True, sort_name__contains=sort_key(text)).order_by(
        "sort_name", "id"
    )
    return [*fixed, *((str(key), name) for key, name in found.values_list("id", "name")[:MOST])]
