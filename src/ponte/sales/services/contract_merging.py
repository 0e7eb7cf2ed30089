"""How contracts follow when customers are merged."""

from __future__ import annotations

from ponte.directory.movers import Mover
from ponte.directory.services.merge_journal import Journal
from ponte.sales.models.contract import Contract
from ponte.sales.models.document import Signature


def move_contracts(journal: Journal) -> None:
    """Move the loser's contracts and signatures; what was sealed moves with the quotes' documents, the rest hangs on these."""
    for model in (Contract, Signature):
        journal.move(model, "party")


MOVER = Mover("contracts", move_contracts, order=46)
