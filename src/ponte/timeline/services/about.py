"""Tasks and meetings about records of higher modules: along with the record to another customer, alone when it is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.events.timeline import MeetingUpdated, TasksChanged
from ponte.timeline.models import Meeting, Task, TaskSeries
from ponte.timeline.services.event_ids import id_text
from ponte.timeline.services.facts import lock_facts, recount_tasks
from ponte.timeline.subjects import NOTHING

Stray = tuple[UUID, UUID, UUID | None]  # id, the record it is about, the customer it stands at


def about_data(row: Task | Meeting) -> dict[str, str]:
    """Return what an entry of the timeline keeps of the record a task or meeting is about."""
    return {"about_type": row.about_type, "about_id": str(row.about_id)} if row.about_id else {}


@transaction.atomic
def detach_from(*, about_type: str, ids: Sequence[UUID]) -> int:
    """Let tasks and meetings be about their customer alone, where the records they were about are gone for good; return how many."""
    told = {"about_type": about_type, "about_id__in": ids}
    TaskSeries.objects.filter(**told).update(**NOTHING)
    return Task.objects.filter(**told).update(**NOTHING) + Meeting.objects.filter(**told).update(**NOTHING)


@transaction.atomic
def follow_records(*, actor: Actor, about_type: str, parties: Mapping[UUID, UUID]) -> int:
    """Give tasks and meetings about records the customers these have now; return how many moved. Twice is once.

    Entries of what was done or held stay on the timeline where they were written.

    Args:
        parties: customer by record.
    """
    found = [_strays(model, about_type, parties) for model in (Task, Meeting)]
    if not any(found):
        return 0
    former = {party for strays in found for _id, _about, party in strays}
    lock_facts([*former, *parties.values()])
    tasks, meetings = (_strays(model, about_type, parties) for model in (Task, Meeting))
    for about_id, party_id in parties.items():
        told = {"about_type": about_type, "about_id": about_id}
        TaskSeries.objects.filter(**told).update(party_id=party_id)
        for model, strays in ((Task, tasks), (Meeting, meetings)):
            ids = [one for one, about, _party in strays if about == about_id]
            if ids:
                model.objects.filter(id__in=ids).update(
                    party_id=party_id, version=F("version") + 1, updated_at=timezone.now()
                )
    recount_tasks({*former, *parties.values()})
    _tell(actor, tasks, meetings, parties)
    return len(tasks) + len(meetings)


def _strays(model: type[Model], about_type: str, parties: Mapping[UUID, UUID]) -> list[Stray]:
    rows = model._default_manager.filter(about_type=about_type, about_id__in=list(parties))
    told = rows.order_by("id").values_list("id", "about_id", "party_id")
    return [(one, about, party) for one, about, party in told if parties[about] != party]


def _tell(
    actor: Actor, tasks: Sequence[Stray], meetings: Sequence[Stray], parties: Mapping[UUID, UUID]
) -> None:
    for object_type, strays in (("task", tasks), ("meeting", meetings)):
        if strays:
            ids = [one for one, _about, _party in strays]
            summary = {
                "count": len(ids),
                "party_ids": sorted({str(parties[about]) for _id, about, _p in strays}),
            }
            record_bulk(
                actor=actor, act=f"{object_type}.followed", object_type=object_type, ids=ids, summary=summary
            )
    if tasks:
        publish(TasksChanged(task_ids=[str(one) for one, _about, _party in tasks], act="edited"), actor=actor)
    for one, about, party in meetings:
        publish(
            MeetingUpdated(
                meeting_id=str(one),
                party_id=str(parties[about]),
                fields=["party_id"],
                former_party_id=id_text(party),
            ),
            actor=actor,
        )
