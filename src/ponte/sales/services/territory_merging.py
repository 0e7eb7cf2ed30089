"""Which territory a customer is in when two are merged."""

from __future__ import annotations

from ponte.directory.movers import Mover
from ponte.directory.services.merge_journal import Journal
from ponte.sales.models import TerritoryPlacement


def move_placement(journal: Journal) -> None:
    """Give the survivor the loser's territory where it has none, or only the rules' one and the loser's was set by hand."""
    if journal.is_late:
        return
    rows = TerritoryPlacement.objects.select_for_update().in_bulk([journal.survivor_id, journal.loser_id])
    mine, theirs = rows.get(journal.survivor_id), rows.get(journal.loser_id)
    if mine is None:
        journal.move(TerritoryPlacement, "party")
    elif theirs is not None and theirs.is_fixed and not mine.is_fixed:
        journal.change(mine, {"territory_id": theirs.territory_id, "is_fixed": True})


MOVER = Mover("territories", move_placement, order=60)
