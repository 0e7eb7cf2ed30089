"""The one place where values of custom fields are checked, for forms, API, import and jobs alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, TextField
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.brazil.numbers import NumberStyle
from ponte.core.errors import Invalid
from ponte.core.rights import field_access
from ponte.workplace.custom_fields.kinds import Refused, to_json
from ponte.workplace.custom_fields.locking import hold_values
from ponte.workplace.custom_fields.objects import CustomObject, custom_objects, reference_targets
from ponte.workplace.custom_fields.pointing import name_references
from ponte.workplace.custom_fields.rows import CustomRow, Given
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.selectors.custom_fields import held_fields

__all__ = ["CustomRow", "check_custom", "check_rows", "logged", "refuse_bad"]


def check_custom(
    object_name: str,
    given: Given | None,
    *,
    actor: Actor,
    stored: Mapping[str, Any] | None = None,
    record_id: UUID | None = None,
) -> CustomRow:
    """Check the custom values of one record; see ``check_rows``. Without anything given for a known record, no query."""
    row = CustomRow(given or {}, stored or {}, record_id)
    check_rows(object_name, [row], actor=actor)
    return row


def refuse_bad(row: CustomRow) -> CustomRow:
    """Return the row; raise ``Invalid`` where it has problems."""
    if row.problems:
        raise Invalid(row.problems)
    return row


def check_rows(
    object_name: str,
    rows: Sequence[CustomRow],
    *,
    actor: Actor,
    style: NumberStyle | None = None,
) -> None:
    """Check many records' values at once; the number of queries doesn't grow with theirs.

    The definitions are held until the transaction ends, so that no change of type runs in between, and so are the values
    of unique fields: of two writers of the same one the second is refused.

    Args:
        object_name: "person", "order" …
        rows: what is to be written; each is filled in.
        actor: what their role hides or locks is not asked for and refused when given.
        style: how numbers are written where it can't be told.
    """
    for row in rows:
        row.values = dict(row.stored)
    entry = custom_objects.get(object_name)
    if entry is None or not any(row.given or row.record_id is None for row in rows):
        return
    fields = {one.key: one for one in held_fields(object_name)}
    name_references(rows, fields, actor.member)
    checking = _Checking(entry, fields, actor, style)
    for row in rows:
        checking.read(row)
    checking.check_references(rows)
    checking.check_unique(rows)


class _Checking:
    """One call of ``check_rows``."""

    def __init__(
        self, entry: CustomObject, fields: dict[str, CustomField], actor: Actor, style: NumberStyle | None
    ) -> None:
        self.entry, self.fields, self.actor, self.style = entry, fields, actor, style
        self.access = field_access(actor.member, entry.rights_object) if actor.member else None

    def read(self, row: CustomRow) -> None:
        """Read what is given, put defaults in, ask for what is required."""
        for key, raw in row.given.items():
            known = self.fields.get(key)
            if known is None:
                row.refuse(
                    f"custom.{key}"[:80], "unknown_field", _("There is no such field. Check its name.")
                )
            else:
                self._take(row, known, raw)
        if row.record_id is None:
            for known in self.fields.values():
                self._complete(row, known)

    def _take(self, row: CustomRow, known: CustomField, raw: Any) -> None:
        before = row.stored.get(known.slot)
        if self.access is not None and not self.access.can_write(known.right):
            row.refuse(known.right, "read_only", _("Your role can't change this field."))
            return
        if row.fill and before is not None:
            return
        try:
            value = to_json(known, raw, style=self.style)
        except Refused as refused:
            row.refuse(known.right, refused.code, refused.message)
            return
        if known.is_required and value is None:
            row.refuse(known.right, "required", _("“%(field)s” must be filled in.") % {"field": known.label})
        elif value != before and known.converting_to:
            row.refuse(
                known.right,
                "converting",
                _("The type of this field is being changed. Try again in a minute."),
            )
        elif value != before:
            _set(row, known, before, value)

    def _complete(self, row: CustomRow, known: CustomField) -> None:
        """A new record gets defaults; what is required is asked of people, not of the system."""
        if known.key not in row.given and not known.converting_to:
            if known.default is not None:
                _set(row, known, None, known.default)
            elif known.is_required and self.access is not None and self.access.can_write(known.right):
                row.refuse(
                    known.right, "required", _("“%(field)s” must be filled in.") % {"field": known.label}
                )

    def check_references(self, rows: Sequence[CustomRow]) -> None:
        """Refuse references to what there isn't or the member doesn't see: one query a kind of record."""
        asked: dict[str, set[UUID]] = defaultdict(set)
        for _row, known, value in self._changed(rows, FieldKind.REFERENCE):
            asked[known.target].add(UUID(value))
        seen: dict[str, set[UUID]] = {}
        for name, ids in asked.items():
            target = reference_targets.get(name)
            seen[name] = set(target.labels(self.actor.member, ids)) if target else set()
        for row, known, value in self._changed(rows, FieldKind.REFERENCE):
            if UUID(value) not in seen[known.target]:
                row.refuse(known.right, "unknown", _("There is no such record. Choose one from the list."))

    def check_unique(self, rows: Sequence[CustomRow]) -> None:
        """Refuse values another record has, also one of the same call: one query a unique field."""
        asked: dict[str, dict[str, list[CustomRow]]] = defaultdict(lambda: defaultdict(list))
        unique = {known.slot: known for known in self.fields.values() if known.is_unique}
        for row, known, value in self._changed(rows):
            if known.slot in unique:
                asked[known.slot][str(value)].append(row)
        hold_values(self.entry.key, [(slot, value) for slot, texts in asked.items() for value in texts])
        for slot, texts in asked.items():
            holders = _holders(self.entry, slot, texts)
            for text, claimants in texts.items():
                first = None if holders.get(text) else claimants[0]
                for row in claimants:
                    others = holders.get(text, set()) - {row.record_id}
                    if others or (first is not None and row is not first):
                        row.refuse(
                            unique[slot].right,
                            "taken",
                            _("Another record has this value in “%(field)s”; it must be unique.")
                            % {"field": unique[slot].label},
                        )

    def _changed(
        self, rows: Iterable[CustomRow], kind: FieldKind | None = None
    ) -> list[tuple[CustomRow, CustomField, Any]]:
        by_right = {known.right: known for known in self.fields.values()}
        pairs = ((row, by_right[name]) for row in rows for name in row.changes if name in by_right)
        return [
            (row, known, row.values[known.slot])
            for row, known in pairs
            if known.slot in row.values and (kind is None or known.kind == kind)
        ]


def _set(row: CustomRow, known: CustomField, before: Any, value: Any) -> None:
    row.changes[known.right] = (logged(known, before), logged(known, value))
    if value is None:
        row.values.pop(known.slot, None)
    else:
        row.values[known.slot] = value


def logged(known: CustomField, value: Any) -> Any:
    """Return a value as the audit log keeps it: choices by their words, which may change later."""
    if known.kind not in (FieldKind.CHOICE, FieldKind.MULTI_CHOICE) or value is None:
        return value
    labels = known.labels
    if isinstance(value, list):
        return [labels.get(one, one) for one in value]
    return labels.get(value, value)


def _holders(entry: CustomObject, slot: str, texts: Iterable[str]) -> dict[str, set[UUID]]:
    """Return who has these values already, the bin included: what is brought back must still be unique."""
    rows = entry.model._default_manager.filter(**entry.only).annotate(
        _value=KeyTextTransform(slot, F("custom"), output_field=TextField())
    )
    holders: dict[str, set[UUID]] = defaultdict(set)
    for value, record_id in rows.filter(_value__in=list(texts)).values_list("_value", "id"):
        holders[value].add(record_id)
    return holders
