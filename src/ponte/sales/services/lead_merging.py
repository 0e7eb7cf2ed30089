"""How leads follow when customers are merged."""

from __future__ import annotations

from ponte.directory.movers import Mover
from ponte.directory.services.merge_journal import Journal
from ponte.sales.models import Conversion, Lead


def move_leads(journal: Journal) -> None:
    """Move the loser's leads and what conversions say of them."""
    journal.move(Lead, "party")
    for name in ("person", "company", "party_before"):
        journal.move(Conversion, name)


MOVER = Mover("leads", move_leads, order=40)
