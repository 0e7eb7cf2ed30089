"""How opportunities and their people follow when customers are merged."""

from __future__ import annotations

from ponte.directory.movers import Mover
from ponte.directory.services.merge_journal import Journal
from ponte.sales.models import Opportunity, OpportunityContact


def move_opportunities(journal: Journal) -> None:
    """Move the loser's opportunities, and the say they have in others'; what hangs on them comes along."""
    journal.move(Opportunity, "party")
    journal.move(OpportunityContact, "party", unique=["opportunity"])


MOVER = Mover("opportunities", move_opportunities, order=40)
