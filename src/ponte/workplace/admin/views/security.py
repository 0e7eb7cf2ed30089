"""How well the members' accounts are protected."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.workplace.admin.selectors.people import last_seen, second_factors


@require_safe
@requires("members")
def security(request: WorkspaceRequest) -> HttpResponse:
    """Show who has a second factor and who was here when."""
    members = list(
        Member.objects.filter(is_active=True).select_related("role").order_by("sort_name", "id")[:1000]
    )
    users = [member.user_id for member in members]
    factors, seen = second_factors(users), last_seen(users)
    rows = [
        {"member": member, "factors": factors.get(member.user_id, set()), "seen": seen.get(member.user_id)}
        for member in members
    ]
    rows.sort(key=lambda row: bool(row["factors"]))
    protected = sum(1 for row in rows if row["factors"])
    context = {"rows": rows, "protected": protected, "total": len(rows)}
    return render(request, "workplace/admin/security.html", context)
