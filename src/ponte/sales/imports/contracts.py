"""Running contracts as a target of the importer: number, customer, term, value, renewal and index from a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.commerce.data import BulkRow
from ponte.commerce.imports.answers import write
from ponte.commerce.models.choices import Billing
from ponte.directory.import_customers import CUSTOMER_FIELDS, customers_of, unknown_customer
from ponte.directory.import_names import Named, customers_by_name, named_customer, unknown_name
from ponte.sales.custom_documents import contract_labels
from ponte.sales.imports.deal_customers import Deals, deals_of, links_of
from ponte.sales.imports.people import owners_by_name
from ponte.sales.models.contract_choices import ContractStatus, PriceIndex, Renewal
from ponte.sales.services.bulk_contracts import upsert_contracts
from ponte.sales.services.contract_import_undo import undo_contracts
from ponte.workplace.custom_fields.importing import custom_values
from ponte.workplace.importing import (
    FieldType,
    ImportContext,
    ImportField,
    ImportRow,
    ImportTarget,
    RowOutcome,
)

STATUSES: Mapping[str, tuple[str, ...]] = {
    ContractStatus.DRAFT: ("rascunho", "em elaboração", "minuta"),
    ContractStatus.SIGNED: ("assinado", "vigente", "ativo", "em vigor", "em andamento", "active", "in force", "ativa"),
    ContractStatus.CANCELLED: ("cancelado", "cancelada", "canceled", "distratado"),
    ContractStatus.ENDED: ("encerrado", "encerrada", "finalizado", "terminado", "rescindido", "vencido", "expired", "inativo"),
}  # fmt: skip
BILLINGS: Mapping[str, tuple[str, ...]] = {
    Billing.ONE_OFF: ("único", "uma vez", "à vista", "one-off", "valor único", "unica"),
    Billing.MONTHLY: ("mensal", "mês", "por mês", "monthly"),
    Billing.QUARTERLY: ("trimestral", "por trimestre", "quarterly"),
    Billing.YEARLY: ("anual", "por ano", "yearly"),
}
RENEWALS: Mapping[str, tuple[str, ...]] = {
    Renewal.NONE: ("não", "nao", "encerra", "não renova", "sem renovação", "no"),
    Renewal.MANUAL: ("por acordo", "negociada", "manual", "a combinar"),
    Renewal.AUTOMATIC: ("automática", "automatica", "sim", "renova sozinho", "tácita", "yes", "automatic"),
}
INDEXES: Mapping[str, tuple[str, ...]] = {
    PriceIndex.IPCA: ("ipca",),
    PriceIndex.IGPM: ("igp-m", "igpm", "igp m"),
    PriceIndex.INPC: ("inpc",),
    PriceIndex.OTHER: ("outro",),
}
_NAMES = {"party_id": "customer_external_id", "owner_id": "owner", "opportunity_id": "opportunity"}
_PLAIN = (
    "number", "title", "status", "starts_on", "ends_on", "signed_at", "amount", "billing", "currency", "renewal", "renewal_months",
    "notice_days", "price_index", "index_name", "readjust_on",
)  # fmt: skip

FIELDS = (
    ImportField("external_id", gettext_lazy("External id"), FieldType.IDENTIFIER,
                ("id do contrato", "código do contrato", "contract id", "código", "id"), identity=True, max_length=150,
                help=gettext_lazy("Without one the number counts.")),
    ImportField("number", gettext_lazy("Number"), FieldType.IDENTIFIER,
                ("número", "nº", "número do contrato", "nº do contrato", "contrato", "contract number"), max_length=60),
    *CUSTOMER_FIELDS,
    ImportField("customer_name", gettext_lazy("Customer: name"), synonyms=("cliente", "empresa", "razão social", "contratante", "customer"),
                several=True, max_length=240, help=gettext_lazy("Counts where nothing surer is given and one customer alone is called so.")),
    ImportField("title", gettext_lazy("Title"), synonyms=("título", "objeto", "descrição", "nome do contrato", "serviço")),
    ImportField("status", gettext_lazy("Status"), FieldType.CHOICE, ("status", "situação"), choices=STATUSES,
                help=gettext_lazy("Empty: signed, as running contracts are.")),
    ImportField("starts_on", gettext_lazy("Start of the term"), FieldType.DATE,
                ("início", "data de início", "início da vigência", "vigência de", "start date")),
    ImportField("ends_on", gettext_lazy("End of the term"), FieldType.DATE,
                ("fim", "término", "data de término", "fim da vigência", "vencimento", "vigência até", "end date")),
    ImportField("signed_at", gettext_lazy("Signed at"), FieldType.MOMENT, ("assinado em", "data de assinatura", "assinatura", "signed on")),
    ImportField("amount", gettext_lazy("Value"), FieldType.NUMBER, ("valor", "valor do contrato", "valor mensal", "mensalidade", "amount")),
    ImportField("billing", gettext_lazy("Charged"), FieldType.CHOICE, ("cobrança", "periodicidade", "forma de cobrança", "billing"), choices=BILLINGS),
    ImportField("currency", gettext_lazy("Currency"), synonyms=("moeda",)),
    ImportField("renewal", gettext_lazy("At the end"), FieldType.CHOICE, ("renovação", "renova", "tipo de renovação", "renewal"), choices=RENEWALS),
    ImportField("renewal_months", gettext_lazy("Months of a renewal"), FieldType.INTEGER, ("meses de renovação", "prazo da renovação", "prazo (meses)")),
    ImportField("notice_days", gettext_lazy("Days of notice"), FieldType.INTEGER, ("aviso prévio", "dias de aviso", "aviso (dias)")),
    ImportField("price_index", gettext_lazy("Readjustment by"), FieldType.CHOICE, ("índice", "índice de reajuste", "reajuste", "index"), choices=INDEXES),
    ImportField("index_name", gettext_lazy("Name of the index"), synonyms=("nome do índice", "outro índice")),
    ImportField("readjust_on", gettext_lazy("Next readjustment"), FieldType.DATE, ("próximo reajuste", "data do reajuste", "data-base", "reajuste em")),
    ImportField("owner", gettext_lazy("Person in charge (e-mail or name)"), synonyms=("responsável", "gestor do contrato", "vendedor", "owner")),
    ImportField("opportunity", gettext_lazy("Opportunity: external id"), FieldType.IDENTIFIER, ("id da oportunidade", "id do negócio", "deal id", "opportunity id")),
)  # fmt: skip


def apply_contracts(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the contracts of a chunk; their customers must be there."""
    owners, deals = owners_by_name(context), deals_of(rows, context)
    named = customers_by_name(rows, context)
    found = customers_of(rows, context)
    prepared = [_prepare(row, party, named, owners, deals) for row, party in zip(rows, found, strict=True)]
    return write(upsert_contracts, rows, prepared, context, _NAMES)


