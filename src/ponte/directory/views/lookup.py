"""Quick answers while somebody types: who has this e-mail already, which company, which tags."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ponte.core.errors import Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.text import fold
from ponte.directory.models import Party, Tag
from ponte.directory.policies import customer_fields, visible_parties
from ponte.directory.selectors.identities import resolve
from ponte.directory.selectors.search import IDENTITY_FIELDS, matching_parties
from ponte.workplace.search.candidates import bitmap_scans_only

MOST = 10
FIELD_OF = {"email": "emails", "phone": "phones", "cpf": "cpf", "cnpj": "cnpj"}


@require_GET
@requires("customer", "create")
def lookup(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """Say who is recognised by what was typed: a link where the member may see them, else whom to ask."""
    rights = {identity.value: field for identity, field in IDENTITY_FIELDS.items()}
    if kind not in FIELD_OF or not customer_fields(request.member).can_read(rights[kind]):
        raise Missing("lookup")
    text = request.GET.get(FIELD_OF[kind]) or request.GET.get("value", "")
    party_id = resolve(kind, text) if text else None
    context: dict[str, Any] = {"found": None, "owner": None}
    if party_id is not None:
        found = visible_parties(request.member).filter(id=party_id).first()
        hidden = None if found else Party.objects.filter(id=party_id).select_related("owner").get()
        context = {"found": found, "is_hidden": found is None, "owner": hidden.owner if hidden else None}
    return render(request, "directory/_known.html", context)


@require_GET
@requires("customer", "view")
def pick(request: WorkspaceRequest) -> JsonResponse:
    """Answer the customers a picker offers for ``?q=``, of one ``kind`` or both."""
    rows = visible_parties(request.member)
    kind = request.GET.get("kind", "")
    if kind in ("person", "company"):
        rows = rows.filter(kind=kind)
    text = request.GET.get("q", "")[:100].strip()
    if text:
        with bitmap_scans_only():
            found = list(matching_parties(rows, text, request.member)[:200])
        found.sort(key=lambda row: row.sort_name)
    else:
        found = list(rows.filter(kind=kind or "company").order_by("sort_name", "id")[:MOST])
    access = customer_fields(request.member)
    items = [
        {
            "value": str(row.id),
            "label": row.label,
            "note": row.city if access.can_read("address") else "",
        }
        for row in found[:MOST]
    ]
    return JsonResponse({"items": items})


@require_GET
@requires("customer", "view")
def tags_suggest(request: WorkspaceRequest) -> JsonResponse:
    """Answer the tags that begin with ``?q=``."""
    key = fold(request.GET.get("q", "")[:60])
    names = Tag.objects.filter(key__startswith=key).order_by("key").values_list("name", flat=True)
    return JsonResponse({"items": [{"value": name, "label": name} for name in names[:MOST]]})
