"""Parts of bundles as a target of the importer: one row a part. The list *Parts of bundles* exports such a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext_lazy

from ponte.commerce.custom import product_labels
from ponte.commerce.data import Policy as BulkPolicy
from ponte.commerce.imports.answers import products_of, unknown_product
from ponte.commerce.models import Product
from ponte.commerce.services.bulk_parts import PartRow, give_parts_back, upsert_parts
from ponte.core.models import Member
from ponte.workplace.importing import (
    FieldType,
    ImportContext,
    ImportField,
    ImportRow,
    ImportTarget,
    Policy,
    Problem,
    RowOutcome,
)
from ponte.workplace.importing.extensions import Changes, ExtendedRow, ExtensionResult, ImportExtension
from ponte.workplace.importing.reversal import DoneChunk, Reversal

KEY = "bundle_parts"
_NAMES = {"bundle_id": "bundle", "product_id": "part", "parts": "bundle"}
FIELDS = (
    ImportField("bundle", gettext_lazy("Bundle: SKU"), FieldType.IDENTIFIER,
                ("sku do kit", "kit", "código do kit", "kit: sku", "bundle sku", "bundle", "produto pai", "produto composto"), required=True,
                identity=True, help=gettext_lazy("Or its external id. The product has to be there; it becomes a bundle by this.")),
    ImportField("part", gettext_lazy("Part: SKU"), FieldType.IDENTIFIER,
                ("sku da parte", "sku do item", "parte", "item: sku", "componente", "código do componente", "part sku", "part", "component"),
                required=True, identity=True, help=gettext_lazy("Or its external id.")),
    ImportField("quantity", gettext_lazy("Quantity"), FieldType.NUMBER, ("quantidade", "qtd", "qtde", "qty"),
                help=gettext_lazy("Empty: one. 0 takes the part out.")),
    ImportField("percent", gettext_lazy("Off the parts %"), FieldType.NUMBER,
                ("desconto do kit", "desconto do kit (%)", "desconto sobre as partes", "percent"),
                help=gettext_lazy("What is taken off the sum of the parts' prices. Empty: the price stays as it is.")),
)  # fmt: skip


def apply_parts(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Compose the bundles of a chunk; bundles and parts must be there as products."""
    products = _known(rows, context, "bundle") | _known(rows, context, "part")
    answers: dict[int, RowOutcome] = {}
    ready: dict[int, PartRow] = {}
    for index, row in enumerate(rows):
        unknown = next((name for name in ("bundle", "part") if row.values[name] not in products), None)
        if unknown is not None:
            answers[index] = unknown_product(row.values[unknown], unknown)
            continue
        told: dict[str, Any] = {
            name: row.values[name] for name in ("quantity", "percent") if name in row.values
        }
        ready[index] = PartRow(
            bundle_id=products[row.values["bundle"]], product_id=products[row.values["part"]], **told
        )
    done = upsert_parts(
        actor=context.actor,
        rows=list(ready.values()),
        source=context.source,
        policy=cast("BulkPolicy", str(context.policy)),
    )
    for index, result in zip(ready, done.results, strict=True):
        problems = tuple(
            Problem(_NAMES.get(one.field, one.field), one.code, str(one.message)) for one in result.problems
        )
        answers[index] = RowOutcome(result.outcome, result.id, problems)
    context.journal.note(
        KEY, {one: {"parts": (before, after)} for one, (before, after) in done.states.items()}
    )
    return [answers[index] for index in range(len(rows))]


def undo_parts(chunk: DoneChunk, context: ImportContext, /, *, look: bool) -> Reversal:
    """The chunk made no records of its own: what bundles were stands in its journal, see ``JOURNAL``."""
    return Reversal()


def _known(rows: Sequence[ImportRow], context: ImportContext, key: str) -> dict[str, UUID]:
    """Return products by what rows call them: external id, SKU or, as our own file has those without SKU, the id here."""
    found = products_of(rows, context, key)
    ids = {}
    for row in rows:
        text = str(row.values[key])
        if text not in found and len(text) == 36:
            try:
                ids[text] = UUID(text)
            except ValueError:
                continue
    there = set(Product.objects.filter(id__in=ids.values()).values_list("id", flat=True)) if ids else set()
    return found | {text: one for text, one in ids.items() if one in there}


def _fields(member: Member | None) -> Sequence[ImportField]:
    return ()


def _written_already(rows: Sequence[ExtendedRow], context: ImportContext) -> ExtensionResult:
    return ExtensionResult()


def _give_back(changes: Mapping[UUID, Changes], context: ImportContext, /) -> Mapping[UUID, Sequence[str]]:
    states = {one: fields["parts"] for one, fields in changes.items()}
    left = give_parts_back(actor=context.actor, states=states, source=context.source)
    return dict.fromkeys(left, ("parts",))


JOURNAL = ImportExtension(KEY, _fields, _written_already, undo=_give_back)
PARTS = ImportTarget(
    key=KEY,
    file_names=("kits", "partes dos kits", "composição", "composição dos kits", "bundle parts", "bundles"),
    label=gettext_lazy("Parts of bundles"),
    icon="packages",
    description=gettext_lazy("Which products each bundle is made of, and how many of each"),
    fields=FIELDS,
    apply=apply_parts,
    policies=(Policy.UPDATE, Policy.FILL, Policy.SKIP),
    undo=undo_parts,
    undo_rights=("edit",),
    names=product_labels,
    rights=("product", "create"),
    order=35,
    after=("products",),
    list_url_name="commerce:parts",
)
