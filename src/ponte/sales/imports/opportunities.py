"""Opportunities as a target of the importer: open, won and lost ones, in pipelines and stages by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.commerce.data import BulkRow
from ponte.commerce.imports.answers import write
from ponte.core.models import Member
from ponte.core.text import fold
from ponte.directory.import_customers import CUSTOMER_FIELDS, customers_of, unknown_customer
from ponte.sales.custom_opportunities import opportunity_labels
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

STATUSES: Mapping[str, tuple[str, ...]] = {
    DealStatus.OPEN: ("aberto", "aberta", "em andamento", "andamento", "em negociação", "open"),
    DealStatus.WON: ("ganho", "ganha", "vendido", "vendida", "fechado", "closed won", "won", "conquistado"),
    DealStatus.LOST: ("perdido", "perdida", "closed lost", "lost", "descartado"),
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
                identity=True, max_length=150, help=gettext_lazy("Without one the lead's is taken.")),
    ImportField("title", gettext_lazy("Title"), synonyms=("nome do negócio", "negócio", "oportunidade", "deal name", "título", "nome")),
    *CUSTOMER_FIELDS,
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


def apply_opportunities(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Create or update the opportunities of a chunk; their customers, or leads, must be there."""
    leads = _leads(rows, context)
    owners, stages = _owners(context), _stages(context)
    reasons = reasons_by_name(_told(rows, "reason"), kind=ReasonKind.LOST)
    competitors = competitors_by_name(_told(rows, "competitor"))
    prepared: list[BulkRow | RowOutcome] = []
    for row, party_id in zip(rows, customers_of(rows, context), strict=True):
        told = row.values
        external_id = str(told.get("external_id") or told.get("lead") or "")
        if not external_id:
            prepared.append(_refused("external_id", _("Give the opportunity's id in the other system."), ""))
            continue
        lead = leads.get(str(told.get("lead", "")))
        if told.get("lead") and lead is None:
            prepared.append(
                _refused("lead", _("There is no lead “%(value)s”. Import leads first."), told["lead"])
            )
            continue
        party = party_id or (lead.party_id if lead else None)
        if party is None:
            prepared.append(unknown_customer(row))
            continue
        values = _values(told, party, lead)
        if told.get("owner"):
            if fold(told["owner"]) not in owners:
                prepared.append(
                    _refused("owner", _("Nobody in this workspace has this e-mail or name."), told["owner"])
                )
                continue
            values["owner_id"] = owners[fold(told["owner"])]
        if told.get("stage") or told.get("pipeline"):
            stage = stages.get((fold(str(told.get("pipeline", ""))), fold(str(told.get("stage", "")))))
            if stage is None:
                prepared.append(
                    _refused(
                        "stage", _("There is no stage “%(value)s”."), told.get("stage") or told["pipeline"]
                    )
                )
                continue
            values["stage_id"] = stage
        if told.get("reason"):
            values["reason_id"] = reasons[str(told["reason"]).strip()[:120]]
        if told.get("competitor"):
            values["competitor_id"] = competitors[str(told["competitor"]).strip()[:120]]
        prepared.append(BulkRow(external_id=external_id, values=values))
    return write(upsert_opportunities, rows, prepared, context, _NAMES)


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


def _owners(context: ImportContext) -> dict[str, UUID]:
    if "deal_owners" not in context.memory:
        people = Member.objects.filter(is_active=True).values_list("id", "name", "email")
        context.memory["deal_owners"] = {fold(name): pk for pk, name, _mail in people} | {
            fold(mail): pk for pk, _name, mail in people if mail
        }
    owners: dict[str, UUID] = context.memory["deal_owners"]
    return owners


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