def _prepare(
    row: ImportRow,
    party_id: UUID | None,
    named: Named,
    owners: Mapping[str, UUID],
    deals: Deals,
) -> BulkRow | RowOutcome:
    """Return a row as the service takes it, or why it can't come in."""
    told = row.values
    party = party_id or named_customer(row, named)
    if party is None:
        return unknown_name(row, named) or unknown_customer(row)
    external_id = str(told.get("external_id") or told.get("number") or "")
    if not external_id:
        return RowOutcome.rejected(
            "number", "required", _("Give the contract's number or its id in the other system.")
        )
    values: dict[str, Any] = {"party_id": party} | {name: told[name] for name in _PLAIN if name in told}
    if custom := custom_values(told):
        values["custom"] = custom
    links, refusal = links_of(row, owners, deals)
    if refusal is not None:
        return refusal
    values |= links
    return BulkRow(external_id=external_id, values=values)


CONTRACTS = ImportTarget(
    key="contracts",
    file_names=("contratos", "contracts", "contratos vigentes"),
    label=gettext_lazy("Contracts"),
    icon="file-check",
    description=gettext_lazy("Running contracts with term, value, renewal and index"),
    fields=FIELDS,
    apply=apply_contracts,
    undo=undo_contracts,
    names=contract_labels,
    rights=("contract", "create"),
    order=72,
    after=("people", "companies", "opportunities"),
    list_url_name="sales:contracts",
)
