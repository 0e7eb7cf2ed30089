"""Changing the type of a field, in the background.

While it runs nobody can write the field (writers are told so); values go into a slot of their own chunk by chunk, and the
definition turns to it at the end, in one transaction. A killed worker begins again and does no harm.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.jobs import enqueue
from ponte.core.models import BackgroundRun
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.services.runs import advance_run, finish_run
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.events.workplace import CustomFieldUpdated
from ponte.workplace.custom_fields.chunks import in_chunks
from ponte.workplace.custom_fields.definitions import SEARCHED_KINDS, UNINDEXED_KINDS, UNIQUE_KINDS
from ponte.workplace.custom_fields.kinds import Refused
from ponte.workplace.custom_fields.locking import own_definitions
from ponte.workplace.custom_fields.previewing import convert_value, converted
from ponte.workplace.custom_fields.uses import find_repeated, object_of
from ponte.workplace.models import CustomField
from ponte.workplace.selectors.custom_fields import forget_fields

KEPT_FOR = timedelta(days=30)


def convert_field(field_id: UUID, run_id: UUID) -> None:
    """Convert every value of a field that waits for it, then turn the field. Call it outside any scope."""
    with workspace_scope(named_workspace()):
        field = CustomField.objects.filter(id=field_id).first()
    if field is None or not field.converting_to:
        return
    _Conversion(field, run_id).run()


class _Conversion:
    """One change of type."""

    def __init__(self, field: CustomField, run_id: UUID) -> None:
        self.field, self.run_id = field, run_id
        aim: dict[str, Any] = field.converting_to or {}
        self.new = converted(field, aim["kind"], aim["choices"])
        self.new.slot = aim["slot"]
        self.kept = self.lost = 0

    def run(self) -> None:
        """Do the chunks, then the turn."""
        in_chunks(object_of(self.field), self.field.slot, self._chunk)
        with workspace_scope(named_workspace()):
            self._turn()

    def _chunk(self, rows: Sequence[tuple[UUID, dict[str, Any]]]) -> None:
        written: list[tuple[UUID, Any]] = []
        for record_id, custom in rows:
            try:
                written.append((record_id, convert_value(self.field, self.new, custom[self.field.slot])))
            except Refused:
                self.lost += 1
        self.kept += len(written)
        write_slot(object_of(self.field).model._meta.db_table, self.new.slot, written)
        run = BackgroundRun.objects.filter(id=self.run_id).first()
        if run is not None:
            advance_run(run, done=self.kept + self.lost)

    def _turn(self) -> None:
        own_definitions(self.field.object)
        field = CustomField.objects.select_for_update().filter(id=self.field.id).first()
        if field is None or not field.converting_to:
            return
        before = field.kind
        turn(field, kind=self.new.kind, slot=self.new.slot, choices=self.new.choices)
        run = BackgroundRun.objects.select_related("started_by").filter(id=self.run_id).first()
        actor = Actor.for_job("custom fields", run.started_by if run else None)
        note_turn(actor, field, before, {"kept": (None, self.kept), "lost": (None, self.lost)})
        if run is not None:
            finish_run(run, result={"kept": self.kept, "lost": self.lost})


def turn(field: CustomField, *, kind: str, slot: str, choices: list[dict[str, Any]]) -> None:
    """Give a locked definition another type, slot and choices; the old ones are remembered for 30 days."""
    until = (timezone.now() + KEPT_FOR).isoformat()
    former = {"slot": field.slot, "kind": field.kind, "choices": field.choices, "until": until}
    field.previous = [one for one in field.previous if one["slot"] not in (slot, field.slot)] + [former]
    field.kind, field.slot, field.choices = kind, slot, choices
    field.converting_to, field.default = None, None
    field.is_unique = field.is_unique and kind in UNIQUE_KINDS and not find_repeated(field)
    field.is_searched = field.is_searched and kind in SEARCHED_KINDS
    field.is_indexed = field.is_indexed and kind not in UNINDEXED_KINDS
    field.version += 1
    field.save()
    forget_fields()
    enqueue("workplace.index_custom_field", field_id=str(field.id), once=f"custom_index:{field.id}")


def note_turn(actor: Actor, field: CustomField, before: str, counts: dict[str, Any]) -> None:
    """Write audit entry and event of a changed type."""
    changes = {"kind": (before, field.kind), **counts}
    audit.record(actor=actor, act="custom_field.updated", target=field, changes=changes)
    publish(
        CustomFieldUpdated(field_id=str(field.id), object=field.object, key=field.key, fields=["kind"]),
        actor=actor,
    )


def write_slot(table: str, slot: str, values: Sequence[tuple[UUID, Any]]) -> None:
    """Set ``slot`` of many records at once; the open scope names the schema."""
    if not values:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" AS t SET custom = t.custom || jsonb_build_object(%s::text, g.value)'
            " FROM unnest(%s::uuid[], %s::jsonb[]) AS g (id, value) WHERE t.id = g.id",
            [slot, [one for one, _value in values], [json.dumps(value) for _one, value in values]],
        )
