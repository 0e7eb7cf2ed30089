"""How every module's rows follow when customers are merged. Modules register from their ``registrations.py``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from ponte.workplace.registry import Registry

if TYPE_CHECKING:
    from ponte.directory.services.merge_journal import Journal


@dataclass(frozen=True)
class Mover:
    """What one module does when a customer becomes part of another.

    Attributes:
        key: the module's name.
        move: points the module's rows of ``journal.loser_id`` at ``journal.survivor_id`` through ``journal.move``,
            ``journal.change`` and ``journal.create`` alone: then undoing needs no code of the module. Called once for each
            loser, within the merge's transaction, customers and their figures locked. Called again for rows that were
            being written while the merge ran (``journal.is_late``); the journal then leaves out what could clash.
        refresh: computes anew what the module keeps about these customers (figures, counts); called after a merge with the
            survivor, after its undoing with everyone.
        order: earlier movers first.
    """

    key: str
    move: Callable[[Journal], None]
    refresh: Callable[[Sequence[UUID]], None] | None = None
    order: int = 100


movers: Registry[Mover] = Registry()


def register_mover(mover: Mover) -> None:
    """Let a module's rows follow merged customers."""
    movers.register(mover)
