"""Custom fields as merge fields of contracts and layouts of quotes: ``{{customer.custom.segment}}``, ``{{contract.custom.purchase_order}}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ponte.core.models import Member
from ponte.directory.models import Party
from ponte.workplace.custom_fields.objects import custom_objects
from ponte.workplace.custom_fields.showing import in_words, labels_of
from ponte.workplace.models import CustomField
from ponte.workplace.selectors.custom_fields import list_fields, readable_fields

OBJECTS = {
    "customer": ("person", "company"),
    "deal": ("opportunity",),
    "quote": ("quote",),
    "contract": ("contract",),
}


class Customised(Protocol):
    """A record with custom values."""

    @property
    def custom(self) -> Mapping[str, Any]: ...


def custom_names(member: Member | None = None, *, of: tuple[str, ...] = tuple(OBJECTS)) -> dict[str, str]:
    """Return the merge fields there are of custom fields, with what they are called.

    Args:
        member: only of fields this member may see the values of; None: all. of: keys of ``OBJECTS``.
    """
    found: dict[str, str] = {}
    for place in of:
        for key in OBJECTS[place]:
            entry = custom_objects.get(key)
            for field in readable_fields(member, key) if member else list_fields(key):
                words = f"{entry.label if entry else key}: {field.label}"
                name = _name(place, field)
                found[name] = f"{found[name]} · {words}" if name in found else words
    return found


def custom_merge_values(
    party: Party,
    *,
    deal: Customised | None = None,
    quote: Customised | None = None,
    contract: Customised | None = None,
) -> dict[str, str]:
    """Return the value of every custom field of these records, in the active language; "" of those without a record or a value."""
    values: dict[str, str] = dict.fromkeys(custom_names(), "")
    told: list[tuple[str, str, Customised | None]] = [
        ("customer", party.kind, party), ("deal", "opportunity", deal), ("quote", "quote", quote),
        ("contract", "contract", contract),
    ]  # fmt: skip
    for place, key, row in told:
        if row is not None:
            values |= {_name(place, field): text for field, text in filled_in(key, row.custom)}
    return values


def filled_in(key: str, custom: Mapping[str, Any]) -> list[tuple[CustomField, str]]:
    """Return an object's fields, in order, with a record's values in words."""
    fields = list_fields(key)
    references = labels_of(None, fields, [custom])
    return [(field, in_words(field, custom.get(field.slot), references)[0]) for field in fields]


def _name(place: str, field: CustomField) -> str:
    return f"{place}.custom.{field.key}"
