"""How orders follow when customers are merged."""

from __future__ import annotations

from ponte.commerce.models import Order, OrderLine
from ponte.commerce.services.totals import refresh_facts
from ponte.directory.movers import Mover
from ponte.directory.services.merge_journal import Journal


def move_orders(journal: Journal) -> None:
    """Move the loser's orders, and the lines they sold; payments and returns hang on the orders."""
    journal.move(Order, "party")
    journal.move(OrderLine, "seller")


MOVER = Mover("commerce", move_orders, refresh_facts, order=30)
