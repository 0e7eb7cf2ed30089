"""From rows of a file to the bulk services of commerce and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.commerce.data import BulkRow, RowResult
from ponte.commerce.models import Product, ProductExternalId
from ponte.workplace.importing import ImportContext, ImportRow, Problem, RowOutcome

Upsert = Callable[..., list[RowResult]]


def write(
    upsert: Upsert,
    rows: Sequence[ImportRow],
    prepared: Sequence[BulkRow | RowOutcome],
    context: ImportContext,
    fields: Mapping[str, str],
) -> list[RowOutcome]:
    """Hand the prepared rows to ``upsert`` and answer every row in order; those refused already keep their answer.

    Args:
        fields: names of the service's fields → keys of the target's, where they differ.
    """
    ready = [(position, row) for position, row in enumerate(prepared) if isinstance(row, BulkRow)]
    results = upsert(
        actor=context.actor,
        rows=[row for _position, row in ready],
        source=context.source,
        policy=str(context.policy),
    )
    answers: list[RowOutcome | None] = [row if isinstance(row, RowOutcome) else None for row in prepared]
    for (position, _row), result in zip(ready, results, strict=True):
        problems = tuple(
            Problem(fields.get(one.field, one.field), one.code, str(one.message)) for one in result.problems
        )
        answers[position] = RowOutcome(result.outcome, result.id, problems)
    return [answer for answer in answers if answer is not None]


def products_of(rows: Sequence[ImportRow], context: ImportContext, key: str = "product") -> dict[str, UUID]:
    """Return the products that rows name by external id or, where none has it, by SKU. At most two queries a chunk."""
    wanted = {row.values[key] for row in rows if row.values.get(key)}
    links = ProductExternalId.objects.filter(source=context.source, value__in=wanted)
    found = dict(links.values_list("value", "product_id"))
    if rest := wanted - found.keys():
        found |= dict(Product.objects.filter(sku__in=rest).values_list("sku", "id"))
    return found


def unknown_product(value: object, field: str = "product") -> RowOutcome:
    """Return the refusal of a row whose product isn't there."""
    message = _("There is no product “%(value)s”. Import products first.") % {"value": value}
    return RowOutcome.rejected(field, "unknown", message)
