"""Whole orders in bulk: an order with its lines and payments goes in together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from ponte.apikit.problems import FieldError
from ponte.apikit.replies import refuse_unwritable
from ponte.apikit.requests import ApiRequest
from ponte.apikit.writes import Outcome, bulk_body, read_items
from ponte.commerce.api.products import as_outcome
from ponte.commerce.api.schemas import OrderItem
from ponte.commerce.data import BulkRow, RowResult
from ponte.commerce.services.bulk_lines import upsert_lines, upsert_payments
from ponte.commerce.services.bulk_orders import upsert_orders
from ponte.directory.selectors.identities import resolve_many

Numbered = tuple[int, OrderItem]


class _SomeFailed(Exception):
    """Undoes a pass in which items failed, so that nothing of them stays."""

    def __init__(self, outcomes: dict[int, Outcome]) -> None:
        super().__init__(len(outcomes))
        self.outcomes = outcomes


def upsert_whole_orders(request: ApiRequest, *, source: str, items: Sequence[Any]) -> dict[str, Any]:
    """Write the items set-based; return the body of the answer.

    Where some fail, the pass is undone and repeated without them: two passes as a rule, never one per item.
    """
    good, outcomes = read_items(items, OrderItem)
    for _index, item in good:
        refuse_unwritable(request, "order", item.model_fields_set)
    while good:
        try:
            with transaction.atomic():
                outcomes |= _write(request, source, good)
            break
        except _SomeFailed as failed:
            outcomes |= failed.outcomes
            good = [(index, item) for index, item in good if index not in failed.outcomes]
    return bulk_body(items, outcomes)


def _write(request: ApiRequest, source: str, items: Sequence[Numbered]) -> dict[int, Outcome]:
    orders = upsert_orders(actor=request.actor, rows=_order_rows(source, items), source=source)
    outcomes = {index: as_outcome(result) for (index, _item), result in zip(items, orders, strict=True)}
    failed = {index: outcome for index, outcome in outcomes.items() if outcome.status == "failed"}
    usable = [(index, item) for index, item in items if index not in failed]
    for name, upsert in (("lines", upsert_lines), ("payments", upsert_payments)):
        rows = [
            (
                index,
                position,
                BulkRow(external_id=part.external_id, values=_part(part), parent=item.external_id),
            )
            for index, item in usable
            for position, part in enumerate(getattr(item, name))
        ]
        results = (
            upsert(actor=request.actor, rows=[row for _i, _p, row in rows], source=source) if rows else []
        )
        for (index, position, _row), result in zip(rows, results, strict=True):
            _note(outcomes, failed, index, f"{name}.{position}", result)
    if failed:
        raise _SomeFailed(failed)
    return outcomes


def _note(
    outcomes: dict[int, Outcome], failed: dict[int, Outcome], index: int, place: str, result: RowResult
) -> None:
    if result.outcome == "rejected":
        errors = [FieldError(f"{place}.{one.field}", one.code, one.message) for one in result.problems]
        known = failed.setdefault(index, Outcome(None, "failed"))
        known.errors.extend(errors)
    elif result.outcome in ("created", "updated") and outcomes[index].status == "unchanged":
        outcomes[index].status = "updated"


def _order_rows(source: str, items: Sequence[Numbered]) -> list[BulkRow]:
    pairs = {
        ("external", f"{source}:{item.customer_external_id}")
        for _index, item in items
        if item.customer_external_id
    }
    parties = resolve_many(pairs)
    rows = []
    for _index, item in items:
        values = {
            name: value
            for name, value in item.given().items()
            if name not in ("external_id", "customer_id", "customer_external_id", "lines", "payments")
        }
        party_id = item.customer_id or parties.get(("external", f"{source}:{item.customer_external_id}"))
        if party_id is not None:
            values["party_id"] = party_id
        rows.append(BulkRow(external_id=item.external_id, values=values))
    return rows


def _part(part: Any) -> dict[str, Any]:
    values: dict[str, Any] = part.given()
    values.pop("external_id")
    return values
