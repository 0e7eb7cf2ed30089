"""Customers somebody has talked with: what modules write into timelines by themselves doesn't count."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from ponte.timeline.kinds import composer_kinds
from ponte.timeline.models import Interaction

_BY_THEMSELVES = ("commerce", "directory")


def talked_with(party_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the customers that have an interaction a person or another system recorded. One query."""
    kinds = [kind.key for kind in composer_kinds()] + ["review"]
    rows = Interaction.objects.filter(party_id__in=party_ids, deleted_at=None)
    automatic = rows.filter(source__in=_BY_THEMSELVES).exclude(kind__in=kinds)
    talks = rows.exclude(id__in=automatic.values("id"))
    return set(talks.values_list("party_id", flat=True))
