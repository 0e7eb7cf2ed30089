"""The directory's panels of the customer's page, each fetched by itself."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ponte.core.brazil.documents import format_cnpj, format_cpf
from ponte.core.brazil.phones import format_phone
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import FieldAccess, requires
from ponte.directory.models import Company, Identity, IdentityKind, StageChange
from ponte.directory.policies import check_readable, customer_fields, get_party, may_act
from ponte.directory.selectors.affiliations import list_family, list_relations, list_roles
from ponte.directory.selectors.search import IDENTITY_FIELDS, STAGE_TONES

MOST = 50
FORMATS = {
    IdentityKind.CPF.value: format_cpf,
    IdentityKind.CNPJ.value: format_cnpj,
    IdentityKind.PHONE.value: format_phone,
    IdentityKind.WHATSAPP.value: format_phone,
}
ICONS = {
    "email": "mail",
    "phone": "phone",
    "whatsapp": "brand-whatsapp",
    "cpf": "id",
    "cnpj": "building",
    "social": "at",
    "external": "link",
    "cookie": "browser",
    "device": "device-mobile",
}


@require_safe
@requires("customer", "view")
def links(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show roles at companies (or a company's people), related companies and relations."""
    party = get_party(request.member, party_id)
    company = None if party.is_person else Company.objects.filter(party_id=party.id).first()
    context = {
        "party": party,
        "roles": list_roles(request.member, party),
        "relations": list_relations(request.member, party),
        "family": list_family(request.member, company) if company else [],
        "may_edit": may_act(request.member, party, "edit"),
    }
    return render(request, "directory/panels/links.html", context)


@require_safe
@requires("customer", "view")
def identities(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show what a customer is recognised by."""
    party = get_party(request.member, party_id)
    access = customer_fields(request.member)
    rows = Identity.objects.filter(party=party).order_by("kind", "id")[:MOST]
    items = [
        {
            "icon": ICONS[row.kind],
            "kind": IdentityKind(row.kind).label,
            "text": FORMATS.get(row.kind, str)(row.value),
            "source": row.source,
        }
        for row in rows
        if _readable(row.kind, access)
    ]
    return render(request, "directory/panels/identities.html", {"items": items})


def _readable(kind: str, access: FieldAccess) -> bool:
    rights = {identity.value: field for identity, field in IDENTITY_FIELDS.items()}
    return kind not in rights or access.can_read(rights[kind])


@require_safe
@requires("customer", "view")
def stages(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show how a customer moved through the life cycle."""
    party = get_party(request.member, party_id)
    check_readable(request.member, "stage")
    steps = StageChange.objects.filter(party=party).order_by("-at", "-id")[:MOST]
    items = [{"step": step, "tone": STAGE_TONES.get(step.to_stage, "neutral")} for step in steps]  # type: ignore[call-overload]
    return render(request, "directory/panels/stages.html", {"items": items, "party": party})


@require_safe
@requires("customer", "view")
def history(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Answer where the audit history of a customer is fetched from."""
    party = get_party(request.member, party_id)
    return render(request, "directory/panels/history.html", {"party": party})
