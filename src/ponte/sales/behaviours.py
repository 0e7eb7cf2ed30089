"""What customers do that may be worth points. Other areas add theirs from their ``registrations``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Order
from ponte.commerce.revenue import counting_orders
from ponte.sales.models import Lead
from ponte.timeline.models import Interaction, Meeting, MeetingStatus


@dataclass(frozen=True)
class Behaviour:
    """One kind of thing customers do.

    Attributes:
        subject: key of the condition subject that says which ones count.
        rows: all there are, for the system.
        party: ORM path to the customer's id; it must end in a foreign key named there without ``_id``.
        at: ORM path to when it happened.
        only: a further condition on the rows.
    """

    key: str
    label: str | Promise
    subject: str
    rows: Callable[[], QuerySet[Any]]
    party: str = "party"
    at: str = "created_at"
    only: Q = field(default_factory=Q)


_behaviours: dict[str, Behaviour] = {}


def register_behaviour(behaviour: Behaviour) -> None:
    """Add something customers do; the same key again replaces it."""
    _behaviours[behaviour.key] = behaviour


def behaviour_named(key: str) -> Behaviour | None:
    """Return the behaviour of a key, None for one nobody registered."""
    return _behaviours.get(key)


def behaviours() -> list[Behaviour]:
    """Return everything customers do, in order of registration."""
    return list(_behaviours.values())


def register() -> None:
    """Add what the layers below know."""
    living = Q(deleted_at=None)
    register_behaviour(
        Behaviour("interaction", _("Something on the timeline"), "interaction", Interaction.objects.all, at="occurred_at",
                  only=living)
    )  # fmt: skip
    register_behaviour(
        Behaviour("meeting", _("A meeting that took place"), "meeting", Meeting.objects.all, at="starts_at",
                  only=living & Q(status=MeetingStatus.HELD))
    )  # fmt: skip
    register_behaviour(
        Behaviour(
            "order",
            _("A purchase"),
            "order",
            Order.objects.all,
            at="placed_at",
            only=living & counting_orders(),
        )
    )
    register_behaviour(
        Behaviour(
            "lead", _("Another interest shown"), "lead", Lead.objects.all, at="captured_at", only=living
        )
    )
