"""The journal of a merge: every change goes through it, so that it can be undone exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from ponte.directory.models import Merge, MergeStep
from ponte.workplace.selectors.custom_fields import list_fields

Model = type[models.Model]


@dataclass
class Journal:
    """Moves rows from one loser to the survivor and notes how to put them back."""

    merge: Merge
    survivor_id: UUID
    loser_id: UUID
    kind: str
    is_late: bool = False
    references: set[str] = field(default_factory=set)

    def move(
        self,
        model: Model,
        name: str,
        *,
        unique: Sequence[str] = (),
        only_open: str = "",
        apart_from: str = "",
        flag: str = "",
        where: Mapping[str, Any] | None = None,
    ) -> None:
        """Point the rows of the loser at the survivor, in one statement whatever their number.

        Args:
            model: whose rows.
            name: the field that names the customer ("party").
            unique: fields that may not repeat at the survivor; a row that would repeat them stays with the tombstone.
            only_open: field that is null while a row counts for ``unique``.
            apart_from: field that may not name the survivor (the other end of a relation); such rows stay.
            flag: mark only one row of a customer may carry ("is_primary"); taken off, and given back by the undoing.
            where: further equalities the rows must meet.
        """
        self.references.add(f"{model._meta.label_lower}.{name}")
        if self.is_late and (unique or apart_from or flag):
            return
        given: dict[str, Any] = {
            "survivor": self.survivor_id, "loser": self.loser_id, "merge": self.merge.pk,
            "model": model._meta.label_lower, "field": name, "flag": flag,
        }  # fmt: skip
        table, key, column = _table(model), _key(model), _column(model, name)
        conditions = [f"t.{column} = %(loser)s"]
        for position, (other, value) in enumerate((where or {}).items()):
            conditions.append(f"t.{_column(model, other)} = %(where{position})s")
            given[f"where{position}"] = value
        if apart_from:
            conditions.append(f"t.{_column(model, apart_from)} <> %(survivor)s")
        if unique:
            conditions.append(_would_repeat(model, column, unique, only_open))
        flagged = f"t.{_column(model, flag)}" if flag else "false"
        clear = f", {_column(model, flag)} = false" if flag else ""
        statement = f"""
            WITH picked AS (SELECT t.{key} AS key, {flagged} AS flagged FROM {table} t WHERE {" AND ".join(conditions)}),
            moved AS (UPDATE {table} t SET {column} = %(survivor)s{clear} FROM picked WHERE t.{key} = picked.key
                      RETURNING t.{key}::text AS key, picked.flagged)
            INSERT INTO {_table(MergeStep)} (merge_id, loser_id, act, model, field, flag, ids, flagged, "values")
            SELECT %(merge)s, %(loser)s, 'move', %(model)s, %(field)s, %(flag)s, array_agg(key),
                   coalesce(array_agg(key) FILTER (WHERE moved.flagged), '{{}}'), '{{}}'
            FROM moved HAVING count(*) > 0"""
        with connection.cursor() as cursor:
            cursor.execute(statement, given)

    def change(self, row: models.Model, values: Mapping[str, Any]) -> bool:
        """Set fields of one row (names of columns' attributes, "owner_id"); returns whether any changed."""
        before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
        if not before:
            return False
        after = {name: values[name] for name in before}
        model = type(row)
        model._base_manager.filter(pk=row.pk).update(**after)
        for name, value in after.items():
            setattr(row, name, value)
        MergeStep.objects.create(
            merge=self.merge,
            loser_id=self.loser_id,
            act="change",
            model=model._meta.label_lower,
            ids=[str(row.pk)],
            values={"before": _stored(before), "after": _stored(after)},
        )
        return True

    def create(self, rows: Iterable[models.Model]) -> None:
        """Insert rows that exist only because of the merge; undoing it deletes them. All of one model."""
        fresh = list(rows)
        if not fresh:
            return
        model = type(fresh[0])
        model._base_manager.bulk_create(fresh)
        MergeStep.objects.create(
            merge=self.merge,
            loser_id=self.loser_id,
            act="create",
            model=model._meta.label_lower,
            ids=[str(row.pk) for row in fresh],
        )


@dataclass(frozen=True)
class Remainder:
    """What an undoing could not put back: a field somebody changed since, or rows that are gone or moved on."""

    model: str
    field: str
    count: int


def undo_step(step: MergeStep, survivor_id: UUID) -> list[Remainder]:
    """Take one step back; what others changed since is left as it is and told."""
    undo = {"move": _undo_move, "change": _undo_change, "create": _undo_create}[step.act]
    return undo(step, survivor_id)


def _undo_move(step: MergeStep, survivor_id: UUID) -> list[Remainder]:
    model = apps.get_model(step.model)
    table, key, column = _table(model), _key(model), _column(model, step.field)
    kind = model._meta.pk.rel_db_type(connection)
    back = f", {_column(model, step.flag)} = t.{key} = ANY(%(flagged)s::{kind}[])" if step.flag else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} t SET {column} = %(loser)s{back} "
            f"WHERE t.{key} = ANY(%(ids)s::{kind}[]) AND t.{column} = %(survivor)s",
            {"loser": step.loser_id, "survivor": survivor_id, "ids": step.ids, "flagged": step.flagged},
        )
        lost = len(step.ids) - cursor.rowcount
    return [Remainder(step.model, step.field, lost)] if lost else []


