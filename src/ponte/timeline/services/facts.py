"""What the customer's record shows at a glance, kept in the writing transaction: contacts and open tasks.

A contact is an interaction of a kind that counts as one. A company's contacts include its people's.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, QuerySet

from ponte.directory.models import PartyFacts
from ponte.directory.services.facts import set_facts, set_facts_bulk
from ponte.timeline.kinds import all_kinds
from ponte.timeline.models import Interaction, Task
from ponte.timeline.models.task import OPEN
from ponte.timeline.subjects import refresh_subjects

Moments = Mapping[UUID, Collection[datetime]]


def lock_facts(party_ids: Iterable[UUID | None]) -> None:
    """Take the facts' rows of these parties, so that two writers cannot each miss the other's row.

    Call it before writing what the facts are computed from. Always in the same order: no deadlock.
    """
    wanted = _present(party_ids)
    if wanted:
        list(
            PartyFacts.objects.filter(party_id__in=wanted)
            .order_by("party_id")
            .select_for_update()
            .values_list("party_id", flat=True)
        )


def add_contacts(moments: Moments) -> None:
    """Count new contacts: the times of them for each party. The rows must be locked."""
    known = {
        party_id: (first, last, count)
        for party_id, first, last, count in PartyFacts.objects.filter(party_id__in=moments).values_list(
            "party_id", "first_interaction_at", "last_interaction_at", "interactions_count"
        )
    }
    rows: dict[UUID, dict[str, Any]] = {}
    for party_id, times in moments.items():
        first, last, count = known.get(party_id, (None, None, 0))
        rows[party_id] = {
            "first_interaction_at": min([*times, *([first] if first else [])]),
            "last_interaction_at": max([*times, *([last] if last else [])]),
            "interactions_count": count + len(times),
        }
    if len(rows) == 1:
        ((party_id, facts),) = rows.items()
        set_facts(party_id=party_id, **facts)
    elif rows:
        set_facts_bulk(rows)


def recount_contacts(party_ids: Iterable[UUID | None], *, added: int = 0) -> None:
    """Find the first and last contact again, after a row went, came back or moved in time.

    ``added`` is by how much the number of contacts changed. The rows must be locked.
    """
    wanted = _present(party_ids)
    counts = dict(
        PartyFacts.objects.filter(party_id__in=wanted).values_list("party_id", "interactions_count")
    )
    for party_id in wanted:
        first, last = _ends(party_id)
        set_facts(
            party_id=party_id,
            first_interaction_at=first,
            last_interaction_at=last,
            interactions_count=max(0, counts.get(party_id, 0) + added),
        )


def recount_many(lost: Mapping[UUID, int]) -> None:
    """Find first and last contacts again after many rows went; ``lost`` is how many contacts each party lost.

    The rows must be locked. Four statements, whatever their number.
    """
    if not lost:
        return
    ends: dict[UUID, list[datetime]] = {party_id: [] for party_id in lost}
    for column in ("party_id", "company_id"):
        rows = contacts().filter(**{f"{column}__in": list(lost)}).order_by().values_list(column)
        for party_id, first, last in rows.annotate(Min("occurred_at"), Max("occurred_at")):
            ends[party_id] += [first, last]
    counts = dict(PartyFacts.objects.filter(party_id__in=lost).values_list("party_id", "interactions_count"))
    set_facts_bulk(
        {
            party_id: {
                "first_interaction_at": min(ends[party_id], default=None),
                "last_interaction_at": max(ends[party_id], default=None),
                "interactions_count": max(0, counts.get(party_id, 0) - number),
            }
            for party_id, number in lost.items()
        }
    )


def recount_tasks(party_ids: Iterable[UUID | None]) -> None:
    """Count the open tasks of these parties and find the next one due, in two statements. The rows must be locked."""
    wanted = _present(party_ids)
    if not wanted:
        return
    counted = {
        row["party_id"]: row
        for row in Task.objects.filter(OPEN, party_id__in=wanted)
        .values("party_id")
        .annotate(open=Count("id"), next=Min("due_at"))
    }
    nothing = {"open": 0, "next": None}
    found = {party_id: counted.get(party_id, nothing) for party_id in wanted}
    set_facts_bulk(
        {one: {"open_tasks": row["open"], "next_task_at": row["next"]} for one, row in found.items()}
    )
    refresh_subjects(wanted)


def _ends(party_id: UUID) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last contact: four walks of one index step each."""
    firsts, lasts = [], []
    for column in ("party_id", "company_id"):
        rows = contacts().filter(**{column: party_id}).values_list("occurred_at", flat=True)
        firsts.append(rows.order_by("occurred_at", "id").first())
        lasts.append(rows.order_by("-occurred_at", "-id").first())
    return (
        min((moment for moment in firsts if moment), default=None),
        max((moment for moment in lasts if moment), default=None),
    )


def contacts() -> QuerySet[Interaction]:
    """Return the interactions that count as contacts."""
    silent = [kind.key for kind in all_kinds().values() if not kind.counts_as_contact]
    return Interaction.objects.filter(deleted_at__isnull=True).exclude(kind__in=silent)


def _present(party_ids: Iterable[UUID | None]) -> set[UUID]:
    return {party_id for party_id in party_ids if party_id is not None}
