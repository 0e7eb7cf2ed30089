"""Opportunities as a target of the importer: open, won and lost ones, in pipelines and stages by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.commerce.data import BulkRow
from ponte.commerce.imports.answers import write
from ponte.core.text import fold
from ponte.directory.import_customers import CUSTOMER_FIELDS, customers_of, unknown_customer
from ponte.directory.import_names import Named, customers_by_name, named_customer, unknown_name
from ponte.sales.custom_opportunities import opportunity_labels
from ponte.sales.imports.deal_customers import made_id
from ponte.sales.imports.people import owners_by_name
from ponte.sales.models import DealStatus, ForecastCategory, Lead, Origin, ReasonKind, Stage
from ponte.sales.policies import visible_leads
from ponte.sales.services.bulk_opportunities import (
    competitors_by_name,
    reasons_by_name,
    upsert_opportunities,
)
from ponte.sales.services.opportunity_import_undo import undo_opportunities
from ponte.workplace.custom_fields.importing import custom_values, plain_values
from ponte.workplace.importing import (
    FieldType,
    ImportContext,
    ImportField,
    ImportRow,
    ImportTarget,
    RowOutcome,
)

_ENDING_STAGES: Mapping[str, tuple[str, ...]] = {
    DealStatus.WON: ("fechado ganho", "fechada ganha", "fechado e ganho", "negócio fechado", "closedwon"),
    DealStatus.LOST: ("fechado perdido", "fechada perdida", "fechado e perdido", "negócio perdido", "closedlost",
                      "closed lost to competition", "closed-lost to competition"),
}  # fmt: skip
STATUSES: Mapping[str, tuple[str, ...]] = {
    DealStatus.OPEN: (
        "aberto",
        "aberta",
        "em andamento",
        "andamento",
        "em negociação",
        "open",
        "pausada",
        "pausado",
    ),
    DealStatus.WON: ("ganho", "ganha", "vendido", "vendida", "fechado", "closed won", "won", "conquistado"),
    DealStatus.LOST: ("perdido", "perdida", "closed lost", "lost", "descartado"),
}
ENDS = {
    fold(word): str(status)
    for status in (DealStatus.WON, DealStatus.LOST)
    for word in (*STATUSES[status], *_ENDING_STAGES[status])
}
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    ForecastCategory.PIPELINE: ("funil",),
    ForecastCategory.BEST_CASE: ("melhor caso",),
    ForecastCategory.COMMIT: ("compromisso",),
    ForecastCategory.OMITTED: ("omitida",),
}
ORIGINS: Mapping[str, tuple[str, ...]] = {str(key): (str(key).replace("_", " "),) for key in Origin.values}
_NAMES = {"party_id": "customer_external_id", "stage_id": "stage", "owner_id": "owner", "lead_id": "lead"}
_PLAIN = (
    "title",
    "status",
    "amount",
    "monthly",
    "expected_close",
    "category",
    "origin",
    "description",
    "close_note",
)

FIELDS = (
    ImportField("external_id", gettext_lazy("External id"), FieldType.IDENTIFIER,
                ("deal id", "id do negócio", "id da oportunidade", "código", "opportunity id", "record id", "id"),
                identity=True, max_length=150, help=gettext_lazy("Without one the lead's is taken, or one is made of title, customer and opening.")),
    ImportField("title", gettext_lazy("Title"), synonyms=("nome do negócio", "negócio", "oportunidade", "deal name", "título", "nome")),
    *CUSTOMER_FIELDS,
    ImportField("customer_name", gettext_lazy("Customer: name"), synonyms=("cliente", "empresa", "conta", "account name", "customer"),
                several=True, max_length=240, help=gettext_lazy("Counts where nothing surer is given and one customer alone is called so.")),
    ImportField("lead", gettext_lazy("Lead: external id"), FieldType.IDENTIFIER, ("lead id", "id do lead", "mql id"), identity=True),
    ImportField("pipeline", gettext_lazy("Pipeline"), synonyms=("funil", "funil de vendas", "pipeline")),
    ImportField("stage", gettext_lazy("Stage"), synonyms=("etapa", "fase", "estágio", "deal stage", "etapa do negócio")),
    ImportField("status", gettext_lazy("Status"), FieldType.CHOICE, ("status", "situação", "resultado"), choices=STATUSES),
    ImportField("amount", gettext_lazy("Value"), FieldType.NUMBER, ("valor", "valor único", "amount", "valor do negócio", "deal value")),
    ImportField("monthly", gettext_lazy("Monthly value"), FieldType.NUMBER, ("valor mensal", "valor recorrente", "mrr", "mensalidade")),
    ImportField("expected_close", gettext_lazy("Expected close"), FieldType.DATE,
                ("previsão de fechamento", "data prevista", "fechamento previsto", "expected close date", "close date")),
    ImportField("opened_at", gettext_lazy("Opened at"), FieldType.MOMENT,
                ("data de criação", "criado em", "create date", "aberto em", "data de abertura", "deal created")),
    ImportField("won_at", gettext_lazy("Won at"), FieldType.MOMENT, ("won date", "won time", "ganho em", "data de ganho", "vendido em")),
    ImportField("lost_at", gettext_lazy("Lost at"), FieldType.MOMENT, ("lost time", "lost date", "perdido em", "data de perda")),
    ImportField("closed_at", gettext_lazy("Closed at"), FieldType.MOMENT, ("data de fechamento", "fechado em", "closed at", "encerrado em")),
    ImportField("owner", gettext_lazy("Salesperson (e-mail or name)"), synonyms=("vendedor", "responsável", "deal owner", "proprietário", "owner")),
    ImportField("origin", gettext_lazy("Origin"), FieldType.CHOICE, ("origem", "fonte", "source"), choices=ORIGINS),
    ImportField("category", gettext_lazy("Forecast category"), FieldType.CHOICE, ("categoria", "forecast category"), choices=CATEGORIES),
    ImportField("reason", gettext_lazy("Why it was lost"), synonyms=("motivo da perda", "motivo de perda", "lost reason", "closed lost reason")),
    ImportField("competitor", gettext_lazy("Lost to"), synonyms=("concorrente", "perdido para", "competitor")),
    ImportField("close_note", gettext_lazy("Note on its end"), synonyms=("observação do fechamento",)),
    ImportField("description", gettext_lazy("Description"), synonyms=("descrição", "observações", "notas", "description")),
)  # fmt: skip


@dataclass(frozen=True)
class _Known:
    """What rows of a chunk may name, looked up once."""

    leads: Mapping[str, Lead]
    owners: Mapping[str, UUID]
    stages: Mapping[tuple[str, str], UUID]
    reasons: Mapping[str, UUID]
    competitors: Mapping[str, UUID]
    customers: Named


def apply_opportunities(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the opportunities of a chunk; their customers, or leads, must be there."""
    known = _Known(
        leads=_leads(rows, context),
        owners=owners_by_name(context),
        stages=_stages(context),
        reasons=reasons_by_name(_told(rows, "reason"), kind=ReasonKind.LOST),
        competitors=competitors_by_name(_told(rows, "competitor")),
        customers=customers_by_name(rows, context),
    )
    found = customers_of(rows, context)
    prepared = [_prepare(row, party, known, context) for row, party in zip(rows, found, strict=True)]
    return write(upsert_opportunities, rows, prepared, context, _NAMES)


