"""Building and dropping the indexes of custom fields.

The application's role has no DDL: the owner's connection does it, outside any transaction, so that nobody who writes
records has to wait. The wanted state follows from the definition, so running it again does nothing.
"""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.models import Q

from ponte.core.tenancy.scope import current_workspace, named_workspace, workspace_scope
from ponte.workplace.custom_fields.expressions import counted_expression, index_definitions
from ponte.workplace.custom_fields.objects import CustomObject, custom_objects
from ponte.workplace.models import CustomField, IndexState

UNIQUE = (
    "u"  # what the name of an index ends with that lets no value be there twice; digests have no such letter
)


def settle_all() -> None:
    """Give every field of the workspace its indexes: what failed before, what an older version built otherwise."""
    with workspace_scope(named_workspace()):
        wanting = CustomField.objects.filter(deleted_at=None).filter(Q(is_unique=True) | Q(is_indexed=True))
        ids = list(wanting.values_list("id", flat=True))
    for field_id in ids:
        settle_indexes(field_id)


def settle_indexes(field_id: UUID) -> None:
    """Give a field exactly the indexes its definition asks for. Call it outside any scope, inside the workspace's context.

    Raises whatever the database says; the field is then marked, and the job comes again.
    """
    with workspace_scope(named_workspace()):
        field = CustomField.objects.filter(id=field_id).first()
        entry = custom_objects.get(field.object) if field else None
        schema = current_workspace().schema_name
        if field is None or entry is None:
            return
        wanted = {} if field.deleted_at else wanted_indexes(field, entry)
        counted = None if field.deleted_at else counted_expression(field)
        _note(field, IndexState.BUILDING if wanted else IndexState.NONE)
    try:
        _build(schema, entry, prefix(field.id), wanted, counted)
    except Exception:
        with workspace_scope(named_workspace()):
            _note(field, IndexState.FAILED)
        raise
    with workspace_scope(named_workspace()):
        _note(field, IndexState.READY if wanted else IndexState.NONE)


def drop_indexes(field_id: UUID, object_name: str) -> None:
    """Drop every index of a field that is gone."""
    entry = custom_objects.get(object_name)
    if entry is not None:
        _build(named_workspace().schema_name, entry, prefix(field_id), {})


def prefix(field_id: UUID) -> str:
    """Return what the names of a field's indexes begin with."""
    return f"cf_{field_id.hex[-16:]}_"


def wanted_indexes(field: CustomField, entry: CustomObject) -> dict[str, str]:
    """Return the indexes a field asks for: name → definition behind ``ON table``. Another definition, another name."""
    found = {}
    for purpose, body in index_definitions(field, columns=entry.order_by).items():
        conditions = [f"{column} = '{value}'" for column, value in entry.only.items()]
        if purpose == "value" and entry.alive:
            conditions.append(f"{entry.alive} IS NULL")
        if purpose == "unique" or field.kind != "multi_choice":
            conditions.append(f"(custom ->> '{field.slot}'::text) IS NOT NULL")
        whole = f"{body} WHERE {' AND '.join(conditions)}" if conditions else body
        digest = blake2b(whole.encode(), digest_size=5).hexdigest()
        found[f"{prefix(field.id)}{digest}{UNIQUE if purpose == 'unique' else ''}"] = whole
    return found


def _build(
    schema: str, entry: CustomObject, start: str, wanted: dict[str, str], counted: str | None = None
) -> None:
    table = entry.model._meta.db_table
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE c.relnamespace = to_regnamespace(%s) AND starts_with(c.relname, %s)",
            [schema, start],
        )
        there = dict(cursor.fetchall())
        for name, is_valid in there.items():
            if name not in wanted or not is_valid:  # what a killed worker left half done is no good
                cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{schema}"."{name}"')
        fresh = [name for name in wanted if not there.get(name)]
        for name in fresh:
            kind = "UNIQUE INDEX" if name.endswith(UNIQUE) else "INDEX"
            cursor.execute(f'CREATE {kind} CONCURRENTLY "{name}" ON "{schema}"."{table}" {wanted[name]}')
        counts_anew = _count(cursor, schema, table, start, counted)
        if fresh or counts_anew:  # without statistics of the expression the planner guesses
            cursor.execute(f'ANALYZE "{schema}"."{table}"')


def _count(cursor: CursorWrapper, schema: str, table: str, start: str, counted: str | None) -> bool:
    """Have statistics kept of exactly ``counted``; return whether they are new."""
    wanted = f"{start}{blake2b(counted.encode(), digest_size=5).hexdigest()}" if counted else ""
    cursor.execute(
        "SELECT stxname FROM pg_statistic_ext WHERE stxnamespace = to_regnamespace(%s) AND starts_with(stxname, %s)",
        [schema, start],
    )
    there = {name for (name,) in cursor.fetchall()}
    for name in there - {wanted}:
        cursor.execute(f'DROP STATISTICS IF EXISTS "{schema}"."{name}"')
    if not counted or wanted in there:
        return False
    cursor.execute(f'CREATE STATISTICS "{schema}"."{wanted}" ON ({counted}) FROM "{schema}"."{table}"')
    return True


def _note(field: CustomField, state: IndexState) -> None:
    CustomField.objects.filter(id=field.id).exclude(index_state=state).update(index_state=state)
