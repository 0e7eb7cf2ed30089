"""The API of contract templates: their texts, clauses, order and versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.replies import respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.writes import if_match
from ponte.core.errors import Missing
from ponte.core.rights import require
from ponte.sales.api.contract_settings_schemas import (
    ContractClauseIn,
    ContractClauseOrderIn,
    ContractClauseOut,
    ContractTemplateDetailOut,
    ContractTemplateIn,
    ContractTemplateOut,
    ContractTemplatePatch,
    ContractTemplateVersionOut,
)
from ponte.sales.models.contract_template import ContractTemplate
from ponte.sales.services.contract_templates import (
    FIELDS,
    ClauseData,
    TemplateData,
    archive_template,
    create_template,
    delete_clause,
    move_clauses,
    save_clause,
    update_template,
)

router = Router(tags=["contracts"])
READ, WRITE = scope("quotes:read"), scope("quotes:write")
ONE = "/contract-templates/{template_id}"
MOST_VERSIONS = 200


@router.get("/contract-templates", auth=READ, response=list[ContractTemplateOut])
def list_contract_templates(request: ApiRequest) -> Any:
    """The templates contracts may be made from; at most 200."""
    require(request.member, "contract", "view")
    return list(ContractTemplate.objects.order_by("name", "id")[:200])


@router.post("/contract-templates", auth=WRITE, response={201: ContractTemplateDetailOut})
def create_contract_template(request: ApiRequest, data: ContractTemplateIn) -> HttpResponse:
    """Add a template with its clauses; for who may change the settings of sales."""
    fields = TemplateData(**data.dict(exclude={"clauses"}))
    clauses = [ClauseData(**one.dict()) for one in data.clauses]
    row = create_template(actor=request.actor, data=fields, clauses=clauses)
    return respond(
        request, row, ContractTemplateDetailOut, status=201, location=f"/api/v1/contract-templates/{row.id}"
    )


@router.get(ONE, auth=READ, response=ContractTemplateDetailOut)
def get_contract_template(request: ApiRequest, template_id: UUID) -> HttpResponse:
    """One template with its texts and clauses."""
    return respond(request, _template(request, template_id), ContractTemplateDetailOut)


@router.patch(ONE, auth=WRITE, response=ContractTemplateDetailOut)
def update_contract_template(
    request: ApiRequest, template_id: UUID, data: ContractTemplatePatch
) -> HttpResponse:
    """Change the fields sent; contracts made from it stay as they are. Send the version you read in If-Match."""
    row, version = _template(request, template_id), if_match(request)
    given = data.given()
    archived = given.pop("archived", None)
    if given or archived is None:
        whole = {name: getattr(row, name) for name in FIELDS} | given
        row = update_template(
            actor=request.actor, template_id=row.id, data=TemplateData(**whole), version=version
        )
    if archived is not None:
        row = archive_template(actor=request.actor, template_id=row.id, archived=archived)
    return respond(request, row, ContractTemplateDetailOut)


@router.post(f"{ONE}/clauses", auth=WRITE, response={201: ContractClauseOut})
def add_contract_clause(request: ApiRequest, template_id: UUID, data: ContractClauseIn) -> Any:
    """Add a clause after the others."""
    row = save_clause(actor=request.actor, template_id=template_id, data=ClauseData(**data.dict()))
    return Status(201, row)


@router.put(f"{ONE}/clauses/order", auth=WRITE, response=ContractTemplateDetailOut)
def order_contract_clauses(
    request: ApiRequest, template_id: UUID, data: ContractClauseOrderIn
) -> HttpResponse:
    """Put the clauses into an order."""
    move_clauses(actor=request.actor, template_id=template_id, ids=data.ids)
    return respond(request, _template(request, template_id), ContractTemplateDetailOut)


@router.put(f"{ONE}/clauses/{{clause_id}}", auth=WRITE, response=ContractClauseOut)
def put_contract_clause(
    request: ApiRequest, template_id: UUID, clause_id: UUID, data: ContractClauseIn
) -> Any:
    """Change a clause."""
    return save_clause(
        actor=request.actor, template_id=template_id, clause_id=clause_id, data=ClauseData(**data.dict())
    )


@router.delete(f"{ONE}/clauses/{{clause_id}}", auth=WRITE, response={204: None})
def delete_contract_clause(request: ApiRequest, template_id: UUID, clause_id: UUID) -> Any:
    """Take a clause out; former versions keep it."""
    delete_clause(actor=request.actor, template_id=template_id, clause_id=clause_id)
    return Status(204, None)


@router.get(f"{ONE}/versions", auth=READ, response=list[ContractTemplateVersionOut])
def list_contract_template_versions(request: ApiRequest, template_id: UUID) -> Any:
    """The versions of a template, the newest first, without their texts; at most 200."""
    rows = _template(request, template_id).versions.order_by("-edition")
    return [
        {**row, "content": None} for row in rows.values("edition", "created_at", "member_id")[:MOST_VERSIONS]
    ]


@router.get(f"{ONE}/versions/{{edition}}", auth=READ, response=ContractTemplateVersionOut)
def get_contract_template_version(request: ApiRequest, template_id: UUID, edition: int) -> Any:
    """A template as it was, with all clauses."""
    rows = _template(request, template_id).versions.filter(edition=edition)
    row = rows.first() if 0 < edition < 2**31 else None
    if row is None:
        raise Missing
    return row


def _template(request: ApiRequest, template_id: UUID) -> ContractTemplate:
    require(request.member, "contract", "view")
    row = ContractTemplate.objects.filter(id=template_id).first()
    if row is None:
        raise Missing
    return row
