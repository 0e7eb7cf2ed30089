"""Leads as a target of the importer: whose they are is recognised or made, where they came from, how far they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.errors import FieldProblem
from ponte.core.models import Member
from ponte.core.text import fold
from ponte.directory.data import CompanyData, EmailData, ExternalId, PartyData, PersonData, PhoneData
from ponte.sales.data import LeadData
from ponte.sales.lead_custom import lead_names
from ponte.sales.models import LeadStatus
from ponte.sales.services.capture import NOBODY, Capture, capture_leads
from ponte.sales.services.lead_import_undo import undo_leads
from ponte.sales.services.lead_imports import KnownLead, update_known_leads
from ponte.workplace.custom_fields.importing import custom_values
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

STATUSES: Mapping[str, tuple[str, ...]] = {
    "new": ("novo", "nova", "aberto", "open"),
    "working": ("em contato", "contato", "trabalhando", "contacted", "in progress"),
    "mql": ("qualificado", "qualificado pelo marketing", "qualified", "marketing qualified"),
    "sql": ("aceito", "aceito por vendas", "sales qualified", "sales accepted"),
    "disqualified": ("desqualificado", "perdido", "unqualified", "lost"),
}
ORIGINS: Mapping[str, tuple[str, ...]] = {
    "organic_search": ("busca orgânica", "organic", "google orgânico"),
    "paid_search": ("busca paga", "google ads", "adwords", "cpc"),
    "social": ("redes sociais", "social media", "instagram", "facebook"),
    "email": ("e-mail", "newsletter"),
    "direct_traffic": ("direto", "direct", "tráfego direto"),
    "referral": ("link em outro site",),
    "display": ("banner", "mídia display"),
    "whatsapp": (),
    "phone": ("telefone", "ligação"),
    "event": ("feira", "evento"),
    "recommendation": ("indicação", "recomendação"),
    "partner": ("parceiro",),
    "outbound": ("prospecção", "prospecting"),
    "other_publicities": ("outra publicidade",),
    "other": ("outro", "outra", "outros"),
    "unknown": ("desconhecida", "desconhecido"),
}
FIELDS = (
    ImportField("external_id", gettext_lazy("External id"), FieldType.IDENTIFIER,
                ("id", "código", "mql id", "mql_id", "lead id", "id do lead"), identity=True, max_length=150),
    ImportField("name", gettext_lazy("Name"), synonyms=("nome", "contato", "nome completo", "full name"), max_length=240),
    ImportField("email", gettext_lazy("E-mail"), FieldType.EMAIL, ("email", "e-mail", "e mail"), identity=True),
    ImportField("phone", gettext_lazy("Phone"), FieldType.PHONE, ("telefone", "celular", "whatsapp", "phone"), identity=True),
    ImportField("cpf", "CPF", FieldType.CPF, ("cpf",), identity=True),
    ImportField("company", gettext_lazy("Company"), synonyms=("empresa", "organização", "company name"), max_length=240),
    ImportField("cnpj", "CNPJ", FieldType.CNPJ, ("cnpj",), identity=True),
    ImportField("job_title", gettext_lazy("Job title"), synonyms=("cargo", "função", "title role"), max_length=120),
    ImportField("title", gettext_lazy("Interest"), synonyms=("interesse", "assunto", "produto de interesse", "subject"), max_length=200),
    ImportField("message", gettext_lazy("Message"), synonyms=("mensagem", "observações", "comentário", "notes")),
    ImportField("status", gettext_lazy("Status"), FieldType.CHOICE, ("situação", "status", "etapa", "stage"), choices=STATUSES),
    ImportField("origin", gettext_lazy("Origin"), FieldType.CHOICE, ("origem", "fonte", "canal", "lead source"), choices=ORIGINS),
    ImportField("campaign", gettext_lazy("Campaign"), synonyms=("campanha", "utm campaign"), max_length=150),
    ImportField("landing_page", gettext_lazy("Page"), synonyms=("landing page", "landing page id", "landing_page_id", "página"), max_length=300),
    ImportField("captured_at", gettext_lazy("Captured at"), FieldType.MOMENT,
                ("data", "captado em", "first contact date", "first_contact_date", "data de entrada", "criado em", "created at"), past=True),
    ImportField("owner", gettext_lazy("Salesperson"), synonyms=("vendedor", "responsável", "owner", "e-mail do vendedor"),
                help=gettext_lazy("E-mail or name of a member")),
)  # fmt: skip
_ROW_FIELDS = {"emails": "email", "phones": "phone", "external_ids": "external_id", "owner_id": "owner"}
_CHANGING = ("title", "message", "status", "origin", "campaign", "captured_at")


def apply_leads(rows: Sequence[ImportRow], context: ImportContext) -> list[RowOutcome]:
    """Take the leads of a chunk in; those whose external id is there already change as the policy says."""
    owners = _owners(rows, context)
    answers: dict[int, RowOutcome] = {}
    items: dict[int, Capture] = {}
    for position, row in enumerate(rows):
        owner = row.values.get("owner")
        if owner and fold(owner) not in owners:
            message = _("Nobody in this workspace has this e-mail or name.")
            answers[position] = RowOutcome.rejected("owner", "unknown", message)
            continue
        items[position] = _capture(row.values, context, owners[fold(owner)].id if owner else None)
    results = capture_leads(actor=context.actor, items=list(items.values()), source=context.source)
    known: dict[int, KnownLead] = {}
    for position, result in zip(items, results, strict=True):
        if result.outcome == "known" and result.lead_id:
            known[position] = _known(rows[position].values, result.lead_id, items[position].lead.owner_id)
            continue
        outcome = "created" if result.outcome == "created" else "rejected"
        answers[position] = RowOutcome(outcome, result.lead_id, _problems(result.problems))
    answers |= _update(known, context)
    return [answers[position] for position in range(len(rows))]


def _known(values: Mapping[str, Any], lead_id: UUID, owner_id: UUID | None) -> KnownLead:
    """What a row says of a lead that is there: only what it gives, so that an empty cell empties nothing."""
    told = {name: values[name] for name in _CHANGING if values.get(name)}
    for name, longest in (("title", 200), ("message", 20_000), ("campaign", 150)):
        if name in told:
            told[name] = str(told[name])[:longest]
    if owner_id:
        told["owner_id"] = owner_id
    return KnownLead(lead_id, told, custom_values(values))


def _update(known: Mapping[int, KnownLead], context: ImportContext) -> dict[int, RowOutcome]:
    if context.policy is Policy.SKIP:
        return {position: RowOutcome("skipped", one.lead_id) for position, one in known.items()}
    results = update_known_leads(
        actor=context.actor, rows=list(known.values()), only_empty=context.policy is Policy.FILL
    )
    return {
        position: RowOutcome(result.outcome, known[position].lead_id, _problems(result.problems))
        for position, result in zip(known, results, strict=True)
    }


def _problems(found: Sequence[FieldProblem]) -> tuple[Problem, ...]:
    return tuple(Problem(_ROW_FIELDS.get(one.field, one.field), one.code, str(one.message)) for one in found)


def _capture(values: Mapping[str, Any], context: ImportContext, owner_id: UUID | None) -> Capture:
    typed = {
        key: str(values[key])
        for key in ("name", "email", "phone", "cpf", "company", "cnpj", "job_title")
        if values.get(key)
    }
    marks = {"page": str(values["landing_page"])} if values.get("landing_page") else {}
    external = str(values.get("external_id", ""))
    lead = LeadData(
        party_id=NOBODY,
        owner_id=owner_id,
        title=values.get("title", ""),
        message=values.get("message", ""),
        origin=values.get("origin", "unknown"),
        campaign=values.get("campaign", ""),
        marks=marks,
        typed=typed,
        captured_at=values.get("captured_at"),
        source=context.source,
        external_id=external,
        custom=custom_values(values),
    )
    return Capture(lead=lead, party=_party(values, context), status=values.get("status", LeadStatus.NEW))


def _party(values: Mapping[str, Any], context: ImportContext) -> PartyData:
    """Who a row is about; without any mark of a person's own it is known by the lead's id alone."""
    external = values.get("external_id")
    common: dict[str, Any] = {
        "emails": [EmailData(address=values["email"])] if values.get("email") else (),
        "phones": [PhoneData(number=values["phone"])] if values.get("phone") else (),
        "external_ids": [ExternalId(source=f"{context.source}-lead", id=external)] if external else (),
    }
    own = any(values.get(key) for key in ("name", "email", "phone", "cpf"))
    if not own and (values.get("company") or values.get("cnpj")):
        return CompanyData(name=values.get("company", ""), cnpj=values.get("cnpj", ""), **common)
    return PersonData(
        name=values.get("name", ""),
        cpf=values.get("cpf", ""),
        job_title=values.get("job_title", ""),
        **common,
    )


def _owners(rows: Sequence[ImportRow], context: ImportContext) -> dict[str, Member]:
    """Return active members by folded e-mail and name; looked up once a run."""
    if not any("owner" in row.values for row in rows):
        return {}
    if "owners" not in context.memory:
        context.memory["owners"] = {
            fold(word): member
            for member in Member.objects.filter(is_active=True)
            for word in (member.name, member.email)
            if word
        }
    owners: dict[str, Member] = context.memory["owners"]
    return owners


LEADS = ImportTarget(
    key="leads",
    file_names=("leads", "interessados", "oportunidades de contato", "marketing qualified leads"),
    label=gettext_lazy("Leads"),
    icon="magnet",
    description=gettext_lazy("Who showed an interest, where it came from and how far it is"),
    fields=FIELDS,
    apply=apply_leads,
    undo=undo_leads,
    undo_rights=("delete",),
    names=lead_names,
    rights=("lead", "create"),
    order=60,
    list_url_name="sales:leads",
)