def _undo_change(step: MergeStep, survivor_id: UUID) -> list[Remainder]:
    model = apps.get_model(step.model)
    row = model._base_manager.filter(pk=step.ids[0]).first()
    if row is None:
        return [Remainder(step.model, "", 1)]
    back, kept = {}, []
    for name, after in step.values["after"].items():
        if _plain(getattr(row, name)) == after:
            back[name] = step.values["before"][name]
        else:
            kept.append(Remainder(step.model, name.removesuffix("_id"), 1))
    if back:
        values = {name: _python(model, name, value) for name, value in back.items()}
        if not _put_back(row, values):
            kept += [Remainder(step.model, name.removesuffix("_id"), 1) for name in back]
            if "custom" in values:
                _put_back(row, {"custom": _not_unique(row, values["custom"])})
    return kept


def _put_back(row: models.Model, values: Mapping[str, Any]) -> bool:
    """Write values; returns False where another row took their place since (a primary mark, a unique custom value)."""
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**values)
    except IntegrityError:
        return False
    return True


def _not_unique(row: Any, custom: Mapping[str, Any]) -> dict[str, Any]:
    """Return custom values without those that another customer may have taken."""
    unique = {field.slot for field in list_fields(row.kind) if field.is_unique}
    return {slot: value for slot, value in custom.items() if slot not in unique}


def _undo_create(step: MergeStep, survivor_id: UUID) -> list[Remainder]:
    apps.get_model(step.model)._base_manager.filter(pk__in=step.ids).delete()
    return []


def _would_repeat(model: Model, column: str, unique: Sequence[str], only_open: str) -> str:
    names = [_column(model, name) for name in unique]
    same = " AND ".join(f"o.{name} IS NOT DISTINCT FROM t.{name}" for name in names)
    if only_open:
        name = _column(model, only_open)
        same += f" AND o.{name} IS NULL AND t.{name} IS NULL"
    return f"NOT EXISTS (SELECT 1 FROM {_table(model)} o WHERE o.{column} = %(survivor)s AND {same})"


def _table(model: Model) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _key(model: Model) -> str:
    return connection.ops.quote_name(str(model._meta.pk.column))


def _column(model: Model, name: str) -> str:
    found: Any = model._meta.get_field(name)
    return connection.ops.quote_name(found.column)


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # datetimes too
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def _python(model: Model, name: str, value: Any) -> Any:
    found: Any = model._meta.get_field(name)
    target = found.target_field if found.is_relation else found
    return target.to_python(value)
