"""Parts of many bundles at once, and the way back: composed by the rules of ``BundleBook``, in a fixed number of statements a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import Policy, RowResult
from ponte.commerce.models import BundlePart, Product
from ponte.commerce.policies import check_product
from ponte.commerce.services.bulk import Ledger
from ponte.commerce.services.bundles import COMPOSED, HUNDRED, BundleBook, PartData
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem, Invalid, Missing
from ponte.core.services.audit import record_each
from ponte.core.services.events import publish
from ponte.events.commerce import ProductsImported

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
def upsert_parts(
    *, actor: Actor, rows: Sequence[PartRow], source: str, policy: Policy = "update"
) -> PartsResult:
    """Add, change or take out parts of bundles; products become bundles by it. Parts the rows don't name stay.

    Args:
        policy: "fill" only adds parts, "skip" leaves products that are bundles already.

    Raises ``Denied`` unless the actor may edit products.
    """
    check_product(actor, "edit")
    ledger = Ledger(len(rows))
    book = _book({row.bundle_id for row in rows}, {row.product_id for row in rows})
    done = PartsResult([])
    for bundle_id in dict.fromkeys(row.bundle_id for row in rows):
        mine = {
            index: row
            for index, row in enumerate(rows)
            if row.bundle_id == bundle_id and _is_right(ledger, index, row)
        }
        bundle = book.known.get(bundle_id)
        parts = _parts(book, bundle)
        if bundle is None:
            _refuse(ledger, mine, Missing("product"))
        elif policy == "skip" and parts:
            ledger.answers |= {index: RowResult("skipped", bundle_id) for index in mine}
        else:
            before = state_of(parts, bundle.bundle_percent)
            after = _compose(book, ledger, bundle, parts, mine, policy)
            if after != before:
                done.states[bundle_id] = (before, after)
    done.results = ledger.results()
    _write(actor, book, source)
    return done


@transaction.atomic
def give_parts_back(*, actor: Actor, states: Mapping[UUID, State], source: str) -> set[UUID]:
    """Make bundles what they were, where they still are what they became; return those left alone."""
    left: set[UUID] = set()
    former = {UUID(key) for before, _after in states.values() for key, _number in before["parts"]}
    book = _book(set(states), former)
    for bundle_id, (before, after) in states.items():
        bundle = book.known.get(bundle_id)
        if bundle is None or state_of(_parts(book, bundle), bundle.bundle_percent) != _plain(after):
            left.add(bundle_id)
            continue
        data = [PartData(product_id=UUID(key), quantity=Decimal(number)) for key, number in before["parts"]]
        percent = None if before["percent"] is None else Decimal(before["percent"])
        cleaner = Cleaner()
        book.compose(cleaner, bundle, data, percent)
        if cleaner.problems:  # a part is gone, or became a bundle itself
            left.add(bundle_id)
    _write(actor, book, source)
    return left


def _book(bundle_ids: set[UUID], product_ids: set[UUID]) -> BundleBook:
    """Return the bundles with the products named and those they hold already."""
    held = BundlePart.objects.filter(bundle__in=bundle_ids).values_list("product_id", flat=True)
    return BundleBook(bundle_ids | product_ids | set(held))


def _parts(book: BundleBook, bundle: Product | None) -> Parts:
    return {part.product_id: part.quantity for part in book.parts_of(bundle)} if bundle else {}


def _write(actor: Actor, book: BundleBook, source: str) -> None:
    """Save what changed, with an entry each and one event."""
    changed = {product.id: changes for product, changes in book.write()}
    if changed:
        record_each(actor=actor, act=COMPOSED, object_type="product", changes=changed)
        publish(ProductsImported(source=source, product_ids=[str(one) for one in changed]), actor=actor)


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
    book: BundleBook,
    ledger: Ledger,
    bundle: Product,
    parts: Parts,
    rows: Mapping[int, PartRow],
    policy: Policy,
) -> dict[str, Any]:
    """Write a bundle with its rows, without those that can't be; answer them all; return what it is then."""
    usable, was = dict(rows), bundle.bundle_percent
    while True:
        wanted, percent, by_part = dict(parts), was, dict[UUID, int]()
        for index, row in usable.items():
            by_part[row.product_id] = index
            if row.quantity == 0 and policy != "fill":
                wanted.pop(row.product_id, None)
            elif row.quantity != 0 and (policy != "fill" or row.product_id not in wanted):
                wanted[row.product_id] = row.quantity
            if row.percent is not None and (policy != "fill" or percent is None):
                percent = row.percent
        data = [PartData(product_id=key, quantity=number) for key, number in wanted.items()]
        cleaner = Cleaner()
        if usable:
            book.compose(cleaner, bundle, data, percent)
        if cleaner.problems:
            refusal = Invalid(cleaner.problems)
            bad = _to_blame(refusal, list(wanted), by_part, usable)
            _refuse(ledger, {index: rows[index] for index in bad}, refusal, list(wanted))
            usable = {index: row for index, row in usable.items() if index not in bad}
            continue
        if not usable:
            return state_of(parts, was)
        for index, row in usable.items():
            same = parts.get(row.product_id) == wanted.get(row.product_id) and was == (
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
