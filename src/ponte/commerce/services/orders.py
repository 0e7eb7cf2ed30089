"""Placing and changing orders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import LineData, OrderData
from ponte.commerce.models import Order, OrderLine, Product
from ponte.commerce.order_rules import Proposal, check_rules
from ponte.commerce.policies import check_order, get_customer
from ponte.commerce.selectors.prices import Prices
from ponte.commerce.services.cleaning import MAX_MONEY, Cleaner
from ponte.commerce.services.lines import (
    came_back,
    check_kept,
    clean_lines,
    refuse_freight,
    summary,
    write_lines,
)
from ponte.commerce.services.locking import lock_order
from ponte.commerce.services.numbers import next_number
from ponte.commerce.services.order_fields import FIELDS, PERSONAL, clean_order
from ponte.commerce.services.order_search import index_orders
from ponte.commerce.services.order_state import announce_status
from ponte.commerce.services.payments import add_payments
from ponte.commerce.services.totals import refresh
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.commerce import OrderChanged
from ponte.workplace.custom_fields.values import check_custom


@transaction.atomic
def create_order(*, actor: Actor, data: OrderData, is_agreed: bool = False) -> Order:
    """Enter an order with its lines and payments; the customer's figures follow in the same transaction.

    Args:
        is_agreed: its prices were settled before, as by an accepted quote, so that no rule of ``order_rules`` is asked.

    Raises:
        Denied: the role doesn't let them. Invalid: an unknown customer, fields, lines or payments that can't be
        accepted (``lines.0.quantity`` …), an external id that is taken, a rule that refuses.
    """
    check_order(actor, "create")
    order = Order(is_demo=data.is_demo)
    cleaner = Cleaner()
    _set_customer(actor, order, data.party_id)
    values = clean_order(cleaner, data, order)
    pricing = _pricing(order, values)
    rows = clean_lines(cleaner, data.lines, {}, pricing=pricing)
    _check_sum(cleaner, rows)
    if not is_agreed:
        _check_rules(cleaner, Proposal(actor, rows, (), pricing))
    custom = check_custom("order", data.custom, actor=actor)
    cleaner.problems += custom.problems
    cleaner.done()
    order.custom = custom.values
    for name, value in values.items():
        setattr(order, name, value)
    if order.owner_id is None and actor.kind in {"member", "token"}:
        order.owner = actor.member
    order.number = cleaner.text("number", data.number, 60) or next_number()
    order.save(force_insert=True)
    write_lines(order, rows, {})
    add_payments(order, data.payments)
    if custom.values:
        index_orders([order.id])
    refresh([order.id], [order.party_id])
    order.refresh_from_db()
    _audit(
        actor,
        "order.created",
        order,
        {**_filled(order), **custom.changes},
        lines=([], summary(rows, order.currency)),
    )
    announce_status(actor, order, before="")
    return order


def _pricing(order: Order, values: dict[str, Any]) -> Callable[[Iterable[Product]], Prices]:
    """Return how lines without a price find theirs: for the order's customer, on its day, in its currency."""
    day = timezone.localdate(values["placed_at"])
    return partial(Prices, party_id=order.party_id, day=day, currency=values["currency"], rate=values["rate"])


