"""Entries on customers' timelines that tell of tasks done, many at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.timeline.models import Interaction, Task
from ponte.timeline.services.about import about_data
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.facts import recount_contacts
from ponte.timeline.services.interaction_data import InteractionData

_SOURCE = "task"


def write_entries(actor: Actor, tasks: Sequence[Task]) -> None:
    """Tell of tasks that are done now: new entries, dated as the tasks; those of reopened ones come back.

    Args:
        tasks: with ``done_at`` set; those about nobody leave no entry. The facts of their customers must be locked.
    """
    done = {str(task.id): task for task in tasks if task.party_id is not None and task.done_at is not None}
    if not done:
        return
    old = list(
        Interaction.objects.filter(source=_SOURCE, external_key__in=list(done), deleted_at__isnull=False)
    )
    for entry in old:
        task = done[str(entry.external_key)]
        assert task.done_at is not None
        entry.deleted_at, entry.occurred_at, entry.author = None, task.done_at, task.done_by
        entry.version = F("version") + 1
    Interaction.objects.bulk_update(old, ["deleted_at", "occurred_at", "author", "version"], batch_size=1000)
    for entry in old:
        recount_contacts([entry.party_id, entry.company_id], added=1)
    bulk_record(actor=actor, items=[_entry(task) for task in done.values()], source=_SOURCE)


def take_entries_away(tasks: Sequence[Task]) -> None:
    """Take the entries of tasks that are not done any more off the timelines. The facts must be locked."""
    keys = [str(task.id) for task in tasks]
    entries = list(Interaction.objects.filter(source=_SOURCE, external_key__in=keys, deleted_at__isnull=True))
    if not entries:
        return
    Interaction.objects.filter(id__in=[one.id for one in entries]).update(
        deleted_at=timezone.now(), version=F("version") + 1
    )
    for entry in entries:
        recount_contacts([entry.party_id, entry.company_id], added=-1)


def _entry(task: Task) -> InteractionData:
    assert task.party_id is not None
    return InteractionData(
        party_id=task.party_id,
        kind="task_done",
        subject=task.title,
        occurred_at=task.done_at,
        data={"task_id": str(task.id), "task_kind": task.kind, **about_data(task)},
        author=task.done_by,
        external_key=str(task.id),
    )
