"""Walking through the records that have a value in a slot, chunk by chunk, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.workplace.custom_fields.objects import CustomObject

CHUNK = 1000
Work = Callable[[Sequence[tuple[UUID, dict[str, Any]]]], None]


def in_chunks(entry: CustomObject, slot: str, work: Work, *, size: int = CHUNK) -> int:
    """Call ``work`` with (id, custom) of every record that has ``slot``, by id; returns how many there were.

    Rows are locked while ``work`` runs. Call it outside any scope.
    """
    after: UUID | None = None
    done = 0
    while True:
        with workspace_scope(named_workspace()):
            rows = entry.model._default_manager.filter(**entry.only, custom__has_key=slot).order_by("pk")
            if after is not None:
                rows = rows.filter(pk__gt=after)
            chunk = list(rows.select_for_update(of=("self",)).values_list("pk", "custom")[:size])
            if not chunk:
                return done
            work(chunk)
        after = chunk[-1][0]
        done += len(chunk)
