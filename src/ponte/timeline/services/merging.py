"""How interactions, participations, tasks, meetings and dates follow when customers are merged."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from ponte.directory.movers import Mover
from ponte.directory.services.facts import set_facts
from ponte.directory.services.merge_journal import Journal
from ponte.timeline.models import (
    Interaction,
    InteractionParticipant,
    Meeting,
    MeetingInvitee,
    PartyDate,
    Task,
    TaskSeries,
)
from ponte.timeline.services.facts import contacts, recount_contacts, recount_tasks
from ponte.timeline.services.satisfaction import refresh_satisfaction


def move_timeline(journal: Journal) -> None:
    """Move the loser's timeline and tasks; comments, mentions and files hang on the rows and come along."""
    journal.move(Interaction, "party")
    journal.move(Interaction, "company")
    journal.move(InteractionParticipant, "party", unique=["interaction"])
    journal.move(Task, "party")
    journal.move(TaskSeries, "party")
    journal.move(Meeting, "party")
    journal.move(MeetingInvitee, "party", unique=["meeting"])
    journal.move(PartyDate, "party")


def refresh_figures(party_ids: Sequence[UUID]) -> None:
    """Count the contacts and open tasks of these customers anew. Their figures must be locked."""
    for party_id in party_ids:
        number = contacts().filter(Q(party_id=party_id) | Q(company_id=party_id)).count()
        set_facts(party_id=party_id, interactions_count=number)
    recount_contacts(party_ids)
    recount_tasks(party_ids)
    refresh_satisfaction(party_ids)


MOVER = Mover("timeline", move_timeline, refresh_figures, order=20)
