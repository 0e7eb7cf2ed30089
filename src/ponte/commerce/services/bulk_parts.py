"""Parts of many bundles at once, and the way back: each bundle is composed anew by ``set_bundle``, with all its rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import Policy, RowResult
from ponte.commerce.models import Product
from ponte.commerce.policies import check_product
from ponte.commerce.selectors.bundles import parts_of
from ponte.commerce.services.bulk import Ledger
from ponte.commerce.services.bundles import HUNDRED, PartData, set_bundle
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem, Invalid, Missing

Parts = dict[UUID, Decimal]  # product → quantity, in the order of the bundle
State = tuple[Any, Any]  # what a bundle was and is, as JSON can hold it


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """A row about a part of a bundle. ``quantity`` 0 takes it out; ``percent`` None leaves how the bundle is priced."""

    bundle_id: UUID
    product_id: UUID
    quantity: Decimal = Decimal(1)
    percent: Decimal | None = None


@dataclass
class PartsResult:
    """The answers to rows, in order, and by bundle what it was and is (for ``give_parts_back``)."""

    results: list[RowResult]
    states: dict[UUID, State] = field(default_factory=dict)


@transaction.atomic
def upsert_parts(*, actor: Actor, rows: Sequence[PartRow], policy: Policy = "update") -> PartsResult:
    """Add, change or take out parts of bundles; products become bundles by it. Parts the rows don't name stay.

    Args:
        policy: "fill" only adds parts, "skip" leaves products that are bundles already.

    Raises ``Denied`` unless the actor may edit products.
    """
    check_product(actor, "edit")
    ledger = Ledger(len(rows))
    bundles = Product.objects.in_bulk({row.bundle_id for row in rows})
    held = parts_of(bundles.values())
    done = PartsResult([])
    for bundle_id in dict.fromkeys(row.bundle_id for row in rows):
        mine = {
            index: row
            for index, row in enumerate(rows)
            if row.bundle_id == bundle_id and _is_right(ledger, index, row)
        }
        bundle = bundles.get(bundle_id)
        parts = {part.product_id: part.quantity for part in held.get(bundle_id, ())}
        if bundle is None:
            _refuse(ledger, mine, Missing("product"))
        elif policy == "skip" and parts:
            ledger.answers |= {index: RowResult("skipped", bundle_id) for index in mine}
        else:
            before = state_of(parts, bundle.bundle_percent)
            after = _compose(actor, ledger, bundle, parts, mine, policy)
            if after != before:
                done.states[bundle_id] = (before, after)
    done.results = ledger.results()
    return done


@transaction.atomic
def give_parts_back(*, actor: Actor, states: Mapping[UUID, State]) -> set[UUID]:
    """Make bundles what they were, where they still are what they became; return those left alone."""
    left: set[UUID] = set()
    bundles = Product.objects.in_bulk(list(states))
    held = parts_of(bundles.values())
    for bundle_id, (before, after) in states.items():
        bundle = bundles.get(bundle_id)
        parts = {part.product_id: part.quantity for part in held.get(bundle_id, ())}
        if bundle is None or state_of(parts, bundle.bundle_percent) != _plain(after):
            left.add(bundle_id)
            continue
        data = [PartData(product_id=UUID(key), quantity=Decimal(number)) for key, number in before["parts"]]
        percent = None if before["percent"] is None else Decimal(before["percent"])
        try:
            set_bundle(actor=actor, product_id=bundle_id, parts=data, percent=percent)
        except Invalid:  # a part is gone, or became a bundle itself
            left.add(bundle_id)
    return left


def state_of(parts: Mapping[UUID, Decimal], percent: Decimal | None) -> dict[str, Any]:
    """Return what a bundle is, as JSON can hold it."""
    return {
        "parts": [[str(key), f"{number.normalize():f}"] for key, number in parts.items()],
        "percent": None if percent is None or not parts else f"{percent.normalize():f}",
    }


def _plain(state: Mapping[str, Any]) -> dict[str, Any]:
    return {"parts": [list(one) for one in state["parts"]], "percent": state["percent"]}


def _is_right(ledger: Ledger, index: int, row: PartRow) -> bool:
    """Tell whether a row's figures can be; refuse it otherwise."""
    cleaner = Cleaner()
    if row.quantity != 0:
        cleaner.quantity("quantity", row.quantity)
    if (cleaner.money("percent", row.percent) or 0) > HUNDRED:
        cleaner.refuse("percent", "range", _("A discount is at most 100 per cent."))
    if cleaner.problems:
        ledger.reject(index, cleaner.problems)
    return not cleaner.problems


def _compose(
    actor: Actor,
    ledger: Ledger,
    bundle: Product,
    parts: Parts,
    rows: Mapping[int, PartRow],
    policy: Policy,
) -> dict[str, Any]:
    """Write a bundle with its rows, without those that can't be; answer them all; return what it is then."""
    usable = dict(rows)
    while True:
        wanted, percent, by_part = dict(parts), bundle.bundle_percent, dict[UUID, int]()
        for index, row in usable.items():
            by_part[row.product_id] = index
            if row.quantity == 0 and policy != "fill":
                wanted.pop(row.product_id, None)
            elif row.quantity != 0 and (policy != "fill" or row.product_id not in wanted):
                wanted[row.product_id] = row.quantity
            if row.percent is not None and (policy != "fill" or percent is None):
                percent = row.percent
        data = [PartData(product_id=key, quantity=number) for key, number in wanted.items()]
        try:
            if usable:
                set_bundle(actor=actor, product_id=bundle.id, parts=data, percent=percent)
        except Invalid as refusal:
            bad = _to_blame(refusal, list(wanted), by_part, usable)
            _refuse(ledger, {index: rows[index] for index in bad}, refusal, list(wanted))
            usable = {index: row for index, row in usable.items() if index not in bad}
            continue
        if not usable:
            return state_of(parts, bundle.bundle_percent)
        for index, row in usable.items():
            same = parts.get(row.product_id) == wanted.get(row.product_id) and bundle.bundle_percent == (
                percent if wanted else None
            )
            ledger.answers[index] = RowResult("unchanged" if same else "updated", bundle.id)
        return state_of(wanted, percent)


def _to_blame(
    refusal: Invalid, order: Sequence[UUID], by_part: Mapping[UUID, int], usable: Mapping[int, PartRow]
) -> set[int]:
    """Return the rows a refusal is about; all of them where it is about the bundle itself."""
    bad = set()
    for problem in refusal.problems:
        place = problem.field.split(".")[1] if problem.field.startswith("parts.") else ""
        if place.isdigit() and order[int(place)] in by_part:
            bad.add(by_part[order[int(place)]])
    return bad or set(usable)


def _refuse(
    ledger: Ledger, rows: Mapping[int, PartRow], refusal: Invalid | Missing, order: Sequence[UUID] = ()
) -> None:
    for index, row in rows.items():
        problems = list(getattr(refusal, "problems", ()))
        prefix = f"parts.{order.index(row.product_id)}." if row.product_id in order else "parts."
        mine = [one for one in problems if one.field.startswith(prefix)] or problems
        ledger.reject(
            index,
            [FieldProblem(one.field.rpartition(".")[2], one.code, one.message) for one in mine]
            or [FieldProblem("bundle_id", "missing", str(refusal))],
        )