@transaction.atomic
def update_order(
    *,
    actor: Actor,
    order_id: UUID,
    changes: dict[str, Any] | None = None,
    lines: Sequence[LineData] | None = None,
    version: int | None = None,
) -> Order:
    """Change the given fields (names of ``OrderData``) and, when given, replace the lines (``id`` keeps one).

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: what can't be accepted; a line can't become less than came back of it.
    """
    order = lock_order(order_id)
    check_order(actor, "edit", order)
    check_version(order, version)
    before, old_party = {name: getattr(order, name) for name in FIELDS}, order.party_id
    existing = {row.id: row for row in order.lines.all()}
    old_summary = summary(list(existing.values()), order.currency)
    cleaner = Cleaner()
    data = _merged(order, changes or {})
    if data.party_id != order.party_id:
        _set_customer(actor, order, data.party_id)
    values = clean_order(cleaner, data, order)
    values["number"] = cleaner.text("number", data.number, 60, required=True)
    rows = list(existing.values())
    if lines is not None:
        former, pricing = [copy(row) for row in rows], _pricing(order, values)
        rows = clean_lines(cleaner, lines, existing, pricing=pricing)
        _check_returns(cleaner, order, rows)
        _check_rules(cleaner, Proposal(actor, rows, former, pricing))
    _check_sum(cleaner, rows)
    custom = check_custom("order", data.custom, actor=actor, stored=order.custom, record_id=order.id)
    cleaner.problems += custom.problems
    cleaner.done()
    order.custom = custom.values
    for name, value in values.items():
        setattr(order, name, value)
    if lines is not None:
        write_lines(order, rows, existing)
    new_summary = summary(rows, order.currency)
    differences = audit.diff(before, {name: getattr(order, name) for name in FIELDS}) | custom.changes
    if not differences and new_summary == old_summary and lines is None:
        return order
    order.version += 1
    order.save()
    if custom.changes:
        index_orders([order.id])
    refresh([order.id], {order.party_id, old_party})
    order.refresh_from_db()
    changed_lines = (old_summary, new_summary) if new_summary != old_summary else None
    _audit(actor, "order.updated", order, differences, lines=changed_lines)
    names = sorted(differences) + (["lines"] if changed_lines else [])
    publish(OrderChanged(order_id=str(order.id), party_id=str(order.party_id), fields=names), actor=actor)
    announce_status(actor, order, before=before["status"])
    return order


def _set_customer(actor: Actor, order: Order, party_id: UUID) -> None:
    party = get_customer(actor, party_id)
    if party is None:
        raise Invalid.on("party_id", "missing", _("There is no such customer."))
    order.party = party


def _merged(order: Order, changes: dict[str, Any]) -> OrderData:
    current = OrderData(**{name: getattr(order, name) for name in FIELDS})
    return replace(current, **changes)


def _check_rules(cleaner: Cleaner, proposal: Proposal) -> None:
    """Ask the rules about lines that are in order themselves."""
    if not cleaner.problems:
        check_rules(cleaner, proposal)


def _check_sum(cleaner: Cleaner, rows: Sequence[OrderLine]) -> None:
    if sum(row.quantity * row.unit_price + row.freight for row in rows) > MAX_MONEY:
        cleaner.refuse("lines", "range", _("The value is too large."))


def _check_returns(cleaner: Cleaner, order: Order, rows: Sequence[OrderLine]) -> None:
    gone = came_back([order])
    if gone.lines.keys() - {row.id for row in rows}:
        cleaner.refuse(
            "lines", "returned", _("A line that came back can't be removed: undo the return first.")
        )
    for index, row in enumerate(rows):
        if row.id in gone.lines:
            inner = cleaner.under(f"lines.{index}")
            check_kept(inner, quantity=row.quantity, total=row.total, gone=gone.lines[row.id])
    if sum(row.freight for row in rows) < gone.freight.get(order.id, 0):
        refuse_freight(cleaner, "lines")


def _filled(order: Order) -> dict[str, tuple[Any, Any]]:
    return {name: (None, getattr(order, name)) for name in FIELDS if getattr(order, name) not in (None, "")}


def _audit(
    actor: Actor,
    act: str,
    order: Order,
    changes: dict[str, tuple[Any, Any]],
    *,
    lines: tuple[Any, Any] | None,
) -> None:
    if lines and lines[0] != lines[1]:
        changes = {**changes, "lines": lines}
    personal = {*PERSONAL, *(name for name in changes if name.startswith("custom."))}
    audit.record(
        actor=actor, act=act, target=order, changes=changes, subject_id=order.party_id, personal=personal
    )
