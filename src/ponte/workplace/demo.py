"""Demo data: each module makes its part of one believable company and takes it away again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ponte.core.actors import Actor
from ponte.workplace.registry import Registry

SEED = 20261122


@dataclass
class DemoContext:
    """What the parts share while demo data are made.

    Attributes:
        actor: who makes them in the audit log.
        today: the day the data end at; everything is dated relative to it.
        random: the one source of chance, seeded, so the data come out the same every time.
        made: what earlier parts made, by name, e.g. ``made["people"]`` the ids of people.
        say: tells the waiting person how far it is.
    """

    actor: Actor
    today: date
    random: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311
    made: dict[str, list[Any]] = field(default_factory=dict)
    say: Callable[[str], None] = lambda message: None


@dataclass(frozen=True)
class DemoPart:
    """One module's demo data. ``make`` adds them, ``remove`` takes all of them away; both are repeatable."""

    key: str
    make: Callable[[DemoContext], None]
    remove: Callable[[Actor], None]
    order: int = 100


demo_parts: Registry[DemoPart] = Registry()


def register_demo(part: DemoPart) -> None:
    """Add a module's part to the demo data."""
    demo_parts.register(part)


def make_demo(context: DemoContext) -> None:
    """Make every part, in order, in the open scope."""
    for part in demo_parts:
        part.make(context)


def remove_demo(actor: Actor) -> None:
    """Remove every part, in reverse order, in the open scope."""
    for part in reversed(list(demo_parts)):
        part.remove(actor)