def _prepare(
    row: ImportRow, party_id: UUID | None, known: _Known, context: ImportContext
) -> BulkRow | RowOutcome:
    """Return a row as the service takes it, or why it can't come in; ``party_id`` is whom its surest columns name."""
    told = row.values
    lead = known.leads.get(str(told.get("lead", "")))
    if told.get("lead") and lead is None:
        return _refused("lead", _("There is no lead “%(value)s”. Import leads first."), told["lead"])
    party = party_id or (lead.party_id if lead else named_customer(row, known.customers))
    if party is None:
        return unknown_name(row, known.customers) or unknown_customer(row)
    external_id = str(told.get("external_id") or told.get("lead") or made_id(told, party))
    if not external_id:
        return _refused("external_id", _("Give the opportunity's id in the other system."), "")
    values = _values(told, party, lead)
    if told.get("owner"):
        if fold(told["owner"]) not in known.owners:
            return _refused("owner", _("Nobody in this workspace has this e-mail or name."), told["owner"])
        values["owner_id"] = known.owners[fold(told["owner"])]
    stage, ended = _place(told, known.stages)
    if (told.get("stage") or told.get("pipeline")) and stage is None and not ended:
        return _refused("stage", _("There is no stage “%(value)s”."), told.get("stage") or told["pipeline"])
    if stage is not None:
        values["stage_id"] = stage
    if ended:
        values.setdefault("status", ended)
    _date_end(values, context)
    if told.get("reason"):
        values["reason_id"] = known.reasons[str(told["reason"]).strip()[:120]]
    if told.get("competitor"):
        values["competitor_id"] = known.competitors[str(told["competitor"]).strip()[:120]]
    return BulkRow(external_id=external_id, values=values)


