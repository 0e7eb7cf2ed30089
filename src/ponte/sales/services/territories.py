"""Drawing territories, and putting customers into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services.audit import diff, record_bulk
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.directory.models import Party
from ponte.events.sales_territories import (
    CustomersPlaced,
    TerritoryCreated,
    TerritoryDeleted,
    TerritoryUpdated,
)
from ponte.sales.models import Territory, TerritoryMember, TerritoryPlacement
from ponte.sales.selectors.territories import find_territories
from ponte.sales.services.territory_data import MOST_TERRITORIES, TerritoryDetails, clean_territory

PLACE_JOB = "sales.place_customers"
COLUMNS = (
    "name", "parent_id", "position", "states", "cities", "postal_ranges", "condition", "is_active",
)  # fmt: skip


@transaction.atomic
def create_territory(*, actor: Actor, **details: Unpack[TerritoryDetails]) -> Territory:
    """Add a territory. No customer moves until territories are assigned; new customers come in at once.

    Raises:
        Invalid: no name, a place or condition that can't be read, too many of them.
    """
    _lock_tree()
    if Territory.objects.count() >= MOST_TERRITORIES:
        raise Invalid.on("name", "too_many", _("At most 500 territories fit."))
    values = clean_territory(details, actor=actor, territory=None)
    member_ids = values.pop("member_ids", [])
    row = Territory(**values)
    if "position" not in values:
        row.position = Territory.objects.filter(parent_id=row.parent_id).count()
    row.path = _path_of(row)
    row.save(force_insert=True)
    _seat(row, member_ids)
    changes = {name: (None, values[name]) for name in COLUMNS if values.get(name)}
    audit(
        actor=actor,
        act="territory.created",
        target=row,
        changes=changes | ({"members": (None, _texts(member_ids))} if member_ids else {}),
    )
    publish(TerritoryCreated(territory_id=str(row.id)), actor=actor)
    return row


@transaction.atomic
def update_territory(
    *, actor: Actor, territory: Territory, version: int | None = None, **details: Unpack[TerritoryDetails]
) -> Territory:
    """Change a territory; what stands below moves along. Customers stay where they are until assigned anew.

    Raises:
        Conflict: ``version`` is not the current one. Invalid: as in ``create_territory``, or below itself.
    """
    _lock_tree()
    row = Territory.objects.select_for_update().get(id=territory.id)
    check_version(row, version)
    values = clean_territory(details, actor=actor, territory=row)
    member_ids = values.pop("member_ids", None)
    changes = diff({name: getattr(row, name) for name in COLUMNS}, values)
    seated = sorted(_texts(row.seats.values_list("member_id", flat=True)))
    if member_ids is not None and seated != sorted(_texts(member_ids)):
        changes["members"] = (seated, _texts(member_ids))
        _seat(row, member_ids)
    if not changes:
        return row
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    if "parent_id" in changes:
        _move_branch(row)
    row.save()
    audit(actor=actor, act="territory.updated", target=row, changes=changes)
    publish(TerritoryUpdated(territory_id=str(row.id), fields=sorted(changes)), actor=actor)
    return row


@transaction.atomic
def delete_territory(*, actor: Actor, territory: Territory, version: int | None = None) -> None:
    """Remove a territory; its customers are in none until they are assigned anew.

    Raises:
        Invalid: others stand below it. Conflict: ``version`` is not the current one.
    """
    _lock_tree()
    row = Territory.objects.select_for_update().get(id=territory.id)
    check_version(row, version)
    if row.children.exists():
        raise Invalid.on("", "has_children", _("Move or delete the territories below it first."))
    audit(actor=actor, act="territory.deleted", target=row, changes={"name": (row.name, None)})
    publish(TerritoryDeleted(territory_id=str(row.id)), actor=actor)
    row.delete()


@transaction.atomic
def place_customer(*, actor: Actor, party: Party, territory: Territory | None) -> TerritoryPlacement | None:
    """Put a customer into a territory by hand, where they stay; None lets the rules decide again."""
    if territory is None:
        TerritoryPlacement.objects.filter(party_id=party.id).delete()
        place_customers(actor=actor, found=find_territories([party.id]))
        return TerritoryPlacement.objects.filter(party_id=party.id).first()
    kept = TerritoryPlacement.objects.select_for_update().filter(party_id=party.id).first()
    if kept is not None and kept.is_fixed and kept.territory_id == territory.id:
        return kept
    row, _made = TerritoryPlacement.objects.update_or_create(
        party_id=party.id,
        defaults={"territory_id": territory.id, "is_fixed": True, "since": timezone.now()},
    )
    before = None if kept is None else str(kept.territory_id)
    audit(
        actor=actor,
        act="customer.placed",
        target=party,
        object_type="customer",
        changes={"territory": (before, str(territory.id))},
        subject_id=party.id,
    )
    publish(CustomersPlaced(party_ids=[str(party.id)], territory_id=str(territory.id)), actor=actor)
    return row


@transaction.atomic
def place_customers(*, actor: Actor, found: Mapping[UUID, Territory | None]) -> list[UUID]:
    """Put customers where the rules found them to be; those set by hand stay. Returns who moved.

    One audit entry and one event for each territory they came into.
    """
    kept = {
        row.party_id: row
        for row in TerritoryPlacement.objects.select_for_update().filter(party_id__in=list(found))
    }
    moves: dict[UUID | None, list[UUID]] = {}
    for party_id, territory in found.items():
        row = kept.get(party_id)
        after = territory.id if territory else None
        if (row is None or not row.is_fixed) and (row.territory_id if row else None) != after:
            moves.setdefault(after, []).append(party_id)
    for territory_id, ids in moves.items():
        _write_placements(territory_id, ids)
        record_bulk(
            actor=actor,
            act="customers.placed",
            object_type="customer",
            ids=ids,
            summary={"territory": territory_id and str(territory_id)},
        )
        publish(CustomersPlaced(party_ids=_texts(ids), territory_id=str(territory_id or "")), actor=actor)
    return [party_id for ids in moves.values() for party_id in ids]


def _write_placements(territory_id: UUID | None, ids: Sequence[UUID]) -> None:
    if territory_id is None:
        TerritoryPlacement.objects.filter(party_id__in=ids).delete()
        return
    now = timezone.now()
    living = Party.objects.filter(id__in=ids).values_list("id", flat=True)
    TerritoryPlacement.objects.bulk_create(
        [TerritoryPlacement(party_id=one, territory_id=territory_id, since=now) for one in living],
        update_conflicts=True,
        unique_fields=["party"],
        update_fields=["territory", "since"],
    )


def _lock_tree() -> None:
    """Two people drawing at once write one after the other: paths of a branch are several rows."""
    list(Territory.objects.select_for_update().order_by("id").values_list("id", flat=True))


def _path_of(row: Territory) -> str:
    return f"{row.parent.path}/{row.id}" if row.parent_id and row.parent else str(row.id)


def _move_branch(row: Territory) -> None:
    before = row.path
    row.parent = Territory.objects.get(id=row.parent_id) if row.parent_id else None
    row.path = _path_of(row)
    for below in Territory.objects.filter(path__startswith=f"{before}/"):
        below.path = row.path + below.path.removeprefix(before)
        below.save(update_fields=["path", "updated_at"])


def _seat(row: Territory, member_ids: Sequence[UUID]) -> None:
    row.seats.exclude(member_id__in=member_ids).delete()
    TerritoryMember.objects.bulk_create(
        [TerritoryMember(territory=row, member_id=one) for one in member_ids], ignore_conflicts=True
    )


def _texts(ids: Any) -> list[str]:
    return [str(one) for one in ids]
