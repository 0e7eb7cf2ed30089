"""What higher modules ask of an order before its prices bind. They register from their ``registrations.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ponte.commerce.models import OrderLine, Product
from ponte.commerce.selectors.prices import Prices
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.workplace.registry import Registry


@dataclass(frozen=True)
class Proposal:
    """The lines somebody enters by hand.

    Attributes:
        rows: the lines as they would be kept. former: as they were, with the values they had; none of a new order.
        pricing: the order's list prices for some products.
    """

    actor: Actor
    rows: Sequence[OrderLine]
    former: Sequence[OrderLine]
    pricing: Callable[[Iterable[Product]], Prices]


@dataclass(frozen=True)
class OrderRule:
    """One thing asked of lines; ``check`` notes what it refuses with the cleaner, within the order's transaction."""

    key: str
    check: Callable[[Cleaner, Proposal], None]
    order: int = 100


order_rules: Registry[OrderRule] = Registry()


def register_order_rule(rule: OrderRule) -> None:
    """Let a module have its say about lines of orders entered by hand."""
    order_rules.register(rule)


def check_rules(cleaner: Cleaner, proposal: Proposal) -> None:
    """Ask every rule. Part of the caller's act."""
    for rule in order_rules:
        rule.check(cleaner, proposal)