def _values(told: Mapping[str, Any], party_id: UUID, lead: Lead | None) -> dict[str, Any]:
    plain = plain_values(told)
    values: dict[str, Any] = {"party_id": party_id}
    values |= {name: plain[name] for name in _PLAIN if name in plain}
    if custom := custom_values(told):
        values["custom"] = custom
    if lead is not None:
        values["lead_id"] = lead.id
        values.setdefault("origin", lead.origin)
    for name, status in (("won_at", DealStatus.WON), ("lost_at", DealStatus.LOST), ("closed_at", "")):
        if moment := plain.get(name):
            values["closed_at"] = moment
            if status and "status" not in plain:
                values["status"] = str(status)
            break
    if opened := plain.get("opened_at"):
        values["opened_at"] = opened
    elif lead is not None:
        values["opened_at"] = _not_after(lead.captured_at, values.get("closed_at"))
    elif values.get("closed_at"):
        values["opened_at"] = values["closed_at"]
    return values


def _place(told: Mapping[str, Any], stages: Mapping[tuple[str, str], UUID]) -> tuple[UUID | None, str]:
    """Return the stage a row names, and how it ended where other systems say that by a stage ("Closed Won")."""
    pipeline, name = fold(str(told.get("pipeline", ""))), fold(str(told.get("stage", "")))
    found = stages.get((pipeline, name))
    if found is not None or name not in ENDS:
        return found, ""
    return stages.get((pipeline, "")) if pipeline else None, ENDS[name]


def _date_end(values: dict[str, Any], context: ImportContext) -> None:
    """Of one that ended without saying when, the day it was expected to counts, where that is past."""
    day = values.get("expected_close")
    if values.get("status") in (DealStatus.WON, DealStatus.LOST) and day and "closed_at" not in values:
        moment = datetime.combine(day, time(12), context.zone)
        if moment <= timezone.now():
            values["closed_at"] = moment
            values.setdefault("opened_at", moment)


def _not_after(moment: datetime, end: datetime | None) -> datetime:
    return min(moment, end) if end is not None else moment


def _told(rows: Sequence[ImportRow], key: str) -> list[str]:
    return [str(row.values[key]) for row in rows if row.values.get(key)]


def _refused(field: str, message: str, value: object) -> RowOutcome:
    return RowOutcome.rejected(
        field, "unknown", message % {"value": value} if "%(value)s" in message else message
    )


def _leads(rows: Sequence[ImportRow], context: ImportContext) -> dict[str, Lead]:
    wanted = {str(row.values["lead"]) for row in rows if row.values.get("lead")}
    if not wanted:
        return {}
    member = context.actor.member
    leads = visible_leads(member) if member is not None else Lead.objects.filter(deleted_at=None)
    found = leads.filter(source=context.source, external_id__in=wanted)
    return {one.external_id: one for one in found}


def _stages(context: ImportContext) -> dict[tuple[str, str], UUID]:
    """Return stages by (pipeline, stage); without a pipeline the first of that name, without a stage the pipeline's first."""
    if "deal_stages" not in context.memory:
        found: dict[tuple[str, str], UUID] = {}
        rows = Stage.objects.select_related("pipeline").filter(pipeline__archived_at=None)
        for stage in rows.order_by("pipeline__position", "position"):
            pipeline = fold(stage.pipeline.name)
            for key in ((pipeline, fold(stage.name)), ("", fold(stage.name)), (pipeline, "")):
                found.setdefault(key, stage.id)
        context.memory["deal_stages"] = found
    stages: dict[tuple[str, str], UUID] = context.memory["deal_stages"]
    return stages


OPPORTUNITIES = ImportTarget(
    key="opportunities",
    file_names=("oportunidades", "negócios", "negocios", "deals", "opportunities", "closed deals"),
    label=gettext_lazy("Opportunities"),
    icon="chart-funnel",
    description=gettext_lazy("Sales in the making, won and lost, with stage, value and dates"),
    fields=FIELDS,
    apply=apply_opportunities,
    undo=undo_opportunities,
    names=opportunity_labels,
    rights=("opportunity", "create"),
    order=65,
    after=("people", "companies", "leads"),
    list_url_name="sales:opportunities",
)
