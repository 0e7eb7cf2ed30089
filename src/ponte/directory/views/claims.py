"""Disputes over identities: somebody decides who is recognised by what."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.audit import record_view
from ponte.directory.models import IdentityClaim, IdentityKind
from ponte.directory.policies import customer_fields, visible_parties
from ponte.directory.selectors.identities import open_claims
from ponte.directory.selectors.search import IDENTITY_FIELDS
from ponte.directory.services.identities import decide_claim
from ponte.directory.views.panels import FORMATS, ICONS
from ponte.ui.htmx import refresh_page

MOST = 50


def decidable(member: Member) -> QuerySet[IdentityClaim]:
    """Return the open disputes between two customers the member may both edit, over what the member may see."""
    mine = visible_parties(member, "edit").values("id")
    access = customer_fields(member)
    hidden = [kind.value for kind, field in IDENTITY_FIELDS.items() if not access.can_read(field)]
    return open_claims().filter(holder_id__in=mine, claimant_id__in=mine).exclude(kind__in=hidden)


@require_safe
@requires("customer", "edit")
def claims(request: WorkspaceRequest) -> HttpResponse:
    """Show the oldest open disputes."""
    rows = list(decidable(request.member)[: MOST + 1])
    items = [
        {
            "claim": row,
            "icon": ICONS[row.kind],
            "kind": IdentityKind(row.kind).label,
            "text": FORMATS.get(row.kind, str)(row.value),
        }
        for row in rows[:MOST]
    ]
    seen = {party.id for row in rows[:MOST] for party in (row.holder, row.claimant)}
    record_view(actor=request.actor, object_type="customer", ids=sorted(seen), where="identity claims")
    return render(request, "directory/claims.html", {"items": items, "more": len(rows) > MOST})


@require_POST
@requires("customer", "edit")
def decide(request: WorkspaceRequest, claim_id: UUID, decision: str) -> HttpResponse:
    """Settle one dispute: ``move`` or ``keep``."""
    if decision not in ("move", "keep") or not decidable(request.member).filter(id=claim_id).exists():
        raise Missing("claim")
    decide_claim(actor=request.actor, claim_id=claim_id, move=decision == "move")
    text = pgettext("identity", "Moved") if decision == "move" else _("Kept where it was")
    return refresh_page(text) if request.htmx else redirect("directory:claims")
