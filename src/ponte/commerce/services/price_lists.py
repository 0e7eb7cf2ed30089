"""Price lists: whom they are for, when they hold, in which order they are asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import PriceList
from ponte.commerce.selectors.prices import SUBJECT
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.rule_conditions import clean_where
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.rights import may_area
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.tenancy.scope import current_workspace
from ponte.events.commerce_prices import PriceListChanged

MOST_LISTS = 100
FIELDS = ("name", "is_active", "currency", "where", "valid_from", "valid_until")
AREA = "products"
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListData:
    """A price list. ``where``: the tree of a condition about customers, empty for all; ``currency`` empty: the workspace's."""

    name: str
    where: Mapping[str, Any] = field(default_factory=dict)
    currency: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    is_active: bool = True
    is_demo: bool = False


@transaction.atomic
def save_price_list(
    *, actor: Actor, data: PriceListData, price_list_id: UUID | None = None, version: int | None = None
) -> PriceList:
    """Add a list after the others, or change one.

    Raises:
        Denied: the member may not change what products cost. Missing, Conflict: as everywhere. Invalid: on the field that can't be
        accepted.
    """
    check_price_settings(actor)
    if price_list_id is None:
        if PriceList.objects.count() >= MOST_LISTS:
            raise Invalid.on("name", "too_many", _("There can be at most 100 price lists."))
        last = PriceList.objects.order_by("-position").values_list("position", flat=True).first() or 0
        row = PriceList(version=0, position=last + 1, is_demo=data.is_demo)
    else:
        row = lock_price_list(price_list_id)
        check_version(row, version)
    values = _clean(data)
    changes = audit.diff({name: getattr(row, name) for name in FIELDS}, values)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    act = "price_list.updated" if price_list_id else "price_list.created"
    tell_price_list(actor, act, row, changes)
    return row


@transaction.atomic
def move_price_lists(*, actor: Actor, ids: Sequence[UUID]) -> None:
    """Put the lists into the order they are asked in; those not named follow in their old one. Raises ``Denied``."""
    check_price_settings(actor)
    rows = {one.id: one for one in PriceList.objects.select_for_update().order_by("position", "id")}
    named = [one for one in dict.fromkeys(ids) if one in rows]
    order = [*named, *(one for one in rows if one not in named)]
    if order == list(rows):
        return
    before = [one.name for one in rows.values()]
    for position, one in enumerate(order, 1):
        rows[one].position = position
    PriceList.objects.bulk_update(rows.values(), ["position"])
    after = [rows[one].name for one in order]
    tell_price_list(actor, "price_list.moved", rows[order[0]], {"position": (before, after)})


@transaction.atomic
def delete_price_list(*, actor: Actor, price_list_id: UUID) -> None:
    """Delete a list with its prices; lines written with them keep their price. Raises ``Denied``, ``Missing``."""
    check_price_settings(actor)
    row = lock_price_list(price_list_id)
    tell_price_list(actor, "price_list.deleted", row, {"name": (row.name, None)})
    row.delete()


def lock_price_list(price_list_id: UUID) -> PriceList:
    """Return a list locked for change; raise ``Missing``."""
    row = PriceList.objects.select_for_update().filter(id=price_list_id).first()
    if row is None:
        raise Missing("price_list")
    return row


def check_price_settings(actor: Actor) -> None:
    """Raise ``Denied`` unless the actor may change what products cost (area "products"); acts of the system may."""
    if actor.member is not None and not may_area(actor.member, AREA):
        raise Denied(AREA, "open")


def tell_price_list(actor: Actor, act: str, row: PriceList, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """Write what was done with a list into the audit log and publish it. Part of the caller's act."""
    audit.record(actor=actor, act=act, target=row, changes=changes, object_type="price_list")
    publish(PriceListChanged(price_list_id=str(row.id), fields=sorted(changes)), actor=actor)


def _clean(data: PriceListData) -> dict[str, Any]:
    cleaner = Cleaner()
    currency = data.currency.strip().upper() or current_workspace().currency
    if not _CURRENCY.fullmatch(currency):
        cleaner.refuse("currency", "invalid", _("Use a currency's three letters, for example BRL."))
    if data.valid_from and data.valid_until and data.valid_until < data.valid_from:
        cleaner.refuse("valid_until", "range", _("The last day is before the first."))
    values = {
        "name": cleaner.text("name", data.name, 80, required=True),
        "is_active": bool(data.is_active),
        "currency": currency,
        "where": clean_where(cleaner, data.where, SUBJECT),
        "valid_from": data.valid_from,
        "valid_until": data.valid_until,
    }
    cleaner.done()
    return values
