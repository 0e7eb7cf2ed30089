"""Who became part of whom."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import F, Func, IntegerField, QuerySet

from ponte.core.models import Member
from ponte.core.rights import owned_condition
from ponte.directory.models import Merge

FARTHEST = 20  # merges of merged customers followed

_CHAIN = """
WITH RECURSIVE chain(id, merged_into_id, depth) AS (
  SELECT id, merged_into_id, 0 FROM directory_party WHERE id = %s AND merged_into_id IS NOT NULL
  UNION ALL
  SELECT p.id, p.merged_into_id, chain.depth + 1 FROM directory_party p JOIN chain ON p.id = chain.merged_into_id
  WHERE chain.depth < %s
) SELECT id FROM chain WHERE merged_into_id IS NULL
"""

_MERGED = """
WITH RECURSIVE tree(id, depth) AS (
  SELECT id, 0 FROM directory_party WHERE merged_into_id = %s
  UNION ALL
  SELECT p.id, tree.depth + 1 FROM directory_party p JOIN tree ON p.merged_into_id = tree.id WHERE tree.depth < %s
) SELECT id FROM tree
"""


def survivor_of(party_id: UUID) -> UUID | None:
    """Return the customer that a merged one is part of now, through later merges too; None for anybody else."""
    return next(iter(_ids(_CHAIN, party_id)), None)


def merged_ids(party_id: UUID) -> list[UUID]:
    """Return the tombstones that lead to a customer: whoever erases or exports the customer must think of them."""
    return _ids(_MERGED, party_id)


def _ids(query: str, party_id: UUID) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(query, [party_id, FARTHEST])
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class Figure:
    """How many rows of one kind."""

    label: str
    count: int


def list_merges(member: Member) -> QuerySet[Merge]:
    """Return the merges into customers the member may see now, the newest first."""
    reach = owned_condition(member, "customer", "view", owner="survivor__owner", team="survivor__team")
    rows = Merge.objects.select_related("survivor", "merged_by", "undone_by").order_by("-id")
    return rows.none() if reach is None else rows.filter(reach)


def merge_figures(merge: Merge) -> list[Figure]:
    """Return how many rows of each kind a merge moved, the most first."""
    moved: dict[str, int] = {}
    steps = merge.steps.filter(act="move").annotate(
        count=Func(F("ids"), function="cardinality", output_field=IntegerField())
    )
    for model, field, count in steps.values_list("model", "field", "count"):
        if field not in _SECONDARY:
            moved[model] = moved.get(model, 0) + count
    return _figures(moved)


def stayed_since(merge: Merge) -> list[Figure]:
    """Return how many rows of each kind came to the survivor after the merge: undoing it leaves them there."""
    found: dict[str, int] = {}
    for reference in merge.references:
        label, _, field = reference.rpartition(".")
        model = apps.get_model(label)
        if (
            field in _SECONDARY
            or not any(f.name == "created_at" for f in model._meta.fields)
            or label in _TRIVIAL
        ):
            continue
        rows = model._base_manager.filter(**{field: merge.survivor_id}, created_at__gt=merge.created_at)
        found[label] = rows.count()
    return _figures(found)


_SECONDARY = frozenset({"company", "object_id", "holder", "claimant"})
_TRIVIAL = frozenset(
    {"directory.identity", "directory.identityclaim", "directory.stagechange", "workplace.favourite"}
)


def _figures(counts: dict[str, int]) -> list[Figure]:
    ordered = sorted(
        ((label, n) for label, n in counts.items() if n and label not in _TRIVIAL), key=lambda pair: -pair[1]
    )
    return [Figure(str(apps.get_model(label)._meta.verbose_name_plural), n) for label, n in ordered]
