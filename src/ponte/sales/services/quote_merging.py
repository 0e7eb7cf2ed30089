"""How quotes follow when customers are merged."""

from __future__ import annotations

from ponte.directory.movers import Mover
from ponte.directory.services.merge_journal import Journal
from ponte.sales.models.document import DocumentAnswer, SealedDocument
from ponte.sales.models.quote import Quote


def move_quotes(journal: Journal) -> None:
    """Move the loser's quotes, and what was sealed and answered; lines, links and comments hang on the quotes."""
    for model in (Quote, SealedDocument, DocumentAnswer):
        journal.move(model, "party")


MOVER = Mover("quotes", move_quotes, order=45)
