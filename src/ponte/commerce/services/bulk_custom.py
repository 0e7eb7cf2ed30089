"""Custom fields of the rows of a bulk upsert: checked together, then set record by record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ponte.commerce.data import BulkRow, Policy
from ponte.core.actors import Actor
from ponte.workplace.custom_fields.values import CustomRow, check_rows

Record = Any  # an order or a product: it has ``id`` and ``custom``


def check_bulk_custom(
    object_name: str, rows: Sequence[BulkRow], known: Mapping[str, Record], *, actor: Actor, policy: Policy
) -> dict[str, CustomRow]:
    """Return the checked custom values by external id; rows of one id are taken together, the later wins.

    Args:
        object_name: "order" or "product".
        rows: each may have ``values["custom"]``, by the fields' keys; empty values are not given.
        known: the records there are, by external id; the others are new and get defaults.
    """
    checked: dict[str, CustomRow] = {}
    for row in rows:
        record = known.get(row.external_id)
        one = checked.get(row.external_id)
        if one is None:
            one = (
                CustomRow({}) if record is None else CustomRow({}, record.custom, record.id, policy == "fill")
            )
            checked[row.external_id] = one
        if record is None or policy != "skip":
            one.given = {**one.given, **(row.values.get("custom") or {})}
    check_rows(object_name, list(checked.values()), actor=actor)
    return checked


def set_custom(record: Record, checked: CustomRow) -> dict[str, tuple[Any, Any]]:
    """Set what was checked on a record; return what changed, as the audit log gets it: "custom.key" → before, after."""
    gone = checked.stored.keys() - checked.values.keys()
    fresh = {slot: value for slot, value in checked.values.items() if checked.stored.get(slot) != value}
    values = {slot: value for slot, value in {**record.custom, **fresh}.items() if slot not in gone}
    differs = bool(values != record.custom)
    record.custom = values
    return dict(checked.changes) if differs else {}
