"""How enrolments and account plans follow when customers are merged."""

from __future__ import annotations

from ponte.directory.movers import Mover
from ponte.directory.services.merge_journal import Journal
from ponte.sales.models import AccountPlan, Enrolment, PlanPerson


def move_enrolments(journal: Journal) -> None:
    """Move the loser's enrolments, places on maps and, where the survivor has none, account plan; an enrolment open in a cadence the survivor is in too stays behind and ends with its next step."""
    journal.move(PlanPerson, "person", unique=["plan"])
    if not AccountPlan.objects.filter(party_id=journal.survivor_id).exists():
        journal.move(AccountPlan, "party")
    journal.move(Enrolment, "party", unique=["cadence"], only_open="ended_at")


MOVER = Mover("cadences", move_enrolments, order=60)
