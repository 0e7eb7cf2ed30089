"""Products as a target of the importer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.commerce.custom import product_labels
from ponte.commerce.data import BulkRow
from ponte.commerce.imports.answers import write
from ponte.commerce.models import Billing, ProductKind
from ponte.commerce.services.bulk_products import upsert_products
from ponte.commerce.services.import_undo import undo_products
from ponte.workplace.custom_fields.importing import custom_values, plain_values
from ponte.workplace.importing import (
    FieldType,
    ImportContext,
    ImportField,
    ImportRow,
    ImportTarget,
    RowOutcome,
)

KINDS: Mapping[str, tuple[str, ...]] = {
    ProductKind.PRODUCT: ("produto", "mercadoria", "p"),
    ProductKind.SERVICE: ("serviço", "servico", "s"),
}
BILLINGS: Mapping[str, tuple[str, ...]] = {
    Billing.ONE_OFF: ("único", "avulso", "uma vez", "once"),
    Billing.MONTHLY: ("mensal", "recorrente", "month"),
    Billing.QUARTERLY: ("trimestral",),
    Billing.YEARLY: ("anual", "annual"),
}
FIELDS = (
    ImportField("external_id", gettext_lazy("External id"), FieldType.IDENTIFIER,
                ("product id", "id do produto", "código", "código do produto", "cod produto", "id"), required=True,
                identity=True, max_length=150),
    ImportField("name", gettext_lazy("Name"), synonyms=("nome", "produto", "nome do produto", "product name", "descrição curta"),
                help=gettext_lazy("Without a name, the category and the beginning of the id are shown")),
    ImportField("sku", "SKU", FieldType.IDENTIFIER, ("sku", "referência", "ref", "código de barras", "ean"), identity=True),
    ImportField("category", gettext_lazy("Category"),
                synonyms=("categoria", "product category name", "grupo", "linha", "departamento"),
                help=gettext_lazy("A path such as “Home > Kitchen” or a single name")),
    ImportField("kind", gettext_lazy("Kind"), FieldType.CHOICE, ("tipo",), choices=KINDS),
    ImportField("price", gettext_lazy("Price"), FieldType.NUMBER, ("preço", "preco", "preço de venda", "valor", "valor unitário")),
    ImportField("cost", gettext_lazy("Cost"), FieldType.NUMBER, ("custo", "preço de custo", "custo unitário")),
    ImportField("billing", gettext_lazy("Billing"), FieldType.CHOICE, ("cobrança", "recorrência"), choices=BILLINGS),
    ImportField("description", gettext_lazy("Description"), synonyms=("descrição", "detalhes", "product description")),
    ImportField("is_active", gettext_lazy("Active"), FieldType.BOOLEAN, ("ativo", "disponível")),
)  # fmt: skip


def apply_products(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the products of a chunk."""
    prepared = [BulkRow(external_id=row.values["external_id"], values=_values(row)) for row in rows]
    return write(upsert_products, rows, prepared, context, {"category_id": "category"})


def _values(row: ImportRow) -> dict[str, object]:
    values = {key: value for key, value in plain_values(row.values).items() if key != "external_id"}
    if custom := custom_values(row.values):
        values["custom"] = custom
    if "category" in values:
        values["category"] = tidy_category(str(values["category"]))
    if "name" not in values:
        kind = str(values.get("category", "")).rpartition(">")[2].strip() or _("Product")
        values["name"] = f"{kind} {row.values['external_id'][:8]}"
    return values


def tidy_category(text: str) -> str:
    """Return a category's path for people: ``"moveis_decoracao"`` → ``"Moveis decoracao"``."""
    parts = (" ".join(part.replace("_", " ").split()) for part in text.split(">"))
    return " > ".join(part[:1].upper() + part[1:] if part.islower() else part for part in parts if part)


PRODUCTS = ImportTarget(
    key="products",
    file_names=("produtos", "catálogo", "product", "itens do catálogo"),
    label=gettext_lazy("Products"),
    icon="package",
    description=gettext_lazy("Products and services you sell, with prices and categories"),
    fields=FIELDS,
    apply=apply_products,
    undo=undo_products,
    names=product_labels,
    rights=("product", "create"),
    order=30,
    list_url_name="commerce:products",
)
